package io.euryale.simulation;

import static io.euryale.simulation.ToyCore.MILLI;
import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.Endpoint;
import io.euryale.kernel.Role;
import io.euryale.kernel.TrafficClass;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// What a core can count on from datagrams, and what each fault does to them. `p1` sends to `p2`.
class DatagramTest {

  private static final long SECOND = 1_000_000_000L;
  private static final Endpoint P1 = DatagramToy.endpoints(2).getFirst();
  private static final Endpoint P2 = DatagramToy.endpoints(2).getLast();

  private final Simulation run =
      new Simulation(5, SimulationSettings.lan().withReceiveBufferBytes(100_000));
  private final List<DatagramToy> lives1 = new ArrayList<>();
  private final List<DatagramToy> lives2 = new ArrayList<>();

  DatagramTest() {
    add("p1", lives1);
    add("p2", lives2);
    run.runUntil(100 * MILLI);
  }

  private void add(String name, List<DatagramToy> lives) {
    run.add(
        name,
        Role.PEER,
        (process, _) ->
            lives.add(
                process.core(TrafficClass.ALARM, home -> new DatagramToy(home, 0, 0, List.of()))));
  }

  private DatagramToy p1() {
    return lives1.getLast();
  }

  private DatagramToy p2() {
    return lives2.getLast();
  }

  private void inject(String plan) {
    run.inject(FaultPlan.parse(plan));
  }

  private long effects() {
    return run.faultEffects().getLast().effects();
  }

  /// Queues `action` on the loop of a process and lets it run.
  private void in(String process, Runnable action) {
    run.process(process).execute(TrafficClass.ALARM, _ -> action.run());
  }

  /// `count` datagrams to the other process, one each `periodNanos`, with values from 1.
  private void sendMany(String process, int count, int bytes, long periodNanos) {
    long first = run.now();
    Endpoint target = process.equals("p1") ? P2 : P1;
    for (int i = 1; i <= count; i++) {
      long value = i;
      run.at(
          first + i * periodNanos,
          () ->
              in(
                  process,
                  () -> {
                    var home = (process.equals("p1") ? p1() : p2()).home;
                    home.sendTo(home.address(target), DatagramToy.sealed(bytes, value));
                  }));
    }
  }

  private static List<Long> upTo(int count) {
    return LongStream.rangeClosed(1, count).boxed().toList();
  }

  @Test
  void datagramsArriveOnceAndOvertakeEachOther() {
    sendMany("p1", 500, 100, MILLI / 10);
    run.runFor(SECOND);
    assertThat(p2().received).containsExactlyInAnyOrderElementsOf(upTo(500));
    assertThat(p2().received).isNotEqualTo(upTo(500));
    assertThat(run.datagramsSent()).isEqualTo(500);
    assertThat(run.datagramsDelivered()).isEqualTo(500);
    assertThat(run.messagesDelivered()).isEqualTo(500 + run.framesDelivered());
  }

  @Test
  void aDatagramToOneselfArrives() {
    inject("isolate(p1)@0ms+1s");
    in("p1", () -> p1().home.sendTo(p1().home.address(P1), DatagramToy.sealed(12, 4)));
    run.runFor(SECOND);
    assertThat(p1().received).containsExactly(4L);
  }

  @Test
  void anEqualEndpointHasTheSameHandleUntilItIsForgotten() {
    in(
        "p1",
        () -> {
          int handle = p1().home.address(P2);
          assertThat(p1().home.address(DatagramToy.endpoints(2).getLast())).isEqualTo(handle);
          p1().home.forget(handle);
          assertThat(p1().home.sendTo(handle, DatagramToy.sealed(12, 1))).isFalse();
          assertThat(p1().home.address(P2)).isNotEqualTo(handle);
        });
    run.runFor(SECOND);
  }

  @Test
  void whatCannotBeReachedOrIsTooLongIsRefused() {
    in(
        "p1",
        () -> {
          var home = p1().home;
          assertThat(home.sendTo(home.address(new Endpoint("nowhere", 1, 1, 1, 1)), sealed()))
              .isFalse();
          assertThat(home.sendTo(home.address(Endpoint.contact("p2", 7000)), sealed())).isFalse();
          assertThat(home.sendTo(home.address(new Endpoint("p2", 1, 2, 3, 4)), sealed())).isFalse();
          int handle = home.address(P2);
          int most = home.datagramBytes(handle);
          assertThat(most).isEqualTo(60_000);
          assertThat(home.sendTo(handle, DatagramToy.sealed(most + 1, 1))).isFalse();
          assertThat(home.sendTo(handle, DatagramToy.sealed(most, 1))).isTrue();
        });
    run.runFor(SECOND);
    assertThat(p2().received).containsExactly(1L);
  }

