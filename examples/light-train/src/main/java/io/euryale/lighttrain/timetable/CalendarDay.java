package io.euryale.lighttrain.timetable;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;

/// Collects the calls of one calendar day from the service days around it.
///
/// Not thread-safe; for one use.
final class CalendarDay {

  private final GtfsFeed feed;
  private final LocalDate date;
  private final List<StationCall> calls = new ArrayList<>();

  /// The calendar day, in seconds after the start of the service day of the same date.
  private long startSeconds;

  private long endSeconds;

  /// The service day that is being added, and its start in the same seconds.
  private LocalDate serviceDate;

  private long serviceStartSeconds;

  CalendarDay(GtfsFeed feed, LocalDate date) {
    this.feed = feed;
    this.date = date;
    this.serviceDate = date;
  }

  List<StationCall> calls() throws TimetableException {
    long lastArrival = feed.trips().stream().mapToInt(Trip::lastArrivalSeconds).max().orElseThrow();
    long daysBack = Duration.ofSeconds(lastArrival).toDays() + 1;
    ServiceDates dates = feed.serviceDates();
    // Also keeps the arithmetic below away from the ends of what LocalDate can hold.
    if (date.isBefore(dates.first().minusDays(1))
        || date.isAfter(dates.last().plusDays(daysBack))) {
      return calls;
    }
    Instant start = ServiceDay.start(date, feed.zone());
    startSeconds = Duration.between(start, date.atStartOfDay(feed.zone()).toInstant()).toSeconds();
    endSeconds =
        Duration.between(start, date.plusDays(1).atStartOfDay(feed.zone()).toInstant()).toSeconds();
    // The next service day can start before midnight, when clocks go forward on it.
    for (long back = -1; back <= daysBack; back++) {
      serviceDate = date.minusDays(back);
      serviceStartSeconds =
          Duration.between(start, ServiceDay.start(serviceDate, feed.zone())).toSeconds();
      addServiceDay();
    }
    calls.sort(StationCall.BY_TIME);
    return calls;
  }

  private void addServiceDay() throws TimetableException {
    for (Trip trip : feed.trips()) {
      if (!feed.calendar().runsOn(trip.serviceId(), serviceDate)
          || serviceStartSeconds + trip.lastArrivalSeconds() < startSeconds) {
        continue;
      }
      // Before a headway of one second fills the memory.
      long most = calls.size() + trip.runs() * 2 * (trip.stopTimes().size() - 1);
      if (most > feed.limits().maxCalls()) {
        throw TimetableException.of(
            "More than %d station calls on %s: the trains of trip %s are too many; raise its"
                    .formatted(feed.limits().maxCalls(), date, TimetableException.quoted(trip.id()))
                + " headway_secs in frequencies.txt.");
      }
      trip.forEachRun((runId, shiftSeconds) -> addRun(trip, runId, shiftSeconds));
    }
  }

  private void addRun(Trip trip, String runId, int shiftSeconds) {
    long offset = serviceStartSeconds + shiftSeconds;
    StopTime first = trip.stopTimes().getFirst();
    StopTime last = trip.stopTimes().getLast();
    for (StopTime stop : trip.stopTimes()) {
      if (stop.sequence() != first.sequence()) {
        add(trip, runId, stop, StationCall.Kind.ARRIVAL, offset + stop.arrivalSeconds());
      }
      if (stop.sequence() != last.sequence()) {
        add(trip, runId, stop, StationCall.Kind.DEPARTURE, offset + stop.departureSeconds());
      }
    }
  }

  private void add(Trip trip, String runId, StopTime stop, StationCall.Kind kind, long seconds) {
    if (seconds >= startSeconds && seconds < endSeconds) {
      calls.add(
          new StationCall(
              Duration.ofSeconds(seconds),
              trip.line().name(),
              runId,
              stop.station().id(),
              stop.station().name(),
              stop.stopId(),
              stop.headsign(),
              kind,
              stop.sequence(),
              serviceDate));
    }
  }
}
