package io.euryale.lighttrain.timetable;

import java.time.Duration;
import java.time.LocalDate;
import java.util.Comparator;

/// A train arrives at a station or departs from it. A train departs from its first station and
/// arrives at its last one; everywhere else it does both.
///
/// @param sinceServiceDayStart after the start of the service day of the [Timetable]'s own date,
///     also for a train of the day before. 0 to 24 h, except on the days when clocks change: from
///     -1 h, to 25 h
/// @param line name of the line
/// @param trip the train; unique together with `serviceDate`
/// @param stationId id of the station in the feed
/// @param stationName name of the station
/// @param stopId id of the stop in the feed: a platform's where the station has some
/// @param headsign where the train says it goes
/// @param kind arrival or departure
/// @param sequence number of the stop in its trip; larger is later, not every number is used
/// @param serviceDate the service day that the train belongs to: the day before the [Timetable]'s
///     for a train that started then and runs past midnight
public record StationCall(
    Duration sinceServiceDayStart,
    String line,
    String trip,
    String stationId,
    String stationName,
    String stopId,
    String headsign,
    Kind kind,
    int sequence,
    LocalDate serviceDate) {

  /// What the train does.
  public enum Kind {
    /// The train comes to a stand at the station.
    ARRIVAL,
    /// The train leaves the station.
    DEPARTURE
  }

  /// By time; calls at the same time by train, and those of one train in the order of its way.
  static final Comparator<StationCall> BY_TIME =
      Comparator.comparing(StationCall::sinceServiceDayStart)
          .thenComparing(StationCall::serviceDate)
          .thenComparing(StationCall::trip)
          .thenComparingInt(StationCall::sequence)
          .thenComparing(StationCall::kind);
}
