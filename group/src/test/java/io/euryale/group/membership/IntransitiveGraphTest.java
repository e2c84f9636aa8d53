package io.euryale.group.membership;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.PeerId;
import io.euryale.simulation.Fault;
import io.euryale.simulation.FaultPlan;
import io.euryale.simulation.SimulationSettings;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Graphs of who hears whom that stay as they are and are not transitive, so that nobody knows the
/// whole of them: the configurations come to rest, and they are the greedy cliques of the graph.
final class IntransitiveGraphTest {

  private static final long SECOND = MemberNet.SECOND;

  /// When the links are cut.
  private static final long CUT = 2 * SECOND;

  /// From here on nothing changes any more.
  private static final long REST = 6 * SECOND;

  private static final long END = 16 * SECOND;

  /// Links that do not work, each in one direction.
  private record Cuts(int size, Set<List<String>> oneWay) {

    static Cuts both(int size, String... pairs) {
      Set<List<String>> cuts = new LinkedHashSet<>();
      for (String pair : pairs) {
        String one = pair.substring(0, 1);
        String other = pair.substring(1);
        cuts.add(List.of(one, other));
        cuts.add(List.of(other, one));
      }
      return new Cuts(size, cuts);
    }

    static Cuts drawn(long seed) {
      SplittableRandom random = new SplittableRandom(seed);
      int size = random.nextInt(4, 8);
      int percent = random.nextInt(15, 70);
      Set<List<String>> cuts = new LinkedHashSet<>();
      for (String one : names(size)) {
        for (String other : names(size)) {
          if (one.compareTo(other) < 0 && random.nextInt(100) < percent) {
            int ways = random.nextInt(6); // mostly both
            if (ways != 0) {
              cuts.add(List.of(one, other));
            }
            if (ways != 1) {
              cuts.add(List.of(other, one));
            }
          }
        }
      }
      return new Cuts(size, cuts);
    }

    static List<String> names(int size) {
      return List.of("a", "b", "c", "d", "e", "f", "g").subList(0, size);
    }

    List<String> names() {
      return names(size);
    }

    FaultPlan faults(long from) {
      return new FaultPlan(
          oneWay.stream()
              .map(
                  cut ->
                      (Fault)
                          new Fault.OneWay(
                              List.of(cut.get(0)), List.of(cut.get(1)), from, Fault.UNTIL_HEALED))
              .toList());
    }

    boolean connects(PeerId one, PeerId other) {
      return !oneWay.contains(List.of(one.name().value(), other.name().value()))
          && !oneWay.contains(List.of(other.name().value(), one.name().value()));
    }

    String configuration(String of) {
      TreeSet<PeerId> all = new TreeSet<>();
      names().forEach(name -> all.add(PeerId.of(name, 1)));
      return Cliques.of(PeerId.of(of, 1), all, this::connects).toString();
    }
  }

  private static void comesToRest(long seed, Cuts cuts, long cutAt) {
    MemberNet net =
        new MemberNet(seed, SimulationSettings.lan(), cuts.names().toArray(new String[0]));
    List<String> late = new ArrayList<>();
    net.simulation.addSink(
        trace -> {
          if (trace.event().equals("INSTALL") && trace.at() > REST) {
            late.add(trace.at() / 1_000_000 + " ms: " + trace.proc() + " " + trace.body().fields());
          }
        });
    net.start();
    net.simulation.inject(cuts.faults(cutAt));
    net.simulation.runUntil(END);
    assertThat(late).as("%s", cuts).isEmpty();
    Map<String, String> installed = new TreeMap<>();
    Map<String, String> expected = new TreeMap<>();
    Map<String, String> byMembers = new TreeMap<>();
    for (String name : cuts.names()) {
      String last = net.member(name).installed.getLast();
      String members = last.substring(last.indexOf('['));
      installed.put(name, members);
      expected.put(name, cuts.configuration(name));
      assertThat(byMembers.computeIfAbsent(members, any -> last)).isEqualTo(last);
    }
    assertThat(installed).as("%s", cuts).isEqualTo(expected);
  }

  @Test
  void aPathOfFour() {
    comesToRest(1, Cuts.both(4, "bc", "ad", "bd"), CUT);
    comesToRest(2, Cuts.both(4, "ac", "ad", "bd"), CUT);
    comesToRest(3, Cuts.both(4, "bc", "ad", "bd"), 0);
  }

  @Test
  void aPathOfSevenARingOfSixAndAStar() {
    Set<String> path = Set.of("ab", "bc", "cd", "de", "ef", "fg");
    comesToRest(4, except(7, path), CUT);
    comesToRest(5, except(7, Set.of("ag", "bg", "bf", "ce", "cf", "de")), CUT);
    comesToRest(6, except(6, Set.of("ab", "bc", "cd", "de", "ef", "af")), CUT);
    comesToRest(7, except(5, Set.of("ae", "be", "ce", "de")), CUT);
  }

  /// All pairs are cut but these.
  private static Cuts except(int size, Set<String> pairs) {
    List<String> cut = new ArrayList<>();
    for (String one : Cuts.names(size)) {
      for (String other : Cuts.names(size)) {
        if (one.compareTo(other) < 0 && !pairs.contains(one + other)) {
          cut.add(one + other);
        }
      }
    }
    return Cuts.both(size, cut.toArray(new String[0]));
  }

  @ParameterizedTest
  @ValueSource(longs = {1_000, 2_000, 3_000})
  void drawnGraphs(long first) {
    for (long seed = first; seed < first + 20; seed++) {
      comesToRest(seed, Cuts.drawn(seed), seed % 2 == 0 ? CUT : 0);
    }
  }
}
