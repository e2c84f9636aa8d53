package io.euryale.overlay;

import io.euryale.kernel.PeerRef;
import java.util.ArrayList;
import java.util.List;

/// Says what is wrong with the shape of a [TestNet]'s overlay.
final class OverlayShape {

  private OverlayShape() {}

  /// The first defect, or null when the live peers form one well-formed tree.
  static String defect(TestNet net, OverlaySettings settings) {
    List<TestNet.Node> live =
        net.nodes.values().stream()
            .filter(n -> n.alive && n.role == io.euryale.kernel.Role.PEER)
            .toList();
    boolean rooted = false;
    for (TestNet.Node node : live) {
      CellView own = node.member().status().own();
      if (own == null) {
        return node.name + " is in no cell: " + node.member().status().phase();
      }
      rooted |= own.cell().isRoot();
      List<PeerRef> expected = new ArrayList<>();
      for (TestNet.Node other : live) {
        CellView theirs = other.member().status().own();
        if (theirs != null && theirs.cell().equals(own.cell())) {
          expected.add(other.ref);
          if (!theirs.equals(own)) {
            return node.name + " follows " + own + " but " + other.name + " " + theirs;
          }
        }
      }
      if (!own.peers().containsAll(expected) || own.peers().size() != expected.size()) {
        return node.name + " follows " + own + " but the cell is " + expected;
      }
      if (expected.size() > settings.capacity(own.cell().level())) {
        return own + " is too large";
      }
      PeerRef parent = node.member().status().parent();
      if (own.cell().isRoot()) {
        continue;
      }
      CellView.Member listed = own.member(node.ref.id());
      if (listed == null || parent == null || !parent.id().equals(listed.parent())) {
        return node.name + " has the parent " + parent + " but is listed as " + listed;
      }
      TestNet.Node above = net.nodes.get(parent.name().value());
      if (above == null || !above.alive || !above.ref.equals(parent)) {
        return node.name + " has no live parent: " + parent;
      }
      CellView aboveView = above.member().status().own();
      if (aboveView == null || !aboveView.cell().equals(own.cell().parent())) {
        return node.name + " of " + own.cell() + " has a parent in " + aboveView;
      }
    }
    return rooted || live.isEmpty() ? null : "there is no root cell";
  }
}
