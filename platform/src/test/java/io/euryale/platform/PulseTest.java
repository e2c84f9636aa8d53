package io.euryale.platform;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.TrafficClass;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PulseTest {

  private static final Duration LONG = Duration.ofSeconds(30);

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
      assertThat(pulse.stuck(Duration.ofMillis(20))).containsExactly(TrafficClass.ALARM);
      assertThat(pulse.stuck(Duration.ofMillis(20))).containsExactly(TrafficClass.ALARM);
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
