package io.euryale.overlay;

import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerRef;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a member does when a neighbour falls silent, leaves, comes back in another life, or says
/// where it stands. Not thread-safe.
final class NeighbourWatch {

  private final LocalPeer local;
  private final Membership stay;
  private final Neighbours near;

  NeighbourWatch(LocalPeer local, Membership stay, Neighbours near) {
    this.local = local;
    this.stay = stay;
    this.near = near;
  }

  /// Suspects who is due, and acts on it unless this peer doubts itself.
  void timerDue(long nowNanos) {
    List<PeerId> suspected = new ArrayList<>();
    for (FailureDetector.Suspicion suspicion : local.detector.due(nowNanos)) {
      PeerId id = suspicion.peer();
      local.observe(
          "SUSPECT",
          "who",
          id.toString(),
          "reason",
          local.rules.reason(suspicion),
          "silence",
          suspicion.silenceNanos() / 1_000_000,
          "near",
          local.detector.size(),
          "doubtful",
          local.detector.doubtful(nowNanos));
      if (local.rules.believes(suspicion)) {
        suspected.add(id);
      }
    }
    if (!suspected.isEmpty()) {
      suspected = stay.doubt().admit(nowNanos, suspected, near.all(), stay.standing());
    }
    suspected.forEach(id -> suspect(nowNanos, id));
    stay.doubt().timerDue(nowNanos).forEach(id -> suspect(nowNanos, id));
  }

  private void suspect(long nowNanos, PeerId id) {
    PeerRef peer = near.refOf(id);
    if (peer != null && !stay.isOver()) {
      local.links.reset(peer);
      gone(nowNanos, peer, "suspected");
    }
  }

  /// A newer life of a neighbour has been met: the older one is over.
  void superseded(long nowNanos, PeerId newer) {
    for (PeerRef peer : near.all()) {
      if (local.rules.replaces(newer, peer.id()) && !stay.isOver()) {
        near.depart(peer.id());
        local.observe("ELSEWHERE", "who", peer.id().toString());
        gone(nowNanos, peer, "superseded");
      }
    }
  }

  /// A peer said that it leaves its cell.
  void left(long nowNanos, PeerRef peer, CellId cell) {
    local.find(peer.name());
    if (cell.equals(stay.view().cell()) && stay.view().lists(peer.id())) {
      near.depart(peer.id());
      local.observe("LEAVES", "who", peer.id().toString());
    }
    boolean wasParent = stay.ancestry().isParent(peer.id());
    if (near.hasDeparted(peer.id()) || wasParent || near.isChild(peer.id())) {
      gone(nowNanos, peer, "left");
    }
  }

  private void gone(long nowNanos, PeerRef peer, String reason) {
    near.dismiss(peer.id());
    if (stay.view().lists(peer.id())) {
      Coordination duties = stay.coordination();
      if (duties != null) {
        duties.remove(nowNanos, peer);
      } else {
        stay.takeOverIfSenior(nowNanos);
      }
    }
    stay.ancestry().gone(nowNanos, peer.id(), reason);
    near.watch(nowNanos);
    stay.changed();
  }

  /// What a neighbour says of itself.
  void stands(long nowNanos, PeerRef from, @Nullable Standing standing) {
    Standing here =
        standing != null && standing.cell().equals(stay.view().cell()) ? standing : null;
    Coordination duties = stay.coordination();
    if (stay.view().lists(from.id())) {
      if (here == null) {
        listedElsewhere(nowNanos, from);
      } else if (duties != null) {
        duties.parented(nowNanos, from.id(), here.parent());
      }
    }
    duties = stay.coordination();
    if (duties != null && !stay.isOver()) {
      duties.stands(nowNanos, from, standing);
    }
    if (stay.isOver()) {
      return;
    }
    if (here != null && here.compareAge(stay.view()) < 0) {
      sendView(nowNanos, from);
    }
    boolean child =
        standing != null
            && local.self.id().equals(standing.parent())
            && !standing.cell().isRoot()
            && standing.cell().parent().equals(stay.view().cell());
    if (child) {
      near.adopt(nowNanos, from);
    } else if (near.dismiss(from.id())) {
      near.watch(nowNanos);
    }
    stay.ancestry().stands(nowNanos, from.id(), standing);
    RootNews news = local.news();
    if (standing != null && news != null && standing.rootTerm().compareTo(news.root().term()) < 0) {
      local.send(nowNanos, from, new CellMessage.News(news));
    }
  }

  /// Without a coordinator nobody removes a member that went elsewhere: it must not keep its
  /// juniors from taking over.
  private void listedElsewhere(long nowNanos, PeerRef from) {
    Coordination duties = stay.coordination();
    if (duties != null) {
      duties.elsewhere(nowNanos, from);
    } else if ((from.id().equals(stay.view().coordinator())
            || near.isGone(stay.view().coordinator()))
        && nowNanos - stay.viewNanos() > 4 * local.settings().requestTimeout().toNanos()) {
      // The coordinator does not lead any more; another one does not take over before this peer.
      if (!near.hasDeparted(from.id())) {
        near.depart(from.id());
        local.observe("ELSEWHERE", "who", from.id().toString());
      }
      stay.takeOverIfSenior(nowNanos);
    }
  }

  private void sendView(long nowNanos, PeerRef to) {
    RootNews news = local.news();
    if (news != null) {
      local.send(nowNanos, to, new CellMessage.View(stay.view(), news));
    }
  }
}
