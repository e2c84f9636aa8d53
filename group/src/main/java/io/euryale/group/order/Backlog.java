package io.euryale.group.order;

import io.euryale.kernel.PeerId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/// Datagrams of the configuration to come that arrived before it is installed here: others install
/// a little earlier. Bounded; what does not fit is asked for like anything lost.
final class Backlog {

  private static final int MOST_DATAGRAMS = 256;
  private static final int MOST_BYTES = 1 << 20;

  private record Early(PeerId sender, ByteBuffer body) {}

  private final List<Early> datagrams = new ArrayList<>();
  private long bytes;
  private boolean expects;
  private long tag;

  /// Keeps datagrams of this configuration from now on, and forgets others.
  void expect(long expected) {
    if (!expects || tag != expected) {
      expects = true;
      tag = expected;
      clear();
    }
  }

  /// Keeps a datagram.
  ///
  /// @return false when it is of another configuration or does not fit
  boolean keep(long ofTag, PeerId sender, ByteBuffer body) {
    if (!expects
        || ofTag != tag
        || datagrams.size() >= MOST_DATAGRAMS
        || bytes + body.remaining() > MOST_BYTES) {
      return false;
    }
    bytes += body.remaining();
    datagrams.add(
        new Early(sender, ByteBuffer.allocate(body.remaining()).put(body.duplicate()).flip()));
    return true;
  }

  /// Hands out what was kept for this configuration, once.
  void replay(long ofTag, BiConsumer<PeerId, ByteBuffer> taker) {
    List<Early> early = expects && ofTag == tag ? List.copyOf(datagrams) : List.of();
    clear();
    expects = false;
    early.forEach(e -> taker.accept(e.sender, e.body));
  }

  private void clear() {
    datagrams.clear();
    bytes = 0;
  }
}
