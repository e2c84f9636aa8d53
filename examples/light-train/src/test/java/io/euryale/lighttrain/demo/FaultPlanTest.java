package io.euryale.lighttrain.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.lighttrain.demo.FaultPlan.Fault;
import io.euryale.lighttrain.demo.FaultPlan.Kind;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FaultPlanTest {

  private static final Duration TRAFFIC = Duration.ofSeconds(40);

  @Test
  void faultsAreSpreadOverTheRunAndTheLevels() {
    List<Fault> plan = FaultPlan.of(new Placement(4), 6, TRAFFIC, 1);

    assertThat(plan).extracting(Fault::level).containsExactly(2, 1, 0, 2, 1, 0);
    assertThat(plan.getFirst().after()).isGreaterThan(Duration.ofSeconds(3));
    assertThat(plan.getLast().after()).isLessThan(Duration.ofSeconds(37));
    for (int i = 1; i < plan.size(); i++) {
      Duration pause = plan.get(i).after().minus(plan.get(i - 1).after());
      assertThat(pause.toMillis()).isBetween(6666L, 6667L);
    }
    assertThat(plan).allSatisfy(f -> assertThat(Placement.level(f.seat())).isEqualTo(f.level()));
  }

  @Test
  void aPeerThatSharesItsProcessIsResetAndTheLastFaultTakesTheProcess() {
    List<Fault> plan = FaultPlan.of(new Placement(4), 6, TRAFFIC, 1);

    assertThat(plan.subList(0, 5)).allMatch(fault -> fault.kind() == Kind.RESET);
    assertThat(plan.getLast().kind()).isEqualTo(Kind.PROCESS);
  }

  @Test
  void aPeerThatHasItsProcessForItselfFallsWithIt() {
    assertThat(FaultPlan.of(new Placement(14), 6, TRAFFIC, 1))
        .allMatch(fault -> fault.kind() == Kind.PROCESS);
  }

  @Test
  void noPeerIsHitAgainBeforeTheOthersOfItsLevel() {
    List<Fault> plan = FaultPlan.of(new Placement(4), 24, TRAFFIC, 7);
    Set<Integer> lowest = new HashSet<>();
    plan.stream().filter(fault -> fault.level() == 2).forEach(f -> lowest.add(f.seat()));

    assertThat(lowest).hasSize(Placement.SENSORS);
  }

  @Test
  void theSeedDecidesWhom() {
    Set<List<Fault>> plans = new HashSet<>();
    for (long seed = 0; seed < 20; seed++) {
      plans.add(FaultPlan.of(new Placement(4), 6, TRAFFIC, seed));
    }

    assertThat(plans).hasSizeGreaterThan(5);
    assertThat(FaultPlan.of(new Placement(4), 6, TRAFFIC, 3))
        .isEqualTo(FaultPlan.of(new Placement(4), 6, TRAFFIC, 3));
  }

  @Test
  void noFaultsIsNoPlan() {
    assertThat(FaultPlan.of(new Placement(4), 0, TRAFFIC, 1)).isEmpty();
  }
}
