package io.euryale.lighttrain.timetable;

import java.util.List;

/// A train's way along its stops, on every date of its service.
///
/// @param stopTimes at least two, in the order in which the train calls
/// @param headways empty for a trip that runs once, at the times of its stops; otherwise those
///     times only say how long the way takes
record Trip(
    String id, Line line, String serviceId, List<StopTime> stopTimes, List<Headway> headways) {

  /// Takes one run of a trip.
  interface RunVisitor {
    /// Called once for each run.
    ///
    /// @param runId unique among the runs of one service day
    /// @param shiftSeconds what to add to the times of the stops
    void visit(String runId, int shiftSeconds);
  }

  Trip {
    stopTimes = List.copyOf(stopTimes);
    headways = List.copyOf(headways);
    if (stopTimes.size() < 2) {
      throw new IllegalArgumentException("Trip " + id + " goes nowhere");
    }
  }

  /// How many trains run this trip on one service day.
  long runs() {
    return headways.isEmpty() ? 1 : headways.stream().mapToLong(Headway::runs).sum();
  }

  /// The last arrival of the last run, in seconds after the start of the service day.
  int lastArrivalSeconds() {
    int last = stopTimes.getLast().arrivalSeconds();
    if (headways.isEmpty()) {
      return last;
    }
    int lastStart = headways.stream().mapToInt(Headway::endSeconds).max().orElseThrow() - 1;
    return last - stopTimes.getFirst().departureSeconds() + lastStart;
  }

  /// Visits every run of one service day. Runs of a repeated trip get the time of their departure
  /// into their id: `T1@07:30:00`.
  void forEachRun(RunVisitor visitor) {
    if (headways.isEmpty()) {
      visitor.visit(id, 0);
    }
    int firstDeparture = stopTimes.getFirst().departureSeconds();
    for (Headway headway : headways) {
      for (int i = 0; i < headway.runs(); i++) {
        int start = headway.startSeconds() + i * headway.headwaySeconds();
        visitor.visit(id + "@" + GtfsTime.format(start), start - firstDeparture);
      }
    }
  }
}
