package io.euryale.overlay;

import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerRef;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A member's way to the root: its parent, the search for another when it is lost [0 §III.a], and,
/// in level 1, the election of a new root cell when none is left.
final class Ancestry {

  /// What it needs from the membership it works for.
  interface Child {
    CellView view();

    /// The parent, or the candidates for it, are others now.
    void ancestryChanged(long nowNanos);

    /// A parent was found; tells the cell's coordinator.
    void parented(long nowNanos, PeerRef parent);

    /// There is no way to the root from this cell.
    void expel(long nowNanos, String reason, @Nullable CellId preferred);

    /// Another cell needs this peer more.
    void movesTo(long nowNanos, CellId to);

    /// This peer has been elected.
    void foundRoot(long nowNanos);

    boolean isOver();
  }

  private final LocalPeer local;
  private final Child child;
  private Phase.@Nullable Parent parent;
  private @Nullable ParentSearch search;
  private @Nullable RootElection election;

  Ancestry(LocalPeer local, Child child, Phase.@Nullable Parent parent) {
    this.local = local;
    this.child = child;
    this.parent = parent;
  }

  Phase.@Nullable Parent parent() {
    return parent;
  }

  @Nullable PeerId parentId() {
    Phase.Parent current = parent;
    return current == null ? null : current.peer().id();
  }

  boolean isParent(PeerId peer) {
    return peer.equals(parentId());
  }

  /// Who is asked to be the parent at present, while there is none.
  @Nullable PeerRef asked() {
    return search == null ? null : search.asked();
  }

  /// Who may still be asked to be the parent.
  List<PeerRef> candidates() {
    return search == null ? List.of() : search.candidates();
  }

  boolean isOrphan() {
    return election != null;
  }

  // ---- time

  void timerDue(long nowNanos) {
    if (search != null && !search.timerDue(nowNanos)) {
      searchFailed(nowNanos);
    }
    if (child.isOver()) {
      return;
    }
    if (election != null) {
      switch (election.timerDue(nowNanos)) {
        case WAIT -> {}
        case FOUND -> child.foundRoot(nowNanos);
        case GIVE_UP -> child.expel(nowNanos, "cut off from the root cell", child.view().cell());
      }
      return;
    }
    // Health is progress: a parent that answers pings but has no news of the root is no way to it.
    if (parent != null && nowNanos - local.newsNanos() > patienceNanos()) {
      local.excuseRoot(nowNanos);
      lost(nowNanos, "no news of the root");
    }
  }

  /// Longest time without news of the root that this peer puts up with.
  long patienceNanos() {
    long levels = Math.max(1, child.view().cell().level());
    return local.settings().rootSilence().toNanos() * levels;
  }

  long nextDeadline() {
    long next = search == null ? Long.MAX_VALUE : search.deadlineNanos();
    return election == null ? next : Math.min(next, election.nextDeadline());
  }

  // ---- the parent

  /// The parent is no way to the root any more.
  void lost(long nowNanos, String reason) {
    Phase.Parent lost = parent;
    if (lost == null) {
      return;
    }
    local.observe("PARENT_LOST", "parent", lost.peer().id().toString(), "reason", reason);
    parent = null;
    Set<PeerRef> others = new LinkedHashSet<>(lost.cell().peers());
    RootNews news = local.news();
    if (news != null && lost.cell().cell().isRoot()) {
      others.addAll(news.root().peers()); // The root cell may be another one by now.
    }
    others.removeIf(peer -> peer.id().equals(lost.peer().id()));
    CellId cell = child.view().cell();
    seek(nowNanos, ParentSearch.after(local, cell, lost.peer().name(), others));
  }

  private void seek(long nowNanos, ParentSearch next) {
    search = next;
    if (!next.ask(nowNanos)) {
      searchFailed(nowNanos);
    }
    if (!child.isOver()) {
      child.ancestryChanged(nowNanos);
    }
  }

  private void seekAmong(long nowNanos, List<PeerRef> candidates) {
    seek(nowNanos, new ParentSearch(local, child.view().cell(), candidates));
  }

  private void searchFailed(long nowNanos) {
    search = null;
    RootNews news = local.news();
    if (child.view().cell().level() != 1 || news == null) {
      if (!local.rules.startsOver()) {
        return;
      }
      child.expel(nowNanos, "no parent left in the cell above", child.view().cell());
    } else if (election == null) {
      local.observe("ORPHANED", "term", news.root().term().toString());
      election = new RootElection(local, news, child.view().peers(), nowNanos);
    }
  }

  /// This candidate refused.
  void refused(long nowNanos, PeerId peer, Refusal refusal) {
    if (refusal == Refusal.BUSY && search != null && search.putOff(nowNanos, peer)) {
      return;
    }
    excluded(nowNanos, peer);
  }

  private void excluded(long nowNanos, PeerId peer) {
    if (search != null && !search.exclude(nowNanos, peer)) {
      searchFailed(nowNanos);
    }
  }

  /// This peer failed or left.
  void gone(long nowNanos, PeerId peer, String reason) {
    if (isParent(peer)) {
      lost(nowNanos, reason);
    } else {
      excluded(nowNanos, peer);
    }
  }

  /// A peer agreed to be the parent.
  ///
  /// @return whether it is now
  boolean found(long nowNanos, PeerRef from, CellView above) {
    CellId cell = child.view().cell();
    if (search == null || cell.isRoot() || !above.cell().equals(cell.parent())) {
      return false;
    }
    parent = new Phase.Parent(from, above);
    search = null;
    election = null;
    local.excuseRoot(nowNanos);
    child.parented(nowNanos, from);
    child.ancestryChanged(nowNanos);
    return true;
  }

  /// The parent told of its cell.
  void above(long nowNanos, PeerRef from, CellView above) {
    Phase.Parent current = parent;
    if (current != null
        && isParent(from.id())
        && above.cell().equals(current.cell().cell())
        && !above.equals(current.cell())) {
      parent = new Phase.Parent(current.peer(), above);
      child.ancestryChanged(nowNanos);
    }
  }

  /// A parent that says it stands in another cell is none.
  void stands(long nowNanos, PeerId peer, @Nullable Standing standing) {
    Phase.Parent current = parent;
    if (current != null
        && isParent(peer)
        && (standing == null || !standing.cell().equals(current.cell().cell()))) {
      lost(nowNanos, "no longer in the cell above");
    }
  }

  // ---- without a root cell

  /// There are newer news of the root: an orphan may have one again.
  void rootHeard(long nowNanos, RootNews news) {
    RootElection lost = election;
    if (lost == null) {
      return;
    }
    CellView view = child.view();
    boolean moves =
        news.root().term().compareTo(lost.lostTerm()) > 0
            && news.root().members().size() < local.settings().capacity(0)
            && lost.isAmongFirst(local.settings().capacity(0))
            && view.members().size() > 1;
    if (moves) {
      // The new root cell has places, and this cell can spare one of its most senior peers.
      child.movesTo(nowNanos, CellId.ROOT);
    } else if (search == null) {
      seekAmong(nowNanos, news.root().peers());
    }
  }

  /// Another peer of level 1 asks whether this one lost the root, too.
  void orphanQuery(long nowNanos, PeerRef from) {
    if (election != null) {
      election.heard(nowNanos, from, true);
    }
  }

  void orphanReply(long nowNanos, PeerRef from, CellMessage.OrphanReply reply) {
    if (election == null) {
      return;
    }
    election.heard(nowNanos, from, reply.orphan());
    if (!reply.orphan() && search == null) {
      seekAmong(nowNanos, reply.news().root().peers());
    }
  }
}
