package io.euryale.service.stream;

import java.nio.ByteBuffer;
import java.util.List;

/// The newest payload of a flow, kept for those who come later. One owner thread.
final class LastValue {

  private final Assembly arriving = new Assembly();
  private List<ByteBuffer> packets = List.of();
  private long bornNanos;

  /// The newest payload that there was no room for.
  private long lost;

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
  ///
  /// @return false when the store has no room for its payload, so that nothing is kept until there
  /// is room for a newer one: said once for each payload
  boolean offer(ByteBuffer packet, long born, PacketStore store) {
    if (!store.fits(PacketStore.capacity(packet.remaining()), 0)) {
      packets.forEach(store::release); // Better none than one that is not the last.
      packets = List.of();
    }
    if (arriving.add(packet, store)) {
      packets.forEach(store::release);
      packets = arriving.take();
      bornNanos = born;
    }
    long payload = StreamFrames.lastSequence(packet);
    boolean isLost = arriving.lacksRoom() && payload > lost;
    lost = isLost ? payload : lost;
    return !isLost;
  }

  void clear(PacketStore store) {
    arriving.clear(store);
    packets.forEach(store::release);
    packets = List.of();
  }
}
