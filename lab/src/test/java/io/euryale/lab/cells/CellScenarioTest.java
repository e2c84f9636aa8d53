package io.euryale.lab.cells;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.lab.Violation;
import io.euryale.overlay.BrokenCells;
import io.euryale.simulation.Seeds;
import io.euryale.simulation.Simulation;
import io.euryale.simulation.SimulationSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CellScenarioTest {

  private static final int SEEDS = 60;

  private static CellPlan plan(long seed) {
    return CellPlan.draw(Seeds.stream(seed, "plan"), seed);
  }

  @Test
  void schedules_with_faults_hold_every_promise() {
    List<String> found = new ArrayList<>();
    for (long seed = 1; seed <= SEEDS; seed++) {
      for (Violation violation : CellRun.violations(seed, plan(seed), CellRun.SHIPPED)) {
        found.add("seed " + seed + ": " + violation.checker() + ": " + violation.sentence());
      }
    }
    assertThat(found).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "FOLLOWS_LOWER_TERMS, C-3",
    "NEVER_FULL, C-1",
    "NO_REASON, C-4",
    "TRUSTING, C-5",
    "RESTLESS, C-6"
  })
  void a_planted_bug_is_seen_by_its_checker_within_a_few_schedules(
      BrokenCells bug, String checker) {
    CellRun.Cores broken =
        (settings, process, contacts, home) -> bug.member(settings, process.ref(), contacts, home);
    Set<String> seen = Set.of();
    for (long seed = 1; seed <= 20 && !seen.contains(checker); seed++) {
      seen =
          CellRun.violations(seed, plan(seed), broken).stream()
              .map(Violation::checker)
              .collect(Collectors.toSet());
    }
    assertThat(seen).contains(checker);
  }

  @Test
  void schedules_without_faults_hold_every_promise_and_exchange_messages() {
    for (long seed = 1; seed <= SEEDS; seed++) {
      CellPlan quiet = plan(seed).quiet();
      assertThat(CellRun.violations(seed, quiet, CellRun.SHIPPED)).as("seed " + seed).isEmpty();
    }
    Simulation simulation = new Simulation(1, SimulationSettings.lan());
    new CellRun(simulation, plan(1).quiet(), CellRun.SHIPPED).run();
    assertThat(simulation.framesDelivered()).isGreaterThan(100);
  }

  @Test
  void one_seed_gives_one_trace() {
    assertThat(hash(7)).isEqualTo(hash(7)).isNotEqualTo(hash(8));
  }

  private static long hash(long seed) {
    Simulation simulation = new Simulation(seed, SimulationSettings.lan());
    new CellRun(simulation, plan(seed), CellRun.SHIPPED).run();
    return simulation.traceHash();
  }
}
