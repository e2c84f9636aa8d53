package io.euryale.bench.streams;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SenderTest {

  private static Traffic soon() {
    return Traffic.of(
        1, System.nanoTime(), Duration.ZERO, Duration.ofMillis(200), Traffic.PAPER_RATE, 1);
  }

  @Test
  void everyPacketIsSentOnceAndNoneBeforeItIsDue() {
    Traffic traffic = soon();
    Ledger ledger = new Ledger(traffic);
    List<Boolean> early = new ArrayList<>();
    new Sender(
            ledger,
            (stream, packet) -> {
              long now = System.nanoTime();
              early.add(now - traffic.dueNanos(stream, Payload.number(packet)) < 0);
              ledger.arrived(packet, now);
              return true;
            })
        .run();
    assertThat(ledger.missing()).isZero();
    assertThat(ledger.duplicated()).isZero();
    assertThat(ledger.reordered()).isZero();
    assertThat(early).hasSize(traffic.count()).containsOnly(false);
  }

  @Test
  void whatIsRefusedIsOfferedAgainAndItsDelayCounts() {
    Traffic traffic = soon();
    Ledger ledger = new Ledger(traffic);
    long openNanos = traffic.endNanos();
    new Sender(
            ledger,
            (_, packet) -> {
              long now = System.nanoTime();
              if (now - openNanos < 0) {
                return false;
              }
              ledger.arrived(packet, now);
              return true;
            })
        .run();
    assertThat(ledger.missing()).isZero();
    assertThat(ledger.reordered()).isZero();
    for (int stream = 0; stream < Traffic.STREAMS; stream++) {
      assertThat(ledger.latencyNanos(stream, 0))
          .isGreaterThanOrEqualTo(openNanos - traffic.dueNanos(stream, 0));
    }
  }

  @Test
  void whatIsDueAfterAnEarlyEndIsNotSent() {
    Traffic traffic = soon();
    Ledger ledger = new Ledger(traffic);
    ledger.endAt(traffic.startNanos() + (traffic.endNanos() - traffic.startNanos()) / 2);
    List<Integer> numbers = new ArrayList<>();
    new Sender(
            ledger,
            (stream, packet) -> {
              numbers.add(stream);
              ledger.arrived(packet, System.nanoTime());
              return true;
            })
        .run();
    assertThat(numbers).hasSize(ledger.count()).hasSizeLessThan(traffic.count());
    assertThat(ledger.missing()).isZero();
  }
}
