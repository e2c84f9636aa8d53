package io.euryale.service.stream;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// One open stream of a sensor. What its window keeps is not delivered yet.
final class Outgoing {

  final String name;
  final StreamOffer offer;
  final long flow;
  final Window window;

  /// Whether the peer has said who wants the stream.
  boolean wantedKnown;

  /// What subscribers want of it; null when there are none.
  @Nullable StreamQos wanted;

  /// What the application was told of what two peers hold.
  long heldUpTo;

  /// When a packet was last traced.
  long tracedAtNanos = Long.MIN_VALUE / 2;

  /// The last payload that nobody wanted yet, of a stream that keeps its last value.
  @Nullable ByteBuffer unsent;

  Outgoing(String name, StreamOffer offer, long flow, Window window) {
    this.name = name;
    this.offer = offer;
    this.flow = flow;
    this.window = window;
    window.begin(1);
  }

  /// Below this, two peers hold everything.
  long floor() {
    long sequence = window.base();
    while (sequence < window.next() && isHeld(window.at(sequence))) {
      sequence++;
    }
    return sequence;
  }

  private static boolean isHeld(Slot slot) {
    return slot.done || slot.held;
  }

  /// Whether a packet is due again and has attempts left, and nobody holds it.
  ///
  /// @param least how often it was sent by then
  /// @param attempts most that a packet has
  boolean isOverdue(long nowNanos, int least, int attempts) {
    for (long sequence = window.base(); sequence < window.next(); sequence++) {
      Slot slot = window.at(sequence);
      boolean due = slot.isPending() && !slot.held && slot.retryAtNanos <= nowNanos;
      if (due && slot.attempts >= least && slot.attempts < attempts) {
        return true;
      }
    }
    return false;
  }

  /// How the peers are to protect its next packets.
  Replication replication() {
    if (!offer.reliable()) {
      return Replication.NONE;
    }
    StreamQos asked = wanted;
    return asked == null ? Replication.ACTIVE : asked.replication();
  }

  /// Whether its next packets are repeated until they are delivered.
  boolean isReliable() {
    StreamQos asked = wanted;
    return offer.reliable() && (asked == null || asked.reliable());
  }

  /// Keeps a payload that nobody wants yet, if that is offered.
  void keepUnsent(ByteBuffer payload) {
    if (offer.keepsLast()) {
      unsent = ByteBuffer.allocate(payload.remaining()).put(payload.duplicate()).flip();
    }
  }
}
