package io.euryale.overlay;

import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerRef;
import org.jspecify.annotations.Nullable;

/// Whether a member may take its cell over. In a cell of two it cannot tell a dead coordinator from
/// a broken link between the two: the coordinator of the cell above decides. It is not asked when
/// the coordinator is known to be gone, and not waited for longer than two request time-outs. Not
/// thread-safe.
final class Succession {

  /// What it needs from the membership it works for.
  interface Heir {
    CellView view();

    /// The cell above, or null.
    @Nullable CellView above();

    /// The decision is there, or will not come.
    void decided(long nowNanos);

    /// The cell above keeps the coordinator.
    void overruled(long nowNanos, PeerId keeper);
  }

  private final LocalPeer local;
  private final Heir heir;
  private boolean allowed;
  private long untilNanos = Long.MAX_VALUE;

  Succession(LocalPeer local, Heir heir) {
    this.local = local;
    this.heir = heir;
  }

  /// Another view is followed: whatever was asked is void.
  void reset() {
    allowed = false;
    untilNanos = Long.MAX_VALUE;
  }

  /// Whether this peer, the next in seniority, takes over now; asks when it has to.
  boolean mayLead(long nowNanos) {
    CellView view = heir.view();
    CellView above = heir.above();
    boolean asks =
        !view.cell().isRoot()
            && view.members().size() == 2
            && local.detector.isDoubtful(view.coordinator())
            && local.rules.asksAbove();
    if (!asks || allowed || above == null) {
      return true;
    }
    if (untilNanos == Long.MAX_VALUE) {
      untilNanos = nowNanos + 2 * local.settings().requestTimeout().toNanos();
      PeerRef accused = view.coordinatorRef();
      local.observe("ACCUSES", "cell", view.cell().toString(), "who", accused.id().toString());
      local.send(
          nowNanos,
          above.coordinatorRef(),
          new CellMessage.Accusation(view.cell(), local.self, accused));
    }
    return false;
  }

  void verdict(long nowNanos, PeerId from, CellMessage.Verdict verdict) {
    CellView above = heir.above();
    boolean expected =
        untilNanos != Long.MAX_VALUE
            && verdict.cell().equals(heir.view().cell())
            && above != null
            && above.lists(from);
    if (!expected) {
      return;
    }
    local.observe(
        "DECIDED", "cell", verdict.cell().toString(), "keeper", verdict.keeper().toString());
    untilNanos = Long.MAX_VALUE;
    if (local.isSelf(verdict.keeper())) {
      decided(nowNanos);
    } else if (local.detector.isSuspected(verdict.keeper())) {
      heir.overruled(nowNanos, verdict.keeper());
    }
  }

  void timerDue(long nowNanos) {
    if (untilNanos <= nowNanos) {
      untilNanos = Long.MAX_VALUE;
      if (local.detector.isSuspected(heir.view().coordinator())) {
        local.observe("UNDECIDED", "cell", heir.view().cell().toString());
        decided(nowNanos);
      }
    }
  }

  /// A decision is for this suspicion only: one that comes when the coordinator is trusted again,
  /// or is not acted on, says nothing about the next.
  private void decided(long nowNanos) {
    if (local.detector.isSuspected(heir.view().coordinator())) {
      allowed = true;
      heir.decided(nowNanos);
      allowed = false;
    }
  }

  long nextDeadline() {
    return untilNanos;
  }
}
