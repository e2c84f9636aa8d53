package io.euryale.lighttrain.timetable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TimetableTest {

  private static final ZoneId LISBON = ZoneId.of("Europe/Lisbon");

  /// In Lisbon clocks go forward from 1:00 to 2:00 on this day, and back again from 2:00 to 1:00.
  private static final LocalDate FORWARD = LocalDate.of(2026, 3, 29);

  private static final LocalDate BACK = LocalDate.of(2026, 10, 25);

  @TempDir Path folder;

  private GtfsFeed lisbon(String... departures) throws Exception {
    StringBuilder trips = new StringBuilder("route_id,service_id,trip_id\n");
    StringBuilder stopTimes =
        new StringBuilder("trip_id,arrival_time,departure_time,stop_id,stop_sequence\n");
    for (String departure : departures) {
      trips.append("l1,daily,t").append(departure).append('\n');
      stopTimes.append("t%1$s,%1$s,%1$s,a,1\n".formatted(departure));
      stopTimes.append("t%1$s,%1$s,%1$s,b,2\n".formatted(departure));
    }
    return TestFeed.minimal()
        .with("agency.txt", "agency_timezone\nEurope/Lisbon\n")
        .with("trips.txt", trips.toString())
        .with("stop_times.txt", stopTimes.toString())
        .read(folder);
  }

  private static List<String> localTimes(Timetable day) {
    return day.calls().stream()
        .filter(call -> call.kind() == StationCall.Kind.DEPARTURE)
        .map(call -> day.instantOf(call).atZone(LISBON).toLocalDateTime() + " " + call.trip())
        .toList();
  }

  @Test
  void anOrdinaryServiceDayStartsAtMidnight() throws Exception {
    Timetable day = Timetable.of(lisbon("8:00:00"), LocalDate.of(2026, 5, 5));
    assertThat(day.serviceDayStart().atZone(LISBON).toLocalTime()).isEqualTo(LocalTime.MIDNIGHT);
    assertThat(day.sinceServiceDayStart(LocalTime.of(8, 0))).isEqualTo(Duration.ofHours(8));
    assertThat(day.zone()).isEqualTo(LISBON);
  }

  @Test
  void whenClocksGoForwardTheServiceDayStartsAnHourBeforeMidnight() throws Exception {
    GtfsFeed feed = lisbon("0:30:00", "8:00:00", "24:30:00");
    assertThat(localTimes(Timetable.of(feed, FORWARD)))
        .as("8:00 by the clocks is 8:00 of the feed, and the night before is 24:30")
        .containsExactly("2026-03-29T00:30 t24:30:00", "2026-03-29T08:00 t8:00:00");
    assertThat(localTimes(Timetable.of(feed, FORWARD.minusDays(1))))
        .as("0:30 of the day after is still this evening")
        .containsExactly(
            "2026-03-28T00:30 t24:30:00",
            "2026-03-28T00:30 t0:30:00",
            "2026-03-28T08:00 t8:00:00",
            "2026-03-28T23:30 t0:30:00");
  }

  @Test
  void whenClocksGoBackTheServiceDayStartsAnHourAfterMidnight() throws Exception {
    Timetable day = Timetable.of(lisbon("0:30:00", "8:00:00", "24:30:00"), BACK);
    assertThat(localTimes(day))
        .containsExactly(
            "2026-10-25T00:30 t24:30:00", "2026-10-25T01:30 t0:30:00", "2026-10-25T08:00 t8:00:00");
    assertThat(day.calls().getFirst().sinceServiceDayStart()).isEqualTo(Duration.ofMinutes(-30));
  }

  @Test
  void noTrainIsLostOrDoubledAcrossTheDaysOfAYear() throws Exception {
    GtfsFeed feed = lisbon("0:00:00", "0:30:00", "8:00:00", "23:59:59", "24:30:00", "49:00:00");
    List<String> calls = new ArrayList<>();
    LocalDate afterLast = LocalDate.of(2027, 1, 3);
    for (LocalDate date = LocalDate.of(2026, 1, 1);
        date.isBefore(afterLast);
        date = date.plusDays(1)) {
      for (StationCall call : Timetable.of(feed, date)) {
        calls.add(call.serviceDate() + call.trip() + call.kind());
      }
    }
    assertThat(calls).hasSize(365 * 6 * 2).doesNotHaveDuplicates();
  }

  @Test
  void callsAreInTimeOrderAndThoseOfOneTrainInTheOrderOfItsWay() throws Exception {
    Timetable day = Timetable.of(SampleNetwork.load(), LocalDate.of(2026, 6, 10));
    assertThat(day.calls()).isSortedAccordingTo(StationCall.BY_TIME);
    List<StationCall> iterated = new ArrayList<>();
    day.forEach(iterated::add);
    assertThat(iterated).isEqualTo(day.calls());
  }

  @Test
  void aWindowHoldsItsStartAndNotItsEnd() throws Exception {
    Timetable day = Timetable.ofBusiestDay(TestFeed.minimal().read(folder));
    assertThat(times(day.window(Duration.ofHours(8), Duration.ofMinutes(485))))
        .containsExactly("PT8H");
    assertThat(times(day.window(Duration.ofMinutes(485), Duration.ofMinutes(490))))
        .containsExactly("PT8H5M", "PT8H6M");
    assertThat(times(day.window(Duration.ofHours(-5), Duration.ofHours(100)))).hasSize(4);
    assertThat(day.window(Duration.ofHours(9), Duration.ofHours(9))).isEmpty();
    assertThatThrownBy(() -> day.window(Duration.ofHours(9), Duration.ofHours(8)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aWindowOfAWindowNarrowsIt() throws Exception {
    Timetable day = Timetable.ofBusiestDay(TestFeed.minimal().read(folder));
    Timetable window = day.window(Duration.ZERO, Duration.ofMinutes(486));
    assertThat(times(window.window(Duration.ofMinutes(481), Duration.ofHours(24))))
        .containsExactly("PT8H5M");
  }

  private static List<String> times(Timetable timetable) {
    return timetable.calls().stream().map(call -> call.sinceServiceDayStart().toString()).toList();
  }

  @Test
  void callsCannotBeChanged() throws Exception {
    Timetable day = Timetable.ofBusiestDay(TestFeed.minimal().read(folder));
    assertThatThrownBy(() -> day.calls().removeFirst())
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void aPlatformOfAnUnnamedStopAndALineWithoutNamesUseTheirIds() throws Exception {
    GtfsFeed feed =
        TestFeed.minimal()
            .with("stops.txt", "stop_id,stop_name\na,\nb,\nc,Cedar\n")
            .with("routes.txt", "route_id\nl1\n")
            .read(folder);
    assertThat(feed.stations()).extracting(Station::name).containsExactly("a", "b", "Cedar");
    assertThat(feed.lines()).extracting(Line::name).containsExactly("l1");
    assertThat(Timetable.ofBusiestDay(feed).calls().getFirst().headsign()).isEqualTo("Cedar");
  }
}
