package io.euryale.overlay;

import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.PeerRef;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// A member's search for another parent in the cell of the one it lost [0 §III.a]: asks the
/// candidates in turn, and only the first of them: who told of a cell may have lied. One that seeks
/// a parent itself, as the same fault took that, is asked again when the others were asked.
final class ParentSearch {

  private static final int MOST_ASKED = 8;

  /// So often in a request time-out is one asked again while all are busy.
  private static final int ASKS_PER_TIMEOUT = 4;

  /// Who is busy may wait for two itself.
  private static final int PATIENCE_TIMEOUTS = 3;

  private final LocalPeer local;
  private final CellId cell;
  private final Deque<PeerRef> candidates;
  private long deadlineNanos;

  /// Who is busy is not waited for any longer; set when all were.
  private long patienceNanos = Long.MAX_VALUE;

  /// Those that were busy when they were asked last.
  private final Set<PeerId> busy = new TreeSet<>();

  ParentSearch(LocalPeer local, CellId cell, Collection<PeerRef> candidates) {
    this.local = local;
    this.cell = cell;
    this.candidates = new ArrayDeque<>(candidates.stream().limit(MOST_ASKED).toList());
  }

  /// For a failed parent among these members of the cell above.
  static ParentSearch after(
      LocalPeer local, CellId cell, PeerName failed, Collection<PeerRef> above) {
    return new ParentSearch(
        local,
        cell,
        ParentChoice.afterFailure(failed, above, id -> !local.detector.isSuspected(id)));
  }

  /// Asks the present candidate.
  ///
  /// @return false when there is none left
  boolean ask(long nowNanos) {
    PeerRef asked = candidates.peekFirst();
    if (asked == null) {
      return false;
    }
    busy.remove(asked.id());
    deadlineNanos = nowNanos + 2 * local.settings().requestTimeout().toNanos();
    local.send(nowNanos, asked, new CellMessage.ParentRequest(local.self, cell));
    return true;
  }

  /// Gives the present candidate up when its time is over, or asks it again when it was busy.
  ///
  /// @return false when there is none left
  boolean timerDue(long nowNanos) {
    if (nowNanos < deadlineNanos) {
      return true;
    }
    PeerRef asked = candidates.peekFirst();
    if (asked == null || !busy.contains(asked.id())) {
      candidates.pollFirst();
    }
    return ask(nowNanos);
  }

  /// This peer seeks a parent itself: the others are asked, and after a pause it is asked again.
  ///
  /// @return false when that has lasted for so long that it counts as no candidate
  boolean putOff(long nowNanos, PeerId peer) {
    PeerRef asked = candidates.peekFirst();
    if (asked == null || !asked.id().equals(peer)) {
      return true; // An answer to what was asked before.
    }
    long timeout = local.settings().requestTimeout().toNanos();
    if (nowNanos >= patienceNanos) {
      return false;
    }
    local.observe("PARENT_BUSY", "parent", peer.toString());
    candidates.addLast(candidates.removeFirst());
    busy.add(peer);
    if (busy.contains(candidates.getFirst().id())) {
      patienceNanos = Math.min(patienceNanos, nowNanos + PATIENCE_TIMEOUTS * timeout);
      deadlineNanos = nowNanos + timeout / ASKS_PER_TIMEOUT;
    } else {
      boolean _ = ask(nowNanos);
    }
    return true;
  }

  /// This peer cannot be the parent.
  ///
  /// @return false when there is none left
  boolean exclude(long nowNanos, PeerId peer) {
    PeerRef asked = candidates.peekFirst();
    boolean wasAsked = asked != null && asked.id().equals(peer);
    candidates.removeIf(candidate -> candidate.id().equals(peer));
    return wasAsked ? ask(nowNanos) : !candidates.isEmpty();
  }

  /// Who is asked at present: data may go its way already, for it holds the lost parent's copies.
  @Nullable PeerRef asked() {
    return candidates.peekFirst();
  }

  /// Who has not been asked in vain.
  List<PeerRef> candidates() {
    return List.copyOf(candidates);
  }

  long deadlineNanos() {
    return deadlineNanos;
  }
}
