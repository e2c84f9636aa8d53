package io.euryale.lighttrain.timetable;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ServiceCalendarTest {

  private static final LocalDate MONDAY = LocalDate.of(2026, 6, 1);

  private final ServiceCalendar calendar = new ServiceCalendar();

  @Test
  void aWeeklyServiceRunsOnItsDaysFromTheFirstDateToTheLast() {
    calendar.addWeekly("s", weekly(Set.of(DayOfWeek.MONDAY), MONDAY, MONDAY.plusDays(7)));
    assertThat(calendar.runsOn("s", MONDAY.minusDays(7))).isFalse();
    assertThat(calendar.runsOn("s", MONDAY)).isTrue();
    assertThat(calendar.runsOn("s", MONDAY.plusDays(1))).isFalse();
    assertThat(calendar.runsOn("s", MONDAY.plusDays(7))).isTrue();
    assertThat(calendar.runsOn("s", MONDAY.plusDays(14))).isFalse();
  }

  @Test
  void exceptionsWinOverTheRule() {
    calendar.addWeekly("s", weekly(Set.of(DayOfWeek.MONDAY), MONDAY, MONDAY.plusDays(7)));
    calendar.addException("s", MONDAY, false);
    calendar.addException("s", MONDAY.plusDays(30), true);
    assertThat(calendar.runsOn("s", MONDAY)).isFalse();
    assertThat(calendar.runsOn("s", MONDAY.plusDays(30))).isTrue();
  }

  @Test
  void aServiceWithoutDaysNeverRuns() {
    calendar.addWeekly("s", weekly(Set.of(), MONDAY, MONDAY));
    assertThat(calendar.knows("s")).isTrue();
    assertThat(calendar.dates(Map.of("s", 5L))).isEmpty();
  }

  @Test
  void theBusiestDateIsTheFirstOfThoseWithTheMostTrains() {
    calendar.addException("a", MONDAY, true);
    calendar.addException("a", MONDAY.plusDays(3), true);
    calendar.addException("b", MONDAY.plusDays(2), true);
    assertThat(calendar.dates(Map.of("a", 2L, "b", 2L)))
        .contains(new ServiceDates(MONDAY, MONDAY.plusDays(3), MONDAY, 2));
    assertThat(calendar.dates(Map.of("a", 2L, "b", 3L)))
        .contains(new ServiceDates(MONDAY, MONDAY.plusDays(3), MONDAY.plusDays(2), 3));
  }

  @Test
  void aServiceOfTenThousandYearsIsSweptOnce() {
    LocalDate last = LocalDate.of(9999, 12, 31);
    LocalDate first = LocalDate.of(0, 1, 1);
    calendar.addWeekly("s", weekly(EnumSet.allOf(DayOfWeek.class), first, last));
    assertThat(calendar.dates(Map.of("s", 1L))).contains(new ServiceDates(first, last, first, 1));
  }

  @Test
  void theSweepFindsWhatCountingDayByDayFinds() {
    for (int seed = 0; seed < 2_000; seed++) {
      Random random = new Random(seed);
      ServiceCalendar drawn = new ServiceCalendar();
      Map<String, Long> trips = new TreeMap<>();
      for (String service : Set.of("a", "b", "c")) {
        draw(drawn, service, random);
        trips.put(service, (long) random.nextInt(3));
      }
      assertThat(drawn.dates(trips)).as("seed %d", seed).isEqualTo(counted(drawn, trips));
    }
  }

  private static void draw(ServiceCalendar calendar, String service, Random random) {
    if (random.nextBoolean()) {
      Set<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
      for (DayOfWeek day : DayOfWeek.values()) {
        if (random.nextBoolean()) {
          days.add(day);
        }
      }
      LocalDate first = MONDAY.plusDays(random.nextInt(20));
      calendar.addWeekly(service, weekly(days, first, first.plusDays(random.nextInt(20))));
    }
    for (int i = random.nextInt(5); i > 0; i--) {
      calendar.addException(service, MONDAY.plusDays(random.nextInt(50)), random.nextBoolean());
    }
  }

  private static Optional<ServiceDates> counted(
      ServiceCalendar calendar, Map<String, Long> tripsByService) {
    ServiceDates dates = null;
    for (LocalDate date = MONDAY; date.isBefore(MONDAY.plusDays(60)); date = date.plusDays(1)) {
      long trips = 0;
      for (Map.Entry<String, Long> service : tripsByService.entrySet()) {
        trips += calendar.runsOn(service.getKey(), date) ? service.getValue() : 0;
      }
      if (trips > 0) {
        boolean busier = dates == null || trips > dates.busiestTrips();
        dates =
            new ServiceDates(
                dates == null ? date : dates.first(),
                date,
                busier ? date : dates.busiest(),
                busier ? trips : dates.busiestTrips());
      }
    }
    return Optional.ofNullable(dates);
  }

  private static ServiceCalendar.Weekly weekly(
      Set<DayOfWeek> days, LocalDate first, LocalDate last) {
    return new ServiceCalendar.Weekly(days, first, last);
  }
}
