package io.euryale.service.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.wire.Decoded;
import io.euryale.kernel.wire.Frames;
import io.euryale.kernel.wire.WireReader;
import io.euryale.kernel.wire.WireWriter;
import io.euryale.service.stream.StreamFrames.Message;
import io.euryale.service.stream.StreamFrames.Subscription;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class StreamFramesTest {

  private static final Map<String, Message> SAMPLES = samples();

  private static Map<String, Message> samples() {
    Map<String, Message> samples = new TreeMap<>();
    samples.put(
        "advertise",
        new Message.Advertise(
            StreamNames.flowId("line-a/audio", PeerId.of("track-1", 3)),
            3,
            "line-a/audio",
            PeerId.of("track-1", 3),
            new PeerName("trindade"),
            StreamOffer.DEFAULT
                .keepingLast()
                .withPeriod(Duration.ofSeconds(2))
                .withLifespan(Duration.ofMillis(500))
                .withType("audio/opus"),
            1_500));
    samples.put(
        "advertised",
        new Message.Advertised(
            new Message.Advertise(
                StreamNames.flowId("line-a/audio", PeerId.of("track-1", 3)),
                3,
                "line-a/audio",
                PeerId.of("track-1", 3),
                new PeerName("trindade"),
                StreamOffer.DEFAULT,
                40)));
    samples.put("ask-clients", new Message.AskClients());
    samples.put("clients-told", new Message.ClientsTold(12));
    samples.put("ask-arrivals", new Message.AskArrivals());
    samples.put("arrivals", new Message.Arrived(new Arrivals(List.of(0L, 3L, 1L), 40, 2)));
    samples.put("hop", new Message.Hop(77, 10, new PeerName("trindade"), 1_500, 0xFFFF_FFFFL, 40));
    samples.put("forbidden", new Message.Forbidden("a/b", "No."));
    samples.put("go-elsewhere", new Message.GoElsewhere());
    samples.put("gone", new Message.Gone());
    samples.put("way-up", new Message.HasWayUp(true));
    samples.put(
        "resync",
        new Message.Resync(
            new StreamFrames.ResyncId(PeerId.of("edge", 4), 33),
            2,
            List.of(new StreamFrames.Undone(77, 3, 9, 5))));
    samples.put("ping", new Message.Ping(7));
    samples.put("pong", new Message.Pong(-7));
    samples.put("unknown-flow", new Message.UnknownFlow(-2));
    samples.put(
        "subscriptions",
        new Message.Subscriptions(
            3,
            List.of(new PeerName("trindade")),
            List.of(
                new Subscription(StreamQos.of(Replication.ACTIVE).withLastValue(), "*"),
                new Subscription(StreamQos.of(Replication.NONE).newestOnly(), "line-?/video"))));
    samples.put(
        "interest-traced", new Message.Interest(9, StreamQos.of(Replication.NONE).withTrace()));
    samples.put("interest", new Message.Interest(9, StreamQos.of(Replication.ACTIVE_SYNCHRONOUS)));
    samples.put(
        "interest-passive",
        new Message.Interest(
            9, StreamQos.of(Replication.passive(Duration.ofMillis(100)).withReplicas(2))));
    samples.put(
        "interest-agreed", new Message.Interest(9, StreamQos.of(Replication.ACTIVE_AGREED)));
    samples.put("interest-nobody", new Message.Interest(9, null));
    samples.put("list", new Message.ListStreams());
    samples.put(
        "streams",
        new Message.Streams(
            true,
            List.of(
                new StreamInfo(
                    "a", 3, new PeerName("track-1"), new PeerName("trindade"), 100, 2))));
    return samples;
  }

  private static final List<Replication> REPLICATIONS =
      List.of(
          Replication.NONE,
          Replication.ACTIVE,
          Replication.ACTIVE_SYNCHRONOUS,
          Replication.ACTIVE_AGREED,
          Replication.passive(Duration.ofSeconds(1)),
          Replication.passive(Duration.ofMillis(100)).withReplicas(2),
          Replication.ACTIVE.withReplicas(1),
          Replication.ACTIVE_SYNCHRONOUS.withReplicas(16));

  private static byte[] encoded(Message message) {
    ByteBuffer frame = StreamFrames.encode(new WireWriter(), message);
    byte[] bytes = new byte[frame.remaining()];
    frame.get(bytes);
    return bytes;
  }

  private static Decoded<Message> decode(byte[] bytes) {
    return StreamFrames.decode(new WireReader(), ByteBuffer.wrap(bytes));
  }

  private static ByteBuffer packet() {
    ByteBuffer packet = ByteBuffer.allocate(StreamFrames.PACKET_HEADER_BYTES + 3);
    StreamFrames.putPacketHeader(packet, Replication.ACTIVE, true, 77, 10, 8, 5);
    return packet.put(new byte[] {1, 2, 3}).flip();
  }

  private static ByteBuffer envelope() {
    return StreamFrames.envelop(
        new WireWriter(),
        StreamFrames.FROM_CLIENT,
        PeerId.of("viewer", 7),
        ByteBuffer.wrap(encoded(new Message.ListStreams())));
  }

  private static ByteBuffer claim() {
    return StreamFrames.claim(
        new WireWriter(),
        PeerId.of("viewer", 7),
        1_500_000_000L,
        ByteBuffer.wrap(encoded(new Message.Subscriptions(List.of()))));
  }

  private static byte[] bytes(ByteBuffer frame) {
    byte[] bytes = new byte[frame.remaining()];
    frame.duplicate().get(bytes);
    return bytes;
  }

  private static byte[] golden(String name) throws IOException {
    try (InputStream in =
        StreamFramesTest.class.getResourceAsStream("/golden/v1/" + name + ".hex")) {
      if (in == null) {
        throw new IOException("No golden file for " + name);
      }
      return HexFormat.of()
          .parseHex(new String(in.readAllBytes(), StandardCharsets.US_ASCII).strip());
    }
  }

  @Test
  void everyMessageSurvivesTheWire() {
    SAMPLES.forEach(
        (name, message) ->
            assertThat(decode(encoded(message))).as(name).isEqualTo(new Decoded.Ok<>(message)));
  }

  @Test
  void theGoldenFilesOfVersion1StillDecodeAndAreStillWritten() throws IOException {
    for (Map.Entry<String, Message> sample : SAMPLES.entrySet()) {
      byte[] golden = golden(sample.getKey());
      assertThat(decode(golden)).isEqualTo(new Decoded.Ok<>(sample.getValue()));
      assertThat(encoded(sample.getValue())).isEqualTo(golden);
    }
    assertThat(packet().array()).isEqualTo(golden("packet"));
    assertThat(bytes(envelope())).isEqualTo(golden("envelope"));
    assertThat(bytes(claim())).isEqualTo(golden("claim"));
    ByteBuffer progress =
        StreamFrames.progress(
            new WireWriter(), StreamFrames.ACK, 77, 12, 0b101, 9, StreamFrames.NO_ROOM);
    byte[] bytes = new byte[progress.remaining()];
    progress.get(bytes);
    assertThat(bytes).isEqualTo(golden("progress"));
  }

  @Test
  void aPacketIsReadAndPatchedInPlace() {
    ByteBuffer packet = packet();
    assertThat(StreamFrames.packetFault(packet)).isEmpty();
    assertThat(StreamFrames.form(packet)).isEqualTo(Replication.Form.ACTIVE);
    assertThat(StreamFrames.flow(packet)).isEqualTo(77);
    assertThat(StreamFrames.sequence(packet)).isEqualTo(10);
    StreamFrames.patch(packet, StreamFrames.COPY, 9);
    StreamFrames.patchOrigin(packet, 6);
    StreamFrames.markRepeat(packet);
    assertThat(packet.get(0)).isEqualTo((byte) StreamFrames.COPY);
    assertThat(StreamFrames.floor(packet)).isEqualTo(9);
    assertThat(StreamFrames.originFloor(packet)).isEqualTo(6);
    assertThat(StreamFrames.isRepeat(packet)).isTrue();
    assertThat(StreamFrames.isReliable(packet)).isTrue();
    assertThat(StreamFrames.isKept(packet)).isFalse();
    StreamFrames.markKept(packet, true);
    assertThat(StreamFrames.isKept(packet)).isTrue();
    StreamFrames.markKept(packet, false);
    assertThat(StreamFrames.isKept(packet)).isFalse();
    StreamFrames.patchAge(packet, 3_000_000_000_000L);
    assertThat(StreamFrames.ageNanos(packet)).isEqualTo(3_000_000_000_000L);
    StreamFrames.patchAge(packet, -5);
    assertThat(StreamFrames.ageNanos(packet)).isZero();
    StreamFrames.patchAge(packet, Long.MAX_VALUE);
    assertThat(StreamFrames.ageNanos(packet)).as("saturated").isEqualTo(0xFFFF_FFFFL * 1_000);
    assertThat(StreamFrames.form(packet)).isEqualTo(Replication.Form.ACTIVE);
    assertThat(StreamFrames.isTraced(packet)).isFalse();
    StreamFrames.markTraced(packet);
    assertThat(StreamFrames.isTraced(packet)).isTrue();
    assertThat(StreamFrames.fragments(packet)).isEqualTo(1);
    StreamFrames.markFragment(packet, 4, 128);
    assertThat(StreamFrames.packetFault(packet)).isEmpty();
    assertThat(StreamFrames.fragment(packet)).isEqualTo(4);
    assertThat(StreamFrames.firstSequence(packet)).isEqualTo(6);
    assertThat(StreamFrames.lastSequence(packet)).isEqualTo(133);
  }

  @Test
  void everyReplicationIsReadFromThePacket() {
    for (Replication replication : REPLICATIONS) {
      ByteBuffer packet = ByteBuffer.allocate(StreamFrames.PACKET_HEADER_BYTES);
      StreamFrames.putPacketHeader(packet, replication, true, 77, 10, 8, 5);
      packet.flip();
      StreamFrames.countHop(packet);
      StreamFrames.markRepeat(packet);
      assertThat(StreamFrames.packetFault(packet)).isEmpty();
      assertThat(StreamFrames.form(packet)).isEqualTo(replication.form());
      assertThat(StreamFrames.replicas(packet)).isEqualTo(replication.replicas());
      assertThat(StreamFrames.periodNanos(packet))
          .isEqualTo(replication.periodMillis() * 1_000_000L);
      assertThat(Replication.parse(replication.label())).isEqualTo(replication);
    }
    for (Replication.Form form : Replication.Form.values()) {
      assertThat(Replication.Form.ofCode(form.code())).isEqualTo(form);
    }
    assertThat(Replication.Form.ofCode(Replication.Form.values().length)).isNull();
  }

  @Test
  void aPacketInALoopIsStoppedAfter31Hops() {
    ByteBuffer packet = packet();
    for (int hop = 0; hop < StreamFrames.MAX_HOPS; hop++) {
      assertThat(StreamFrames.countHop(packet)).isTrue();
    }
    assertThat(StreamFrames.countHop(packet)).isFalse();
    assertThat(StreamFrames.form(packet)).isEqualTo(Replication.Form.ACTIVE);
  }

  @Test
  void packetsThatCannotBeAreRefused() {
    for (int length = 0; length < StreamFrames.PACKET_HEADER_BYTES; length++) {
      assertThat(StreamFrames.packetFault(packet().limit(length))).contains("needs 48 bytes");
    }
    assertThat(StreamFrames.packetFault(packet().putLong(10, 0))).contains("at least 1");
    assertThat(StreamFrames.packetFault(packet().putLong(18, -1))).contains("at least 1");
    assertThat(StreamFrames.packetFault(packet().putLong(26, 11))).contains("origin floor");
    assertThat(StreamFrames.packetFault(packet().putInt(36, -1))).contains("period");
    assertThat(StreamFrames.packetFault(packet().putInt(36, 60_001))).contains("period");
    assertThat(StreamFrames.packetFault(packet().put(47, (byte) 0))).contains("fragments");
    assertThat(StreamFrames.packetFault(packet().put(47, (byte) 129))).contains("fragments");
    assertThat(StreamFrames.packetFault(packet().put(46, (byte) 1))).contains("fragments");
    ByteBuffer beforeTheFirst = packet().putLong(10, 5).put(46, (byte) 5).put(47, (byte) 128);
    assertThat(StreamFrames.packetFault(beforeTheFirst)).contains("fragments");
  }

  @Test
  void anEnvelopeIsOpenedWithoutACopyAndNotForEver() {
    ByteBuffer frame = envelope();
    int opened = 0;
    StreamFrames.Envelope last = null;
    for (StreamFrames.Envelope it = StreamFrames.open(new WireReader(), frame);
        it != null;
        it = StreamFrames.open(new WireReader(), frame)) {
      last = it;
      opened++;
    }
    assertThat(opened).isEqualTo(StreamFrames.MAX_HOPS);
    assertThat(last).isNotNull();
    assertThat(last.client()).isEqualTo(PeerId.of("viewer", 7));
    assertThat(bytes(last.content())).isEqualTo(encoded(new Message.ListStreams()));
  }

  @Test
  void whatIsNoEnvelopeIsNotOpened() {
    byte[] bytes = bytes(envelope());
    for (int length = 1; length < bytes.length; length++) {
      assertThat(StreamFrames.open(new WireReader(), ByteBuffer.wrap(bytes, 0, length)))
          .as("%d bytes", length)
          .isNull();
    }
  }

  @Test
  void aProgressCoversWhatIsUpToItAndItsBits() {
    assertThat(StreamFrames.covers(12, 0b101, 12)).isTrue();
    assertThat(StreamFrames.covers(12, 0b101, 13)).isTrue();
    assertThat(StreamFrames.covers(12, 0b101, 14)).isFalse();
    assertThat(StreamFrames.covers(12, 0b101, 15)).isTrue();
    assertThat(StreamFrames.covers(12, -1L, 12 + 64)).isTrue();
    assertThat(StreamFrames.covers(12, -1L, 12 + 65)).isFalse();
    assertThat(StreamFrames.covers(0, -1L, Long.MAX_VALUE)).isFalse();
  }

  @Test
  void anAdvertisementOfAnotherEpochThanItsSensorsIsMalformed() {
    PeerId sensor = PeerId.of("s", 3);
    assertThat(decode(encoded(advertised(1, 3, "a", sensor)))).isInstanceOf(Decoded.Ok.class);
    assertThat(decode(encoded(advertised(1, 4, "a", sensor))))
        .isInstanceOf(Decoded.Malformed.class);
  }

  @Test
  void anAdvertisementOfAForeignFlowIsNotGenuine() {
    PeerId sensor = PeerId.of("s", 3);
    long flow = StreamNames.flowId("a", sensor);
    assertThat(advertised(flow, 3, "a", sensor).isGenuine()).isTrue();
    assertThat(advertised(1, 3, "a", sensor).isGenuine()).isFalse();
    assertThat(advertised(flow, 3, "b", sensor).isGenuine()).isFalse();
    assertThat(advertised(flow, 4, "a", PeerId.of("s", 4)).isGenuine()).isFalse();
    assertThat(advertised(flow, 3, "a", PeerId.of("t", 3)).isGenuine()).isFalse();
  }

  private static Message.Advertise advertised(long flow, long epoch, String name, PeerId sensor) {
    PeerName edge = new PeerName("e");
    return new Message.Advertise(flow, epoch, name, sensor, edge, StreamOffer.DEFAULT, 0);
  }

  @Test
  void theMostPatternsThatPeersTellFitInTheLargestFrame() {
    List<Subscription> most = new ArrayList<>();
    for (int i = 0; i < StreamFrames.MAX_PATTERNS_TOLD; i++) {
      most.add(new Subscription(StreamQos.of(Replication.ACTIVE), "%0200d".formatted(i)));
    }
    byte[] bytes = encoded(new Message.Subscriptions(most));
    assertThat(bytes.length).isLessThanOrEqualTo(Frames.MAX_BODY_BYTES);
    assertThat(decode(bytes)).isEqualTo(new Decoded.Ok<>(new Message.Subscriptions(most)));
  }

  @Test
  void countsBeyondTheirBoundsAreMalformedBeforeAnythingIsAllocated() {
    byte[] turn = {StreamFrames.SUBSCRIPTIONS, 0, 0, 0, 0, 0, 0, 0, 0};
    byte[] attached = Arrays.copyOf(turn, turn.length + 2);
    attached[turn.length] = 1;
    assertThat(decode(attached))
        .isInstanceOfSatisfying(
            Decoded.Malformed.class, m -> assertThat(m.reason()).contains("at most 64"));
    byte[] subscriptions = Arrays.copyOf(turn, turn.length + 4);
    subscriptions[turn.length + 2] = -1;
    assertThat(decode(subscriptions))
        .isInstanceOfSatisfying(
            Decoded.Malformed.class, m -> assertThat(m.reason()).contains("at most 5000"));
    byte[] streams = {StreamFrames.STREAMS, 1, 1, 1};
    assertThat(decode(streams))
        .isInstanceOfSatisfying(
            Decoded.Malformed.class, m -> assertThat(m.reason()).contains("at most 256"));
  }

  @Test
  void anyBytesGiveADecodedAndNeverAnException() {
    SplittableRandom random = new SplittableRandom(11);
    List<byte[]> valid = SAMPLES.values().stream().map(StreamFramesTest::encoded).toList();
    for (int i = 0; i < 200_000; i++) {
      byte[] bytes = valid.get(random.nextInt(valid.size())).clone();
      for (int n = random.nextInt(3); n >= 0; n--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      assertThat(decode(Arrays.copyOf(bytes, random.nextInt(bytes.length + 1)))).isNotNull();
      ByteBuffer raw = ByteBuffer.wrap(bytes);
      assertThat(StreamFrames.packetFault(raw)).isNotNull();
      assertThat(StreamFrames.progressFault(raw)).isNotNull();
    }
  }
}
