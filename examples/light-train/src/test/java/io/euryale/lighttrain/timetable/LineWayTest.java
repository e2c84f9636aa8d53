package io.euryale.lighttrain.timetable;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A local line `l` calls at `a` to `e`; an express `x` at `a`, `b` and `e` only.
class LineWayTest {

  /// About 1 km from one to the next, eastwards.
  private static final String ON_A_LINE =
      """
      stop_id,stop_name,stop_lat,stop_lon
      a,A,41.15,-8.60
      b,B,41.15,-8.59
      c,C,41.15,-8.58
      d,D,41.15,-8.57
      e,E,41.15,-8.56
      """;

  private static final String SHAPE_BY_ALL =
      """
      shape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence
      s,41.1501,-8.56,30
      s,41.1501,-8.575,20
      s,41.1499,-8.60,10
      other,0,0,1
      """;

  /// From `b` to `e` by a bridge in the south.
  private static final String SHAPE_ELSEWHERE =
      """
      shape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence
      s,41.15,-8.60,1
      s,41.15,-8.59,2
      s,41.13,-8.58,3
      s,41.13,-8.57,4
      s,41.15,-8.56,5
      """;

  @TempDir Path folder;

  private static TestFeed feed(String stops) {
    return TestFeed.minimal()
        .with("routes.txt", "route_id\nl\nx\n")
        .with("stops.txt", stops)
        .with("trips.txt", "route_id,service_id,trip_id,shape_id\nl,daily,t,\nx,daily,u,s\n")
        .with(
            "stop_times.txt",
            """
            trip_id,arrival_time,departure_time,stop_id,stop_sequence
            t,8:00:00,8:00:00,a,1
            t,8:02:00,8:02:00,b,2
            t,8:04:00,8:04:00,c,3
            t,8:06:00,8:06:00,d,4
            t,8:08:00,8:08:00,e,5
            u,8:00:00,8:00:00,e,1
            u,8:03:00,8:03:00,b,2
            u,8:04:00,8:04:00,a,3
            """);
  }

  private List<String> express(TestFeed feed) throws Exception {
    GtfsFeed read = feed.read(folder);
    Line express = read.lines().getLast();
    assertThat(read.stationsAlong(express)).extracting(Station::id).containsExactly("e", "b", "a");
    Line local = read.lines().getFirst();
    assertThat(read.waysOf(local).stream().flatMap(List::stream).toList())
        .isEqualTo(read.stationsAlong(local));
    return ids(read.waysOf(express)).getFirst();
  }

  @Test
  void an_express_passes_the_stops_of_the_local_line_between_its_own() throws Exception {
    assertThat(express(feed(ON_A_LINE))).containsExactly("e", "d", "c", "b", "a");
  }

  @Test
  void a_shape_that_leads_by_the_stops_says_so_too() throws Exception {
    assertThat(express(feed(ON_A_LINE).with("shapes.txt", SHAPE_BY_ALL)))
        .containsExactly("e", "d", "c", "b", "a");
  }

  @Test
  void a_shape_that_leads_elsewhere_has_the_last_word() throws Exception {
    assertThat(express(feed(ON_A_LINE).with("shapes.txt", SHAPE_ELSEWHERE)))
        .containsExactly("e", "b", "a");
  }

  @Test
  void without_a_shape_a_long_way_round_is_not_the_way_of_the_express() throws Exception {
    String round = ON_A_LINE.replace("41.15,-8.58", "41.17,-8.58");
    assertThat(express(feed(round))).containsExactly("e", "b", "a");
  }

  @Test
  void where_a_shape_leads_by_a_long_way_round_the_express_does() throws Exception {
    String round = ON_A_LINE.replace("41.15,-8.58", "41.17,-8.58");
    String shape =
        SHAPE_ELSEWHERE.replace("41.13,-8.58", "41.17,-8.58").replace("41.13,-8.57", "41.15,-8.57");
    assertThat(express(feed(round).with("shapes.txt", shape)))
        .containsExactly("e", "d", "c", "b", "a");
  }

  @Test
  void without_places_the_order_of_the_local_line_counts() throws Exception {
    assertThat(express(feed("stop_id,stop_name\na,A\nb,B\nc,C\nd,D\ne,E\n")))
        .containsExactly("e", "d", "c", "b", "a");
  }

