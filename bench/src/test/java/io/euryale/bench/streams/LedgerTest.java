package io.euryale.bench.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class LedgerTest {

  private static final long MILLI = 1_000_000;

  private final Traffic traffic =
      Traffic.of(7, 1_000 * MILLI, Duration.ZERO, Duration.ofSeconds(1), Traffic.PAPER_RATE, 1);
  private final Ledger ledger = new Ledger(traffic);
  private final ByteBuffer packet = ByteBuffer.allocate(PacketKind.LARGE.bytes());

  private void arrives(int stream, int number, long latencyNanos) {
    Payload.put(packet, traffic, stream, number);
    ledger.sent(stream, number, traffic.dueNanos(stream, number));
    ledger.arrived(packet, traffic.dueNanos(stream, number) + latencyNanos);
  }

  private void allArrive(long latencyNanos) {
    for (int stream = 0; stream < Traffic.STREAMS; stream++) {
      for (int number = 0; number < traffic.count(stream); number++) {
        arrives(stream, number, latencyNanos);
      }
    }
  }

  @Test
  void whenEverythingComesOnceAndInOrderNothingIsWrong() {
    allArrive(2 * MILLI);
    assertThat(ledger.missing()).isZero();
    assertThat(ledger.duplicated()).isZero();
    assertThat(ledger.reordered()).isZero();
    SegmentResult result = SegmentResult.of(ledger, Usage.NONE);
    assertThat(result.overall().p50()).isCloseTo(2.0, within(0.01));
    assertThat(result.overall().max()).isCloseTo(2.0, within(0.01));
    assertThat(result.jitterMillis()).isZero();
    assertThat(result.sent()).isEqualTo(traffic.count());
  }

  @Test
  void aPacketThatDoesNotComeIsLostAndHasNoLatency() {
    arrives(0, 0, MILLI);
    assertThat(ledger.missing()).isEqualTo(traffic.count() - 1);
    assertThat(ledger.latencyNanos(0, 0)).isEqualTo(MILLI);
    assertThat(ledger.latencyNanos(0, 1)).isEqualTo(-1);
  }

  @Test
  void aPacketThatComesAgainKeepsItsFirstLatency() {
    arrives(0, 0, MILLI);
    arrives(0, 0, 5 * MILLI);
    assertThat(ledger.duplicated()).isEqualTo(1);
    assertThat(ledger.latencyNanos(0, 0)).isEqualTo(MILLI);
  }

  @Test
  void aPacketAfterALaterOneOfItsStreamIsReordered() {
    arrives(0, 1, MILLI);
    arrives(1, 0, MILLI);
    arrives(0, 0, 50 * MILLI);
    assertThat(ledger.reordered()).isEqualTo(1);
  }

  @Test
  void packetsOfAnotherSegmentAreNotCounted() {
    Traffic other =
        Traffic.of(8, 1_000 * MILLI, Duration.ZERO, Duration.ofSeconds(1), Traffic.PAPER_RATE, 1);
    Payload.put(packet, other, 0, 0);
    ledger.arrived(packet, 1_001 * MILLI);
    assertThat(ledger.missing()).isEqualTo(traffic.count());
    assertThat(ledger.corrupted()).isZero();
  }

  @Test
  void aPacketOfTheWrongSizeIsCorrupted() {
    Payload.put(packet, traffic, 0, 0);
    packet.limit(packet.limit() - 1);
    ledger.arrived(packet, 1_001 * MILLI);
    assertThat(ledger.corrupted()).isEqualTo(1);
    assertThat(ledger.missing()).isEqualTo(traffic.count());
  }

  @Test
  void whatIsDueBeforeTheMeasurementIsNotMeasured() {
    Traffic lead =
        Traffic.of(
            9, 0, Duration.ofSeconds(1), Duration.ofSeconds(1), Traffic.PAPER_RATE, /* seed= */ 1);
    Ledger both = new Ledger(lead);
    for (int stream = 0; stream < Traffic.STREAMS; stream++) {
      for (int number = 0; number < lead.count(stream); number++) {
        Payload.put(packet, lead, stream, number);
        long due = lead.dueNanos(stream, number);
        long latency = due < lead.measuredFromNanos() ? 900 * MILLI : MILLI;
        both.arrived(packet, due + latency);
      }
    }
    assertThat(SegmentResult.of(both, Usage.NONE).overall().max()).isCloseTo(1.0, within(0.01));
  }

  @Test
  void aKillIsJudgedByTheFirstPacketDueAfterItOnTheStreamsThatWereHit() {
    long killNanos = traffic.dueNanos(0, 5) + 1;
    Ledger hit = new Ledger(traffic);
    for (int stream = 0; stream < Traffic.STREAMS; stream++) {
      for (int number = 0; number < traffic.count(stream); number++) {
        Payload.put(packet, traffic, stream, number);
        long late = stream == 0 && number == 6 ? 17 * MILLI : MILLI;
        late = stream == 3 ? 90 * MILLI : late;
        hit.arrived(packet, traffic.dueNanos(stream, number) + late);
      }
    }
    List<Double> first = FaultRun.firstMillis(hit, killNanos, List.of(0));
    assertThat(first).hasSize(1);
    assertThat(first.getFirst()).isCloseTo(17.0, within(0.001));
    assertThat(FaultRun.firstMillis(new Ledger(traffic), killNanos, List.of(0))).isEmpty();
  }

  @Test
  void whatIsDueAfterAnEarlyEndIsNeitherCountedNorMissing() {
    long end = traffic.dueNanos(0, 5);
    ledger.endAt(end);
    assertThat(ledger.count(0)).isEqualTo(5);
    for (int stream = 0; stream < Traffic.STREAMS; stream++) {
      for (int number = 0; number < ledger.count(stream); number++) {
        assertThat(traffic.dueNanos(stream, number)).isLessThan(end);
        arrives(stream, number, MILLI);
      }
    }
    assertThat(ledger.missing()).isZero();
    assertThat(SegmentResult.of(ledger, Usage.NONE).sent())
        .isEqualTo(ledger.count())
        .isLessThan(traffic.count());
  }
}
