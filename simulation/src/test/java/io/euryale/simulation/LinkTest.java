package io.euryale.simulation;

import static io.euryale.simulation.ToyCore.MILLI;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.euryale.kernel.Endpoint;
import io.euryale.kernel.Role;
import io.euryale.kernel.TrafficClass;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// What a core can count on from its links, and what each fault does to them. `p2` dials `p1`.
class LinkTest {

  private static final long SECOND = 1_000_000_000L;

  private final Simulation run =
      new Simulation(11, SimulationSettings.lan().withLinkQueueFrames(100));
  private final List<ToyCore> lives1 = new ArrayList<>();
  private final List<ToyCore> lives2 = new ArrayList<>();

  LinkTest() {
    run.add(
        "p1",
        Role.PEER,
        (process, _) -> lives1.add(process.core(TrafficClass.ALARM, home -> new ToyCore(home, 0))));
    run.add(
        "p2",
        Role.PEER,
        (process, _) ->
            lives2.add(
                process.core(
                    TrafficClass.ALARM,
                    home -> new ToyCore(home, 0, run.process("p1").endpoint()))));
    run.runUntil(100 * MILLI);
  }

  private ToyCore p1() {
    return lives1.getLast();
  }

  private ToyCore p2() {
    return lives2.getLast();
  }

  private FaultEffect inject(Fault fault) {
    run.inject(FaultPlan.of(fault));
    return run.faultEffects().getLast();
  }

  private long effects() {
    return run.faultEffects().getLast().effects();
  }

  /// `count` frames from `p2` to `p1`, one each millisecond.
  private void sendMany(int count) {
    long first = run.now();
    for (int i = 1; i <= count; i++) {
      long value = i;
      run.at(
          first + i * MILLI,
          () ->
              run.process("p2")
                  .execute(
                      TrafficClass.ALARM,
                      _ -> {
                        if (!p2().links().isEmpty()) {
                          p2().sendTo(p2().firstLink(), value);
                        }
                      }));
    }
  }

  private static List<Long> upTo(int count) {
    return LongStream.rangeClosed(1, count).boxed().toList();
  }

  @Test
  void bothSidesHearWhoTheOtherIs() {
    assertThat(p1().links()).containsExactly("p2#1");
    assertThat(p2().links()).containsExactly("p1#1");
    assertThat(p1().idleCount).isPositive();
  }

  @Test
  void framesArriveOnceAndInOrder() {
    sendMany(500);
    run.runFor(SECOND);
    assertThat(p1().received).isEqualTo(upTo(500));
  }

  @Test
  void aKeptFrameIsOverwrittenAfterTheCall() {
    sendMany(1);
    run.runFor(SECOND);
    var kept = p1().kept.getFirst();
    assertThat(kept.getLong(kept.position())).isNotEqualTo(1L);
  }

  @Test
  void aFullQueueRefusesAndLosesNothingItTook() {
    inject(new Fault.Pause("p1", run.now(), SECOND));
    sendMany(150);
    run.runFor(500 * MILLI);
    assertThat(p2().refusedCount).isEqualTo(50);
    assertThat(p1().received).isEmpty();
    run.runFor(SECOND);
    assertThat(p1().received).isEqualTo(upTo(100));
    assertThat(effects()).isEqualTo(1);
  }

  @Test
  void aCrashIsHeardAndTheDiallerFindsTheNextLife() {
    inject(new Fault.Crash("p1", run.now() + MILLI, 400 * MILLI));
    run.runFor(100 * MILLI);
    assertThat(p2().events).contains("down p1#1: p1 died");
    assertThat(p2().events).anyMatch(event -> event.startsWith("failed: refused by p1"));
    run.runFor(2 * SECOND);
    assertThat(lives1).hasSize(2);
    assertThat(p2().links()).containsExactly("p1#2");
    assertThat(p1().links()).containsExactly("p2#1");
    assertThat(effects()).isEqualTo(1);
  }

