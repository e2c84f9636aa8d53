package io.euryale.lab.cells;

import io.euryale.kernel.trace.Trace;
import io.euryale.lab.Checker;
import io.euryale.lab.Violation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What is promised in time: C-7 and C-10.
abstract class PromiseChecker implements Checker {

  final List<Violation> violations = new ArrayList<>();
  final Places places = new Places();
  private final String id;

  PromiseChecker(String id) {
    this.id = id;
  }

  @Override
  public String id() {
    return id;
  }

  void violated(String sentence, List<Trace> evidence) {
    violations.add(new Violation(id, sentence, evidence));
  }

  /// C-7: a peer that had its place, a cell and below the root a parent, and loses it, has one
  /// again within the reorganisation time, or reports a broken promise by then.
  static final class Reorganised extends PromiseChecker {

    /// What timers, service times and drifting clocks take on top.
    private static final long SLACK_NANOS = 100_000_000L;

    private final long mostNanos;

    /// Peers that are without their place, and the event that took it.
    private final Map<String, Trace> lost = new LinkedHashMap<>();

    /// Peers that were whole once in this life.
    private final Map<String, Trace> whole = new LinkedHashMap<>();

    /// Peers whose broken promise has been reported and not yet ended.
    private final Map<String, Trace> reported = new LinkedHashMap<>();

    /// Repairs that took too long; the report may still come in the same instant.
    private final Map<String, Trace> late = new LinkedHashMap<>();

    Reorganised(long mostNanos) {
      super("C-7");
      this.mostNanos = mostNanos + SLACK_NANOS;
    }

    @Override
    public void accept(Trace trace) {
      String who = trace.who();
      places.read(trace);
      switch (trace.event()) {
        case "BOOT", "CRASH" -> forget(who);
        case "PROMISE_BROKEN" -> {
          reported.put(who, trace);
          Trace repair = late.get(who);
          if (repair != null && repair.at() == trace.at()) {
            late.remove(who);
          }
        }
        case "REORGANISED" -> reported.remove(who);
        case "PHASE" -> {
          String to = trace.body().text("to");
          if (to.equals("LEAVING") || to.equals("GONE")) {
            forget(who);
          } else {
            look(who, trace);
          }
        }
        case "MEMBER", "PARENT", "PARENT_LOST", "CELL_VIEW" -> look(who, trace);
        default -> {}
      }
    }

    private void forget(String who) {
      lost.remove(who);
      whole.remove(who);
      reported.remove(who);
    }

    private void look(String who, Trace trace) {
      Places.Place place = places.of(who);
      if (place == null) {
        return;
      }
      boolean isWhole = place.isMember() && (place.cell.equals("0") || !place.parent.isEmpty());
      Trace before = whole.get(who);
      if (isWhole) {
        Trace since = lost.remove(who);
        if (since != null && isLate(since, trace.at()) && !reported.containsKey(who)) {
          late.put(who, trace);
        }
        whole.put(who, trace);
      } else if (before != null) {
        lost.putIfAbsent(who, trace);
      }
    }

    private boolean isLate(Trace since, long at) {
      return at - since.at() > mostNanos;
    }

    @Override
    public List<Violation> finish() {
      late.forEach(
          (who, repair) ->
              violated(who + " had its place again too late and did not say so", List.of(repair)));
      return violations;
    }
  }

  /// C-10: a shunned peer that lives, was not refused and does not leave is a member again within
  /// the given time after it was shunned or the faults ended, whichever is later.
  static final class ComeBack extends PromiseChecker {

    private final long mostNanos;
    private final Map<String, Trace> shunned = new LinkedHashMap<>();
    private long quietNanos = Long.MAX_VALUE;

    ComeBack(long mostNanos) {
      super("C-10");
      this.mostNanos = mostNanos;
    }

    @Override
    public void accept(Trace trace) {
      String who = trace.who();
      switch (trace.event()) {
        case "SHUNNED" -> shunned.put(who, trace);
        case "QUIESCE" -> quietNanos = trace.at();
        case "MEMBER" -> back(shunned.remove(who), trace.at());
        case "BOOT", "CRASH", "REFUSED", "LEFT" -> shunned.remove(who);
        case "END" -> shunned.values().forEach(out -> back(out, Long.MAX_VALUE));
        default -> {}
      }
    }

    private void back(@Nullable Trace out, long at) {
      if (out != null && quietNanos != Long.MAX_VALUE) {
        long from = Math.max(out.at(), quietNanos);
        if (at - from > mostNanos) {
          String when = at == Long.MAX_VALUE ? "never" : (at - from) / 1_000_000 + " ms later";
          violated(out.who() + " was shunned and came back " + when, List.of(out));
        }
      }
    }

    @Override
    public List<Violation> finish() {
      return violations;
    }
  }
}
