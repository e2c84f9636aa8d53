package io.euryale.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Fault lists as text, and how they are drawn.
class FaultPlanTest {

  private static final FaultMenu MENU =
      FaultMenu.of(List.of("p-1", "p-2", "p-3", "p-4", "p-5"), 0, 10_000_000_000L)
          .withOthers(List.of("sensor-1", "client"));

  @Test
  void everyDrawnPlanReadsBackFromItsText() {
    Set<Fault.Kind> seen = EnumSet.noneOf(Fault.Kind.class);
    for (long seed = 0; seed < 300; seed++) {
      FaultPlan plan = MENU.draw(seed);
      plan.faults().forEach(fault -> seen.add(fault.kind()));
      assertThat(FaultPlan.parse(plan.toString())).isEqualTo(plan);
    }
    assertThat(seen).containsExactlyInAnyOrderElementsOf(FaultMenu.DEFAULT_KINDS);
  }

  @Test
  void theTextIsWhatTheDocumentationSays() {
    String text =
        "crash(p2)@1500ms+2s;partition(p1,p2|p3)@1s+800ms;lossy(p1>*,15%)@0ms+5s;reset(p1,p2)@3s;"
            + "slow(p1,x20)@10us+end;delaying(*>p1,3ms)@5ns+1s";
    assertThat(FaultPlan.parse(text)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "crash",
        "crash(p1)",
        "crash(p1)@1s",
        "restart(p1)@1s+1s",
        "melt(p1)@1s+1s",
        "lossy(p1>p2,200%)@1s+1s",
        "lossy(p1>p2,9)@1s+1s",
        "lossy(p1)@1s+1s",
        "partition(p1)@1s+1s",
        "pause(p1)@end+1s",
        "pause(p1)@1h+1s",
        "slow(p1,x1)@1s+1s",
        "pause(p1)@999999999999999s+1s",
      })
  void badTextGivesOneSentence(String text) {
    assertThatThrownBy(() -> FaultPlan.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .message()
        .isNotBlank()
        .doesNotContain("\n");
  }

  @Test
  void aRunDrawsItsOwnSubsetOfTheKinds() {
    long withAFewKindsOnly =
        java.util.stream.LongStream.range(0, 100)
            .filter(
                seed -> MENU.draw(seed).faults().stream().map(Fault::kind).distinct().count() <= 4)
            .count();
    assertThat(withAFewKindsOnly).isBetween(5L, 95L);
  }

  @Test
  void noMoreThanAllowedAreDownAtOnce() {
    FaultMenu crashes =
        MENU.withKinds(EnumSet.of(Fault.Kind.CRASH, Fault.Kind.CRASH_HOST)).withCount(10, 20);
    for (long seed = 0; seed < 100; seed++) {
      List<Fault> faults = crashes.draw(seed).faults();
      for (Fault fault : faults) {
        assertThat(
                faults.stream()
                    .filter(f -> f.startNanos() <= fault.startNanos())
                    .filter(f -> f.startNanos() + f.durationNanos() >= fault.startNanos()))
            .hasSizeLessThanOrEqualTo(2);
      }
    }
  }

  @Test
  void takingAFaultOutChangesNoDrawOfTheOthers() {
    String loss = "lossy(p1>p2,20%)@1s+3s";
    assertThat(lossesWith(loss)).isEqualTo(lossesWith(loss + ";duplicating(p3>p1,50%)@1s+3s"));
  }

  private static long lossesWith(String plan) {
    Simulation run = ToyCore.mesh(5, 3);
    run.inject(FaultPlan.parse(plan));
    run.runUntil(4_000_000_000L);
    FaultEffect first = run.faultEffects().getFirst();
    assertThat(first.tookEffect()).isTrue();
    return first.effects();
  }
}