  private static ByteBuffer sealed() {
    return DatagramToy.sealed(12, 1);
  }

  @Test
  void aKeptDatagramIsOverwrittenAfterTheCall() {
    sendMany("p1", 1, 12, MILLI);
    run.runFor(SECOND);
    ByteBuffer kept = p2().kept.getFirst();
    assertThat(kept.position()).isPositive();
    assertThat(kept.getLong(kept.position() + 4)).isNotEqualTo(1L);
  }

  @Test
  void theSenderMayChangeItsBytesAfterTheCall() {
    in(
        "p1",
        () -> {
          ByteBuffer datagram = DatagramToy.sealed(12, 7);
          p1().home.sendTo(p1().home.address(P2), datagram);
          assertThat(datagram.remaining()).isEqualTo(12);
          datagram.putLong(4, 8);
        });
    run.runFor(SECOND);
    assertThat(p2().received).containsExactly(7L);
  }

  @Test
  void aPausedProcessHearsWhatItsBufferHeldAndNoMore() {
    inject("pause(p2)@0ms+1s");
    sendMany("p1", 150, 1000, MILLI);
    run.runFor(500 * MILLI);
    assertThat(p2().received).isEmpty();
    assertThat(run.datagramsOverflowed()).isEqualTo(50);
    run.runFor(SECOND);
    assertThat(p2().received).hasSize(100);
    sendMany("p1", 150, 1000, MILLI);
    run.runFor(SECOND);
    assertThat(p2().received).as("the buffer is empty again").hasSize(250);
  }

  @Test
  void aSlowProcessLosesWhatItsBufferCannotHold() {
    inject("slow(p2,x1000)@0ms+2s");
    sendMany("p1", 400, 1000, MILLI);
    run.runFor(SECOND);
    assertThat(run.datagramsOverflowed()).isPositive();
    run.runFor(10 * SECOND);
    assertThat(p2().received.size() + run.datagramsOverflowed()).isEqualTo(400);
  }

  @Test
  void aDeadProcessHearsNothingAndItsNextLifeHearsAtTheSameAddress() {
    inject("crash(p2)@0ms+500ms");
    sendMany("p1", 100, 12, MILLI);
    run.runFor(400 * MILLI);
    assertThat(run.datagramsDelivered()).isZero();
    run.runFor(200 * MILLI);
    sendMany("p1", 100, 12, MILLI);
    run.runFor(SECOND);
    assertThat(lives2).hasSize(2);
    assertThat(p2().received).hasSize(100);
  }

  @Test
  void aPartitionSwallowsBothWaysAndHealsWithoutATrace() {
    inject("partition(p1|p2)@0ms+200ms");
    sendMany("p1", 100, 12, MILLI);
    sendMany("p2", 100, 12, MILLI);
    run.runFor(300 * MILLI);
    assertThat(run.datagramsDelivered()).isZero();
    assertThat(effects()).isEqualTo(200);
    sendMany("p1", 100, 12, MILLI);
    run.runFor(SECOND);
    assertThat(p2().received).containsExactlyInAnyOrderElementsOf(upTo(100));
  }

  @Test
  void aOneWayCutLeavesTheOtherDirection() {
    inject("one-way(p1>p2)@0ms+1s");
    sendMany("p1", 100, 12, MILLI);
    sendMany("p2", 100, 12, MILLI);
    run.runFor(SECOND);
    assertThat(p2().received).isEmpty();
    assertThat(p1().received).hasSize(100);
    assertThat(effects()).isEqualTo(100);
  }

  @Test
  void anIsolatedProcessHearsNobody() {
    inject("isolate(p2)@0ms+1s");
    sendMany("p1", 100, 12, MILLI);
    run.runFor(SECOND);
    assertThat(p2().received).isEmpty();
    assertThat(effects()).isEqualTo(100);
  }

  @Test
  void aLossyDirectionLosesItsShare() {
    inject("lossy(p1>*,30%)@0ms+end");
    sendMany("p1", 1000, 12, MILLI);
    run.runFor(2 * SECOND);
    assertThat(effects()).isEqualTo(1000 - p2().received.size()).isBetween(200L, 400L);
  }

  @Test
  void aDuplicatingDirectionRepeats() {
    inject("duplicating(p1>p2,20%)@0ms+end");
    sendMany("p1", 1000, 12, MILLI);
    run.runFor(2 * SECOND);
    assertThat(p2().received).containsAll(upTo(1000)).hasSize(1000 + (int) effects());
    assertThat(effects()).isBetween(100L, 300L);
    assertThat(p2().rejectedCount).isZero();
  }

