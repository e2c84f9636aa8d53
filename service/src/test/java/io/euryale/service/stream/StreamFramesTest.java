package io.euryale.service.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.wire.Decoded;
import io.euryale.kernel.wire.WireReader;
import io.euryale.kernel.wire.WireWriter;
import io.euryale.service.stream.StreamFrames.Message;
import io.euryale.service.stream.StreamFrames.Subscription;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
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
            StreamNames.flowId("line-a/audio", 3),
            3,
            "line-a/audio",
            PeerId.of("track-1", 3),
            new PeerName("trindade")));
    samples.put("unknown-flow", new Message.UnknownFlow(-2));
    samples.put(
        "subscriptions",
        new Message.Subscriptions(
            List.of(
                new Subscription(Replication.ACTIVE, "*"),
                new Subscription(Replication.NONE, "line-?/video"))));
    samples.put("interest", new Message.Interest(9, Replication.ACTIVE_SYNCHRONOUS));
    samples.put("interest-agreed", new Message.Interest(9, Replication.ACTIVE_AGREED));
    samples.put("interest-nobody", new Message.Interest(9, null));
    samples.put("list", new Message.ListStreams());
    samples.put("leaving", new Message.Leaving());
    samples.put("forbidden", new Message.Forbidden("line-?", "no"));
    samples.put(
        "streams",
        new Message.Streams(
            true,
            List.of(
                new StreamInfo(
                    "a", 3, new PeerName("track-1"), new PeerName("trindade"), 100, 2))));
    return samples;
  }

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
    StreamFrames.putPacketHeader(packet, Replication.ACTIVE, 77, 10, 8, 5);
    return packet.put(new byte[] {1, 2, 3}).flip();
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
    ByteBuffer progress =
        StreamFrames.progress(new WireWriter(), StreamFrames.ACK, 77, 12, 0b101, 9);
    byte[] bytes = new byte[progress.remaining()];
    progress.get(bytes);
    assertThat(bytes).isEqualTo(golden("progress"));
  }

  @Test
  void aPacketIsReadAndPatchedInPlace() {
    ByteBuffer packet = packet();
    assertThat(StreamFrames.packetFault(packet)).isEmpty();
    assertThat(StreamFrames.replication(packet)).isEqualTo(Replication.ACTIVE);
    assertThat(StreamFrames.flow(packet)).isEqualTo(77);
    assertThat(StreamFrames.sequence(packet)).isEqualTo(10);
    StreamFrames.patch(packet, StreamFrames.COPY, 9);
    StreamFrames.patchOrigin(packet, 6);
    StreamFrames.markRepeat(packet);
    assertThat(packet.get(0)).isEqualTo((byte) StreamFrames.COPY);
    assertThat(StreamFrames.floor(packet)).isEqualTo(9);
    assertThat(StreamFrames.originFloor(packet)).isEqualTo(6);
    assertThat(StreamFrames.isRepeat(packet)).isTrue();
    assertThat(StreamFrames.replication(packet)).isEqualTo(Replication.ACTIVE);
  }

  @Test
  void everyReplicationIsReadFromThePacket() {
    for (Replication replication : Replication.values()) {
      ByteBuffer packet = packet().put(1, (byte) replication.code());
      StreamFrames.countHop(packet);
      StreamFrames.markRepeat(packet);
      assertThat(StreamFrames.packetFault(packet)).isEmpty();
      assertThat(StreamFrames.replication(packet)).isEqualTo(replication);
      assertThat(Replication.ofCode(replication.code())).isEqualTo(replication);
      assertThat(Replication.ofLabel(replication.label())).isEqualTo(replication);
    }
    assertThat(Replication.ofCode(Replication.values().length)).isNull();
  }

  @Test
  void aPacketInALoopIsStoppedAfter31Hops() {
    ByteBuffer packet = packet();
    for (int hop = 0; hop < StreamFrames.MAX_HOPS; hop++) {
      assertThat(StreamFrames.countHop(packet)).isTrue();
    }
    assertThat(StreamFrames.countHop(packet)).isFalse();
    assertThat(StreamFrames.replication(packet)).isEqualTo(Replication.ACTIVE);
  }

  @Test
  void packetsThatCannotBeAreRefused() {
    for (int length = 0; length < StreamFrames.PACKET_HEADER_BYTES; length++) {
      assertThat(StreamFrames.packetFault(packet().limit(length))).contains("needs 34 bytes");
    }
    assertThat(StreamFrames.packetFault(packet().putLong(10, 0))).contains("at least 1");
    assertThat(StreamFrames.packetFault(packet().putLong(18, -1))).contains("at least 1");
    assertThat(StreamFrames.packetFault(packet().putLong(26, 11))).contains("origin floor");
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
  void anAdvertisementOfAForeignFlowIsMalformed() {
    byte[] bytes = encoded(new Message.Advertise(1, 3, "a", PeerId.of("s", 3), new PeerName("e")));
    assertThat(decode(bytes)).isInstanceOf(Decoded.Malformed.class);
  }

  @Test
  void countsBeyondTheirBoundsAreMalformedBeforeAnythingIsAllocated() {
    byte[] subscriptions = {StreamFrames.SUBSCRIPTIONS, (byte) 0xFF, (byte) 0xFF};
    assertThat(decode(subscriptions))
        .isInstanceOfSatisfying(
            Decoded.Malformed.class, m -> assertThat(m.reason()).contains("at most 1024"));
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
