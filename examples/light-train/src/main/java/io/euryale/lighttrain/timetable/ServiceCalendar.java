package io.euryale.lighttrain.timetable;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Which service runs on which date: days of the week between two dates, and exceptions from them.
final class ServiceCalendar {

  /// One place for each [DayOfWeek#getValue]; place 0 is not used.
  private static final int DAY_PLACES = 8;

  /// The rule of a service.
  ///
  /// @param last not before `first`; the service runs on it too
  record Weekly(Set<DayOfWeek> days, LocalDate first, LocalDate last) {

    Weekly {
      days = days.isEmpty() ? Set.of() : EnumSet.copyOf(days);
    }

    boolean includes(LocalDate date) {
      return !date.isBefore(first) && !date.isAfter(last) && days.contains(date.getDayOfWeek());
    }
  }

  private final Map<String, Weekly> weekly = new HashMap<>();
  private final Map<String, Map<LocalDate, Boolean>> exceptions = new HashMap<>();

  /// Adds the rule of a service; false if it has one already.
  boolean addWeekly(String serviceId, Weekly rule) {
    return weekly.putIfAbsent(serviceId, rule) == null;
  }

  /// Says that a service runs, or does not, on a date whatever its rule; false if something was
  /// said about that date already.
  boolean addException(String serviceId, LocalDate date, boolean runs) {
    return exceptions.computeIfAbsent(serviceId, _ -> new HashMap<>()).putIfAbsent(date, runs)
        == null;
  }

  boolean knows(String serviceId) {
    return weekly.containsKey(serviceId) || exceptions.containsKey(serviceId);
  }

  boolean runsOn(String serviceId, LocalDate date) {
    Boolean exception = exceptions.getOrDefault(serviceId, Map.of()).get(date);
    return exception != null ? exception : followsRule(serviceId, date);
  }

  private boolean followsRule(String serviceId, LocalDate date) {
    @Nullable Weekly rule = weekly.get(serviceId);
    return rule != null && rule.includes(date);
  }

  /// The dates with a train; empty if there is none.
  ///
  /// One sweep over the days with a running count for each day of the week: the time it takes does
  /// not grow with services times days.
  ///
  /// @param tripsByService the trains of each service on a day on which it runs
  Optional<ServiceDates> dates(Map<String, Long> tripsByService) {
    NavigableMap<LocalDate, long[]> changes = new TreeMap<>();
    Map<LocalDate, Long> corrections = new HashMap<>();
    tripsByService.forEach(
        (serviceId, trips) -> {
          Weekly rule = weekly.get(serviceId);
          if (rule != null) {
            for (DayOfWeek day : rule.days()) {
              changesAt(changes, rule.first())[day.getValue()] += trips;
              changesAt(changes, rule.last().plusDays(1))[day.getValue()] -= trips;
            }
          }
          exceptions
              .getOrDefault(serviceId, Map.of())
              .forEach(
                  (date, runs) -> {
                    changesAt(changes, date);
                    if (runs != followsRule(serviceId, date)) {
                      corrections.merge(date, runs ? trips : -trips, Long::sum);
                    }
                  });
        });
    return changes.isEmpty() ? Optional.empty() : sweep(changes, corrections);
  }

  private static long[] changesAt(Map<LocalDate, long[]> changes, LocalDate date) {
    return changes.computeIfAbsent(date, _ -> new long[DAY_PLACES]);
  }

  private static Optional<ServiceDates> sweep(
      NavigableMap<LocalDate, long[]> changes, Map<LocalDate, Long> corrections) {
    long[] running = new long[DAY_PLACES];
    Optional<ServiceDates> dates = Optional.empty();
    LocalDate end = changes.lastKey();
    for (LocalDate date = changes.firstKey(); !date.isAfter(end); date = date.plusDays(1)) {
      long[] change = changes.get(date);
      for (int day = 1; change != null && day < DAY_PLACES; day++) {
        running[day] += change[day];
      }
      long trips = running[date.getDayOfWeek().getValue()] + corrections.getOrDefault(date, 0L);
      if (trips > 0) {
        dates = Optional.of(including(dates, date, trips));
      }
    }
    return dates;
  }

  private static ServiceDates including(Optional<ServiceDates> dates, LocalDate date, long trips) {
    if (dates.isEmpty()) {
      return new ServiceDates(date, date, date, trips);
    }
    ServiceDates before = dates.get();
    return trips > before.busiestTrips()
        ? new ServiceDates(before.first(), date, date, trips)
        : new ServiceDates(before.first(), date, before.busiest(), before.busiestTrips());
  }
}
