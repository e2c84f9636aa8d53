package io.euryale.platform;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.TrafficClass;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PulseTest {

  private static final Duration LONG = Duration.ofSeconds(30);

  /// Asks until only those are stuck that stay so: on a busy machine others take a while too.
  private static void assertStuck(Pulse pulse, TrafficClass... expected)
      throws InterruptedException {
    List<TrafficClass> stuck = pulse.stuck(Duration.ofMillis(20));
    long until = System.nanoTime() + LONG.toNanos();
    while (stuck.size() > expected.length && System.nanoTime() < until) {
      stuck = pulse.stuck(Duration.ofMillis(20));
    }
    assertThat(stuck).containsExactly(expected);
  }

  @Test
  void aLoopThatIsHeldUpIsNamedAndFoundWellAgainLater() throws InterruptedException {
    try (Loops loops = new Loops()) {
      Pulse pulse = new Pulse(loops);
      assertThat(pulse.stuck(LONG)).isEmpty();
      CountDownLatch held = new CountDownLatch(1);
      CountDownLatch release = new CountDownLatch(1);
      loops
          .of(TrafficClass.ALARM)
          .eventLoop()
          .execute(
              () -> {
                held.countDown();
                try {
                  release.await();
                } catch (InterruptedException _) {
                  Thread.currentThread().interrupt();
                }
              });
      held.await();
      assertStuck(pulse, TrafficClass.ALARM);
      assertStuck(pulse, TrafficClass.ALARM);
      release.countDown();
      assertThat(pulse.stuck(LONG)).isEmpty();
    }
  }

  @Test
  void loopsThatHaveEndedDoNotTurn() throws InterruptedException {
    Pulse pulse;
    try (Loops loops = new Loops()) {
      pulse = new Pulse(loops);
    }
    assertThat(pulse.stuck(Duration.ofMillis(20))).containsExactly(TrafficClass.values());
  }
}
