package io.euryale.lighttrain.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlacementTest {

  @Test
  void theTreeIsThePapers() {
    assertThat(Placement.seats(0)).hasSize(2);
    assertThat(Placement.seats(1)).hasSize(4);
    assertThat(Placement.seats(2)).hasSize(Placement.SENSORS);
  }

  @Test
  void everySensorHasAPeerOfTheLowestLevelOfItsOwn() {
    Set<Integer> seats = new HashSet<>();
    for (int sensor = 0; sensor < Placement.SENSORS; sensor++) {
      seats.add(Placement.seatOfSensor(sensor));
    }

    assertThat(seats).containsExactlyInAnyOrderElementsOf(Placement.seats(2));
  }

  @Test
  void namesAreDifferent() {
    Set<String> names = new HashSet<>();
    for (int seat = 0; seat < Placement.PEERS; seat++) {
      names.add(Placement.name(seat));
    }

    assertThat(names).hasSize(Placement.PEERS);
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14})
  void thePeersOfAProcessAreInDifferentCells(int processes) {
    Placement placement = new Placement(processes);
    List<Integer> all = new ArrayList<>();
    for (int process = 0; process < processes; process++) {
      List<Integer> seats = placement.seatsOf(process);
      Set<Integer> cells = new HashSet<>();
      seats.forEach(seat -> cells.add(seat / Placement.CELL_MEMBERS));
      assertThat(seats).isNotEmpty();
      assertThat(cells).hasSameSizeAs(seats);
      all.addAll(seats);
    }

    assertThat(all).hasSize(Placement.PEERS).doesNotHaveDuplicates();
  }
}