  @Test
  void aPowerCutIsSilence() {
    inject(new Fault.CrashHost("p1", run.now() + MILLI, 10 * SECOND));
    run.runFor(5 * SECOND);
    assertThat(p2().links()).as("nothing was sent, so nothing was noticed").isNotEmpty();
    sendMany(1);
    run.runFor(4 * SECOND);
    assertThat(p2().events).contains("down p1#1: timed out");
    run.runFor(6 * SECOND);
    assertThat(p2().links()).containsExactly("p1#2");
  }

  @Test
  void aRestartIsANewLifeAtOnce() {
    inject(new Fault.Restart("p2", run.now() + MILLI));
    run.runFor(SECOND);
    assertThat(p1().events).containsExactly("up p2#1", "down p2#1: p2 died", "up p2#2");
  }

  @Test
  void aCrashOfADeadProcessTakesNoEffect() {
    inject(new Fault.Crash("p1", run.now(), SECOND));
    inject(new Fault.Crash("p1", run.now() + MILLI, SECOND));
    run.runFor(2 * SECOND);
    assertThat(effects()).isZero();
    assertThat(run.process("p1").incarnation()).isEqualTo(2);
  }

  @Test
  void aSlowProcessFallsBehind() {
    inject(new Fault.Slow("p1", 100, run.now(), SECOND));
    sendMany(100);
    run.runFor(101 * MILLI);
    assertThat(run.process("p1").backlogCount(TrafficClass.ALARM)).isGreaterThan(20);
    run.runFor(2 * SECOND);
    assertThat(p1().received).isEqualTo(upTo(100));
    assertThat(effects()).isGreaterThan(50);
  }

  @Test
  void aPartitionSwallowsFramesBothWays() {
    inject(new Fault.Partition(List.of("p1"), List.of("p2"), run.now(), 250 * MILLI));
    sendMany(200);
    run.runFor(240 * MILLI);
    assertThat(p1().received).isEmpty();
    assertThat(effects()).isEqualTo(200);
    run.runFor(5 * SECOND);
    assertThat(p2().links()).containsExactly("p1#1");
    sendMany(10);
    run.runFor(SECOND);
    assertThat(p1().received).isEqualTo(upTo(10));
  }

  @Test
  void aLongPartitionTimesTheSenderOut() {
    inject(new Fault.Isolate("p1", run.now(), 20 * SECOND));
    sendMany(1);
    run.runFor(4 * SECOND);
    assertThat(p2().events).contains("down p1#1: timed out");
    assertThat(p1().links()).as("the other side sent nothing").containsExactly("p2#1");
    run.runFor(3 * SECOND);
    assertThat(p2().events).contains("failed: timed out");
    run.quiesce(true);
    run.runFor(3 * SECOND);
    assertThat(p2().links()).containsExactly("p1#1");
  }

  @Test
  void aOneWayPartitionLeavesTheOtherDirection() {
    inject(new Fault.OneWay(List.of("p1"), List.of("p2"), run.now(), SECOND));
    sendMany(100);
    run.runFor(200 * MILLI);
    assertThat(p1().received).isEqualTo(upTo(100));
    run.process("p1").execute(TrafficClass.ALARM, _ -> p1().sendTo(p1().firstLink(), 77));
    run.runFor(100 * MILLI);
    assertThat(p2().received).isEmpty();
    assertThat(effects()).isPositive();
  }

  @Test
  void aLossyDirectionLosesItsShare() {
    inject(new Fault.Lossy("p2", "p1", 30, run.now(), Fault.UNTIL_HEALED));
    sendMany(1000);
    run.runFor(2 * SECOND);
    assertThat(p1().received).isSorted().doesNotHaveDuplicates();
    assertThat(effects()).isEqualTo(1000 - p1().received.size()).isBetween(200L, 400L);
  }

