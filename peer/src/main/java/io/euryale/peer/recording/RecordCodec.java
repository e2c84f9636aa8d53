package io.euryale.peer.recording;

import io.euryale.kernel.TrafficClass;
import io.euryale.peer.StreamPublisher;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// Records as bytes; the package says how.
final class RecordCodec {

  /// Length and checksum before a body.
  static final int HEADER_BYTES = 8;

  /// No body is longer: the largest payload, a name of at most 200 characters, and numbers.
  static final int MOST_BODY_BYTES = StreamPublisher.MAX_PAYLOAD_BYTES + 1024;

  private static final int PACKET = 1;
  private static final int GAP = 2;

  /// Type, time, class, epoch, one sequence, and the length of the name.
  private static final int LEAST_BODY_BYTES = 1 + 8 + 1 + 8 + 8 + 2;

  private RecordCodec() {}

  /// The record with its header.
  static ByteBuffer encode(Recorded record) {
    byte[] name = record.stream().getBytes(StandardCharsets.UTF_8);
    int payload = record instanceof Recorded.Packet packet ? packet.payload().remaining() : 8;
    int length = LEAST_BODY_BYTES + name.length + payload;
    ByteBuffer out = ByteBuffer.allocate(HEADER_BYTES + length);
    out.putInt(length).putInt(0);
    out.put((byte) (record instanceof Recorded.Packet ? PACKET : GAP)).putLong(record.atMillis());
    out.put((byte) record.trafficClass().code()).putLong(record.epoch());
    switch (record) {
      case Recorded.Packet packet -> out.putLong(packet.sequence());
      case Recorded.Gap gap -> out.putLong(gap.from()).putLong(gap.to());
    }
    out.putShort((short) name.length).put(name);
    if (record instanceof Recorded.Packet packet) {
      out.put(packet.payload().duplicate());
    }
    out.putInt(4, sum(out.array(), HEADER_BYTES, length));
    return out.flip();
  }

  /// The record of a body, or null when it is none.
  static @Nullable Recorded decode(byte[] body, int checksum) {
    if (sum(body, 0, body.length) != checksum) {
      return null;
    }
    ByteBuffer in = ByteBuffer.wrap(body);
    if (in.remaining() < LEAST_BODY_BYTES) {
      return null;
    }
    int type = in.get();
    long at = in.getLong();
    TrafficClass trafficClass = TrafficClass.ofCode(in.get());
    long epoch = in.getLong();
    long first = in.getLong();
    if (type < PACKET || type > GAP || trafficClass == null) {
      return null;
    }
    if (type == GAP && in.remaining() < 10) {
      return null;
    }
    long last = type == GAP ? in.getLong() : 0;
    int nameLength = in.getShort() & 0xFFFF;
    if (nameLength > in.remaining()) {
      return null;
    }
    byte[] name = new byte[nameLength];
    in.get(name);
    String stream = new String(name, StandardCharsets.UTF_8);
    return type == PACKET
        ? new Recorded.Packet(at, trafficClass, stream, epoch, first, in.slice().asReadOnlyBuffer())
        : new Recorded.Gap(at, trafficClass, stream, epoch, first, last);
  }

  private static int sum(byte[] bytes, int from, int length) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes, from, length);
    return (int) checksum.getValue();
  }
}
