package io.euryale.overlay;

import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerRef;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a member of the root cell does about other root cells: it gives way to a higher term or
/// outbids it.
///
/// A higher term wins wherever two root cells meet, for nobody follows a lower term than it
/// followed. But the term says only who began later. So where the part of the overlay with more
/// peers has the lower term, its coordinator outbids the other: as few peers as possible change
/// their root, and a peer that was cut off alone never rules the rest. Both weights are counts of
/// peers heard of within the last reports, so that a coordinator that was stopped does not come
/// back with the weight it once had. Each rival is outbid once; then the terms decide. Not
/// thread-safe.
final class RivalRoots {

  private static final int MOST_KNOWN = 32;

  private final LocalPeer local;
  private final Membership stay;
  private final RootRumour rumour;

  /// Peers behind the root cells heard of, by term; the oldest are forgotten first.
  private final Map<Term, Integer> weights = new LinkedHashMap<>();

  private final Set<PeerId> outbid = new LinkedHashSet<>();

  RivalRoots(LocalPeer local, Membership stay) {
    this.local = local;
    this.stay = stay;
    rumour = new RootRumour(local::settings);
  }

  /// Somebody told of a root cell with a higher term than this one's.
  void heard(long nowNanos, RootNews news) {
    local.seeTerm(news.root().term());
    if (rumour.heard(nowNanos, news.root())) {
      if (stay.coordination() == null) {
        local.send(nowNanos, stay.view().coordinatorRef(), new CellMessage.News(news));
      }
      timerDue(nowNanos);
    }
  }

  /// Remembers how many peers are behind a root cell.
  void weigh(RootNews news) {
    Term term = news.root().term();
    if (!term.equals(stay.view().term())) {
      weights.remove(term);
      weights.put(term, news.peers());
      if (weights.size() > MOST_KNOWN) {
        weights.remove(weights.keySet().iterator().next());
      }
    }
  }

  /// What is known of a root cell, or of the root when this is another cell; null for nothing.
  @Nullable RootNews newsOf(CellView winner) {
    RootNews news = local.news();
    Integer peers = weights.get(winner.term());
    return winner.cell().isRoot() && peers != null && !winner.term().equals(stay.view().term())
        ? new RootNews(winner, 0, List.of(), peers)
        : news;
  }

  /// A living member of a root cell with a higher term has been met.
  ///
  /// @return whether this root cell gives way to it
  boolean yields(long nowNanos, PeerRef from, CellView winner) {
    Integer theirs = weights.get(winner.term());
    RootNews news = local.news();
    if (theirs == null) {
      // Whoever has a higher term answers a probe with news.
      probe(nowNanos, List.of(from));
      return false;
    }
    Coordination duties = stay.coordination();
    int heard = news == null ? 0 : news.peers(); // Nothing yet, after entering a cell given up.
    int ours = duties == null ? heard : duties.weight(nowNanos);
    if (!local.rules.yields()) {
      return false;
    }
    if (ours <= theirs || outbid.contains(winner.coordinator()) || outbid.size() >= MOST_KNOWN) {
      local.merges(nowNanos, stay.view().term(), winner.term());
      return true;
    }
    outbid.add(winner.coordinator());
    if (duties == null) {
      heard(nowNanos, new RootNews(winner, 0, List.of(), theirs));
    } else {
      outbid(nowNanos, winner, theirs, ours);
      RootNews higher = local.news();
      if (higher != null) {
        local.send(nowNanos, from, new CellMessage.News(higher));
      }
    }
    return false;
  }

  private void outbid(long nowNanos, CellView rival, int theirs, int ours) {
    local.seeTerm(rival.term());
    local.observe("OUTBID", "term", rival.term().toString(), "peers", theirs, "own", ours);
    stay.outbid(nowNanos);
  }

  void timerDue(long nowNanos) {
    CellView view = stay.view();
    boolean leads = view.cell().isRoot() && stay.coordination() != null;
    long pause = local.settings().reportPeriod().toNanos();
    if (leads && local.isOutdone(view.term()) && nowNanos - stay.viewNanos() >= pause) {
      stay.outbid(nowNanos);
    }
    CellView rival = rumour.rival();
    if (rival == null) {
      return;
    }
    switch (rumour.timerDue(nowNanos, stay.view().term(), stay.coordination() != null)) {
      case NOTHING -> {}
      case ASK -> probe(nowNanos, rival.peers());
      case OUTBID -> stay.outbid(nowNanos);
    }
  }

  void probe(long nowNanos, List<PeerRef> peers) {
    RootNews news = local.news();
    if (news != null) {
      CellMessage probe = new CellMessage.Probe(stay.view(), news);
      peers.forEach(peer -> local.send(nowNanos, peer, probe));
    }
  }
}
