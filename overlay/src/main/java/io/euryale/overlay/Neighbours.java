package io.euryale.overlay;

import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerRef;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Who is near a member, and who of them still counts: siblings, parent and children are watched
/// and linked; those that said they go, stand elsewhere or are suspected are left out of the
/// picture that other cores get.
final class Neighbours {

  /// As many as are asked, so that a large cell does not displace all others that were lost.
  private static final int MOST_REMEMBERED = 8;

  private final LocalPeer local;
  private final Membership stay;
  private final Children children;

  /// Members of the view that said they go, or stand elsewhere; the next view is without them.
  private final Set<PeerId> departed = new LinkedHashSet<>();

  Neighbours(LocalPeer local, Membership stay) {
    this.local = local;
    this.stay = stay;
    children = new Children(local);
  }

  /// Siblings, parent and children, each once.
  List<PeerRef> all() {
    Map<PeerId, PeerRef> near = new LinkedHashMap<>();
    stay.view().peers().forEach(peer -> near.put(peer.id(), peer));
    Phase.Parent current = stay.ancestry().parent();
    if (current != null) {
      near.put(current.peer().id(), current.peer());
    }
    children.all().forEach(peer -> near.put(peer.id(), peer));
    near.remove(local.self.id());
    return new ArrayList<>(near.values());
  }

  @Nullable PeerRef refOf(PeerId id) {
    return all().stream().filter(peer -> peer.id().equals(id)).findFirst().orElse(null);
  }

  /// Watches and keeps links to whoever is near now.
  void watch(long nowNanos) {
    if (!stay.isOver()) {
      List<PeerRef> near = all();
      local.detector.watch(nowNanos, near.stream().map(PeerRef::id).toList());
      local.links.keep(nowNanos, near);
    }
  }

  // ---- who does not count any more

  void depart(PeerId id) {
    departed.add(id);
  }

  boolean hasDeparted(PeerId id) {
    return departed.contains(id);
  }

  boolean isGone(PeerId id) {
    // Suspicions that this peer blames itself for do not count yet.
    return departed.contains(id) || (local.detector.isSuspected(id) && !stay.doubt().holds(id));
  }

  /// Another view is followed: who was lost with it is remembered for probing.
  void viewChanged(CellView before, CellView next) {
    for (PeerRef peer : before.peers()) {
      boolean lost = !next.lists(peer.id()) && next.named(peer.name()) == null;
      if (lost && !departed.contains(peer.id())) {
        local.lose(peer);
      }
    }
    next.peers().forEach(peer -> local.find(peer.name()));
    departed.removeIf(id -> !next.lists(id));
  }

  // ---- children

  /// Takes a peer of a cell below as a child.
  ///
  /// @return whether it is one now
  boolean adopt(long nowNanos, PeerRef child) {
    boolean added = children.add(child);
    if (added) {
      watch(nowNanos);
      tellChildren(nowNanos);
    }
    return added || children.contains(child.id());
  }

  boolean isChild(PeerId peer) {
    return children.contains(peer);
  }

  /// Forgets a child.
  ///
  /// @return whether it was one
  boolean dismiss(PeerId peer) {
    return children.remove(peer);
  }

  /// This peer's place is over because another view of its cell has won: the children find their
  /// parents there, and need not wait until they notice.
  void handOver(long nowNanos, CellView winner, @Nullable RootNews news) {
    CellMessage leave = new CellMessage.Leave(local.self.id(), winner.cell());
    for (PeerRef child : children.all()) {
      if (news != null) {
        local.send(nowNanos, child, new CellMessage.Above(winner, Children.newsFor(winner, news)));
      }
      local.send(nowNanos, child, leave);
    }
  }

  void tellChildren(long nowNanos) {
    children.tell(nowNanos, stay.view());
  }

  /// The stay is over: those near may lead back when the contacts and the root cell are gone.
  void remember() {
    all().stream().filter(peer -> !isGone(peer.id())).limit(MOST_REMEMBERED).forEach(local::lose);
  }

  /// Some peers of other cells, for sensors and clients that will have lost all others. They are
  /// drawn, so that who asks again and again comes to know more of them than one answer names.
  List<PeerRef> spares() {
    List<PeerRef> elsewhere = new ArrayList<>(children.all());
    Phase.Parent parent = stay.ancestry().parent();
    RootNews news = local.news();
    if (parent != null && !parent.cell().cell().isRoot()) {
      elsewhere.addAll(parent.cell().peers());
    }
    if (news != null) {
      elsewhere.addAll(news.levelOne());
    }
    if (elsewhere.size() <= CellMessage.MAX_SPARES) {
      return elsewhere;
    }
    int first = (int) local.home.jitter(elsewhere.size());
    Collections.rotate(elsewhere, -first);
    return elsewhere.subList(0, CellMessage.MAX_SPARES);
  }

  // ---- the picture

  /// For the other cores, without those suspected or gone.
  Neighbourhood picture(long version) {
    CellView view = stay.view();
    Ancestry ancestry = stay.ancestry();
    List<PeerRef> siblings =
        view.peers().stream()
            .filter(peer -> !local.isSelf(peer.id()) && !isGone(peer.id()))
            .toList();
    Phase.Parent parent = ancestry.parent();
    if (parent == null) {
      return new Neighbourhood(
          version, view.cell(), local.self, siblings, ancestry.asked(), ancestry.candidates());
    }
    List<PeerRef> above =
        parent.cell().peers().stream().filter(peer -> !isGone(peer.id())).toList();
    return new Neighbourhood(version, view.cell(), local.self, siblings, parent.peer(), above);
  }
}
