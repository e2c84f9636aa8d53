package io.euryale.overlay;

import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerRef;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Decides who founds a new root cell when the whole one is lost: the peers of level 1 ask each
/// other, and the first that answers in the order of the last news goes up.
///
/// A peer that hears the majority of its level founds quickly; one that hears few may be cut off
/// itself and waits out the orphans' patience first. Two founders are no disaster: their terms
/// differ and the lower one is fenced. Not in the papers, which leave the loss of the root cell
/// open.
final class RootElection {

  /// What to do now.
  enum Verdict {
    WAIT,
    FOUND,
    /// Others still have the root: this peer is the one that is cut off.
    GIVE_UP
  }

  private record Answer(boolean orphan, long atNanos) {}

  private final LocalPeer local;
  private final List<PeerRef> order;
  private final Term lostTerm;
  private final long sinceNanos;
  private final Map<PeerId, Answer> answers = new LinkedHashMap<>();
  private long queryNanos;

  RootElection(LocalPeer local, RootNews lastNews, List<PeerRef> cell, long nowNanos) {
    this.local = local;
    // The last news may be older than this peer's own cell.
    Set<PeerRef> known = new LinkedHashSet<>(lastNews.levelOne());
    known.addAll(cell);
    order = new ArrayList<>(known);
    lostTerm = lastNews.root().term();
    sinceNanos = nowNanos;
    queryNanos = nowNanos;
  }

  Term lostTerm() {
    return lostTerm;
  }

  /// A peer of this level said whether it lost the root, by answering or by asking.
  void heard(long nowNanos, PeerRef peer, boolean orphan) {
    if (order.stream().noneMatch(known -> known.id().equals(peer.id()))) {
      order.add(peer);
    }
    answers.put(peer.id(), new Answer(orphan, nowNanos));
  }

  Verdict timerDue(long nowNanos) {
    if (queryNanos <= nowNanos) {
      queryNanos = nowNanos + local.settings().requestTimeout().toNanos();
      for (PeerRef peer : order) {
        local.send(nowNanos, peer, new CellMessage.OrphanQuery(lostTerm));
      }
    }
    long freshNanos = nowNanos - 4 * local.settings().requestTimeout().toNanos();
    answers.values().removeIf(answer -> answer.atNanos() < freshNanos);
    long patience = local.settings().orphanPatience().toNanos();
    if (answers.values().stream().anyMatch(answer -> !answer.orphan())) {
      return nowNanos - sinceNanos > patience ? Verdict.GIVE_UP : Verdict.WAIT;
    }
    boolean majority = (answers.size() + 1) * 2 > order.size();
    // Whoever answers as an orphan has suspected the root cell already; no need to wait as long
    // again.
    long base = majority ? local.settings().requestTimeout().toNanos() : patience;
    long step = 2 * local.settings().requestTimeout().toNanos();
    return nowNanos - sinceNanos > base + rank() * step ? Verdict.FOUND : Verdict.WAIT;
  }

  long nextDeadline() {
    return queryNanos;
  }

  /// How many of those who answered stand before this peer.
  private long rank() {
    long before = 0;
    for (PeerRef peer : order) {
      if (local.isSelf(peer.id())) {
        break;
      }
      before += answers.containsKey(peer.id()) ? 1 : 0;
    }
    return before;
  }

  /// Whether this peer would have stood among the first `count`.
  boolean isAmongFirst(int count) {
    return order.stream().limit(count).anyMatch(peer -> local.isSelf(peer.id()));
  }
}
