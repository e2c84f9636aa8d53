package io.euryale.group.order;

import io.euryale.group.Service;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The body of an ordering datagram: a header with the sender's three numbers, then parts.
///
/// | bytes | field    | meaning                                                              |
/// |-------|----------|----------------------------------------------------------------------|
/// | 1     | type     | [#TYPE]                                                              |
/// | 8     | `tag`    | [io.euryale.group.ConfigurationId#tag] of the regular configuration  |
/// | 8     | `clock`  | the sender's packets from now on have later timestamps               |
/// | 8     | `count`  | packets it has sent in this configuration                            |
/// | 8     | `line`   | it holds every packet with a timestamp up to here                    |
/// | 1     | `flags`  | bit 0: please answer with your numbers                               |
///
/// Then parts, each with its kind (1 byte) and the length of what follows (2 bytes):
///
/// | kind | part       | fields                                                             |
/// |------|------------|--------------------------------------------------------------------|
/// | 1    | packet     | origin 2 · sequence 8 · time 8 · service 1 · pieces 1 ·            |
/// |      |            | first message 8 · dependencies count 2 and 8 each ·                |
/// |      |            | body length 2 · body                                               |
/// | 2    | request    | origin 2 · ranges count 1 · first 8 and length 4 each              |
/// | 3    | unreliable | first message 8 · body length 2 · body                             |
///
/// A later version adds fields at the end of a part, and kinds of parts that a receiver can do
/// without: those that are not known are skipped and counted. A field that belongs to the whole
/// datagram comes as a part.
final class PacketCodec {

  /// Type of ordering datagrams.
  static final int TYPE = 128;

  static final int DATAGRAM_HEADER_BYTES = 34;

  /// Bytes of a packet without dependencies and body.
  static final int HEADER_BYTES = 3 + 2 + 8 + 8 + 1 + 1 + 8 + 2 + 2;

  static final int UNRELIABLE_HEADER_BYTES = 3 + 8 + 2;

  /// Kind and length of a part.
  static final int PART_HEADER_BYTES = 3;

  /// Nobody reaches this number of packets, messages or ticks: more is malformed.
  static final long MOST = 1L << 62;

  static final int MOST_RANGES = 64;
  static final int PACKET = 1;
  static final int REQUEST = 2;
  static final int UNRELIABLE = 3;
  private static final int ANSWER = 1;

  private PacketCodec() {}

  static void header(ByteBuffer out, long tag, long clock, long count, long line, boolean answer) {
    out.put(0, (byte) TYPE)
        .putLong(1, tag)
        .putLong(9, clock)
        .putLong(17, count)
        .putLong(25, line)
        .put(33, (byte) (answer ? ANSWER : 0));
  }

  static boolean asksForAnswer(ByteBuffer in) {
    return (in.get(in.position() + 33) & ANSWER) != 0;
  }

  static void packet(ByteBuffer out, Packet packet) {
    part(out, PACKET, packet.wireBytes())
        .putShort((short) packet.origin)
        .putLong(packet.sequence)
        .putLong(packet.time)
        .put((byte) packet.service.code())
        .put((byte) packet.pieces)
        .putLong(packet.firstMessage)
        .putShort((short) packet.dependencies.length);
    for (long dependency : packet.dependencies) {
      out.putLong(dependency);
    }
    out.putShort((short) packet.length).put(packet.body, 0, packet.length);
  }

  private static ByteBuffer part(ByteBuffer out, int kind, int bytes) {
    return out.put((byte) kind).putShort((short) (bytes - PART_HEADER_BYTES));
  }

  /// Reads a packet after its kind and length.
  ///
  /// @param members of the configuration
  /// @param bodies one of which holds the packet's body
  /// @return null when it is malformed
  static @Nullable Packet packet(ByteBuffer in, int members, Bodies bodies) {
    if (in.remaining() < HEADER_BYTES - PART_HEADER_BYTES) {
      return null;
    }
    int origin = in.getShort() & 0xFFFF;
    long sequence = in.getLong();
    long time = in.getLong();
    Service service = Service.ofCode(in.get());
    int pieces = in.get();
    long firstMessage = in.getLong();
    int count = in.getShort() & 0xFFFF;
    if (origin >= members
        || sequence < 1
        || sequence > MOST
        || time < 1
        || time > MOST
        || service == null
        || service == Service.UNRELIABLE
        || pieces < 0
        || pieces > Packet.WHOLE
        || firstMessage < 1
        || firstMessage > MOST
        || (count != 0 && count != members)
        || in.remaining() < 8 * count + 2) {
      return null;
    }
    long[] dependencies = count == 0 ? Packet.NO_DEPENDENCIES : new long[count];
    for (int i = 0; i < count; i++) {
      dependencies[i] = in.getLong();
      if (dependencies[i] < 0 || dependencies[i] > MOST) {
        return null;
      }
    }
    int length = in.getShort() & 0xFFFF;
    if (length > in.remaining()) {
      return null;
    }
    byte[] body = bodies.take(length);
    in.get(body, 0, length);
    Packet packet =
        new Packet(
            origin, sequence, time, service, pieces, firstMessage, dependencies, body, length);
    return packet.isWellFormed() ? packet : null;
  }

  static void unreliable(ByteBuffer out, long firstMessage, ByteBuffer message) {
    int length = message.remaining();
    part(out, UNRELIABLE, UNRELIABLE_HEADER_BYTES + length)
        .putLong(firstMessage)
        .putShort((short) length)
        .put(message);
  }

  /// Reads bytes after their length.
  ///
  /// @return null when they are not all there
  static byte @Nullable [] body(ByteBuffer in) {
    if (in.remaining() < 2) {
      return null;
    }
    int length = in.getShort() & 0xFFFF;
    if (length > in.remaining()) {
      return null;
    }
    byte[] body = new byte[length];
    in.get(body);
    return body;
  }

  static int requestBytes(List<Range> ranges) {
    return PART_HEADER_BYTES + 3 + 12 * ranges.size();
  }

  static void request(ByteBuffer out, int origin, List<Range> ranges) {
    part(out, REQUEST, requestBytes(ranges)).putShort((short) origin).put((byte) ranges.size());
    for (Range range : ranges) {
      int length = (int) Math.min(Origin.MOST_PACKETS, range.last() - range.first() + 1);
      out.putLong(range.first()).putInt(length);
    }
  }

  /// A request for packets of one member.
  record Request(int origin, List<Range> ranges) {}

  /// Reads a request after its kind and length.
  ///
  /// @return null when it is malformed
  static @Nullable Request request(ByteBuffer in, int members) {
    if (in.remaining() < 3) {
      return null;
    }
    int origin = in.getShort() & 0xFFFF;
    int count = in.get() & 0xFF;
    if (origin >= members || count > MOST_RANGES || in.remaining() < 12 * count) {
      return null;
    }
    List<Range> ranges = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      long first = in.getLong();
      int length = in.getInt();
      if (first < 1 || length < 1 || length > Origin.MOST_PACKETS || first > MOST) {
        return null;
      }
      ranges.add(new Range(first, first + length - 1));
    }
    return new Request(origin, ranges);
  }
}
