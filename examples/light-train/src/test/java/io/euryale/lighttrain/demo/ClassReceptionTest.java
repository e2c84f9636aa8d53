package io.euryale.lighttrain.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.TrafficClass;
import io.euryale.lighttrain.demo.Reception.Figures;
import io.euryale.peer.Admission;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClassReceptionTest {

  private static final long MILLI = 1_000_000;

  private final StreamSource audio = new StreamSource(0, "line-a/x/audio", PacketKind.AUDIO, 0);
  private final StreamSource calls = new StreamSource(1, "station/1/calls", PacketKind.CALL, 0);
  private final TrainBoard board = new TrainBoard(List.of("A"));
  private final Payload payloads = new Payload(1);
  private final List<ByteBuffer> sent = new ArrayList<>();
  private long nowNanos;

  private ClassReception reception(TrafficClass trafficClass) {
    for (StreamSource source : List.of(audio, calls)) {
      source.connect(
          payload -> {
            sent.add(ByteBuffer.allocate(payload.remaining()).put(payload).flip());
            return new Admission.Accepted(sent.size());
          });
    }
    return new ClassReception(List.of(audio, calls), trafficClass, 2, board, () -> nowNanos);
  }

  private void publish(int packets) throws InterruptedException {
    for (int i = 0; i < packets; i++) {
      audio.publish(payloads, i * 10 * MILLI);
    }
  }

  private void deliver(ClassReception reception, int packet, long atNanos) {
    nowNanos = atNanos;
    reception.packet(audio.name(), 1, packet + 1L, sent.get(packet).duplicate());
  }

  @Test
  void measuresFromTheScheduledTime() throws InterruptedException {
    ClassReception reception = reception(TrafficClass.NORMAL);
    publish(2);
    deliver(reception, 0, 3 * MILLI);
    deliver(reception, 1, 15 * MILLI);

    Figures figures = reception.figures(null, true);

    assertThat(figures.max()).isEqualTo(5);
    assertThat(figures.jitter()).isEqualTo(2);
    assertThat(figures.published()).isEqualTo(2);
    assertThat(figures.received()).isEqualTo(2);
    assertThat(figures.lost()).isZero();
  }

  @Test
  void seesLossRepetitionAndDisorder() throws InterruptedException {
    ClassReception reception = reception(TrafficClass.NORMAL);
    publish(5);
    deliver(reception, 0, MILLI);
    deliver(reception, 2, 21 * MILLI);
    deliver(reception, 1, 22 * MILLI);
    deliver(reception, 1, 23 * MILLI);

    Figures figures = reception.figures(PacketKind.AUDIO, true);

    assertThat(figures.lost()).isEqualTo(2);
    assertThat(figures.duplicated()).isEqualTo(1);
    assertThat(figures.reordered()).isEqualTo(1);
    assertThat(figures.received()).isEqualTo(3);
  }

  @Test
  void contentThatWasChangedDoesNotCountAsReceived() throws InterruptedException {
    ClassReception reception = reception(TrafficClass.NORMAL);
    publish(1);
    ByteBuffer packet = sent.getFirst();
    packet.put(100, (byte) (packet.get(100) + 1));
    deliver(reception, 0, MILLI);

    assertThat(reception.corrupted()).isEqualTo(1);
    assertThat(reception.figures(null, true).lost()).isEqualTo(1);
  }

  @Test
  void aPacketOfAnotherStreamDoesNotCountAsReceived() throws InterruptedException {
    ClassReception reception = reception(TrafficClass.ALARM);
    publish(1);
    reception.packet(calls.name(), 1, 1, sent.getFirst());

    assertThat(reception.corrupted()).isEqualTo(1);
    assertThat(reception.received()).isZero();
  }

  @Test
  void delaysBelongToTheFaultBeforeThem() throws InterruptedException {
    ClassReception reception = reception(TrafficClass.NORMAL);
    publish(4);
    deliver(reception, 0, 900 * MILLI);
    reception.faultInjected(0);
    deliver(reception, 1, 310 * MILLI);
    deliver(reception, 2, 30 * MILLI);
    reception.faultInjected(1);
    deliver(reception, 3, 50 * MILLI);

    assertThat(reception.longestDelayNanos(0)).isEqualTo(300 * MILLI);
    assertThat(reception.longestDelayNanos(1)).isEqualTo(20 * MILLI);
  }

  @Test
  void packetsOfTheWarmUpAreInNoAccount() throws InterruptedException {
    ClassReception reception = reception(TrafficClass.NORMAL);
    assertThat(audio.warmUp(payloads)).isTrue();
    publish(1);
    deliver(reception, 0, 100 * MILLI);
    deliver(reception, 1, MILLI);

    Figures figures = reception.figures(null, true);

    assertThat(reception.warmUps()).isEqualTo(1);
    assertThat(figures.published()).isEqualTo(1);
    assertThat(figures.received()).isEqualTo(1);
    assertThat(figures.max()).isEqualTo(1);
    assertThat(figures.duplicated() + figures.reordered() + figures.lost()).isZero();
  }

  @Test
  void callsAppearOnTheBoardOfTheirLine() throws InterruptedException {
    ClassReception reception = reception(TrafficClass.ALARM);
    String text = "A\t07:30:10\tARRIVAL\tHarbour\tAirport\tt1";
    calls.publish(payloads, 0, text);
    reception.packet(calls.name(), 1, 1, sent.getFirst());

    assertThat(board.latest().get("A"))
        .containsExactly(new TrainBoard.Seen("07:30:10", true, "Harbour", "Airport"));
  }
}
