package io.euryale.service.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.TrafficClass;
import io.euryale.service.stream.TestLine.Received;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Payloads that are larger than a packet, and where the time of packets goes.
class FragmentsTest {

  private static final String STREAM = "line-a/video";
  private static final int PACKET_BYTES = 1024;
  private static final int PART = PACKET_BYTES - StreamFrames.PACKET_HEADER_BYTES;
  private static final StreamQos ACTIVE = StreamQos.of(Replication.ACTIVE);

  private final TestLine line = new TestLine(settings(16L << 20));
  private final TestNet net = line.net;
  private final List<String> lost = line.lost;
  private final List<Long> delivered = line.delivered;
  private final Publisher publisher = line.publisher;

  private static StreamSettings settings(long storeBytes) {
    return TestLine.settings(storeBytes, PACKET_BYTES);
  }

  private Relay relay(String name) {
    return line.relay(name);
  }

  private void offer(StreamOffer offer) {
    line.offer(STREAM, offer);
  }

  private Received subscribe(String client, StreamQos qos) {
    return line.subscribe(client, "line-a/*", qos);
  }

  private static byte[] payload(int bytes, int seed) {
    byte[] payload = new byte[bytes];
    for (int i = 0; i < bytes; i++) {
      payload[i] = (byte) (i * 31 + seed + i / 251);
    }
    return payload;
  }

  private long publish(byte[] payload) {
    return line.publish(STREAM, payload);
  }

  /// Whether a frame is the packet of this sequence.
  private static boolean isPacket(ByteBuffer frame, long sequence) {
    return frame.get(0) == StreamFrames.DATA && StreamFrames.sequence(frame) == sequence;
  }

  @Test
  void aLargePayloadArrivesAsOneWithTheSequenceOfItsLastPacket() {
    offer(StreamOffer.DEFAULT);
    Received received = subscribe("a", ACTIVE);
    int[] sizes = {10, PART, PART + 1, 5 * PART, 5 * PART + 7, 0, 100 * PART};
    List<Long> sequences = new ArrayList<>();
    for (int size : sizes) {
      sequences.add(publish(payload(size, size)));
      net.pass(3);
    }
    assertThat(sequences).containsExactly(1L, 2L, 4L, 9L, 15L, 16L, 116L);
    assertThat(received.sequences()).isEqualTo(sequences);
    for (int i = 0; i < sizes.length; i++) {
      assertThat(received.payloads.get(i)).isEqualTo(payload(sizes[i], sizes[i]));
    }
    net.pass(50);
    assertThat(delivered).last().isEqualTo(116L);
    assertThat(publisher.quiet()).isTrue();
    assertThat(relay("edge").counters().storedBytes).isZero();
    assertThat(relay("root").counters().storedBytes).isZero();
    assertThat(received.gaps).isEmpty();
  }

  @Test
  void bestEffortPayloadsArriveWholeOrNotAtAll() {
    offer(StreamOffer.DEFAULT.bestEffort());
    Received received = subscribe("a", StreamQos.of(Replication.NONE));
    publish(payload(3 * PART, 1)); // 1 to 3
    net.lose = (path, frame) -> path.equals("edge>root") && isPacket(frame, 5);
    publish(payload(3 * PART, 2)); // 4 to 6
    net.lose = (path, frame) -> path.equals("edge>root") && isPacket(frame, 7);
    publish(payload(3 * PART, 3)); // 7 to 9
    net.lose = (path, frame) -> path.equals("edge>root") && isPacket(frame, 12);
    publish(payload(3 * PART, 4)); // 10 to 12
    net.lose = (_, _) -> false;
    publish(payload(3 * PART, 5)); // 13 to 15
    publish(payload(10, 6));
    assertThat(received.sequences()).containsExactly(3L, 15L, 16L);
    assertThat(received.payloads.get(1)).isEqualTo(payload(3 * PART, 5));
    assertThat(String.join(" ", received.gaps)).isEqualTo("4-6 7-7 8-9 10-12");
  }

  @Test
  void aLostFragmentIsSentAgain() {
    offer(StreamOffer.DEFAULT);
    Received received = subscribe("a", ACTIVE);
    boolean[] once = {true};
    net.lose =
        (path, frame) -> {
          boolean loses = once[0] && path.equals("root>a") && isPacket(frame, 2);
          once[0] &= !loses;
          return loses;
        };
    publish(payload(4 * PART, 1));
    publish(payload(10, 2));
    assertThat(received.packets).isEmpty();
    net.pass(400);
    assertThat(received.sequences()).containsExactly(4L, 5L);
    assertThat(received.payloads.getFirst()).isEqualTo(payload(4 * PART, 1));
  }

  @Test
  void aPayloadWithoutOneOfItsPacketsIsGivenUpAsAWhole() {
    offer(StreamOffer.DEFAULT.withLifespan(Duration.ofSeconds(2)));
    Received received = subscribe("a", ACTIVE);
    net.lose = (_, frame) -> isPacket(frame, 3);
    publish(payload(4 * PART, 1));
    net.pass(2_500);
    assertThat(lost).containsExactly("4 older than its lifespan");
    net.lose = (_, _) -> false;
    publish(payload(2 * PART, 2));
    net.pass(300);
    assertThat(received.sequences()).containsExactly(6L);
    assertThat(received.gaps).containsExactly("1-4");
    assertThat(publisher.quiet()).isTrue();
  }

