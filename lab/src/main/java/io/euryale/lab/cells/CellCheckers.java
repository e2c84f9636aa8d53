package io.euryale.lab.cells;

import io.euryale.lab.Checker;
import io.euryale.overlay.OverlaySettings;
import java.util.List;

/// The checkers of what cells promise, fresh for one run.
public final class CellCheckers {

  private CellCheckers() {}

  /// All of C-1 to C-16.
  ///
  /// @param settleNanos how long after `QUIESCE` the tree has to be whole and quiet
  /// @param healNanos how long after `QUIESCE` the tree has to have one root, and a shunned peer a
  /// place
  public static List<Checker> all(OverlaySettings settings, long settleNanos, long healNanos) {
    return all(settings, settings, settleNanos, healNanos);
  }

  /// The same for settings that change.
  ///
  /// @param widest with the largest cells ever allowed
  /// @param last what counts in the end
  static List<Checker> all(
      OverlaySettings widest, OverlaySettings last, long settleNanos, long healNanos) {
    return List.of(
        new ShapeChecker.Tree(widest),
        new ShapeChecker.Coordinators(),
        new TermChecker.NeverLower(),
        new TermChecker.Reasons(),
        new ShapeChecker.Names(),
        new TermChecker.Quiet(settleNanos),
        new PromiseChecker.Reorganised(last.reorganisationTimeout().toNanos()),
        new RootChecker.NoOrphan(),
        new RootChecker.OneRoot(healNanos),
        new PromiseChecker.ComeBack(healNanos),
        new DecisionChecker.AboveDecides(),
        new DecisionChecker.DoubtsItself(),
        new SizeChecker(last),
        new LaggardChecker(last),
        new FindChecker.Finds(last),
        new FindChecker.Watches(last));
  }
}
