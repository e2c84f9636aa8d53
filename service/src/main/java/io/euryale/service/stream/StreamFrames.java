package io.euryale.service.stream;

import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.wire.Decoded;
import io.euryale.kernel.wire.Frames;
import io.euryale.kernel.wire.WireReader;
import io.euryale.kernel.wire.WireWriter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// The messages of the streaming cores. Type numbers are append-only.
///
/// Packets ([#DATA] upwards, [#COPY] to the cell) are read and patched in place, because they are
/// the data path:
///
/// | offset | bytes | field         | meaning                                                   |
/// |--------|-------|---------------|-----------------------------------------------------------|
/// | 0      | 1     | type          | [#DATA] or [#COPY]                                        |
/// | 1      | 1     | flags         | bits 0–1 replication, bit 2 end-to-end repetition, 3–7 hops |
/// | 2      | 8     | flow          | identity of the flow                                      |
/// | 10     | 8     | sequence      | from 1                                                    |
/// | 18     | 8     | hop floor     | the sender has nothing left below                         |
/// | 26     | 8     | origin floor  | the sensor keeps nothing below                            |
/// | 34     | n     | payload       | opaque                                                    |
///
/// Progress ([#COPY_ACK] sibling to owner, [#ACK] downwards, [#RELEASE] owner to siblings) all look
/// the same: type, flow (8), `upTo` (8: all sequences up to here), `bits` (8: bit i stands for
/// `upTo` + 1 + i), `delivered` (8: the client's application has everything up to here).
///
/// | type | name          | direction            | rest of the body                          |
/// |------|---------------|----------------------|-------------------------------------------|
/// | 69   | advertise     | upwards, to clients  | flow, epoch, name, sensor, edge           |
/// | 70   | unknown flow  | to who sent a packet | flow                                      |
/// | 71   | subscriptions | client to root, down | count (≤ 1,024) × (replication, pattern)  |
/// | 72   | interest      | edge to sensor       | flow, replication or 255 for nobody       |
/// | 73   | list          | observer to root     | nothing                                   |
/// | 74   | streams       | root to observer     | last page?, count (≤ 256) × stream info   |
/// | 75   | forbidden     | to sensor or client  | stream or pattern, sentence (≤ 512 bytes) |
/// | 76   | leaving       | edge to sensor       | nothing                                   |
public final class StreamFrames {

  public static final int DATA = 64;
  public static final int COPY = 65;
  public static final int COPY_ACK = 66;
  public static final int ACK = 67;
  public static final int RELEASE = 68;
  static final int ADVERTISE = 69;
  static final int UNKNOWN_FLOW = 70;
  static final int SUBSCRIPTIONS = 71;
  static final int INTEREST = 72;
  static final int LIST = 73;
  static final int STREAMS = 74;
  static final int FORBIDDEN = 75;
  static final int LEAVING = 76;

  /// Bytes of a packet before its payload.
  public static final int PACKET_HEADER_BYTES = 34;

  /// Largest payload of a packet.
  public static final int MAX_PAYLOAD_BYTES = Frames.MAX_BODY_BYTES - PACKET_HEADER_BYTES;

  static final int PROGRESS_BYTES = 33;
  static final int MAX_SUBSCRIPTIONS = 1024;
  static final int MAX_STREAMS_PER_PAGE = 256;
  static final int MAX_HOPS = 31;
  static final int MAX_SENTENCE_BYTES = 512;

  /// No flow gets here; arithmetic on sequences cannot overflow below.
  static final long MAX_SEQUENCE = 1L << 62;

  private static final int REPLICATION_MASK = 3;
  private static final int REPEAT_BIT = 4;
  private static final int HOP_UNIT = 8;
  private static final int NOBODY = 255;

  private StreamFrames() {}

  // Packets, read in place. `at` is the position of the frame in its buffer.

  static void putPacketHeader(
      ByteBuffer to, Replication replication, long flow, long sequence, long floor, long origin) {
    to.put((byte) DATA)
        .put((byte) replication.code())
        .putLong(flow)
        .putLong(sequence)
        .putLong(floor)
        .putLong(origin);
  }

  static Replication replication(ByteBuffer packet) {
    Replication replication =
        Replication.ofCode(packet.get(packet.position() + 1) & REPLICATION_MASK);
    return replication == null ? Replication.ACTIVE_AGREED : replication;
  }

  static boolean isRepeat(ByteBuffer packet) {
    return (packet.get(packet.position() + 1) & REPEAT_BIT) != 0;
  }

