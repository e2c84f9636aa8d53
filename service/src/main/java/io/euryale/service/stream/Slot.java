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

  /// It is not here, but a peer beside or below said that it keeps it, or hears of it from below.
  boolean isToCome;

  /// As many other peers as the packet asks for said that they keep it.
  boolean held;

  /// Which siblings said so, by [RemoteLink#seat].
  long confirmed;

  /// The sibling that has custody; null when this process has it.
  @Nullable PeerId owner;

  /// It left towards the next cell at least once.
  boolean forwarded;

  /// It was sent to all who are there and want it, or gave way to a newer one: nothing keeps it
  /// back here.
  boolean mayLeave;

  /// When it was published, on the clock of this process, as far as is known.
  long bornNanos;

  /// When it came, on the clock of this process.
  long arrivedNanos;

  int attempts;

  /// It has its place in the agreed order of the cell; only for packets that ask for one.
  boolean ordered;

  /// It was given to the group of the cell and has not come back yet.
  boolean submitted;

  /// It is not known yet that all peers of the group hold it.
  boolean unstable;

  /// How often the cell was offered copies.
  int copyTries;

  /// When the cell gets its copies, if that waits for the end of a period.
  long copyAtNanos = Long.MAX_VALUE;

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
    isToCome = false;
    held = false;
    confirmed = 0;
    owner = null;
    forwarded = false;
    mayLeave = false;
    ordered = false;
    submitted = false;
    unstable = false;
    attempts = 0;
    copyTries = 0;
    copyAtNanos = Long.MAX_VALUE;
    retryAtNanos = Long.MAX_VALUE;
  }
}
