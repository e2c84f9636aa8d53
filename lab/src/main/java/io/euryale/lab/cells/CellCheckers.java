package io.euryale.lab.cells;

import io.euryale.lab.Checker;
import io.euryale.overlay.OverlaySettings;
import java.util.List;

/// The checkers of what cells promise, fresh for one run.
public final class CellCheckers {

  private CellCheckers() {}

  /// All of C-1 to C-6.
  ///
  /// @param settleNanos how long after `QUIESCE` the tree has to be whole and quiet
  public static List<Checker> all(OverlaySettings settings, long settleNanos) {
    return List.of(
        new ShapeChecker.Tree(settings),
        new ShapeChecker.Coordinators(),
        new TermChecker.NeverLower(),
        new TermChecker.Reasons(),
        new ShapeChecker.Names(),
        new TermChecker.Quiet(settleNanos));
  }
}
