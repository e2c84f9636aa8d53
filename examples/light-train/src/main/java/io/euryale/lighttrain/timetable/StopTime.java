package io.euryale.lighttrain.timetable;

/// One stop of a trip. Times are seconds after the start of the service day, 0 to 604,799, and
/// never decrease along a trip.
///
/// @param sequence the feed's number of the stop in its trip; larger is later
/// @param stopId the stop's id in the feed: a platform's where the station has some
/// @param headsign where the train says it goes from here on
record StopTime(
    int sequence,
    String stopId,
    Station station,
    int arrivalSeconds,
    int departureSeconds,
    String headsign) {}
