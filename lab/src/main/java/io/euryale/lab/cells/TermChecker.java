package io.euryale.lab.cells;

import io.euryale.kernel.trace.Trace;
import io.euryale.lab.Checker;
import io.euryale.lab.Violation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What has to hold of single events: C-3, C-4 and C-6.
abstract class TermChecker implements Checker {

  final List<Violation> violations = new ArrayList<>();
  private final String id;

  TermChecker(String id) {
    this.id = id;
  }

  @Override
  public String id() {
    return id;
  }

  void violated(String sentence, List<Trace> evidence) {
    violations.add(new Violation(id, sentence, evidence));
  }

  @Override
  public List<Violation> finish() {
    return violations;
  }

  /// Which of two views of one cell is newer, by term and version.
  static int compareAge(Trace one, Trace other) {
    int byNumber = Long.compare(one.body().number("number", 0), other.body().number("number", 0));
    if (byNumber != 0) {
      return byNumber;
    }
    int byCoordinator = compareIds(one, other);
    return byCoordinator != 0
        ? byCoordinator
        : Long.compare(one.body().number("version", 0), other.body().number("version", 0));
  }

  /// By name, then by incarnation as a number.
  private static int compareIds(Trace one, Trace other) {
    String[] a = one.body().text("coordinator").split("#", -1);
    String[] b = other.body().text("coordinator").split("#", -1);
    int byName = a[0].compareTo(b[0]);
    return byName != 0 ? byName : Long.compare(Long.parseLong(a[1]), Long.parseLong(b[1]));
  }

  /// C-3: the terms that a peer follows in a cell, and the versions inside one term, never go down
  /// within an incarnation.
  static final class NeverLower extends TermChecker {

    private record Follower(String who, String cell) {}

    private final Map<Follower, Trace> followed = new HashMap<>();

    NeverLower() {
      super("C-3");
    }

    @Override
    public void accept(Trace trace) {
      if (!trace.event().equals("CELL_VIEW")) {
        return;
      }
      Follower follower = new Follower(trace.who(), trace.body().text("cell"));
      Trace before = followed.put(follower, trace);
      if (before != null && compareAge(before, trace) > 0) {
        violated(
            "%s followed %s version %s in cell %s after %s version %s"
                .formatted(
                    trace.who(),
                    trace.body().text("term"),
                    trace.body().text("version"),
                    follower.cell(),
                    before.body().text("term"),
                    before.body().text("version")),
            List.of(before, trace));
      }
    }
  }

  /// C-4: every suspicion says whom, why, and after which silence.
  static final class Reasons extends TermChecker {

    Reasons() {
      super("C-4");
    }

    @Override
    public void accept(Trace trace) {
      if (trace.event().equals("SUSPECT")
          && (trace.body().text("who").isEmpty()
              || trace.body().text("reason").isBlank()
              || trace.body().number("silence", -1) < 0)) {
        violated(trace.who() + " suspects without a reason", List.of(trace));
      }
    }
  }

  /// C-6: once the settle time after the faults is over, no view, coordinator, parent or phase
  /// changes any more, and nobody is suspected.
  static final class Quiet extends TermChecker {

    private final long settleNanos;
    private long quietFromNanos = Long.MAX_VALUE;

    Quiet(long settleNanos) {
      super("C-6");
      this.settleNanos = settleNanos;
    }

    @Override
    public void accept(Trace trace) {
      switch (trace.event()) {
        case "QUIESCE" -> quietFromNanos = trace.at() + settleNanos;
        case "CELL_VIEW", "COORDINATOR", "PARENT", "PARENT_LOST", "PHASE", "SUSPECT" -> {
          // A refused peer asks again now and then; only the overlay itself has to be quiet.
          boolean asking =
              trace.body().text("from").equals("REFUSED")
                  || trace.body().text("to").equals("REFUSED");
          if (trace.at() > quietFromNanos && !asking && violations.isEmpty()) {
            violated(
                "%s of %s came %.1f s after the faults"
                    .formatted(
                        trace.event(),
                        trace.who(),
                        (trace.at() - quietFromNanos + settleNanos) / 1e9),
                List.of(trace));
          }
        }
        default -> {}
      }
    }
  }
}
