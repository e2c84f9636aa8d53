package io.euryale.service.stream;

import io.euryale.kernel.PeerId;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// The place of one sequence in a [Window]; recycled by the window.
final class Slot {

  /// The packet, or null when it never arrived or is done.
  @Nullable ByteBuffer packet;

  /// Nothing is left to do for this sequence at this hop.
  boolean done;

  /// A second peer holds the packet.
  boolean held;

  /// The sibling that has custody; null when this process has it.
  @Nullable PeerId owner;

  /// It left towards the next cell at least once.
  boolean forwarded;

  int attempts;

  /// How often the cell was offered copies.
  int copyTries;

  long retryAtNanos = Long.MAX_VALUE;

  boolean isPending() {
    return packet != null;
  }

  boolean isOwned() {
    return packet != null && owner == null;
  }

  void clear() {
    packet = null;
    done = false;
    held = false;
    owner = null;
    forwarded = false;
    attempts = 0;
    copyTries = 0;
    retryAtNanos = Long.MAX_VALUE;
  }
}
