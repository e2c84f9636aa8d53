package io.euryale.group.primary;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Every situation that a few members reach within a budget of faults: partitions, merges and
/// cascades between any two deliveries, crashes before and after any write, recoveries, lost
/// disks. In each of them PC-1 to PC-6, RE-7, RE-11 and RE-20 hold, and healing leads to one
/// primary.
///
/// `-Dexploration=deep` adds the runs that take minutes.
class PrimaryExplorationTest {

  private static final Charter EQUAL = PlantedBug.thirds(1);
  private static final Charter WEIGHTED =
      Charter.of(1, Voter.of("a", 2), Voter.of("b", 1), Voter.of("c", 1));

  @Test
  void three_members_three_faults_of_which_two_are_crashes() {
    holds(EQUAL, new World.Budget(3, 2, 0, 0), 1_000_000);
    if (isDeep()) {
      holds(EQUAL, new World.Budget(4, 1, 0, 0), 10_000_000);
    }
  }

  @Test
  void three_members_of_different_weights() {
    holds(WEIGHTED, new World.Budget(2, 2, 0, 0), 50_000);
    if (isDeep()) {
      holds(WEIGHTED, new World.Budget(3, 1, 0, 0), 1_000_000);
    }
  }

  @Test
  void three_members_with_an_application_whose_green_action_must_survive() {
    holds(EQUAL, new World.Budget(2, 2, 0, 1), 300_000);
    if (isDeep()) {
      holds(PlantedBug.thirds(2), new World.Budget(3, 2, 0, 1), 5_000_000);
    }
  }

  /// With minimumPrimary 1 a primary of one member could be forgotten altogether.
  @Test
  void three_members_one_of_which_loses_its_disk() {
    World.Budget budget = new World.Budget(isDeep() ? 4 : 3, 2, 1, 0);
    World start = PlantedBug.start(PlantedBug.thirds(2), PrimaryRules.SOUND, budget, true);
    start.settle();
    holds(start, 100_000);
  }

  @Test
  void four_members() {
    Charter charter =
        Charter.of(2, Voter.of("a", 1), Voter.of("b", 1), Voter.of("c", 1), Voter.of("d", 1));
    holds(charter, new World.Budget(isDeep() ? 2 : 1, 1, 0, 0), 10_000);
  }

  /// The reduction is switched off: messages wait in queues, single deliveries are steps.
  @Test
  void two_members_with_every_single_step_on_its_own() {
    Charter charter = Charter.of(1, Voter.of("a", 1), Voter.of("b", 1));
    World.Budget budget = new World.Budget(2, 1, 0, 0);
    holds(PlantedBug.start(charter, PrimaryRules.SOUND, budget, false), 50_000);
  }

  @ParameterizedTest
  @EnumSource(PlantedBug.class)
  void a_planted_bug_is_found_by_the_property_it_breaks(PlantedBug bug) {
    Exploration.Result result = bug.hunt();
    assertThat(result.violation()).as("%s in %d states", bug, result.states()).isNotNull();
    assertThat(result.violation().property())
        .as("%s after %s", result.violation().getMessage(), result.schedule())
        .isIn(bug.properties);
  }

  private static void holds(Charter charter, World.Budget budget, long atLeast) {
    holds(PlantedBug.start(charter, PrimaryRules.SOUND, budget, true), atLeast);
  }

  private static void holds(World start, long atLeast) {
    Exploration.Result result = new Exploration(true).from(start);
    assertThat(result.violation()).as("after %s", result.schedule()).isNull();
    assertThat(result.states()).isGreaterThan(atLeast);
    assertThat(result.healings()).isGreaterThan(100);
  }

  private static boolean isDeep() {
    return "deep".equals(System.getProperty("exploration"));
  }
}
