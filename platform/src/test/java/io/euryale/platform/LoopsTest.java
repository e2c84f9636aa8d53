package io.euryale.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.euryale.kernel.Role;
import io.euryale.kernel.TrafficClass;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LoopsTest {

  /// A task whose wake-up got lost would wait for ever: nothing else happens on these loops.
  @Test
  void callsBetweenSleepingLoopsAreNeverLost() {
    for (Duration spin : new Duration[] {Duration.ZERO, Duration.ofNanos(20_000)}) {
      try (Loops loops = new Loops(spin)) {
        NettyHome control = home(loops, TrafficClass.CONTROL);
        NettyHome alarm = home(loops, TrafficClass.ALARM);
        AtomicInteger rallies = new AtomicInteger();
        for (int balls = 0; balls < 2; balls++) {
          rally(control, alarm, rallies);
        }
        Peers.await("20,000 rallies", () -> rallies.get() >= 20_000);
        control.kill();
        alarm.kill();
      }
    }
  }

  private static void rally(NettyHome from, NettyHome to, AtomicInteger rallies) {
    boolean _ =
        from.execute(
            _ -> {
              if (rallies.incrementAndGet() < 20_000) {
                rally(to, from, rallies);
              }
            });
  }

  @Test
  void spinIsBounded() {
    assertThatThrownBy(() -> new Loops(Duration.ofMillis(2)).close())
        .hasMessageContaining("0 to 1 ms");
    assertThatThrownBy(() -> new Loops(Duration.ofNanos(-1)).close())
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void spinningLoopsServeTimersTasksAndDatagrams() {
    try (Loops loops = new Loops(Duration.ofNanos(50_000))) {
      NettyHome one = home(loops, TrafficClass.ALARM);
      NettyHome two = home(loops, TrafficClass.ALARM);
      ToyDatagramCore left = new ToyDatagramCore();
      ToyDatagramCore right = new ToyDatagramCore();
      int onePort = one.listenWithDatagrams(Peers.HOST, 0);
      int twoPort = two.listenWithDatagrams(Peers.HOST, 0);
      one.start(left, Peers.ref("one", onePort));
      two.start(right, Peers.ref("two", twoPort));
      int to = Peers.ask(one, () -> one.address(Peers.at(twoPort)));
      for (int i = 1; i <= 200; i++) {
        int count = i;
        one.execute(_ -> one.sendTo(to, Peers.text("x")));
        Peers.await("datagram " + i, () -> right.datagramCount.get() == count);
      }
      one.execute(nowNanos -> one.wakeAt(nowNanos + 2_000_000));
      Peers.awaitEvent(left, "timer");
      assertThat(right.events).containsExactly("start");
      one.kill();
      two.kill();
    }
  }

  private static NettyHome home(Loops loops, TrafficClass trafficClass) {
    return new NettyHome(
        loops,
        trafficClass,
        Peers.OVERLAY,
        Role.PEER,
        LinkSettings.defaults(),
        null,
        1,
        failure -> {
          throw new AssertionError(failure);
        });
  }
}
