package io.euryale.bench.group;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TallyTest {

  private static void deliver(Tally tally, int run, int sender, int number, long dueNanos) {
    byte[] bytes = Payload.of(64, run, sender, number, dueNanos);
    tally.delivered(bytes, 0, bytes.length);
  }

  @Test
  void messagesOfAnotherRunAreNotCounted() {
    Tally tally = new Tally(7, 0, 3);
    deliver(tally, 6, 0, 0, 0);
    deliver(tally, 7, 1, 0, 0);
    tally.delivered(new byte[Payload.LEAST_BYTES - 1], 0, Payload.LEAST_BYTES - 1);
    assertThat(tally.total()).isEqualTo(1);
    assertThat(tally.counts()).containsExactly(0L, 1L, 0L);
  }

  @Test
  void twoOrdersOfTheSameMessagesAreTold() {
    Tally one = new Tally(1, 0, 2);
    Tally other = new Tally(1, 1, 2);
    deliver(one, 1, 0, 0, 0);
    deliver(one, 1, 1, 0, 0);
    deliver(other, 1, 1, 0, 0);
    deliver(other, 1, 0, 0, 0);
    assertThat(one.order()).isNotEqualTo(other.order());
    assertThat(one.total()).isEqualTo(other.total());
  }

  @Test
  void aSkippedMessageIsOutOfOrder() {
    Tally tally = new Tally(1, 0, 1);
    deliver(tally, 1, 0, 0, 0);
    deliver(tally, 1, 0, 2, 0);
    deliver(tally, 1, 0, 3, 0);
    assertThat(tally.outOfOrder()).isEqualTo(1);
  }

  @Test
  void latencyIsFromWhenAMessageWasDueAndOnlyOfTheMeasuredTime() {
    Tally tally = new Tally(1, 0, 2);
    long now = System.nanoTime();
    tally.recordLatencies(now - 1_000_000_000, now + 1_000_000_000);
    deliver(tally, 1, 0, 0, now - 2_000_000_000);
    deliver(tally, 1, 0, 1, now - 500_000_000);
    deliver(tally, 1, 1, 0, now - 500_000_000);
    assertThat(tally.own().getTotalCount()).isEqualTo(1);
    assertThat(tally.remote().getTotalCount()).isEqualTo(1);
    assertThat(tally.own().getMaxValue()).isGreaterThanOrEqualTo(499_000_000);
  }

  @Test
  void waitingForOwnMessagesEndsWhenTheyCome() throws Exception {
    Tally tally = new Tally(1, 0, 1);
    Thread other = Thread.ofVirtual().start(() -> deliver(tally, 1, 0, 0, 0));
    tally.awaitOwn(1, System.nanoTime() + 20_000_000_000L);
    other.join();
    assertThat(tally.ownTotal()).isEqualTo(1);
  }
}
