package io.euryale.lab.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.lab.Draw;
import io.euryale.lab.Outcome;
import io.euryale.lab.Violation;
import io.euryale.service.stream.PlantedStreamBug;
import io.euryale.simulation.Fault;
import io.euryale.simulation.FaultPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// Schedules in which the tree falls apart into three or four, and sensors lose power before it is
/// one again: what peers hold is all there is of their packets, wherever those peers go.
class SplitsTest {

  private static final int SCHEDULES = 12;
  private static final long STEP_NANOS = StreamPlan.SECOND / 4;
  private static final long DOWN_NANOS = StreamPlan.SECOND / 60;

  private static List<Outcome> outcomes(StreamScenario scenario) {
    List<Outcome> outcomes = new ArrayList<>();
    LongStream.iterate(1, seed -> seed + 1)
        .mapToObj(Draw::of)
        .filter(draw -> scenario.upheaval(draw).kind() == Upheaval.Kind.SPLIT)
        .limit(SCHEDULES)
        .forEach(draw -> outcomes.addAll(outcomes(scenario, draw)));
    return outcomes;
  }

  private static List<Outcome> outcomes(StreamScenario scenario, Draw draw) {
    List<Fault> split = scenario.upheaval(draw).faults().faults();
    long start =
        split.stream()
            .filter(fault -> fault instanceof Fault.Partition)
            .mapToLong(Fault::startNanos)
            .min()
            .orElseThrow();
    List<Outcome> outcomes = new ArrayList<>();
    for (long at = start + STEP_NANOS; at <= start + 4 * STEP_NANOS; at += STEP_NANOS) {
      List<Fault> faults = new ArrayList<>(split);
      for (int sensor = 0; sensor < StreamPlan.SENSORS; sensor++) {
        faults.add(new Fault.CrashHost(StreamPlan.sensor(sensor), at, DOWN_NANOS));
      }
      outcomes.add(scenario.run(draw.with(new FaultPlan(faults))));
    }
    return outcomes;
  }

  @Test
  void what_two_peers_hold_is_delivered_wherever_they_go() {
    assertThat(outcomes(new StreamScenario()))
        .flatExtracting(Outcome::violations)
        .extracting(Violation::sentence)
        .isEmpty();
  }

  @Test
  void a_peer_that_lets_go_of_what_came_down_is_seen() {
    PlantedStreamBug bug = PlantedStreamBug.LETS_GO_OF_WHAT_MOVED;
    assertThat(outcomes(new StreamScenario(new PlantedStreamBugsTest.Broken(bug))))
        .anyMatch(outcome -> outcome.violates(bug.checker()));
  }
}
