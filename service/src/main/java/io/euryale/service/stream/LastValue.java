package io.euryale.service.stream;

import java.nio.ByteBuffer;
import java.util.List;

/// The newest payload of a flow, kept for those who come later. One owner thread.
final class LastValue {

  private final Assembly arriving = new Assembly();
  private List<ByteBuffer> packets = List.of();
  private long bornNanos;

  /// Of the payload that is kept; 0 without one.
  long sequence() {
    return packets.isEmpty() ? 0 : StreamFrames.lastSequence(packets.getFirst());
  }

  /// When it was published, on this process's clock.
  long bornNanos() {
    return bornNanos;
  }

  /// Its packets, in order; their headers may be patched.
  List<ByteBuffer> packets() {
    return packets;
  }

  /// Takes a copy of a packet that is newer than what is kept.
  void offer(ByteBuffer packet, long born, PacketStore store) {
    if (!store.fits(packet.remaining(), 0)) {
      packets.forEach(store::release); // Better none than one that is not the last.
      packets = List.of();
    }
    if (arriving.add(packet, store)) {
      packets.forEach(store::release);
      packets = arriving.take();
      bornNanos = born;
    }
  }

  void clear(PacketStore store) {
    arriving.clear(store);
    packets.forEach(store::release);
    packets = List.of();
  }
}
