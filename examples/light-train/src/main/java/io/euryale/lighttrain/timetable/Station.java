package io.euryale.lighttrain.timetable;

import org.jspecify.annotations.Nullable;

/// A place where trains call. Where a feed has platforms, this is the station that they belong to.
///
/// @param id unique in the feed
/// @param name what passengers call it; the id when the feed does not say
/// @param place where it is on earth; null when the feed does not say
/// @param mapPosition where it is on a metro map; null when the feed does not say
public record Station(
    String id, String name, @Nullable GeoPosition place, @Nullable MapPosition mapPosition) {}
