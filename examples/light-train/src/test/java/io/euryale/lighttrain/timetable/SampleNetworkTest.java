package io.euryale.lighttrain.timetable;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SampleNetworkTest {

  private final GtfsFeed city = SampleNetwork.load();

  @Test
  void theCityHasFiveLinesAndSeventyStations() {
    assertThat(city.lines()).hasSize(5);
    assertThat(city.lines()).extracting(Line::colour).doesNotHaveDuplicates();
    assertThat(city.stations()).hasSize(70);
    assertThat(city.stations()).extracting(Station::name).doesNotHaveDuplicates();
    assertThat(city.notices()).isEmpty();
  }

  @Test
  void everyStationHasAPlaceOfItsOwnOnEarthAndOnTheMap() {
    assertThat(city.stations()).extracting(Station::place).doesNotContainNull();
    assertThat(city.stations())
        .extracting(Station::mapPosition)
        .doesNotContainNull()
        .doesNotHaveDuplicates();
  }

  @Test
  void everyStationIsOnALineAndSomeAreOnTwo() {
    List<String> along =
        city.lines().stream()
            .flatMap(line -> city.stationsAlong(line).stream())
            .map(Station::id)
            .toList();
    assertThat(along).containsAll(city.stations().stream().map(Station::id).toList());
    assertThat(along.size() - city.stations().size()).as("interchanges").isBetween(5, 15);
  }

  @Test
  void linesRunInEightDirectionsOnTheMapAndAKilometreOrSoOnEarth() {
    for (Line line : city.lines()) {
      List<Station> along = city.stationsAlong(line);
      assertThat(along).hasSizeBetween(10, 20);
      for (int i = 1; i < along.size(); i++) {
        MapPosition from = along.get(i - 1).mapPosition();
        MapPosition to = along.get(i).mapPosition();
        int dx = Math.abs(to.x() - from.x());
        int dy = Math.abs(to.y() - from.y());
        assertThat(dx == 0 || dy == 0 || dx == dy).as("%s at %d", line, i).isTrue();
        assertThat(metres(along.get(i - 1).place(), along.get(i).place()))
            .isBetween(400.0, 1_500.0);
      }
    }
  }

  private static double metres(GeoPosition from, GeoPosition to) {
    double north = (to.latitude() - from.latitude()) * 111_320;
    double east =
        (to.longitude() - from.longitude()) * 111_320 * Math.cos(Math.toRadians(from.latitude()));
    return Math.hypot(north, east);
  }

  @Test
  void trainsRunOnEveryDayOfAYear() throws Exception {
    for (LocalDate date = LocalDate.of(2026, 1, 1);
        date.getYear() == 2026;
        date = date.plusDays(30)) {
      assertThat(Timetable.of(city, date).calls()).hasSizeGreaterThan(10_000);
    }
  }

  @Test
  void theNightStartsWithTheTrainsOfTheEveningBefore() throws Exception {
    LocalDate sunday = LocalDate.of(2026, 3, 8);
    Timetable day = Timetable.of(city, sunday);
    assertThat(day.window(Duration.ZERO, Duration.ofHours(2)))
        .isNotEmpty()
        .allMatch(call -> call.serviceDate().equals(sunday.minusDays(1)));
  }

  @Test
  void theFilesAreWhatTheGeneratorMakes() throws Exception {
    long bytes = 0;
    for (Map.Entry<String, String> file : SampleNetworkGenerator.files().entrySet()) {
      try (InputStream in =
          SampleNetwork.class.getResourceAsStream(
              "/io/euryale/lighttrain/sample/" + file.getKey())) {
        assertThat(in).as(file.getKey()).isNotNull();
        byte[] content = in.readAllBytes();
        bytes += content.length;
        assertThat(new String(content, StandardCharsets.UTF_8))
            .as(file.getKey())
            .isEqualTo(file.getValue());
      }
    }
    assertThat(bytes).isLessThan(300 << 10);
  }
}