  static void markRepeat(ByteBuffer packet) {
    int at = packet.position() + 1;
    packet.put(at, (byte) (packet.get(at) | REPEAT_BIT));
  }

  /// Counts one hop; false when the packet has travelled too far and must be in a loop.
  static boolean countHop(ByteBuffer packet) {
    int at = packet.position() + 1;
    int flags = packet.get(at) & 0xFF;
    if (flags >= MAX_HOPS * HOP_UNIT) {
      return false;
    }
    packet.put(at, (byte) (flags + HOP_UNIT));
    return true;
  }

  static long flow(ByteBuffer frame) {
    return frame.getLong(frame.position() + 2);
  }

  static long sequence(ByteBuffer packet) {
    return packet.getLong(packet.position() + 10);
  }

  static long floor(ByteBuffer packet) {
    return packet.getLong(packet.position() + 18);
  }

  static long originFloor(ByteBuffer packet) {
    return packet.getLong(packet.position() + 26);
  }

  static void patch(ByteBuffer packet, int type, long floor) {
    packet.put(packet.position(), (byte) type);
    packet.putLong(packet.position() + 18, floor);
  }

  static void patchOrigin(ByteBuffer packet, long originFloor) {
    packet.putLong(packet.position() + 26, originFloor);
  }

  /// Why bytes are no packet, or "" when they are one.
  static String packetFault(ByteBuffer packet) {
    if (packet.remaining() < PACKET_HEADER_BYTES) {
      return "a packet needs " + PACKET_HEADER_BYTES + " bytes, not " + packet.remaining();
    }
    long sequence = sequence(packet);
    long floor = floor(packet);
    long origin = originFloor(packet);
    if (sequence < 1 || floor < 1 || origin < 1 || origin > sequence) {
      return "sequence and floors are at least 1 and the origin floor is not beyond the sequence";
    }
    if (sequence > MAX_SEQUENCE || floor > MAX_SEQUENCE) {
      return "a sequence is at most 2^62";
    }
    return "";
  }

  // Progress, read in place after a one-byte type: flow at 1.

  static ByteBuffer progress(
      WireWriter writer, int type, long flow, long upTo, long bits, long delivered) {
    return writer.start(type).i64(flow).i64(upTo).i64(bits).i64(delivered).frame();
  }

  static long progressFlow(ByteBuffer progress) {
    return progress.getLong(progress.position() + 1);
  }

  static long upTo(ByteBuffer progress) {
    return progress.getLong(progress.position() + 9);
  }

  static long bits(ByteBuffer progress) {
    return progress.getLong(progress.position() + 17);
  }

  static long delivered(ByteBuffer progress) {
    return progress.getLong(progress.position() + 25);
  }

  static String progressFault(ByteBuffer progress) {
    if (progress.remaining() < PROGRESS_BYTES) {
      return "progress needs " + PROGRESS_BYTES + " bytes, not " + progress.remaining();
    }
    long upTo = upTo(progress);
    long delivered = delivered(progress);
    return upTo < 0 || delivered < 0 || upTo > MAX_SEQUENCE || delivered > MAX_SEQUENCE
        ? "progress is 0 to 2^62"
        : "";
  }

  /// Whether a progress covers `sequence`.
  static boolean covers(long upTo, long bits, long sequence) {
    if (sequence <= upTo) {
      return true;
    }
    long bit = sequence - upTo - 1;
    return bit < Long.SIZE && (bits >>> bit & 1) != 0;
  }

  /// Messages outside the data path.
  sealed interface Message {
    record Advertise(long flow, long epoch, String name, PeerId sensor, PeerName edge)
        implements Message {}

    record UnknownFlow(long flow) implements Message {}

    record Subscriptions(List<Subscription> entries) implements Message {}

    record Interest(long flow, @org.jspecify.annotations.Nullable Replication wanted)
        implements Message {}

    record ListStreams() implements Message {}

    record Streams(boolean last, List<StreamInfo> entries) implements Message {}

    /// The table of rights does not allow a stream or pattern.
    record Forbidden(String what, String sentence) implements Message {}

    /// The peer is about to go: attach to another.
    record Leaving() implements Message {}
  }

  /// A wish for all streams of this class that match a pattern.
  record Subscription(Replication replication, String pattern) {}

