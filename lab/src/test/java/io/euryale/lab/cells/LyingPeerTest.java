package io.euryale.lab.cells;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.Endpoint;
import io.euryale.kernel.Role;
import io.euryale.kernel.TrafficClass;
import io.euryale.lab.Checker;
import io.euryale.lab.Outcome;
import io.euryale.lab.Schedule;
import io.euryale.overlay.BrokenCells;
import io.euryale.overlay.LyingPeer;
import io.euryale.simulation.Fault;
import io.euryale.simulation.FaultPlan;
import io.euryale.simulation.Simulation;
import io.euryale.simulation.SimulationSettings;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// A peer that was let in lies to everybody for three seconds, then it is gone: the others have to
/// become one tree again, as after any other fault. Should nobody have a place any more, it takes
/// their whole patience until one of them founds a root.
class LyingPeerTest {

  private static final int SEEDS = 30;
  private static final String LIAR = "liar";
  private static final long FROM_NANOS = CellPlan.FAULTS_FROM_NANOS;
  private static final long HEAL_NANOS = CellPlan.HEAL_NANOS + 2 * CellPlan.SECOND;
  private static final long LENGTH_NANOS = 3 * CellPlan.SECOND;

  private static Outcome run(long seed, CellRun.Cores cores, LyingPeer.Extremes extremes) {
    CellPlan quiet = CellPlan.draw(seed, 0).quiet();
    FaultPlan gone =
        new FaultPlan(
            List.of(new Fault.Crash(LIAR, FROM_NANOS + LENGTH_NANOS, Fault.UNTIL_HEALED)));
    CellPlan plan = quiet.with(gone);
    Simulation simulation = new Simulation(seed, SimulationSettings.lan());
    List<Checker> checkers =
        CellCheckers.all(
            plan.widestSettings(), plan.lastSettings(), CellPlan.SETTLE_NANOS, HEAL_NANOS);
    Schedule schedule = new Schedule(simulation, checkers, _ -> null);
    CellRun run = new CellRun(simulation, plan, cores);
    simulation.addAt(
        FROM_NANOS,
        LIAR,
        Role.PEER,
        (process, _) -> {
          List<Endpoint> others = new ArrayList<>();
          for (int i = 0; i < plan.peers(); i++) {
            others.add(simulation.process(CellPlan.peer(i)).endpoint());
          }
          List<Endpoint> contacts = others.subList(0, CellPlan.CONTACTS);
          process.core(
              TrafficClass.CONTROL,
              home ->
                  new LyingPeer(plan.settings(), process.ref(), contacts, others, home, extremes));
        });
    return schedule.run(gone, run::run);
  }

  @ParameterizedTest
  @EnumSource
  void what_a_peer_lies_about_does_not_outlast_it(LyingPeer.Extremes extremes) {
    List<String> found = new ArrayList<>();
    for (long seed = 1; seed <= SEEDS; seed++) {
      long number = seed;
      run(seed, CellRun.SHIPPED, extremes).violations().stream()
          .map(v -> "seed " + number + ": " + v.checker() + ": " + v.sentence())
          .filter(text -> !isItsOwnTerm(text) && !isMadeUp(text))
          .forEach(found::add);
    }
    assertThat(found).isEmpty();
  }

  /// In a term of its own a coordinator may number versions as it likes.
  private static boolean isItsOwnTerm(String text) {
    return text.matches(".*C-3: .* followed \\d+/liar#1 .* after \\d+/liar#1 .*");
  }

  /// While it is there, and until that is forgotten, who looks for something may be told of what it
  /// made up; C-15 also says that nobody is when all is calm.
  private static boolean isMadeUp(String text) {
    return text.matches(".*C-15: .*, which nobody offered");
  }

  @ParameterizedTest
  @CsvSource({"BELIEVES_ANY_TERM, LARGEST, C-9", "BELIEVES_HEARSAY, LARGEST, C-2"})
  void who_believes_too_much_is_seen_by_a_checker(
      BrokenCells bug, LyingPeer.Extremes extremes, String checker) {
    CellRun.Cores broken =
        (settings, process, contacts, home) -> bug.member(settings, process.ref(), contacts, home);
    boolean seen = false;
    for (long seed = 1; seed <= SEEDS && !seen; seed++) {
      seen =
          run(seed, broken, extremes).violations().stream()
              .map(v -> v.checker() + ": " + v.sentence())
              .anyMatch(text -> text.startsWith(checker) && !isItsOwnTerm(text));
    }
    assertThat(seen).isTrue();
  }
}