  @Test
  void theLastValueIsKeptWhole() {
    offer(StreamOffer.DEFAULT.keepingLast());
    Received first = subscribe("a", ACTIVE.withLastValue());
    publish(payload(3 * PART, 1));
    publish(payload(3 * PART, 2));
    net.pass(100);
    Received second = subscribe("b", ACTIVE.withLastValue());
    assertThat(second.sequences()).containsExactly(6L);
    assertThat(second.packets.getFirst().kept()).isTrue();
    assertThat(second.payloads.getFirst()).isEqualTo(payload(3 * PART, 2));
    publish(payload(3 * PART, 3));
    assertThat(second.sequences()).containsExactly(6L, 9L);
    assertThat(first.sequences()).containsExactly(3L, 6L, 9L);
    assertThat(second.gaps).isEmpty();
  }

  @Test
  void whatNobodyWantedYetIsKeptWholeTooAtTheSensor() {
    offer(StreamOffer.DEFAULT.keepingLast());
    net.pass(1_500);
    publish(payload(3 * PART, 1));
    Received received = subscribe("a", ACTIVE.withLastValue());
    net.pass(1_500);
    assertThat(received.payloads).containsExactly(payload(3 * PART, 1));
  }

  @Test
  void withConflationWholePayloadsGiveWay() {
    offer(StreamOffer.DEFAULT);
    Received slow = subscribe("slow", ACTIVE.newestOnly());
    net.lose = (path, _) -> path.equals("slow>root");
    for (int i = 1; i <= 10; i++) {
      publish(payload(3 * PART, i));
      net.pass(3);
    }
    net.pass(20);
    assertThat(slow.sequences()).containsExactly(3L);
    assertThat(delivered).last().isEqualTo(30L);
    net.lose = (_, _) -> false;
    net.pass(1_500);
    assertThat(slow.sequences()).containsExactly(3L, 30L);
    assertThat(slow.payloads.getLast()).isEqualTo(payload(3 * PART, 10));
    assertThat(relay("root").counters().conflated).isEqualTo(9);
    publish(payload(3 * PART, 11));
    net.pass(20);
    assertThat(slow.sequences()).containsExactly(3L, 30L, 33L);
  }

  @Test
  void aClientWithLittleRoomGetsLargePayloadsNevertheless() {
    offer(StreamOffer.DEFAULT);
    Received received = line.subscribe("a", "line-a/*", ACTIVE, settings(8 * PACKET_BYTES));
    publish(payload(20 * PART, 1));
    publish(payload(20 * PART, 2));
    net.pass(5_000);
    assertThat(received.sequences()).containsExactly(20L, 40L);
    assertThat(received.payloads.getLast()).isEqualTo(payload(20 * PART, 2));
  }

  @Test
  void whatNeverHasRoomIsTooLarge() {
    offer(StreamOffer.DEFAULT);
    Received _ = subscribe("a", ACTIVE);
    int most = publisher.maxPayloadBytes();
    assertThat(most).isEqualTo(StreamFrames.MAX_FRAGMENTS * PART);
    assertThat(publish(new byte[most + 1])).isEqualTo(Publisher.TOO_LARGE);
    assertThat(publish(new byte[most])).isEqualTo(StreamFrames.MAX_FRAGMENTS);
    assertThat(limit(64 << 10)).isEqualTo(32 * PART);
    assertThat(limit(1 << 10)).isEqualTo(PART);
  }

  private int limit(long storeBytes) {
    return new Publisher(
            settings(storeBytes),
            TrafficClass.NORMAL,
            TestNet.ref("x"),
            net.node("sensor"),
            line.listener())
        .maxPayloadBytes();
  }

  // ---- where the time goes ----

  @Test
  void everyHopTellsHowLongItHadATracedPacket() {
    offer(StreamOffer.DEFAULT);
    Received plain = subscribe("plain", ACTIVE);
    publish(payload(10, 1));
    Received tracing = subscribe("tracing", StreamQos.of(Replication.NONE).withTrace());
    net.lose = (path, frame) -> path.equals("edge>root") && isPacket(frame, 2);
    publish(payload(10, 2));
    net.pass(20);
    net.lose = (_, _) -> false;
    net.pass(300); // The edge sends it again after 250 ms.
    assertThat(tracing.hops)
        .extracting(hop -> hop.who().value())
        .contains("sensor", "edge", "root");
    StreamHop edge =
        tracing.hops.stream()
            .filter(hop -> hop.who().value().equals("edge"))
            .reduce((_, last) -> last)
            .orElseThrow();
    assertThat(edge.stream()).isEqualTo(STREAM);
    assertThat(edge.sequence()).isEqualTo(2);
    assertThat(edge.leftNanos() - edge.arrivedNanos()).isBetween(250_000_000L, 300_000_000L);
    assertThat(plain.hops).as("who did not ask hears nothing").isEmpty();
  }

  @Test
  void fewPacketsAreTraced() {
    offer(StreamOffer.DEFAULT);
    Received tracing = subscribe("tracing", ACTIVE.withTrace());
    for (int i = 0; i < 100; i++) {
      publish(payload(10, i));
      net.pass(10);
    }
    long traced = tracing.hops.stream().map(StreamHop::sequence).distinct().count();
    assertThat(traced).isBetween(9L, 11L);
  }
}
