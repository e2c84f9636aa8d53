package io.euryale.service.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SilenceTest {

  private static final long MILLI = 1_000_000;

  /// A while.
  private static final long WHILE =
      Math.max(
          StreamSettings.defaults().stallTimeout().toNanos(),
          StreamSettings.defaults().refreshPeriod().toNanos() / 4);

  private final Silence silence = new Silence(StreamSettings.defaults(), 0);
  private long now;

  @Test
  void theOtherSideIsAskedOnceAfterAWhileAndGivenUpAfterAnother() {
    assertThat(silence.asks(WHILE - 1)).isFalse();
    assertThat(silence.dueAtNanos()).isEqualTo(WHILE);
    assertThat(silence.asks(WHILE)).isTrue();
    assertThat(silence.asks(WHILE + MILLI)).isFalse();
    assertThat(silence.dueAtNanos()).isEqualTo(2 * WHILE);
    assertThat(silence.isLasting(2 * WHILE - 1)).isFalse();
    assertThat(silence.isLasting(2 * WHILE)).isTrue();
  }

  @Test
  void whoStoodStillItselfAsksBeforeItGivesUp() {
    long late = Duration.ofMinutes(1).toNanos();
    assertThat(silence.isLasting(late)).isFalse();
    assertThat(silence.asks(late)).isTrue();
    assertThat(silence.isLasting(late + WHILE - 1)).isFalse();
    assertThat(silence.isLasting(late + WHILE)).isTrue();
  }

  @Test
  void anAnswerIsNewsOfAWhile() {
    assertThat(silence.asks(WHILE)).isTrue();
    silence.heard(WHILE + MILLI);
    assertThat(silence.isLasting(3 * WHILE)).isFalse();
    assertThat(silence.asks(2 * WHILE)).isFalse();
    assertThat(silence.asks(2 * WHILE + MILLI)).isTrue();
  }

  /// How long it takes from now until nobody answered.
  private long untilGivenUp() {
    long from = now;
    while (!silence.isLasting(now)) {
      now = silence.dueAtNanos();
      boolean _ = silence.asks(now);
    }
    silence.unanswered(now);
    return now - from;
  }

  @Test
  void whoIsCutOffTriesOthersMoreAndMoreSeldom() {
    assertThat(new long[] {untilGivenUp(), untilGivenUp(), untilGivenUp(), untilGivenUp()})
        .containsExactly(2 * WHILE, 4 * WHILE, 8 * WHILE, 16 * WHILE);
    assertThat(untilGivenUp()).isEqualTo(16 * WHILE);
    silence.heard(now);
    assertThat(untilGivenUp()).isEqualTo(2 * WHILE);
  }
}
