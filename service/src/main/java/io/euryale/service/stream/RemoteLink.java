package io.euryale.service.stream;

import io.euryale.kernel.Hello;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.Role;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;

/// One live link of a relay and what was learnt over it.
final class RemoteLink {

  final int id;

  final Hello hello;

  /// Opened by this peer.
  final boolean outbound;

  /// Leads to another member of the cell, or to one of the cell above. Both are asked for every
  /// frame, so [RelayLinks] notes them when the neighbourhood or the links change.
  boolean sibling;

  boolean above;

  /// Number of a sibling among the live ones, from 0 to 63; else -1. It stays while it is one.
  int seat = -1;

  /// The packet in hand has gone over this link, for all clients behind it.
  long carried;

  /// The last frame in which the other side told what it wants.
  final WishMemory lastWish = new WishMemory();

  /// Not used upwards before this time, because it did not answer.
  long avoidUntilNanos = Long.MIN_VALUE;

  /// The peer above says that nothing leads up from it.
  boolean isCutOff;

  /// Of whom the other side told since it was asked for clients, while that is not answered.
  final Set<PeerId> clientsTold = new HashSet<>();

  /// The peer below sends what goes up over another link, since this one is drained.
  boolean hasGone;

  /// What was refused to the other side already, so that it is audited once.
  final Set<String> forbidden = new TreeSet<>();

  /// When the other side was last asked to say what its packets are.
  long askedAtNanos = Long.MIN_VALUE / 2;

  /// When a progress message last came over the link.
  long answeredAtNanos;

  /// Since when nothing comes, of whatever kind.
  final Silence silence;

  /// What [Resync] has seen of `sibling` and `above`.
  boolean wasSibling;

  boolean wasAbove;

  /// What the other side is to be told of packets that are not done here; the link was full.
  final Deque<StreamFrames.Message.Resync> untold = new ArrayDeque<>();

  /// The last ping after that.
  long resyncPing;

  /// It was not answered: what the other side says is done or kept may be from before it knew.
  boolean isResyncing;

  /// Half of the measured round trip: what a packet takes to the other side.
  long transitNanos;

  /// The answer to a ping that was sent at this time came.
  void measured(long nowNanos, long sentNanos) {
    transitNanos = transit(transitNanos, nowNanos - sentNanos);
  }

  /// What takes longer was not measured: links are given up before.
  private static final long LONGEST_ROUND_TRIP_NANOS = 60_000_000_000L;

  /// A new estimate: higher samples count fully, lower ones by half, so that it is rather too high
  /// than too low.
  static long transit(long known, long roundTripNanos) {
    if (roundTripNanos < 0 || roundTripNanos > LONGEST_ROUND_TRIP_NANOS) {
      return known;
    }
    long half = roundTripNanos / 2;
    return half >= known ? half : known + (half - known) / 2;
  }

  RemoteLink(int id, Hello hello, boolean outbound, Silence silence, long nowNanos) {
    this.id = id;
    this.hello = hello;
    this.outbound = outbound;
    this.silence = silence;
    this.answeredAtNanos = nowNanos;
  }

  PeerName name() {
    return hello.self().name();
  }

  Role role() {
    return hello.role();
  }
}
