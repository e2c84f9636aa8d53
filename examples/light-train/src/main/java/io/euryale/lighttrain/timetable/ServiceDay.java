package io.euryale.lighttrain.timetable;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;

/// When a service day starts.
final class ServiceDay {

  private static final Duration HALF_DAY = Duration.ofHours(12);

  private ServiceDay() {}

  /// 12 hours before noon, so that noon is at 12:00:00 also when clocks change in the night before.
  static Instant start(LocalDate date, ZoneId zone) {
    return date.atTime(LocalTime.NOON).atZone(zone).toInstant().minus(HALF_DAY);
  }
}
