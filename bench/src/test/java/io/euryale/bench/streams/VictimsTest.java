package io.euryale.bench.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.euryale.bench.BenchException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class VictimsTest {

  private static void put(Map<String, Topology.Place> peers, String name, String cell, int level) {
    peers.put(name, new Topology.Place(name, cell, level, "", level == 0 ? null : "r1"));
  }

  private static Topology twoLevels() {
    Map<String, Topology.Place> peers = new LinkedHashMap<>();
    put(peers, "r1", "0", 0);
    put(peers, "r2", "0", 0);
    put(peers, "a1", "0.0", 1);
    put(peers, "a2", "0.0", 1);
    put(peers, "b1", "0.1", 1);
    put(peers, "b2", "0.1", 1);
    return new Topology(peers);
  }

  @Test
  void cellsAreHitInTurnAndMustBeWholeBeforeTheyAreHitAgain() throws Exception {
    Victims victims = new Victims(twoLevels(), 1, Set.of("a2", "b1"), 0);
    List<String> killed = new ArrayList<>();
    List<Boolean> waits = new ArrayList<>();
    for (int fault = 0; fault < 6; fault++) {
      waits.add(victims.needWholeTree());
      killed.add(victims.next(twoLevels()));
    }
    assertThat(killed).containsExactly("a2", "b1", "a1", "b2", "a2", "b1");
    assertThat(waits).containsExactly(false, false, true, false, true, false);
    assertThat(victims.first()).isEqualTo("a2");
  }

  @Test
  void otherRoundsBeginElsewhere() throws Exception {
    Set<String> carriers = Set.of("a1", "a2", "b1", "b2", "r1", "r2");
    assertThat(new Victims(twoLevels(), 1, carriers, 0).next(twoLevels())).isEqualTo("a1");
    assertThat(new Victims(twoLevels(), 1, carriers, 1).next(twoLevels())).isEqualTo("b2");
    assertThat(new Victims(twoLevels(), 0, carriers, 1).next(twoLevels())).isEqualTo("r2");
  }

  @Test
  void inALevelOfTwoPeersTheOneThatCameBackIsNotTheNext() throws Exception {
    Victims victims = new Victims(twoLevels(), 0, Set.of("r1"), 0);
    assertThat(victims.next(twoLevels())).isEqualTo("r1");
    assertThat(victims.needWholeTree()).isTrue();
    assertThat(victims.next(twoLevels())).isEqualTo("r2");
    assertThat(victims.next(twoLevels())).isEqualTo("r1");
  }

  @Test
  void theShapesAreThoseOfThePapers() throws Exception {
    assertThat(Shape.PAPER.peers()).isEqualTo(14);
    assertThat(Shape.PAPER.text()).isEqualTo("2 + 4 + 8");
    assertThat(Shape.of(18).text()).isEqualTo("4 + 6 + 8");
    assertThat(Shape.of(18).settings("a"))
        .contains("name: a", "depth: 3", "span: 2", "peersPerCell: [4, 3, 2]");
    assertThatThrownBy(() -> Shape.of(15))
        .isInstanceOfSatisfying(
            BenchException.class, e -> assertThat(e.exitCode()).isEqualTo(BenchException.BAD_USAGE))
        .hasMessage("--topology 15 is neither 14 nor 18.");
  }

  @Test
  void aTreeIsWholeWhenEveryLevelIsFullAndEveryPeerHasAParent() {
    Topology six = twoLevels();
    assertThat(six.isWhole(Shape.PAPER, 6)).isTrue();
    assertThat(six.isWhole(Shape.PAPER, 14)).isFalse();
    assertThat(six.isWhole(Shape.WIDER, 6)).isFalse();
    Map<String, Topology.Place> orphaned = new LinkedHashMap<>(six.peers());
    orphaned.put("b2", new Topology.Place("b2", "0.1", 1, "", null));
    assertThat(new Topology(orphaned).isWhole(Shape.PAPER, 6)).isFalse();
    Map<String, Topology.Place> moving = new LinkedHashMap<>(six.peers());
    moving.put("b2", new Topology.Place("b2", "0.1", 1, "", "b1"));
    assertThat(new Topology(moving).isWhole(Shape.PAPER, 6)).isFalse();
  }
}
