package io.euryale.dashboard;

import io.euryale.kernel.PeerName;
import io.euryale.overlay.CellId;
import io.euryale.overlay.CellView;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// The cells as they reported last. A root coordinator that has just taken over knows no cell but
/// its own and learns the others from their reports; that it was not told of a cell yet says
/// nothing about the cell. So a cell is remembered for as long as reports may take. Belongs to
/// one thread.
final class KnownCells {

  /// Cells report twice a second and are forgotten by the root after five reports; a new root needs
  /// them once more.
  private static final long REMEMBERED_NANOS = 4_000_000_000L;

  private record Known(CellView view, long seenNanos) {}

  private final Map<CellId, Known> cells = new TreeMap<>();

  /// A cell as it is known.
  ///
  /// @param reported whether the root was told of it; if not, this is how it was before
  record Cell(CellView view, boolean reported) {}

  /// Learns what a root coordinator knows, and tells what is known then.
  List<Cell> learn(long nowNanos, List<CellView> told) {
    Set<PeerName> placed = new HashSet<>();
    for (CellView view : told) {
      cells.put(view.cell(), new Known(view, nowNanos));
      view.peers().forEach(peer -> placed.add(peer.name()));
    }
    List<Cell> known = new ArrayList<>();
    cells.values().removeIf(each -> nowNanos - each.seenNanos() > REMEMBERED_NANOS);
    for (Known each : cells.values()) {
      boolean reported = each.seenNanos() == nowNanos;
      // Who stands elsewhere by now is not counted twice.
      boolean moved = each.view().peers().stream().anyMatch(peer -> placed.contains(peer.name()));
      if (reported || !moved) {
        known.add(new Cell(each.view(), reported));
      }
    }
    return known;
  }
}
