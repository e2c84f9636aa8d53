package io.euryale.service.stream;

import io.euryale.kernel.Home;
import io.euryale.kernel.PeerRef;
import io.euryale.kernel.trace.TraceEvent;
import io.euryale.kernel.wire.WireWriter;
import io.euryale.service.stream.StreamFrames.Message;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// A sensor's link to the peer that takes its packets, and how it comes to another: at once when
/// the peer failed [0 §III.d], after the new link is up when the peer is to be left or seems
/// stalled. Who seems stalled may only have to find another way up, and the other peer may be the
/// one that stands still.
final class SensorLink {

  /// After so many times of a stall a peer that was dialled because of one has not answered.
  private static final int STALLS_PER_DIAL = 4;

  private static final String STALLED = "stalled";

  private final Home home;
  private final Duration stallTimeout;
  private final Wakeup wakeup;
  private final WireWriter writer = new WireWriter();
  private final PeerChoice choice = new PeerChoice();
  private @Nullable PeerRef peer;
  private int link = -1;
  private boolean isUp;
  private @Nullable Move move;

  /// Links to peers that were told that the sensor has gone. They close them, when they have all.
  private final Set<Integer> left = new TreeSet<>();

  /// Half of the measured round trip to the peer.
  private long transitNanos;

  private long attachAtNanos = Long.MAX_VALUE;
  private long progressedAtNanos;

  /// The peer answered that it has no room, and nothing was sent since: others would have no more.
  private boolean toldFull;

  /// The way to another peer while the present one is still used.
  private record Move(PeerRef to, int link, String reason, long sinceNanos) {}

  SensorLink(Home home, Duration stallTimeout, Wakeup wakeup) {
    this.home = home;
    this.stallTimeout = stallTimeout;
    this.wakeup = wakeup;
  }

  /// The peers that the sensor may attach to, the preferred one first.
  void points(long nowNanos, List<PeerRef> peers) {
    PeerRef current = peer;
    if (isUp && current != null && !peers.contains(current) && choice.isBack(peers)) {
      return;
    }
    choice.points(peers);
    if (current == null || (!isUp && !choice.offers(current))) {
      attach("attachment points");
    } else if (!choice.offers(current)) {
      stayStalled(); // Else the peer, when it answers again, would be kept for good.
      goElsewhere(nowNanos, "attachment points");
    }
  }

  boolean isUp() {
    return isUp;
  }

  /// Whether this is the link in use.
  boolean is(int other) {
    return other == link;
  }

  long transitNanos() {
    return transitNanos;
  }

  /// Sends a frame to the peer.
  boolean send(ByteBuffer frame) {
    return home.send(link, frame);
  }

  /// Sends a packet to the peer that it has to confirm.
  boolean sendToConfirm(long nowNanos, ByteBuffer packet) {
    if (toldFull) {
      toldFull = false;
      progressedAtNanos = nowNanos; // It has its time to answer again.
    }
    return home.send(link, packet);
  }

  /// The peer has confirmed something: all others may be tried again.
  void progressed(long nowNanos) {
    progressedAtNanos = nowNanos;
    choice.worked();
    stayStalled();
  }

  /// Who seemed stalled need not be left for that any more.
  private void stayStalled() {
    Move going = move;
    if (going != null && going.reason().equals(STALLED)) {
      stay();
    }
  }

  /// The peer has no room.
  void refused() {
    toldFull = true;
  }

  /// Asks for the round trip to the peer.
  void ping(long nowNanos) {
    home.send(link, StreamFrames.encode(writer, new Message.Ping(nowNanos)));
  }

  /// @param sentNanos when the ping left
  void pong(long nowNanos, long sentNanos) {
    transitNanos = RemoteLink.transit(transitNanos, nowNanos - sentNanos);
  }

  /// Whether the peer has had the time to confirm something and did not: it is silent, or cut off
  /// from all others, if there are packets to confirm.
  boolean maySeemStalled(long nowNanos) {
    return isUp
        && !toldFull
        && choice.hasOthersThanStalled()
        && nowNanos - progressedAtNanos >= stallTimeout.toNanos();
  }

