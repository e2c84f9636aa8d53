package io.euryale.lighttrain.timetable;

import static io.euryale.lighttrain.timetable.StationCall.Kind.ARRIVAL;
import static io.euryale.lighttrain.timetable.StationCall.Kind.DEPARTURE;
import static io.euryale.lighttrain.timetable.TestFeed.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URL;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A made-up agency whose feed uses what the sample and most real feeds do not: byte order marks,
/// CRLF, quotes, short rows, platforms, `calendar_dates.txt` alone, frequencies, stops without
/// times and trains after midnight.
class CliffRailwayFeedTest {

  private static final LocalDate SATURDAY = LocalDate.of(2026, 6, 27);
  private static final LocalDate SUNDAY = SATURDAY.plusDays(1);
  private static final LocalDate MONDAY = SATURDAY.plusDays(2);
  private static final String PIER = "Lower \"Old\" Pier, Harbour";
  private static final String HALT = "Middle\r\nHalt";

  private GtfsFeed feed;

  @BeforeEach
  void read() throws Exception {
    URL folder = CliffRailwayFeedTest.class.getResource("cliff-railway/stops.txt");
    assertThat(folder).isNotNull();
    feed = GtfsFeed.read(Path.of(folder.toURI()).getParent());
  }

  @Test
  void linesAndStationsAreAsWritten() {
    assertThat(feed.zone()).isEqualTo(ZoneId.of("Europe/Lisbon"));
    assertThat(feed.lines())
        .containsExactly(
            new Line("CL", "Cliff line", "1A2B3C", "000000"),
            new Line("NB", "N1", "FFFFFF", "000000"));
    assertThat(feed.stations())
        .as("the platform is not a station of its own")
        .containsExactly(
            new Station("LP", PIER, new GeoPosition(32.65, -16.91), null),
            new Station("MH", HALT, null, null),
            new Station("AA", "Água Alta", new GeoPosition(32.66, -16.92), null),
            new Station("SU", "Summit", new GeoPosition(32.67, -16.93), null));
    assertThat(feed.stationsAlong(feed.lines().getFirst()))
        .extracting(Station::id)
        .containsExactly("LP", "MH", "AA", "SU");
  }

  @Test
  void serviceDatesCountEveryTrain() {
    assertThat(feed.serviceDates()).isEqualTo(new ServiceDates(SATURDAY, SUNDAY, SATURDAY, 6));
  }

  @Test
  void tripsThatNeverRunAreNoticed() {
    assertThat(feed.notices())
        .containsExactly(
            "trips.txt: 1 of 5 trips have fewer than two stop times and never run, such as"
                + " \"STUB\"");
  }

  @Test
  void theFirstDayHasNoTrainsOfADayBefore() throws Exception {
    assertThat(Timetable.of(feed, SATURDAY).calls()).containsExactlyElementsOf(daytime(SATURDAY));
    assertThat(Timetable.ofBusiestDay(feed).date()).isEqualTo(SATURDAY);
  }

  @Test
  void theSecondDayStartsWithTheLateTrainsOfTheFirst() throws Exception {
    assertThat(Timetable.of(feed, SUNDAY).calls())
        .startsWith(night().toArray(StationCall[]::new))
        .endsWith(daytime(SUNDAY).toArray(StationCall[]::new))
        .hasSize(night().size() + daytime(SUNDAY).size());
  }

  @Test
  void theDayAfterTheLastServiceDayHasOnlyItsLateTrains() throws Exception {
    assertThat(Timetable.of(feed, MONDAY).calls())
        .hasSize(night().size())
        .allMatch(call -> call.serviceDate().equals(SUNDAY));
  }

  @Test
  void aDayWithoutTrainsNamesTheDaysWithService() {
    assertThat(refusal(() -> Timetable.of(feed, MONDAY.plusDays(1))))
        .hasMessage(
            "No train runs on 2026-06-30: the feed has service from 2026-06-27 to 2026-06-28;"
                + " choose a day such as 2026-06-27.");
    assertThat(refusal(() -> Timetable.of(feed, LocalDate.MIN))).hasMessageContaining("2026-06-27");
    assertThat(refusal(() -> Timetable.of(feed, LocalDate.MAX))).hasMessageContaining("2026-06-27");
  }

  /// From midnight on, on the second day: trains that set out on the first.
  private static List<StationCall> night() {
    return List.of(
        call("0:05:00", "Cliff line", "LOOP@23:55:00", "LP", PIER, PIER, ARRIVAL, 1, SATURDAY),
        call(
            "0:25:00", "Cliff line", "LOOP@24:25:00", "SU", "Summit", PIER, DEPARTURE, 0, SATURDAY),
        call("0:35:00", "Cliff line", "LOOP@24:25:00", "LP", PIER, PIER, ARRIVAL, 1, SATURDAY),
        call("1:10:00", "N1", "NIGHT", "LP", PIER, "Owl", DEPARTURE, 1, SATURDAY),
        call("1:30:00", "N1", "NIGHT", "MH", HALT, "Owl", ARRIVAL, 2, SATURDAY),
        call("1:31:00", "N1", "NIGHT", "MH", HALT, "Owl", DEPARTURE, 2, SATURDAY),
        call("1:40:00", "N1", "NIGHT", "SU", "Summit", "Owl", ARRIVAL, 3, SATURDAY));
  }

  private static List<StationCall> daytime(LocalDate date) {
    String line = "Cliff line";
    String fast = "Summit, fast";
    return List.of(
        call("9:00:00", line, "DAY1", "LP", PIER, fast, DEPARTURE, 1, date),
        call("9:06:40", line, "DAY1", "MH", HALT, fast, ARRIVAL, 5, date),
        call("9:06:40", line, "DAY1", "MH", HALT, fast, DEPARTURE, 5, date),
        call("9:13:20", line, "DAY1", "AA", "Água Alta", "Terminus", ARRIVAL, 6, date),
        call("9:13:20", line, "DAY1", "AA", "Água Alta", "Terminus", DEPARTURE, 6, date),
        call("9:20:00", line, "DAY1", "SU", "Summit", fast, ARRIVAL, 9, date),
        call("10:00:00", line, "LOOP@10:00:00", "SU", "Summit", PIER, DEPARTURE, 0, date),
        call("10:10:00", line, "LOOP@10:00:00", "LP", PIER, PIER, ARRIVAL, 1, date),
        call("10:15:00", line, "LOOP@10:15:00", "SU", "Summit", PIER, DEPARTURE, 0, date),
        call("10:25:00", line, "LOOP@10:15:00", "LP", PIER, PIER, ARRIVAL, 1, date),
        call("23:55:00", line, "LOOP@23:55:00", "SU", "Summit", PIER, DEPARTURE, 0, date));
  }

  private static StationCall call(
      String time,
      String line,
      String trip,
      String stationId,
      String stationName,
      String headsign,
      StationCall.Kind kind,
      int sequence,
      LocalDate serviceDate) {
    return new StationCall(
        Duration.ofSeconds(GtfsTime.parse(time)),
        line,
        trip,
        stationId,
        stationName,
        // Of the trains that call at the pier one does not say at which platform.
        stationId.equals("LP") && !trip.equals("NIGHT") ? "LP1" : stationId,
        headsign,
        kind,
        sequence,
        serviceDate);
  }
}