  @Test
  void aDuplicatingDirectionRepeats() {
    inject(new Fault.Duplicating("p2", Fault.ANY, 20, run.now(), Fault.UNTIL_HEALED));
    sendMany(1000);
    run.runFor(2 * SECOND);
    assertThat(p1().received).containsAll(upTo(1000)).hasSize(1000 + (int) effects());
    assertThat(effects()).isBetween(100L, 300L);
  }

  @Test
  void aReorderingDirectionOvertakesAndLosesNothing() {
    inject(new Fault.Reordering(Fault.ANY, "p1", 20, run.now(), Fault.UNTIL_HEALED));
    sendMany(1000);
    run.runFor(2 * SECOND);
    assertThat(p1().received).containsExactlyInAnyOrderElementsOf(upTo(1000));
    assertThat(p1().received).isNotEqualTo(upTo(1000));
    assertThat(effects()).isBetween(50L, 300L);
  }

  @Test
  void aDelayedDirectionIsLateAndInOrder() {
    inject(new Fault.Delaying("p2", "p1", 500 * MILLI, run.now(), SECOND));
    sendMany(100);
    run.runFor(110 * MILLI);
    assertThat(p1().received.size()).isLessThan(60);
    run.runFor(SECOND);
    assertThat(p1().received).isEqualTo(upTo(100));
    assertThat(effects()).isEqualTo(100);
  }

  @Test
  void aResetIsHeardByBothAndTheLinkComesBackUnderItsIdentifier() {
    int before = p2().firstLink();
    inject(new Fault.Reset("p1", "p2", run.now()));
    run.runFor(SECOND);
    assertThat(p1().events).containsExactly("up p2#1", "down p2#1: reset", "up p2#1");
    assertThat(p2().events).containsExactly("up p1#1", "down p1#1: reset", "up p1#1");
    assertThat(p2().firstLink()).isEqualTo(before);
    assertThat(effects()).isEqualTo(1);
  }

  @Test
  void aDisconnectSendsWhatIsQueuedAndTellsOnlyTheOtherSide() {
    run.process("p2")
        .execute(
            TrafficClass.ALARM,
            _ -> {
              int link = p2().firstLink();
              p2().sendTo(link, 5);
              p2().disconnect(link);
              p2().sendTo(link, 6);
            });
    run.runFor(2 * SECOND);
    assertThat(p1().received).containsExactly(5L);
    assertThat(p1().events).containsExactly("up p2#1", "down p2#1: closed by p2");
    assertThat(p2().events).containsExactly("up p1#1");
    assertThat(p2().refusedCount).isEqualTo(1);
  }

  @Test
  void aClassWithoutAPortOrAHostIsADialThatFails() {
    var lonely = new ArrayList<ToyCore>();
    run.add(
        "c1",
        Role.CLIENT,
        (process, _) ->
            lonely.add(
                process.core(
                    TrafficClass.CRITICAL,
                    home ->
                        new ToyCore(
                            home,
                            0,
                            Endpoint.contact("p1", SimProcess.FIRST_PORT),
                            new Endpoint("nowhere", 1, 1, 1, 1),
                            run.process("p1").endpoint()))));
    run.runFor(100 * MILLI);
    assertThat(lonely.getFirst().events)
        .contains(
            "failed: no critical port known",
            "failed: unknown host nowhere",
            "failed: refused by p1:7000");
  }

  @Test
  void aFaultThatNamesNobodyIsRefused() {
    assertThatThrownBy(() -> inject(new Fault.Crash("p9", 0, SECOND)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'p9'");
  }

  @Test
  void aCoreThatThrowsNamesTheSeedAndTheProcess() {
    run.process("p1")
        .execute(
            TrafficClass.ALARM,
            _ -> {
              throw new IllegalStateException("bug");
            });
    assertThatThrownBy(() -> run.runFor(SECOND))
        .isInstanceOf(SimulationException.class)
        .hasMessageContaining("Seed 11")
        .hasMessageContaining("p1#1");
  }
}
