package io.euryale.lab.cells;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.lab.Draw;
import io.euryale.lab.Outcome;
import io.euryale.lab.Violation;
import io.euryale.overlay.BrokenCells;
import io.euryale.simulation.FaultPlan;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CellScenarioTest {

  private static final int SEEDS = 60;

  private final CellScenario scenario = new CellScenario();

  private static CellScenario broken(BrokenCells bug) {
    return new CellScenario(
        (settings, process, contacts, home) -> bug.member(settings, process.ref(), contacts, home));
  }

  @Test
  void schedules_with_faults_keep_every_promise() {
    List<String> found = new ArrayList<>();
    for (long seed = 1; seed <= SEEDS; seed++) {
      for (Violation violation : scenario.run(Draw.of(seed)).violations()) {
        found.add("seed " + seed + ": " + violation.checker() + ": " + violation.sentence());
      }
    }
    assertThat(found).isEmpty();
  }

  @Test
  void schedules_without_faults_keep_every_promise() {
    for (long seed = 1; seed <= SEEDS; seed++) {
      Outcome outcome = scenario.run(seed, CellPlan.draw(seed, 0).quiet());
      assertThat(outcome.violations()).as("seed " + seed).isEmpty();
      assertThat(outcome.messages()).isGreaterThan(Outcome.FEWEST_MESSAGES);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "FOLLOWS_LOWER_TERMS, C-3",
    "NEVER_FULL, C-1",
    "NO_REASON, C-4",
    "TRUSTING, C-2",
    "TWO_LIVES, C-5",
    "RESTLESS, C-6",
    "SILENT_WHEN_LATE, C-7",
    "GIVES_UP, C-8",
    "NEVER_YIELDS, C-9",
    "STAYS_AWAY, C-10",
    "TAKES_OVER_UNASKED, C-11",
    "SURE_OF_ITSELF, C-12",
    "LEAVES_HOLES, C-13",
    "WAITS_FOR_FOUNDER, C-1",
    "KEEPS_LAGGARDS, C-14",
    "KEEPS_OLD_OFFERS, C-15",
    "OFFERS_ONCE, C-15",
    "LEAVES_WATCHES_ALONE, C-16"
  })
  void a_planted_bug_is_seen_by_its_checker_within_some_schedules(BrokenCells bug, String checker) {
    CellScenario broken = broken(bug);
    boolean seen = false;
    for (long seed = 1; seed <= 2 * SEEDS && !seen; seed++) {
      seen = broken.run(Draw.of(seed)).violates(checker);
    }
    assertThat(seen).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "SILENT_WHEN_LATE",
    "GIVES_UP",
    "STAYS_AWAY",
    "TAKES_OVER_UNASKED",
    "SURE_OF_ITSELF",
    "NEVER_YIELDS",
    "KEEPS_LAGGARDS"
  })
  void a_bug_in_how_faults_are_met_does_not_show_without_faults(BrokenCells bug) {
    CellScenario broken = broken(bug);
    for (long seed = 1; seed <= 10; seed++) {
      CellPlan plan = CellPlan.draw(seed, 0).quiet();
      if (plan.bootNanos().getFirst() == 0) {
        assertThat(broken.run(seed, plan).violations()).as("seed " + seed).isEmpty();
      }
    }
  }

  /// The cell above decided for the accuser when it trusted its coordinator again; the decision
  /// must not count for the next suspicion.
  @Test
  void a_decision_of_the_cell_above_counts_for_one_suspicion_only() {
    FaultPlan faults =
        FaultPlan.parse(
            "pause(peer-g)@2253ms+779153088ns;partition(peer-b|peer-g,peer-f)@3274ms+1087ms");
    CellPlan plan = CellPlan.draw(384, 0).with(faults).withoutFinds();
    assertThat(scenario.run(384, plan).violations()).isEmpty();
  }

  /// A peer that had left still answered like one that looks for a root; the next by name waited
  /// for it to found.
  @Test
  void nobody_waits_for_a_peer_that_has_left_to_found() {
    CellPlan plan = CellPlan.draw(4764, 0).withoutFinds();
    assertThat(scenario.run(4764, plan).violations()).isEmpty();
  }

  @Test
  void one_seed_gives_one_trace_and_its_printed_faults_give_it_again() {
    Outcome outcome = scenario.run(Draw.of(7));
    FaultPlan printed = FaultPlan.parse(outcome.plan().toString());
    assertThat(scenario.run(Draw.of(7).with(printed)).traceHash()).isEqualTo(outcome.traceHash());
    assertThat(scenario.run(Draw.of(8)).traceHash()).isNotEqualTo(outcome.traceHash());
  }
}
