package io.euryale.overlay;

import io.euryale.kernel.PeerName;
import io.euryale.kernel.PeerRef;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the control core tells the cores of the other traffic classes: an immutable, versioned
/// picture of this peer's place in the tree.
///
/// @param version grows with every snapshot of one incarnation
/// @param cell the cell this peer belongs to
/// @param self this peer
/// @param siblings the other members of the cell, in order of seniority
/// @param parent the member of the cell above that this peer's data goes through; null in the root
///     cell
/// @param parentCell all members known of the cell above, the parent included; empty in the root
/// cell
public record Neighbourhood(
    long version,
    CellId cell,
    PeerRef self,
    List<PeerRef> siblings,
    @Nullable PeerRef parent,
    List<PeerRef> parentCell) {

  public Neighbourhood {
    siblings = List.copyOf(siblings);
    parentCell = List.copyOf(parentCell);
  }

  public boolean isRoot() {
    return cell.isRoot();
  }

  /// Whether `name` is another member of this peer's cell.
  public boolean isSibling(PeerName name) {
    return siblings.stream().anyMatch(sibling -> sibling.name().equals(name));
  }

  /// Every peer this one keeps a link to: its siblings and the members of the cell above.
  public List<PeerRef> neighbours() {
    List<PeerRef> neighbours = new ArrayList<>(siblings);
    neighbours.addAll(parentCell);
    return neighbours;
  }
}
