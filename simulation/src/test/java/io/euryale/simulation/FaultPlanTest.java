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
  void everyKindAskedForIsDrawnAndReadsBack() {
    FaultMenu all = MENU.withKinds(EnumSet.allOf(Fault.Kind.class));
    Set<Fault.Kind> seen = EnumSet.noneOf(Fault.Kind.class);
    for (long seed = 0; seed < 300; seed++) {
      FaultPlan plan = all.draw(seed);
      plan.faults().forEach(fault -> seen.add(fault.kind()));
      assertThat(FaultPlan.parse(plan.toString())).isEqualTo(plan);
    }
    assertThat(seen).containsExactlyInAnyOrder(Fault.Kind.values());
  }

  @Test
  void noDiskIsLostUnlessThatIsNamed() {
    assertThat(FaultMenu.DEFAULT_KINDS).doesNotContain(Fault.Kind.WIPED);
    assertThat(FaultMenu.DATAGRAM_KINDS)
        .contains(Fault.Kind.CORRUPTING, Fault.Kind.REPLAYING, Fault.Kind.GARBAGE)
        .contains(Fault.Kind.SLOW_DISK)
        .doesNotContain(Fault.Kind.WIPED);
  }

  @Test
  void aMajorityOrAllCrashWithin50Milliseconds() {
    Set<Integer> sizes = new java.util.TreeSet<>();
    for (long seed = 0; seed < 100; seed++) {
      List<Fault> crashes = only(FaultPattern.CrashTogether.usual(), seed);
      sizes.add(crashes.size());
      assertThat(crashes)
          .allMatch(f -> f.kind() == Fault.Kind.CRASH || f.kind() == Fault.Kind.CRASH_HOST);
      assertThat(crashes.getLast().startNanos() - crashes.getFirst().startNanos())
          .isLessThanOrEqualTo(50_000_000L);
      assertThat(crashes.stream().map(FaultText::names).distinct()).hasSameSizeAs(crashes);
    }
    assertThat(sizes).containsExactly(3, 5);
  }

  @Test
  void aFlappingPartitionKeepsItsSidesAndItsPeriod() {
    for (long seed = 0; seed < 100; seed++) {
      List<Fault> flaps = only(new FaultPattern.Flapping(400_000_000L), seed);
      assertThat(flaps).hasSizeBetween(1, 8);
      assertThat(flaps.stream().map(f -> FaultText.names(f)).distinct()).hasSize(1);
      for (int i = 0; i < flaps.size(); i++) {
        assertThat(flaps.get(i).startNanos())
            .isEqualTo(flaps.getFirst().startNanos() + i * 400_000_000L);
        assertThat(flaps.get(i).durationNanos()).isBetween(1L, 320_000_000L);
      }
    }
  }

  @Test
  void aPauseIsAboutAsLongAsTheTimeout() {
    for (long seed = 0; seed < 100; seed++) {
      Fault pause = only(new FaultPattern.PauseAround(700_000_000L), seed).getFirst();
      assertThat(pause.kind()).isEqualTo(Fault.Kind.PAUSE);
      long room = 10_000_000_000L - pause.startNanos();
      assertThat(pause.durationNanos())
          .isBetween(Math.min(room, 630_000_000L), Math.min(room, 770_000_000L));
    }
  }

  /// The faults of a plan in which nothing but one pattern was drawn, once.
  private static List<Fault> only(FaultPattern pattern, long seed) {
    FaultMenu menu =
        MENU.withKinds(EnumSet.of(Fault.Kind.RESET)).withPatterns(List.of(pattern)).withCount(1, 1);
    for (int redraw = 0; redraw < 100; redraw++) {
      FaultPlan plan = menu.draw(seed, redraw);
      assertThat(FaultPlan.parse(plan.toString())).isEqualTo(plan);
      if (plan.faults().getFirst().kind() != Fault.Kind.RESET) {
        return plan.faults();
      }
    }
    throw new AssertionError("The pattern is never drawn");
  }

  @Test
  void theTextIsWhatTheDocumentationSays() {
    String text =
        "crash(p2)@1500ms+2s;partition(p1,p2|p3)@1s+800ms;lossy(p1>*,15%)@0ms+5s;reset(p1,p2)@3s;"
            + "slow(p1,x20)@10us+end;delaying(*>p1,3ms)@5ns+1s;"
            + "corrupting(p1>p2,5%)@1s+1s;replaying(*>p2,10%)@1s+end;garbage(p1,200/s)@2s+1s;"
            + "slow-disk(p1)@1s+2s;wiped(p1)@1s";
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
        "garbage(p1)@1s+1s",
        "garbage(p1,0/s)@1s+1s",
        "garbage(p1,20)@1s+1s",
        "corrupting(p1>p2,0%)@1s+1s",
        "wiped(p1)@1s+1s",
        "slow-disk(p1)@1s",
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

  @Test
  void takingAFaultOfDatagramsOutChangesNoDrawOfTheOthers() {
    String kept = "corrupting(p1>p2,20%)@1s+3s";
    assertThat(corruptedWith(kept))
        .isEqualTo(corruptedWith(kept + ";garbage(p2,300/s)@1s+3s;replaying(p1>p2,50%)@1s+3s"));
  }

  private static long corruptedWith(String plan) {
    Simulation run = DatagramToy.mesh(5, 3, 10_000_000L, 100);
    run.inject(FaultPlan.parse(plan));
    run.runUntil(4_000_000_000L);
    FaultEffect first = run.faultEffects().getFirst();
    assertThat(first.tookEffect()).isTrue();
    return first.effects();
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