  /// Looks for another peer, if that is not under way.
  void leaveStalled(long nowNanos) {
    PeerRef current = peer;
    Move going = move;
    long patienceNanos = STALLS_PER_DIAL * stallTimeout.toNanos();
    if (current == null || (going != null && nowNanos - going.sinceNanos() < patienceNanos)) {
      return;
    }
    if (going != null) {
      choice.avoid(going.to());
      stay();
    }
    choice.stalled(current);
    goElsewhere(nowNanos, STALLED);
  }

  /// Tries the next peer if the pause before it is over.
  ///
  /// @return whether it was
  boolean attachDue(long nowNanos) {
    boolean isDue = attachAtNanos <= nowNanos;
    if (isDue) {
      attachAtNanos = Long.MAX_VALUE;
      attach("refused");
    }
    wakeup.by(attachAtNanos);
    return isDue;
  }

  private void attach(String reason) {
    PeerRef next = choice.next(peer);
    if (next == null) {
      return;
    }
    stay();
    if (link >= 0) {
      home.disconnect(link);
    }
    use(next, home.connect(next.endpoint()), reason);
  }

  private void use(PeerRef next, int itsLink, String reason) {
    isUp = false;
    peer = next;
    link = itsLink;
    home.observe(TraceEvent.of("ATTACH", "peer", next.name().value(), "reason", reason));
  }

  /// Attaches to another peer, if there is one, and leaves this one only then.
  void goElsewhere(long nowNanos, String reason) {
    PeerRef current = peer;
    PeerRef next = move == null && current != null ? choice.next(current) : null;
    if (next != null && !next.equals(current)) {
      move = new Move(next, home.connect(next.endpoint()), reason, nowNanos);
    }
  }

  private void stay() {
    Move going = move;
    move = null;
    if (going != null) {
      home.disconnect(going.link());
    }
  }

  /// A peer that was left asks to be left: it did not hear.
  void askedToLeave(int over) {
    if (left.contains(over)) {
      sayGone(over);
    }
  }

  private void sayGone(int over) {
    home.send(over, StreamFrames.encode(writer, new Message.Gone()));
  }

  /// A link is up.
  ///
  /// @return whether packets go over it from now on
  boolean up(long nowNanos, int upLink) {
    Move done = move;
    if (done != null && done.link() == upLink) {
      sayGone(link);
      left.add(link);
      move = null;
      use(done.to(), upLink, done.reason());
    }
    if (upLink != link) {
      return false;
    }
    isUp = true;
    attachAtNanos = Long.MAX_VALUE;
    progressedAtNanos = nowNanos;
    toldFull = false;
    transitNanos = 0;
    ping(nowNanos);
    return true;
  }

  void down(long nowNanos, int downLink, String reason) {
    if (left.remove(downLink)) {
      home.disconnect(downLink);
      return;
    }
    if (downLink != link) {
      return;
    }
    isUp = false;
    Move going = move;
    if (going == null) {
      setBack(nowNanos, reason);
    } else {
      move = null;
      home.disconnect(link);
      use(going.to(), going.link(), reason);
    }
  }

  void dialFailed(long nowNanos, int failedLink, String reason) {
    Move going = move;
    if (going != null && failedLink == going.link()) {
      choice.avoid(going.to());
      stay(); // Until it is asked again.
    } else if (failedLink == link && choice.hasOthers()) {
      setBack(nowNanos, reason);
    }
  }

  /// Tries the next peer: at once, or after a pause when the peers keep failing.
  private void setBack(long nowNanos, String reason) {
    if (attachAtNanos != Long.MAX_VALUE) {
      return;
    }
    long pause = choice.pauseNanos();
    if (pause == 0) {
      attach(reason);
    } else {
      attachAtNanos = nowNanos + pause;
      wakeup.by(attachAtNanos);
    }
  }
}
