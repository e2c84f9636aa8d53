package io.euryale.lab.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.lab.Outcome;
import io.euryale.lab.Violation;
import io.euryale.lab.group.PlantedGroupBugs.Planted;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Each broken rule of ordering and membership is caught by its checker. Almost all of them stay
/// unseen without faults.
class PlantedGroupBugsTest {

  static List<Planted> all() {
    return PlantedGroupBugs.all();
  }

  static List<Planted> hidden() {
    return PlantedGroupBugs.all().stream().filter(bug -> !bug.showsWithoutFaults()).toList();
  }

  @ParameterizedTest
  @MethodSource("hidden")
  void faultFreeSchedulesPassWithTheBug(Planted bug) {
    GroupScenario scenario = new GroupScenario(bug.rules(), false);
    for (long seed = 1; seed <= 3; seed++) {
      assertThat(scenario.run(seed, GroupPlan.draw(seed, 0).unnamed().quiet()).violations())
          .as("seed %d", seed)
          .isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void itsCheckerCatchesTheBug(Planted bug) {
    GroupScenario scenario = new GroupScenario(bug.rules(), false);
    Set<String> seen = new TreeSet<>();
    for (long seed : seeds(bug)) {
      Outcome outcome = scenario.run(seed, bug.schedule().apply(seed));
      outcome.violations().stream().map(Violation::checker).forEach(seen::add);
      if (seen.contains(bug.checker())) {
        break;
      }
    }
    assertThat(seen).contains(bug.checker());
  }

  /// The listed ones, then the first ones: when members come to act at other times, other schedules
  /// show the bug.
  private static List<Long> seeds(Planted bug) {
    Stream<Long> first = LongStream.rangeClosed(1, bug.isDirected() ? 20 : 250).boxed();
    return Stream.concat(bug.seeds().stream(), first).distinct().toList();
  }

  @ParameterizedTest
  @MethodSource("directed")
  void soundMembersPassTheSchedulesMadeByHand(Planted bug) {
    GroupScenario sound = new GroupScenario();
    for (long seed : bug.seeds()) {
      assertThat(sound.run(seed, bug.schedule().apply(seed)).violations())
          .as("seed %d", seed)
          .isEmpty();
    }
  }

  static List<Planted> directed() {
    return PlantedGroupBugs.all().stream().filter(Planted::isDirected).toList();
  }
}
