package io.euryale.lighttrain.timetable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Reads a city's real feed where there is one: the path in the system property or the environment
/// variable `EURYALE_GTFS`, or else `shared/data/metro-porto-gtfs` beside the project. The feed is
/// not part of the project.
class RealFeedTest {

  private static final String SETTING = "EURYALE_GTFS";
  private static final Path USUAL = Path.of("shared", "data", "metro-porto-gtfs");

  private static Path feed() {
    Optional<Path> feed = Optional.ofNullable(setting()).map(Path::of).or(RealFeedTest::usual);
    assumeTrue(feed.isPresent(), "no feed: set " + SETTING + " to the path of one");
    return feed.get();
  }

  private static String setting() {
    String property = System.getProperty(SETTING);
    return property != null ? property : System.getenv(SETTING);
  }

  private static Optional<Path> usual() {
    for (Path up = Path.of("").toAbsolutePath(); up != null; up = up.getParent()) {
      if (Files.isDirectory(up.resolve(USUAL))) {
        return Optional.of(up.resolve(USUAL));
      }
    }
    return Optional.empty();
  }

  @Test
  void aRealFeedIsReadAndItsBusiestDayIsFull() throws Exception {
    GtfsFeed city = GtfsFeed.read(feed());
    Timetable day = Timetable.ofBusiestDay(city);
    assertThat(city.stations()).hasSizeGreaterThan(10);
    assertThat(city.lines()).isNotEmpty();
    assertThat(day.calls()).hasSizeGreaterThan(1_000).isSortedAccordingTo(StationCall.BY_TIME);
    assertThat(day.date()).isEqualTo(city.serviceDates().busiest());
  }

  @Test
  void thePortoFeedHasWhatWasCountedByHand() throws Exception {
    Path feed = feed();
    assumeTrue(feed.endsWith("metro-porto-gtfs"), "another feed");
    GtfsFeed porto = GtfsFeed.read(feed);
    assertThat(porto.stations()).hasSize(85);
    assertThat(porto.lines())
        .extracting(Line::name)
        .containsExactly("A", "B", "Bx", "C", "D", "E", "F");
    assertThat(porto.serviceDates().busiestTrips()).isEqualTo(1_153);
    assertThat(porto.notices()).isEmpty();
    assertThat(porto.lines())
        .flatExtracting(porto::stationsAlong)
        .as("every station is on the way of a line")
        .containsAll(porto.stations());
    Timetable weekday = Timetable.of(porto, LocalDate.of(2026, 3, 4));
    assertThat(weekday.window(Duration.ZERO, Duration.ofHours(2)))
        .as("trains of the evening before")
        .isNotEmpty()
        .allMatch(call -> call.serviceDate().equals(LocalDate.of(2026, 3, 3)));
  }
}