  static ByteBuffer encode(WireWriter writer, Message message) {
    switch (message) {
      case Message.Advertise a ->
          writer
              .start(ADVERTISE)
              .i64(a.flow())
              .i64(a.epoch())
              .text(a.name())
              .peerId(a.sensor())
              .peerName(a.edge());
      case Message.UnknownFlow u -> writer.start(UNKNOWN_FLOW).i64(u.flow());
      case Message.Subscriptions s -> {
        writer.start(SUBSCRIPTIONS).u16(s.entries().size());
        for (Subscription entry : s.entries()) {
          writer.u8(entry.replication().code()).text(entry.pattern());
        }
      }
      case Message.Interest i -> {
        Replication wanted = i.wanted();
        writer.start(INTEREST).i64(i.flow()).u8(wanted == null ? NOBODY : wanted.code());
      }
      case Message.ListStreams _ -> writer.start(LIST);
      case Message.Streams s -> {
        writer.start(STREAMS).u8(s.last() ? 1 : 0).u16(s.entries().size());
        for (StreamInfo info : s.entries()) {
          writer
              .text(info.name())
              .i64(info.epoch())
              .peerName(info.sensor())
              .peerName(info.edge())
              .i64(info.packets())
              .i64(info.pending());
        }
      }
      case Message.Forbidden f -> writer.start(FORBIDDEN).text(f.what()).text(f.sentence());
      case Message.Leaving _ -> writer.start(LEAVING);
    }
    return writer.frame();
  }

  static Decoded<Message> decode(WireReader reader, ByteBuffer body) {
    reader.over(body);
    int type = reader.u8("type");
    Message message =
        switch (type) {
          case ADVERTISE -> advertise(reader);
          case UNKNOWN_FLOW -> new Message.UnknownFlow(reader.i64("flow"));
          case SUBSCRIPTIONS -> subscriptions(reader);
          case INTEREST -> interest(reader);
          case LIST -> new Message.ListStreams();
          case STREAMS -> streams(reader);
          case FORBIDDEN ->
              new Message.Forbidden(
                  reader.text(StreamNames.MAX_LENGTH, "what"),
                  reader.text(MAX_SENTENCE_BYTES, "sentence"));
          case LEAVING -> new Message.Leaving();
          default -> null;
        };
    if (reader.failure() != null) {
      return reader.malformed();
    }
    return message == null ? new Decoded.Unknown<>(type) : new Decoded.Ok<>(message);
  }

  private static Message advertise(WireReader reader) {
    long flow = reader.i64("flow");
    long epoch = reader.i64("epoch");
    String name = reader.text(StreamNames.MAX_LENGTH, "stream");
    if (reader.failure() == null && !StreamNames.isName(name)) {
      reader.fail("stream is not a valid name");
    }
    if (reader.failure() == null && StreamNames.flowId(name, epoch) != flow) {
      reader.fail("flow is not that of the stream and epoch");
    }
    return new Message.Advertise(
        flow, epoch, name, reader.peerId("sensor"), reader.peerName("edge"));
  }

  private static Message subscriptions(WireReader reader) {
    int count = reader.count(MAX_SUBSCRIPTIONS, "subscriptions");
    List<Subscription> entries = new ArrayList<>();
    for (int i = 0; i < count && reader.failure() == null; i++) {
      Replication replication = Replication.ofCode(reader.u8("replication"));
      String pattern = reader.text(StreamNames.MAX_LENGTH, "pattern");
      if (replication == null || (reader.failure() == null && !StreamNames.isPattern(pattern))) {
        reader.fail("a subscription has no known replication or no valid pattern");
      } else {
        entries.add(new Subscription(replication, pattern));
      }
    }
    return new Message.Subscriptions(entries);
  }

  private static Message interest(WireReader reader) {
    long flow = reader.i64("flow");
    int code = reader.u8("replication");
    Replication wanted = Replication.ofCode(code);
    if (wanted == null && code != NOBODY) {
      reader.fail("unknown replication " + code);
    }
    return new Message.Interest(flow, wanted);
  }

  private static Message streams(WireReader reader) {
    boolean last = reader.u8("last") != 0;
    int count = reader.count(MAX_STREAMS_PER_PAGE, "streams");
    List<StreamInfo> entries = new ArrayList<>();
    for (int i = 0; i < count && reader.failure() == null; i++) {
      entries.add(
          new StreamInfo(
              reader.text(StreamNames.MAX_LENGTH, "stream"),
              reader.i64("epoch"),
              reader.peerName("sensor"),
              reader.peerName("edge"),
              reader.i64("packets"),
              reader.i64("pending")));
    }
    return new Message.Streams(last, entries);
  }
}