  @Test
  void aReorderingDirectionHoldsSomeBack() {
    inject("reordering(*>p2,20%)@0ms+end");
    sendMany("p1", 1000, 12, 5 * MILLI);
    run.runFor(6 * SECOND);
    assertThat(p2().received).containsExactlyInAnyOrderElementsOf(upTo(1000));
    assertThat(p2().received).isNotEqualTo(upTo(1000));
    assertThat(effects()).isBetween(100L, 300L);
  }

  @Test
  void aDelayedDirectionIsLate() {
    inject("delaying(p1>p2,500ms)@0ms+1s");
    sendMany("p1", 100, 12, MILLI);
    run.runFor(110 * MILLI);
    assertThat(p2().received.size()).isLessThan(60);
    run.runFor(SECOND);
    assertThat(p2().received).hasSize(100);
    assertThat(effects()).isEqualTo(100);
  }

  @Test
  void aCorruptingDirectionIsSeenByTheChecksum() {
    inject("corrupting(p1>p2,25%)@0ms+end");
    sendMany("p1", 1000, 200, MILLI);
    run.runFor(2 * SECOND);
    assertThat(effects()).isEqualTo(p2().rejectedCount).isBetween(150L, 350L);
    assertThat(p2().received).hasSize(1000 - p2().rejectedCount).doesNotHaveDuplicates();
    assertThat(p2().kept).anyMatch(datagram -> datagram.remaining() < 200);
    assertThat(p2().kept).anyMatch(datagram -> datagram.remaining() == 200);
  }

  @Test
  void aReplayingDirectionRepeatsMuchLaterAlsoIntoTheNextLife() {
    inject("replaying(p1>p2,30%)@0ms+1s;restart(p2)@1200ms;restart(p1)@1200ms");
    sendMany("p1", 1000, 12, MILLI);
    run.runFor(1050 * MILLI);
    DatagramToy before = p2();
    assertThat(before.received).containsAll(upTo(900));
    run.runFor(6 * SECOND);
    assertThat(p2()).isNotSameAs(before);
    assertThat(p2().received).as("all from the life before").hasSizeGreaterThan(50);
    long replayed = run.faultEffects().getFirst().effects();
    assertThat(before.received.size() + p2().received.size()).isEqualTo(1000 + (int) replayed);
    assertThat(p2().rejectedCount).isZero();
  }

  @Test
  void replaysEndWithTheSafetyPhase() {
    inject("replaying(p1>p2,100%)@0ms+end");
    sendMany("p1", 100, 12, MILLI);
    run.runFor(200 * MILLI);
    run.quiesce(true);
    int heard = p2().received.size();
    run.runFor(10 * SECOND);
    assertThat(p2().received).hasSize(heard);
    assertThat(effects()).isEqualTo(heard - 100);
  }

  @Test
  void aStrangerSendsGarbageThatNoChecksumFits() {
    inject("garbage(p2,500/s)@0ms+2s");
    sendMany("p1", 1000, 100, MILLI);
    run.runFor(3 * SECOND);
    assertThat(p2().received).containsAll(upTo(1000));
    assertThat(p2().rejectedCount).isBetween(700, 1300);
    assertThat(effects()).isEqualTo(run.datagramsDelivered() - 1000);
    assertThat(p2().kept.stream().map(ByteBuffer::remaining).distinct().count()).isGreaterThan(100);
    assertThat(p1().kept).isEmpty();
  }

  @Test
  void aCoreThatTakesNoDatagramsIsNotDisturbed() {
    run.add(
        "p3",
        Role.PEER,
        (process, _) -> process.core(TrafficClass.ALARM, home -> new ToyCore(home, 0)));
    in(
        "p1",
        () -> {
          var home = p1().home;
          home.sendTo(home.address(run.process("p3").endpoint()), sealed());
        });
    run.runFor(SECOND);
    assertThat(run.datagramsSent()).isEqualTo(1);
    assertThat(run.datagramsDelivered()).isZero();
  }

  @Test
  void frameFaultsOfDatagramsLeaveLinksAlone() {
    Simulation mesh = ToyCore.mesh(3, 3);
    mesh.inject(
        FaultPlan.parse(
            "corrupting(*>p1,100%)@0ms+2s;replaying(*>p1,100%)@0ms+2s;garbage(p1,100/s)@0ms+2s"));
    mesh.runUntil(2 * SECOND);
    Simulation quiet = ToyCore.mesh(3, 3);
    quiet.runUntil(2 * SECOND);
    assertThat(mesh.framesDelivered()).isEqualTo(quiet.framesDelivered());
  }
}
