package io.euryale.lighttrain.timetable;

/// A line of the network: a route in GTFS.
///
/// @param id unique in the feed
/// @param name what passengers call it: the short name, or the long one, or the id, whichever the
///     feed has first
/// @param colour six hexadecimal digits, red green blue; `FFFFFF` when the feed does not say
/// @param textColour colour of text on [#colour], in the same form; `000000` when not said
public record Line(String id, String name, String colour, String textColour) {}
