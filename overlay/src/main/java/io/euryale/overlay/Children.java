package io.euryale.overlay;

import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerRef;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/// The peers of the cells below that have this member as their parent. Soft state: a child says so
/// with every ping.
final class Children {

  /// Most children of one peer; others ask another member of its cell.
  static final int MAX = 64;

  private final LocalPeer local;
  private final Map<PeerId, PeerRef> children = new LinkedHashMap<>();

  Children(LocalPeer local) {
    this.local = local;
  }

  /// Adds a child if it is new and there is room.
  boolean add(PeerRef child) {
    return children.size() < MAX && children.putIfAbsent(child.id(), child) == null;
  }

  boolean remove(PeerId child) {
    return children.remove(child) != null;
  }

  boolean contains(PeerId child) {
    return children.containsKey(child);
  }

  Collection<PeerRef> all() {
    return children.values();
  }

  /// Tells the children of their parent's cell and of the root.
  void tell(long nowNanos, CellView view) {
    RootNews news = local.news();
    if (news != null) {
      CellMessage above = new CellMessage.Above(view, newsFor(view, news));
      children.values().forEach(child -> local.send(nowNanos, child, above));
    }
  }

  /// What the children of a cell's members need of the news.
  static RootNews newsFor(CellView view, RootNews news) {
    return view.cell().isRoot() ? news : news.brief();
  }
}