  @Test
  void without_another_line_the_way_is_straight() throws Exception {
    TestFeed alone =
        feed(ON_A_LINE)
            .with("trips.txt", "route_id,service_id,trip_id\nx,daily,u\n")
            .with(
                "stop_times.txt",
                """
                trip_id,arrival_time,departure_time,stop_id,stop_sequence
                u,8:00:00,8:00:00,e,1
                u,8:03:00,8:03:00,b,2
                u,8:04:00,8:04:00,a,3
                """);
    assertThat(express(alone)).containsExactly("e", "b", "a");
  }

  @Test
  void a_broken_shape_is_left_out_with_a_notice() throws Exception {
    TestFeed broken =
        feed(ON_A_LINE).with("shapes.txt", SHAPE_ELSEWHERE.replace("41.13,-8.57", "north,-8.57"));
    assertThat(express(broken)).containsExactly("e", "d", "c", "b", "a");
    assertThat(broken.read(folder).notices())
        .singleElement()
        .asString()
        .contains("shapes.txt", "line 5", "\"north\"");
  }

  @Test
  void lines_of_the_sample_stop_everywhere() {
    GtfsFeed sample = SampleNetwork.load();
    assertThat(sample.lines())
        .allSatisfy(
            line -> assertThat(sample.waysOf(line)).containsExactly(sample.stationsAlong(line)));
  }

  private static List<List<String>> ids(List<List<Station>> ways) {
    return ways.stream().map(way -> way.stream().map(Station::id).toList()).toList();
  }

  private static TestFeed lineOf(String... stopsOfTrips) {
    StringBuilder trips = new StringBuilder("route_id,service_id,trip_id\n");
    StringBuilder times =
        new StringBuilder("trip_id,arrival_time,departure_time,stop_id,stop_sequence\n");
    for (int trip = 0; trip < stopsOfTrips.length; trip++) {
      trips.append("l1,daily,t").append(trip).append('\n');
      for (int i = 0; i < stopsOfTrips[trip].length(); i++) {
        String time = "8:%02d:00".formatted(i);
        times.append(
            "t%d,%s,%s,%s,%d%n".formatted(trip, time, time, stopsOfTrips[trip].charAt(i), i));
      }
    }
    return TestFeed.minimal()
        .with("stops.txt", "stop_id,stop_name\na,A\nb,B\nc,C\nd,D\ne,E\nx,X\ny,Y\nz,Z\n")
        .with("trips.txt", trips.toString())
        .with("stop_times.txt", times.toString());
  }

  @Test
  void stops_that_only_shorter_trips_serve_are_branches() throws Exception {
    GtfsFeed read = lineOf("cba", "abcde", "edcba", "abxy", "yxb", "azc", "ybd").read(folder);
    Line line = read.lines().getFirst();
    assertThat(ids(read.waysOf(line)))
        .containsExactly(
            List.of("a", "b", "c", "d", "e"), List.of("b", "x", "y"), List.of("a", "z", "c"));
    assertThat(read.stationsAlong(line))
        .extracting(Station::id)
        .containsExactly("a", "b", "c", "d", "e", "x", "y", "z");
  }

  @Test
  void trips_that_never_meet_the_longest_are_a_way_of_their_own() throws Exception {
    GtfsFeed read = lineOf("abc", "xy").read(folder);
    assertThat(ids(read.waysOf(read.lines().getFirst())))
        .containsExactly(List.of("a", "b", "c"), List.of("x", "y"));
  }

  @Test
  void stops_of_one_name_near_to_each_other_are_one_station() throws Exception {
    GtfsFeed read =
        lineOf("abc", "zyx")
            .with(
                "stops.txt",
                """
                stop_id,stop_name,stop_lat,stop_lon
                a,Alder,41.15,-8.60
                b,Birch,41.15,-8.59
                c,Cedar,41.15,-8.58
                x,Alder,41.151,-8.60
                y,Birch,41.15,-8.5888
                z,Cedar,41.16,-8.58
                """)
            .read(folder);
    assertThat(read.stations()).extracting(Station::id).containsExactly("a", "b", "c", "z");
    assertThat(ids(read.waysOf(read.lines().getFirst())))
        .as("z is a kilometre from its namesake")
        .containsExactly(List.of("a", "b", "c"), List.of("z", "b"));
  }
}
