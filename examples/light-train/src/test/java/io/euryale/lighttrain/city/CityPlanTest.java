package io.euryale.lighttrain.city;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.euryale.kernel.PeerName;
import io.euryale.lighttrain.demo.DemoException;
import io.euryale.lighttrain.timetable.SampleNetwork;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CityPlanTest {

  private final CityMap map = new CityMap(SampleNetwork.load());

  @ParameterizedTest
  @CsvSource({"3,2,3", "3,2,4", "3,3,5", "14,2,4", "64,2,7", "1,4,4", "5,2,32"})
  void no_process_holds_a_whole_cell_and_no_two_peers_of_it(int cells, int each, int processes)
      throws DemoException {
    CityPlan plan = new CityPlan(map, cells, each, processes);
    for (CityPlan.Cell cell : plan.cells()) {
      List<Integer> where = plan.peersOf(cell).stream().map(CityPlan.Peer::process).toList();
      assertThat(where).as(cell.label()).hasSize(each).doesNotHaveDuplicates();
      assertThat(where).allMatch(process -> process >= 0 && process < processes);
    }
    for (int process = 0; process < processes; process++) {
      int average = plan.peers().size() / processes;
      assertThat(plan.peersOf(process)).hasSizeBetween(average / 2, average * 3 / 2 + 2);
    }
  }

  @Test
  void the_control_centre_is_the_root_lines_are_below_it_and_stations_below_those()
      throws DemoException {
    CityPlan plan = new CityPlan(map, 3, 2, 4);
    assertThat(plan.cells().getFirst().id()).isEqualTo("0");
    assertThat(plan.cells()).filteredOn(cell -> cell.level() == 1).hasSize(5);
    assertThat(plan.cells()).filteredOn(cell -> cell.level() == 2).hasSize(15);
    assertThat(plan.cells()).extracting(CityPlan.Cell::id).doesNotHaveDuplicates();
    assertThat(plan.cells()).isSortedAccordingTo((a, b) -> a.level() - b.level());
    Set<String> stops = new HashSet<>();
    for (CityPlan.Cell cell : plan.cells()) {
      for (String stop : cell.stops()) {
        assertThat(stops.add(stop)).as("stop %s is in one cell", stop).isTrue();
        assertThat(plan.cellOf(stop)).isEqualTo(cell);
        assertThat(plan.upwards(cell))
            .extracting(CityPlan.Cell::level)
            .as("from the station to the centre")
            .containsExactly(2, 1, 0);
      }
    }
    assertThat(stops).isEqualTo(map.stops().keySet());
  }

  @Test
  void names_of_peers_are_unique_and_such_as_peers_may_have() throws DemoException {
    CityPlan plan = new CityPlan(map, 64, 3, 4);
    assertThat(plan.peers()).extracting(CityPlan.Peer::name).doesNotHaveDuplicates();
    assertThat(plan.peers()).allMatch(peer -> PeerName.isValid(peer.name()));
  }

  @Test
  void more_peers_than_a_machine_is_asked_to_run_are_refused() {
    assertThatThrownBy(() -> new CityPlan(map, 64, 8, 8))
        .isInstanceOf(DemoException.class)
        .hasMessageContaining("--cells")
        .extracting("exitCode")
        .isEqualTo(DemoException.BAD_USAGE);
  }

  @Test
  void every_stream_has_a_sensor_at_the_cell_of_its_station_or_line() throws DemoException {
    CityPlan plan = new CityPlan(map, 3, 2, 4);
    CityStreams streams = new CityStreams(map, plan);
    assertThat(streams.all()).extracting(CityStream::name).doesNotHaveDuplicates();
    assertThat(streams.all().size()).as("about 200 sensors and more").isGreaterThan(200);
    for (int i = 0; i < streams.all().size(); i++) {
      assertThat(streams.all().get(i).index()).isEqualTo(i);
    }
    assertThat(streams.byCell().values().stream().mapToInt(List::size).sum())
        .isEqualTo(streams.all().size());
    String stop = map.stops().keySet().iterator().next();
    assertThat(streams.byCell().get(plan.cellOf(stop)))
        .contains(streams.of(CityStream.Kind.TRACK, stop));
  }

  @Test
  void all_stations_are_on_the_sheet() {
    assertThat(map.stops().values())
        .allMatch(stop -> stop.x() >= 0 && stop.x() <= CityMap.WIDTH)
        .allMatch(stop -> stop.y() >= 0 && stop.y() <= CityMap.HEIGHT);
    assertThat(map.stops()).hasSize(70);
    assertThat(map.ways()).hasSize(5);
  }

  @Test
  void what_would_steer_a_terminal_or_a_name_is_taken_out() {
    assertThat(CityMap.shown("a\u001b[2Jb\u202ec\n")).isEqualTo("a [2Jb c");
    assertThat(CityMap.slug("São João / Hospital")).isEqualTo("sao-joao-hospital");
    assertThat(CityMap.slug("駅")).isEqualTo("station");
    assertThat(CityMap.slug("x".repeat(90))).hasSize(40);
  }
}
