package io.euryale.overlay;

import io.euryale.kernel.Endpoint;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerRef;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Keeps a peer that suspects more than half of its neighbours, and at least two, from acting on
/// that: more likely than the death of them all is that it is deaf itself.
///
/// It asks peers that it does not suspect, near and far. When one of them answers, or nobody does
/// within two request time-outs, the suspicions count; when the suspected are heard again, they
/// never did. Peers whose address refuses connections are known to be gone and raise no doubt. Not
/// thread-safe.
final class SelfDoubt {

  private static final int MOST_ASKED = 8;

  private final LocalPeer local;
  private final Set<PeerId> held = new LinkedHashSet<>();
  private long round;
  private long untilNanos = Long.MAX_VALUE;
  private boolean answered;

  SelfDoubt(LocalPeer local) {
    this.local = local;
  }

  /// Takes fresh suspicions.
  ///
  /// @param near everybody near this peer
  /// @param here where this peer stands: who is asked must not take it for one without a place
  /// @return those that have consequences at once
  List<PeerId> admit(long nowNanos, List<PeerId> suspected, List<PeerRef> near, Standing here) {
    if (!local.rules.doubtsItself() || !local.detector.doubtsMost(nowNanos)) {
      return suspected;
    }
    List<PeerId> certain = new ArrayList<>();
    boolean began = held.isEmpty();
    for (PeerId peer : suspected) {
      if (local.detector.isDoubtful(peer)) {
        held.add(peer);
      } else {
        certain.add(peer);
      }
    }
    if (began && !held.isEmpty()) {
      begin(nowNanos, near, here);
    }
    return certain;
  }

  private void begin(long nowNanos, List<PeerRef> near, Standing here) {
    local.observe("DOUBT", "suspected", held.size(), "near", local.detector.size());
    round++;
    answered = false;
    untilNanos = nowNanos + 2 * local.settings().requestTimeout().toNanos();
    CellMessage ping = new CellMessage.Ping(-round, here);
    Set<String> asked = new LinkedHashSet<>();
    for (PeerRef peer : near) {
      if (!local.detector.isSuspected(peer.id())
          && asked.size() < MOST_ASKED
          && asked.add(peer.endpoint().toString())) {
        local.send(nowNanos, peer, ping);
      }
    }
    for (Endpoint guide : local.guides()) {
      if (asked.size() < 2 * MOST_ASKED && asked.add(guide.toString())) {
        local.links.send(nowNanos, guide, ping);
      }
    }
  }

  /// A pong arrived.
  void answered(PeerId from, long sequence) {
    answered |= sequence == -round && !held.isEmpty() && !local.detector.isSuspected(from);
  }

  /// Whether this peer's suspicion has no consequences yet.
  boolean holds(PeerId peer) {
    return held.contains(peer);
  }

  /// Ends the doubt when an answer came, or none will.
  ///
  /// @return suspicions that have consequences now
  List<PeerId> timerDue(long nowNanos) {
    if (held.isEmpty()) {
      return List.of();
    }
    held.removeIf(peer -> !local.detector.isSuspected(peer));
    String reason = null;
    if (held.isEmpty() || !local.detector.doubtsMost(nowNanos)) {
      reason = "HEARD_AGAIN";
    } else if (answered) {
      reason = "ANSWERED";
    } else if (untilNanos <= nowNanos) {
      reason = "ALONE";
    }
    if (reason == null) {
      return List.of();
    }
    local.observe("DOUBT_OVER", "reason", reason);
    untilNanos = Long.MAX_VALUE;
    List<PeerId> released = List.copyOf(held);
    held.clear();
    return released;
  }

  long nextDeadline() {
    return untilNanos;
  }
}
