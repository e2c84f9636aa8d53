package io.euryale.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.trace.TraceEvent;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Seeded faults on a [TestNet]: whatever happened, the live peers form one tree afterwards.
class CellFaultsTest {

  private static final OverlaySettings SETTINGS = OverlaySettings.defaults();
  static final long SETTLE_MILLIS = 60_000;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void live_peers_form_one_tree_after_random_faults(long seed) {
    TestNet net = new TestNet(seed);
    String defect = run(net, seed);
    assertThat(defect).as(() -> "seed " + seed).isNull();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void who_takes_over_after_it_found_another_parent_is_listed_with_that_parent(long seed) {
    TestNet net = new TestNet(seed);
    for (int i = 1; i <= 14; i++) {
      boot(net, i, 1);
      net.run(200);
    }
    net.runUntil(() -> OverlayShape.defect(net, SETTINGS) == null, SETTLE_MILLIS);
    for (TestNet.Node node : List.copyOf(net.nodes.values())) {
      CellView own = node.member().status().own();
      assertThat(own).isNotNull();
      if (own.cell().level() == 2 && !own.coordinator().equals(node.ref.id())) {
        // Its coordinator and its parent die together, and it knows of the parent first.
        net.crash(node.member().status().parent().name().value());
        net.run(20);
        net.crash(own.coordinator().name().value());
        break;
      }
    }
    net.runUntil(() -> OverlayShape.defect(net, SETTINGS) == null, SETTLE_MILLIS);
    assertThat(OverlayShape.defect(net, SETTINGS)).as("seed %d", seed).isNull();
  }

  /// A peer's parent stands still together with the parent of the only other one it could have:
  /// with these seeds that one seeks a parent itself when it is asked to be one.
  @ParameterizedTest
  @ValueSource(longs = {21, 60, 61})
  void nobody_gives_its_place_up_because_the_other_peer_above_seeks_a_parent(long seed) {
    TestNet net = new TestNet(seed);
    OverlaySettings pairs = OverlaySettings.shaped(3, 2, List.of(2, 2, 2));
    for (int i = 1; i <= 14; i++) {
      net.peer("p" + i, 1, pairs, i == 1 ? new String[0] : new String[] {"p1", "p2"});
      net.run(200);
    }
    net.runUntil(() -> OverlayShape.defect(net, pairs) == null, SETTLE_MILLIS);
    TestNet.Node child =
        net.nodes.values().stream()
            .filter(node -> node.member().status().own().cell().level() == 2)
            .findFirst()
            .orElseThrow();
    OverlayStatus place = child.member().status();
    String parent = place.parent().name().value();
    String other =
        net.nodes.values().stream()
            .filter(node -> node.member().status().own().cell().equals(place.own().cell().parent()))
            .map(node -> node.name)
            .filter(name -> !name.equals(parent))
            .findFirst()
            .orElseThrow();
    String above = net.nodes.get(other).member().status().parent().name().value();
    child.traces.clear();
    net.run(seed * 13);
    net.nodes.get(parent).pause(true);
    net.run(seed % 5 * 20);
    net.nodes.get(above).pause(true);
    net.run(5_000);
    assertThat(child.traces).extracting(TraceEvent::event).contains("PARENT_BUSY", "PARENT");
    assertThat(child.traces).extracting(TraceEvent::event).doesNotContain("SHUNNED");
  }

  /// The root cell is all that its peers know of other cells, and all their contacts.
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void peers_form_one_tree_when_the_root_cell_and_with_it_all_contacts_are_gone(long seed) {
    TestNet net = new TestNet(seed);
    for (int i = 1; i <= 14; i++) {
      String[] contacts = i == 1 ? new String[0] : new String[] {"p1", "p2"};
      net.peer("p" + i, 1, SETTINGS, contacts);
      net.run(500);
    }
    net.runUntil(() -> OverlayShape.defect(net, SETTINGS) == null, SETTLE_MILLIS);
    net.crash("p1");
    net.crash("p2");
    net.runUntil(() -> OverlayShape.defect(net, SETTINGS) == null, SETTLE_MILLIS);
    assertThat(OverlayShape.defect(net, SETTINGS)).as("seed %d", seed).isNull();
  }

  /// How long the last settling took, in milliseconds.
  static long settledMillis;

  /// Runs one schedule of faults and returns the defect that is left, or null.
  static String run(TestNet net, long seed) {
    Random random = new Random(seed);
    int count = 3 + random.nextInt(12);
    List<Integer> lives = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      boot(net, i, 1);
      lives.add(1);
      net.run(random.nextInt(100));
    }
    net.run(random.nextInt(3_000));
    int faults = 1 + random.nextInt(6);
    Set<String> paused = new HashSet<>();
    for (int f = 0; f < faults; f++) {
      int victim = 1 + random.nextInt(count);
      TestNet.Node node = net.nodes.get("p" + victim);
      switch (random.nextInt(6)) {
        case 0, 1 -> {
          if (node.alive) {
            net.crash(node.name);
          } else {
            boot(net, victim, lives.set(victim - 1, lives.get(victim - 1) + 1) + 1);
          }
        }
        case 2 -> net.split(half(net, random), half(net, random));
        case 3 -> net.cut(Set.of());
        case 4 -> {
          if (node.alive && !node.paused) {
            node.pause(true);
            paused.add(node.name);
            net.after(random.nextInt(4_000) * 1_000_000L, () -> node.pause(false));
          }
        }
        case 5 -> {
          if (node.alive && !node.paused) {
            node.member().leave(net.now());
            net.run(1_000);
            net.crash(node.name);
          }
        }
        default -> throw new AssertionError();
      }
      net.lossPermille = random.nextInt(3) == 0 ? random.nextInt(100) : 0;
      net.run(random.nextInt(5_000));
    }
    net.cut(Set.of());
    net.lossPermille = 0;
    for (int i = 1; i <= 3; i++) {
      if (!net.nodes.get("p" + i).alive) {
        boot(net, i, lives.get(i - 1) + 1);
      }
    }
    net.run(4_000);
    long since = net.now();
    net.runUntil(() -> OverlayShape.defect(net, SETTINGS) == null, SETTLE_MILLIS);
    settledMillis = 4_000 + (net.now() - since) / 1_000_000;
    return OverlayShape.defect(net, SETTINGS);
  }

