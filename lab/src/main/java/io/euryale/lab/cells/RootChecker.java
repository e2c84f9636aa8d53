package io.euryale.lab.cells;

import io.euryale.kernel.trace.Trace;
import io.euryale.lab.Violation;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What has to hold of the way to the root when the run ends: C-8 and C-9.
abstract class RootChecker extends ShapeChecker {

  RootChecker(String id) {
    super(id);
  }

  /// C-8: no orphan at the end: from every member the parents lead, cell by cell, to a living
  /// member of the root cell.
  static final class NoOrphan extends RootChecker {

    NoOrphan() {
      super("C-8");
    }

    @Override
    public List<Violation> finish() {
      Map<String, Places.Place> byId = new HashMap<>();
      places.present().forEach(place -> byId.put(place.who, place));
      for (Places.Place place : places.present()) {
        if (place.isMember() && !reachesRoot(place, byId)) {
          violated(
              place.who + " of cell " + place.cell + " is an orphan at the end",
              List.of(place.last));
        }
      }
      return violations;
    }

    private static boolean reachesRoot(Places.Place from, Map<String, Places.Place> byId) {
      Places.Place at = from;
      for (int hops = 0; at != null && hops <= byId.size(); hops++) {
        if (at.cell.equals("0")) {
          return true;
        }
        at = at.isMember() ? byId.get(at.parent) : null;
      }
      return false;
    }
  }

  /// C-9: roots converge: all members know one and the same root cell by its term, and have from
  /// the given time after the faults on.
  static final class OneRoot extends RootChecker {

    private final long mostNanos;
    private final Map<String, Trace> roots = new LinkedHashMap<>();
    private long quietNanos = Long.MAX_VALUE;
    private @Nullable Trace tooLate;

    OneRoot(long mostNanos) {
      super("C-9");
      this.mostNanos = mostNanos;
    }

    @Override
    public void accept(Trace trace) {
      super.accept(trace);
      switch (trace.event()) {
        case "QUIESCE" -> quietNanos = trace.at();
        case "CRASH" -> roots.remove(trace.who());
        case "ROOT" -> {
          Trace before = roots.put(trace.who(), trace);
          // Who boots or joins late learns of the root late.
          if (before != null && trace.at() - quietNanos > mostNanos && tooLate == null) {
            tooLate = trace;
          }
        }
        default -> {}
      }
    }

    @Override
    public List<Violation> finish() {
      Trace first = null;
      for (Places.Place place : places.present()) {
        Trace root = place.isMember() ? roots.get(place.who) : null;
        if (root != null && first == null) {
          first = root;
        } else if (root != null
            && first != null
            && !root.body().text("term").equals(first.body().text("term"))) {
          violated(
              "%s and %s know two roots at the end: %s and %s"
                  .formatted(
                      first.who(), root.who(), first.body().text("term"), root.body().text("term")),
              List.of(first, root));
        }
      }
      Trace late = tooLate;
      if (late != null) {
        violated(
            "%s learned of another root %d ms after the faults"
                .formatted(late.who(), (late.at() - quietNanos) / 1_000_000),
            List.of(late));
      }
      return violations;
    }
  }
}
