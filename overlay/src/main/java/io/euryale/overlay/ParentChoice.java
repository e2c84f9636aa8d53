package io.euryale.overlay;

import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.PeerRef;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// In which order a peer asks the members of the cell above to be its parent. Pure.
final class ParentChoice {

  private ParentChoice() {}

  /// For a joining peer: those with the fewest children in its cell first, so that the peers of a
  /// cell spread over the cell above; ties go round by the cell's branch.
  static List<PeerRef> forJoiner(CellId cell, @Nullable CellView view, List<PeerRef> above) {
    List<PeerRef> turned = new ArrayList<>();
    int branch = cell.path().getLast();
    for (int i = 0; i < above.size(); i++) {
      turned.add(above.get((i + branch) % above.size()));
    }
    turned.sort(Comparator.comparingLong(peer -> childCount(view, peer.id())));
    return turned;
  }

  /// For an orphan: the nearest to the failed parent by Levenshtein distance first [0 §III.d], so
  /// that everybody who lost it turns to the same one, who holds its copies.
  static List<PeerRef> afterFailure(
      PeerName failed, Collection<PeerRef> above, Predicate<PeerId> usable) {
    return above.stream()
        .filter(peer -> usable.test(peer.id()))
        .sorted(
            Comparator.<PeerRef>comparingInt(
                    peer -> Levenshtein.distance(peer.name().value(), failed.value()))
                .thenComparing(PeerRef::id))
        .toList();
  }

  private static long childCount(@Nullable CellView view, PeerId parent) {
    return view == null
        ? 0
        : view.members().stream().filter(member -> parent.equals(member.parent())).count();
  }
}
