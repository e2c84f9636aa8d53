package io.euryale.lighttrain.timetable;

/// A part of the day in which a trip departs again and again from its first stop.
///
/// @param startSeconds the first departure, in seconds after the start of the service day
/// @param endSeconds no departure is at or after this time; later than `startSeconds`
/// @param headwaySeconds between two departures, at least 1
record Headway(int startSeconds, int endSeconds, int headwaySeconds) {

  Headway {
    if (startSeconds < 0 || endSeconds <= startSeconds || headwaySeconds < 1) {
      throw new IllegalArgumentException("Not a headway: " + startSeconds + " to " + endSeconds);
    }
  }

  /// How often the trip departs.
  int runs() {
    return (endSeconds - startSeconds - 1) / headwaySeconds + 1;
  }
}
