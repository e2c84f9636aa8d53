package io.euryale.overlay;

import io.euryale.kernel.PeerRef;
import java.util.List;

/// What a member of the root cell does about other root cells: it follows or outbids them.
/// Not thread-safe.
final class RivalRoots {

  private final LocalPeer local;
  private final Membership stay;
  private final RootRumour rumour;

  RivalRoots(LocalPeer local, Membership stay) {
    this.local = local;
    this.stay = stay;
    rumour = new RootRumour(local.settings);
  }

  /// Somebody told of a root cell with a higher term than this one's.
  void heard(long nowNanos, RootNews news) {
    local.seeTerm(news.root().term());
    if (rumour.heard(nowNanos, news.root()) && stay.coordination() == null) {
      local.send(nowNanos, stay.view().coordinatorRef(), new CellMessage.News(news));
    }
  }

  void timerDue(long nowNanos) {
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