  private static Set<String> half(TestNet net, Random random) {
    Set<String> half = new HashSet<>();
    for (String name : net.nodes.keySet()) {
      if (random.nextBoolean()) {
        half.add(name);
      }
    }
    return half;
  }

  private static void boot(TestNet net, int number, int life) {
    if (number == 1) {
      net.peer("p1", life, SETTINGS);
    } else {
      net.peer("p" + number, life, SETTINGS, "p1", "p2", "p3");
    }
  }

  /// Runs many seeds by hand: first seed and count as arguments.
  public static void main(String[] args) {
    long first = Long.parseLong(args[0]);
    long count = Long.parseLong(args[1]);
    int failed = 0;
    long slowest = 0;
    for (long seed = first; seed < first + count; seed++) {
      TestNet net = new TestNet(seed);
      String defect;
      try {
        defect = run(net, seed);
      } catch (RuntimeException e) {
        defect = e.toString() + List.of(e.getStackTrace()).subList(0, 6);
      }
      if (settledMillis > slowest) {
        slowest = settledMillis;
        System.out.println("seed " + seed + " settled in " + slowest + " ms");
      }
      if (defect != null) {
        failed++;
        System.out.println("seed " + seed + ": " + defect);
        if (count == 1) {
          net.log.stream().filter(l -> !l.contains("TRANSITION")).forEach(System.out::println);
        }
      }
    }
    System.out.println(failed + " of " + count + " failed");
  }
}
