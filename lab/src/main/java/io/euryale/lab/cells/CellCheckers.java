package io.euryale.lab.cells;

import io.euryale.lab.Checker;
import io.euryale.overlay.OverlaySettings;
import java.util.List;

/// The checkers of what cells promise, fresh for one run.
public final class CellCheckers {

  private CellCheckers() {}

  /// All of C-1 to C-13.
  ///
  /// @param settleNanos how long after `QUIESCE` the tree has to be whole and quiet
  /// @param healNanos how long after `QUIESCE` the tree has to have one root, and a shunned peer a
  /// place
  public static List<Checker> all(OverlaySettings settings, long settleNanos, long healNanos) {
    return List.of(
        new ShapeChecker.Tree(settings),
        new ShapeChecker.Coordinators(),
        new TermChecker.NeverLower(),
        new TermChecker.Reasons(),
        new ShapeChecker.Names(),
        new TermChecker.Quiet(settleNanos),
        new PromiseChecker.Reorganised(settings.reorganisationTimeout().toNanos()),
        new RootChecker.NoOrphan(),
        new RootChecker.OneRoot(healNanos),
        new PromiseChecker.ComeBack(healNanos),
        new DecisionChecker.AboveDecides(),
        new DecisionChecker.DoubtsItself(),
        new SizeChecker(settings));
  }
}
