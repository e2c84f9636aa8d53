package io.euryale.service.stream;

import io.euryale.kernel.PeerId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a relay knows of one flow in its traffic class.
final class Flow {

  final long id;
  final Window window;

  // From advertisements, all of the same life of the same stream; null until the first one.
  StreamFrames.Message.@Nullable Advertise advertised;
  long advertisedAtNanos;

  /// Its sensor, or a peer below, has said it again since it was passed up last.
  boolean isSaidAgain;

  long askedAtNanos = Long.MIN_VALUE;

  /// The link that the last packet came over from below; acknowledgements go there.
  int feeder = -1;

  /// The feeder has nothing left below this, and the owner of copies nothing below that: what is
  /// confirmed to them is counted from there, because this peer may never see what lies below.
  long feederFloor;

  long ownerFloor;

  /// The sensor's link when this peer is the edge, or -1; and what the sensor was told.
  int sensorLink = -1;

  @Nullable StreamQos wanted;

  /// The newest payload, where somebody may ask for it: in the root cell, of a stream whose offer
  /// or whose clients want it.
  final LastValue last = new LastValue();

  /// Whether the newest packet is kept.
  boolean keepsLast;

  /// Ages of packets when they reached the root cell.
  final LatencyRecord ages = new LatencyRecord();

  /// The age of the last packet when it reached the root cell here; -1 before the first.
  long lastAgeNanos = -1;

  /// The newest packet that was not kept here.
  long passedUpTo;

  /// The client's application has everything up to here.
  long delivered;

  /// The sensor keeps nothing below this.
  long originFloor;

  /// When the last packet of the flow came by.
  long heardAtNanos;

  long packets;

  // What has to be told at the end of the turn; `dirty` while it is in the list of such flows.
  boolean dirty;
  boolean acknowledge;

  /// Packets were refused since the last acknowledgement.
  boolean full;

  /// The hop below was told so, and waits to hear that there is room: bytes of what was refused.
  int waitsForBytes;

  /// The first sequence of what was refused.
  long waitsFrom;

  /// There is room again since the last acknowledgement.
  boolean roomAgain;

  boolean release;

  /// The period in which the last packet's copies are made; 0 in the other forms.
  long periodNanos;

  /// Copies up to here were sent to the cell.
  long copiedUpTo;

  /// Where the window began when siblings were last told what is done, and when that was.
  long releasedFrom;

  long releasedAtNanos;

  /// Whether it is in the list of flows of which it is to be looked at what all clients have.
  boolean settles;

  /// The sibling whose copies are to be confirmed, or null.
  @Nullable PeerId confirmTo;

  /// When copies of a failed owner are adopted although another holder was nearer.
  long adoptAtNanos = Long.MAX_VALUE;

  /// Since when this is the root cell and no client has a claim to the flow.
  long unclaimedAtNanos = Long.MAX_VALUE;

  private final StreamRules rules;

  Flow(long id, Window window, StreamRules rules) {
    this.rules = rules;
    this.id = id;
    this.window = window;
  }

  /// Whether an advertisement is not of what is known of this flow.
  boolean isKnownAsOtherThan(StreamFrames.Message.Advertise said) {
    StreamFrames.Message.Advertise known = advertised;
    return known != null && !known.isOfSameFlow(said);
  }

  String nameOr(String none) {
    StreamFrames.Message.Advertise known = advertised;
    return known == null ? none : known.name();
  }

  @Nullable String name() {
    StreamFrames.Message.Advertise known = advertised;
    return known == null ? null : known.name();
  }

  /// Adds what is kept here, or to come once more.
  void undone(List<StreamFrames.Undone> to) {
    long origin = Math.max(1, Math.min(originFloor, window.base()));
    for (long from = window.base(); from < window.next(); from += Long.SIZE) {
      long bits = window.undone(from);
      if (bits != 0) {
        to.add(new StreamFrames.Undone(id, origin, from, bits));
      }
    }
  }

  /// Packets come up once more: what is not kept here of them, and may still be needed, is missing.
  void reopen(StreamFrames.Undone again) {
    originFloor = Math.max(originFloor, again.origin());
    if (window.isUnset()) {
      window.begin(originFloor);
    }
    long floor = Math.max(delivered + 1, originFloor);
    for (long rest = again.bits(); rest != 0; rest &= rest - 1) {
      long sequence = again.from() + Long.numberOfTrailingZeros(rest);
      if (sequence >= floor) {
        window.reopen(sequence);
        feederFloor = Math.min(feederFloor, sequence);
        ownerFloor = Math.min(ownerFloor, sequence);
      }
    }
  }

  /// Marks everything the client has as done.
  void deliveredUpTo(long upTo) {
    if (upTo <= delivered) {
      return;
    }
    delivered = upTo;
    if (!window.isUnset()) {
      long end = Math.min(upTo + 1, window.next());
      for (long sequence = window.base(); sequence < end; sequence++) {
        window.finish(window.at(sequence));
      }
      window.skipMissingBelow(upTo + 1);
    }
  }

  /// Everything up to here is done or, with `orKept`, kept here; with `orHeld`, held by two peers.
  long upTo(Test test, long floor) {
    long sequence = Math.max(window.base(), Math.min(floor, window.next()));
    while (sequence < window.next() && holds(test, window.at(sequence))) {
      sequence++;
    }
    return Math.max(0, sequence - 1);
  }

  /// Bit i tells whether `upTo + 1 + i` passes the test too.
  long bits(long upTo, Test test) {
    long bits = 0;
    long end = Math.min(window.next(), upTo + 1 + Long.SIZE);
    for (long sequence = Math.max(window.base(), upTo + 1); sequence < end; sequence++) {
      if (holds(test, window.at(sequence))) {
        bits |= 1L << (sequence - upTo - 1);
      }
    }
    return bits;
  }

  /// What one progress message reports of a slot.
  enum Test {
    /// Nothing is left to do here: the next cell or the client has it.
    DONE,
    /// Kept in this peer's memory, or done.
    KEPT,
    /// Two peers hold it, or it is done.
    HELD
  }

  private boolean holds(Test test, Slot slot) {
    return slot.done
        || switch (test) {
          case DONE -> false;
          case KEPT -> slot.isPending();
          case HELD -> slot.isPending() && rules.isHeld(slot);
        };
  }
}
