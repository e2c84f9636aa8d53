package io.euryale.overlay;

import io.euryale.kernel.PeerRef;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A picture of the overlay as one peer knows it.
///
/// @param from who gave the picture; null before an attachment reached anybody
/// @param phase what that peer is doing (`MEMBER`, `SEEKING` …)
/// @param own its own cell, or null when it is not a member
/// @param parent its parent, or null
/// @param cells the cells known, breadth-first: the whole directory at the root coordinator,
/// elsewhere the own cell and the ones above; each with term, coordinator and members (with
/// endpoints and parents)
/// @param complete whether `cells` is the root coordinator's directory
public record OverlayStatus(
    @Nullable PeerRef from,
    String phase,
    @Nullable CellView own,
    @Nullable PeerRef parent,
    List<CellView> cells,
    boolean complete) {

  /// The phase in an answer to somebody who may not administer the overlay.
  public static final String FORBIDDEN = "FORBIDDEN";

  /// Most cells in a status.
  public static final int MAX_CELLS = 1024;

  public OverlayStatus {
    cells = List.copyOf(cells);
  }
}
