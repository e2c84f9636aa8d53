package io.euryale.overlay;

import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.PeerRef;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A member's search for another parent in the cell of the one it lost [0 §III.a]: asks the
/// candidates in turn, each once.
final class ParentSearch {

  private final LocalPeer local;
  private final CellId cell;
  private final Deque<PeerRef> candidates;
  private long deadlineNanos;

  ParentSearch(LocalPeer local, CellId cell, Collection<PeerRef> candidates) {
    this.local = local;
    this.cell = cell;
    this.candidates = new ArrayDeque<>(candidates);
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
    deadlineNanos = nowNanos + 2 * local.settings().requestTimeout().toNanos();
    local.send(nowNanos, asked, new CellMessage.ParentRequest(local.self, cell));
    return true;
  }

  /// Gives the present candidate up when its time is over.
  ///
  /// @return false when there is none left
  boolean timerDue(long nowNanos) {
    if (nowNanos < deadlineNanos) {
      return true;
    }
    candidates.pollFirst();
    return ask(nowNanos);
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
