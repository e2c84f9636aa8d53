package io.euryale.lighttrain.city;

import io.euryale.lighttrain.timetable.Timetable;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// The time in the city, which runs some times faster than life. After the last train it goes back
/// to where it began.
///
/// @param startNanos when it began, by `System.nanoTime`
/// @param from the time of day at which it began, in seconds after the start of the service day
/// @param until the time at which it goes back
/// @param speed times faster than life
record CityClock(Timetable day, long startNanos, double from, double until, double speed) {

  private static final double NANOS = 1e9;
  private static final DateTimeFormatter CLOCK =
      DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);

  /// Seconds after the start of the service day.
  double citySeconds(long nanos) {
    double passed = Math.max(0, (nanos - startNanos) / NANOS * speed);
    return from + passed % Math.max(60, until - from);
  }

  /// The instant that the city has at a time of its day.
  Instant instant(double citySeconds) {
    return day.serviceDayStart().plusMillis(Math.round(citySeconds * 1000));
  }

  /// What clocks in the city show, as `08:35:00`.
  String wall(double citySeconds) {
    return CLOCK.format(instant(citySeconds).atZone(day.zone()));
  }
}
