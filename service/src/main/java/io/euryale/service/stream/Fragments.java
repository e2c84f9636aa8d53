package io.euryale.service.stream;

import java.nio.ByteBuffer;
import java.util.List;

/// The payload of packets.
final class Fragments {

  private Fragments() {}

  /// One payload of all the packets' parts, for as long as the packets are there.
  static ByteBuffer join(List<ByteBuffer> packets) {
    if (packets.size() == 1) {
      return part(packets.getFirst());
    }
    int bytes = 0;
    for (ByteBuffer packet : packets) {
      bytes += packet.remaining() - StreamFrames.PACKET_HEADER_BYTES;
    }
    ByteBuffer payload = ByteBuffer.allocate(bytes);
    for (ByteBuffer packet : packets) {
      payload.put(part(packet));
    }
    return payload.flip();
  }

  /// What one packet carries.
  static ByteBuffer part(ByteBuffer packet) {
    int header = StreamFrames.PACKET_HEADER_BYTES;
    return packet.slice(packet.position() + header, packet.remaining() - header);
  }
}
