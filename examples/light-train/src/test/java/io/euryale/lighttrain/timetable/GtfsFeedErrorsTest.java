package io.euryale.lighttrain.timetable;

import static io.euryale.lighttrain.timetable.TestFeed.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class GtfsFeedErrorsTest {

  private static final String STOP_TIMES =
      "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n";
  private static final String CALENDAR =
      "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n";

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"agency.txt", "stops.txt", "routes.txt", "trips.txt", "stop_times.txt"})
  void aRequiredFileThatIsMissingIsNamed(String file) {
    assertThat(refusal(() -> TestFeed.minimal().without(file).read(folder)))
        .hasMessage(folder + ": there is no " + file + ", which every GTFS feed must have; add it");
  }

  @Test
  void oneOfTheTwoCalendarsIsNeeded() {
    assertThat(refusal(() -> TestFeed.minimal().without("calendar.txt").read(folder)))
        .hasMessageContaining("neither calendar.txt nor calendar_dates.txt");
  }

  @ParameterizedTest
  @ValueSource(strings = {"agency.txt", "stops.txt", "routes.txt", "trips.txt", "stop_times.txt"})
  void aFileWithoutAHeaderIsNamed(String file) {
    assertThat(refusal(() -> TestFeed.minimal().with(file, "\n\n").read(folder)))
        .hasMessage(file + ": the file is empty; its first line must name the columns");
  }

  static Stream<Arguments> requiredColumns() {
    return Stream.of(
            List.of("agency.txt", "agency_timezone"),
            List.of("stops.txt", "stop_id", "stop_name"),
            List.of("routes.txt", "route_id"),
            List.of("trips.txt", "route_id", "service_id", "trip_id"),
            List.of(
                "stop_times.txt",
                "trip_id",
                "arrival_time",
                "departure_time",
                "stop_id",
                "stop_sequence"),
            List.of("calendar.txt", "service_id", "monday", "sunday", "start_date", "end_date"))
        .flatMap(names -> names.stream().skip(1).map(name -> arguments(names.getFirst(), name)));
  }

  @ParameterizedTest
  @MethodSource("requiredColumns")
  void aRequiredColumnThatIsMissingIsNamed(String file, String column) {
    TestFeed feed = TestFeed.minimal();
    String content = new String(feed.files().get(file), StandardCharsets.UTF_8);
    String without = content.replaceFirst("\\b" + column + "\\b", "other_name");
    assertThat(refusal(() -> feed.with(file, without).read(folder)))
        .hasMessage(
            file
                + ", line 1, column "
                + column
                + ": the header does not name this column, which every feed must have; add it");
  }

  static Stream<Arguments> faults() {
    return Stream.of(
        arguments("agency.txt", "agency_timezone\nMars/Olympus\n", 2, "agency_timezone"),
        arguments("agency.txt", "agency_timezone\n\n\"\"\n", 3, "agency_timezone"),
        arguments("agency.txt", "agency_timezone\nEtc/UTC\nEurope/Lisbon\n", 3, "agency_timezone"),
        arguments("agency.txt", "agency_timezone\n", 0, ""),
        arguments("stops.txt", "stop_id,stop_name\na,A\na,A\n", 3, "stop_id"),
        arguments("stops.txt", "stop_id,stop_name\n,A\n", 2, "stop_id"),
        arguments("stops.txt", "stop_id,stop_id,stop_name\n", 1, "stop_id"),
        arguments("stops.txt", "stop_id,stop_name\na,A,surplus\n", 2, "3"),
        arguments("stops.txt", "stop_id,stop_name\na,St. John\"s\n", 2, "2"),
        arguments("stops.txt", "stop_id,stop_name,stop_lat,stop_lon\na,A,91,0\n", 2, "stop_lat"),
        arguments("stops.txt", "stop_id,stop_name,stop_lat,stop_lon\na,A,1,\n", 2, "stop_lon"),
        arguments("stops.txt", "stop_id,stop_name,stop_lat,stop_lon\na,A,1,x\n", 2, "stop_lon"),
        arguments("stops.txt", "stop_id,stop_name,stop_lat,stop_lon\na,A,NaN,1\n", 2, "stop_lat"),
        arguments(
            "stops.txt", "stop_id,stop_name,schematic_x,schematic_y\na,A,1,-1\n", 2, "schematic_y"),
        arguments(
            "stops.txt", "stop_id,stop_name,parent_station\na,A,\nb,B,z\n", 3, "parent_station"),
        arguments("routes.txt", "route_id\nl1\nl1\n", 3, "route_id"),
        arguments("routes.txt", "route_id,route_color\nl1,red\n", 2, "route_color"),
        arguments("trips.txt", "route_id,service_id,trip_id\nl9,daily,t1\n", 2, "route_id"),
        arguments("trips.txt", "route_id,service_id,trip_id\nl1,never,t1\n", 2, "service_id"),
        arguments(
            "trips.txt", "route_id,service_id,trip_id\nl1,daily,t1\nl1,daily,t1\n", 3, "trip_id"),
        arguments("stop_times.txt", STOP_TIMES + "t9,8:00:00,8:00:00,a,1\n", 2, "trip_id"),
        arguments("stop_times.txt", STOP_TIMES + "t1,8:00:00,8:00:00,z,1\n", 2, "stop_id"),
        arguments("stop_times.txt", STOP_TIMES + "t1,8:00,8:00:00,a,1\n", 2, "arrival_time"),
        arguments("stop_times.txt", STOP_TIMES + "t1,8:00:00,8h,a,1\n", 2, "departure_time"),
        arguments("stop_times.txt", STOP_TIMES + "t1,8:00:00,8:00:00,a,-1\n", 2, "stop_sequence"),
        arguments("stop_times.txt", STOP_TIMES + "t1,8:00:00,8:00:00,a\n", 2, "stop_sequence"),
        arguments(
            "stop_times.txt", STOP_TIMES + "t1,8:00:00,8:00:00,a,2147483648\n", 2, "stop_sequence"),
        arguments(
            "stop_times.txt",
            STOP_TIMES + "t1,8:00:00,8:00:00,a,1\nt1,8:01:00,8:01:00,b,1\n",
            3,
            "stop_sequence"),
        arguments(
            "stop_times.txt", STOP_TIMES + "t1,,,a,1\nt1,8:01:00,8:01:00,b,2\n", 2, "arrival_time"),
        arguments(
            "stop_times.txt",
            STOP_TIMES + "t1,8:01:00,8:01:00,a,1\nt1,,,b,2\nt1,,,c,3\n",
            4,
            "arrival_time"),
        arguments(
            "stop_times.txt",
            STOP_TIMES + "t1,8:01:00,8:00:00,a,1\nt1,8:05:00,8:05:00,b,2\n",
            2,
            "departure_time"),
        arguments(
            "stop_times.txt",
            STOP_TIMES + "t1,23:59:00,23:59:00,a,1\nt1,0:10:00,0:10:00,b,2\n",
            3,
            "arrival_time"),
        arguments("stop_times.txt", STOP_TIMES, 0, ""),
        arguments(
            "calendar.txt", CALENDAR + "daily,1,1,1,1,1,1,2,20260101,20261231\n", 2, "sunday"),
        arguments(
            "calendar.txt", CALENDAR + "daily,1,1,1,1,1,1,1,20260229,20261231\n", 2, "start_date"),
        arguments(
            "calendar.txt", CALENDAR + "daily,1,1,1,1,1,1,1,2026-1-1,20261231\n", 2, "start_date"),
        arguments("calendar.txt", CALENDAR + "daily,1,1,1,1,1,1,1,20260101,2026\n", 2, "end_date"),
        arguments(
            "calendar.txt", CALENDAR + "daily,1,1,1,1,1,1,1,20260102,20260101\n", 2, "end_date"),
        arguments(
            "calendar.txt",
            CALENDAR + "daily,1,1,1,1,1,1,1,20260101,20260101\n".repeat(2),
            3,
            "service_id"),
        arguments("calendar.txt", CALENDAR + "daily,0,0,0,0,0,0,0,20260101,20261231\n", 0, ""),
        arguments(
            "calendar_dates.txt",
            "service_id,date,exception_type\nd,20260101,3\n",
            2,
            "exception_type"),
        arguments(
            "calendar_dates.txt",
            "service_id,date,exception_type\nd,20260101,0\n",
            2,
            "exception_type"),
        arguments(
            "calendar_dates.txt",
            "service_id,date,exception_type\nd,20260101,1\nd,20260101,2\n",
            3,
            "date"),
        arguments("frequencies.txt", frequency("t9,8:00:00,9:00:00,600"), 2, "trip_id"),
        arguments("frequencies.txt", frequency("t1,,9:00:00,600"), 2, "start_time"),
        arguments("frequencies.txt", frequency("t1,9:00:00,9:00:00,600"), 2, "end_time"),
        arguments("frequencies.txt", frequency("t1,8:00:00,9:00:00,0"), 2, "headway_secs"),
        arguments("frequencies.txt", frequency("t1,8:00:00,9:00:00,1.5"), 2, "headway_secs"),
        arguments(
            "frequencies.txt",
            frequency("t1,8:00:00,9:00:00,600\nt1,8:59:59,10:00:00,600"),
            3,
            "start_time"),
        arguments(
            "frequencies.txt",
            frequency("t1,8:00:00,9:00:00,600\nt1,7:00:00,8:00:01,600"),
            3,
            "start_time"));
  }

  private static String frequency(String rows) {
    return "trip_id,start_time,end_time,headway_secs\n" + rows + "\n";
  }

  @ParameterizedTest
  @MethodSource("faults")
  void aFaultIsNamedWithFileLineAndColumn(String file, String content, long line, String column) {
    TimetableException refusal = refusal(() -> TestFeed.minimal().with(file, content).read(folder));
    assertThat(refusal)
        .as(refusal.getMessage())
        .returns(line, TimetableException::line)
        .returns(column, TimetableException::column);
    if (line > 0) {
      assertThat(refusal.file()).isEqualTo(file);
    }
  }

  @Test
  void theMessagesReadWell() {
    assertThat(
            refusal(
                () ->
                    TestFeed.minimal()
                        .with("stop_times.txt", STOP_TIMES + "t1,25:61:00,,a,1\n")
                        .read(folder)))
        .hasMessage(
            "stop_times.txt, line 2, column arrival_time: \"25:61:00\" is not a time; write hours,"
                + " minutes and seconds as 7:05:00 or 25:05:00");
    assertThat(
            refusal(
                () ->
                    TestFeed.minimal()
                        .with("stop_times.txt", STOP_TIMES + "t1,8:00:00,,\"\u0007\u202Ez\",1\n")
                        .read(folder)))
        .hasMessage(
            "stop_times.txt, line 2, column stop_id: there is no stop \"\uFFFD\uFFFDz\" in"
                + " stops.txt; add it there or mend this row");
  }

  @Test
  void aLongValueIsCutInTheMessage() {
    String content = STOP_TIMES + "t1," + "9".repeat(5_000) + ",,a,1\n";
    assertThat(refusal(() -> TestFeed.minimal().with("stop_times.txt", content).read(folder)))
        .extracting(Throwable::getMessage)
        .asString()
        .hasSizeLessThan(250)
        .contains("…\"");
  }

  @Test
  void aDayWithTooManyCallsIsRefusedBeforeItFillsTheMemory() throws Exception {
    GtfsFeed feed =
        TestFeed.minimal()
            .with("frequencies.txt", frequency("t1,0:00:00,167:59:59,1"))
            .read(folder);
    GtfsLimits few = new GtfsLimits(1 << 20, 100, 1000, 10, 100_000);
    GtfsFeed limited = GtfsFeed.read(folder, few);
    assertThat(feed.serviceDates().busiestTrips()).isEqualTo(604_799);
    assertThat(refusal(() -> Timetable.ofBusiestDay(limited)))
        .hasMessageContaining("More than 100000 station calls on 2026-01-01")
        .hasMessageContaining("\"t1\"");
  }

  @Test
  void aFeedWithRandomDamageIsReadOrRefusedAndNothingElse() throws Exception {
    TestFeed whole =
        TestFeed.minimal()
            .with("frequencies.txt", frequency("t1,8:00:00,9:00:00,600"))
            .with("calendar_dates.txt", "service_id,date,exception_type\ndaily,20260101,2\n");
    List<String> names = whole.files().keySet().stream().sorted().toList();
    int read = 0;
    for (int seed = 0; seed < 1_500; seed++) {
      Random random = new Random(seed);
      String name = names.get(random.nextInt(names.size()));
      try {
        GtfsFeed feed = whole.with(name, damaged(whole.files().get(name), random)).read(folder);
        Timetable.ofBusiestDay(feed);
        read++;
      } catch (TimetableException e) {
        assertThat(e.getMessage()).as("seed %d", seed).contains(";");
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + ", " + name, e);
      }
    }
    assertThat(read).as("some damage is harmless").isBetween(50, 1_400);
  }

  private static byte[] damaged(byte[] bytes, Random random) {
    byte[] damaged = bytes.clone();
    for (int i = 1 + random.nextInt(2); i > 0; i--) {
      int at = random.nextInt(damaged.length);
      damaged[at] =
          random.nextInt(4) == 0
              ? (byte) random.nextInt(256)
              : (byte) "0123456789,\"\n:az".charAt(random.nextInt(16));
    }
    return damaged;
  }
}
