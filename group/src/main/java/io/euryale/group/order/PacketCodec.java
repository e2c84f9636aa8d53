package io.euryale.group.order;

import io.euryale.group.Service;
import io.euryale.group.Submission;
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
/// Parts, each with its kind in the first byte:
///
/// | kind | part       | fields                                                                  |
/// |------|------------|-------------------------------------------------------------------------|
/// | 1    | packet     | origin 2 · sequence 8 · time 8 · service 1 · pieces 1 · first message 8 ·
/// |
/// |      |            | dependencies count 2 and 8 each · body length 4 · body                  |
/// | 2    | request    | origin 2 · ranges count 1 · first 8 and length 4 each                   |
/// | 3    | unreliable | first message 8 · body length 4 · body                                  |
final class PacketCodec {

  /// Type of ordering datagrams.
  static final int TYPE = 128;

  static final int DATAGRAM_HEADER_BYTES = 34;

  /// Bytes of a packet without dependencies and body.
  static final int HEADER_BYTES = 1 + 2 + 8 + 8 + 1 + 1 + 8 + 2 + 4;

  static final int UNRELIABLE_HEADER_BYTES = 1 + 8 + 4;
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
    out.put((byte) PACKET)
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
    out.putInt(packet.body.length).put(packet.body);
  }

  /// Reads a packet after its kind.
  ///
  /// @param members of the configuration
  /// @return null when it is malformed
  static @Nullable Packet packet(ByteBuffer in, int members) {
    if (in.remaining() < HEADER_BYTES - 1) {
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
        || time < 1
        || service == null
        || service == Service.UNRELIABLE
        || pieces < 0
        || pieces > Packet.WHOLE
        || firstMessage < 1
        || (count != 0 && count != members)
        || in.remaining() < 8 * count + 4) {
      return null;
    }
    long[] dependencies = new long[count];
    for (int i = 0; i < count; i++) {
      dependencies[i] = in.getLong();
    }
    byte[] body = body(in);
    if (body == null) {
      return null;
    }
    Packet packet =
        new Packet(origin, sequence, time, service, pieces, firstMessage, dependencies, body);
    return packet.isWellFormed() ? packet : null;
  }

  static void unreliable(ByteBuffer out, long firstMessage, byte[] message) {
    out.put((byte) UNRELIABLE).putLong(firstMessage).putInt(message.length).put(message);
  }

  /// Reads bytes after their length.
  ///
  /// @return null when they are not all there
  static byte @Nullable [] body(ByteBuffer in) {
    if (in.remaining() < 4) {
      return null;
    }
    int length = in.getInt();
    if (length < 0 || length > in.remaining() || length > Submission.MAX_MESSAGE_BYTES) {
      return null;
    }
    byte[] body = new byte[length];
    in.get(body);
    return body;
  }

  static int requestBytes(List<Range> ranges) {
    return 4 + 12 * ranges.size();
  }

  static void request(ByteBuffer out, int origin, List<Range> ranges) {
    out.put((byte) REQUEST).putShort((short) origin).put((byte) ranges.size());
    for (Range range : ranges) {
      int length = (int) Math.min(Origin.MOST_PACKETS, range.last() - range.first() + 1);
      out.putLong(range.first()).putInt(length);
    }
  }

  /// A request for packets of one member.
  record Request(int origin, List<Range> ranges) {}

  /// Reads a request after its kind.
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
      if (first < 1
          || length < 1
          || length > Origin.MOST_PACKETS
          || first > Long.MAX_VALUE - length) {
        return null;
      }
      ranges.add(new Range(first, first + length - 1));
    }
    return new Request(origin, ranges);
  }
}
