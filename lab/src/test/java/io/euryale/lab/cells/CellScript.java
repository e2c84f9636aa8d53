package io.euryale.lab.cells;

import io.euryale.kernel.trace.Trace;
import io.euryale.kernel.trace.TraceEvent;
import io.euryale.lab.Checker;
import io.euryale.lab.Violation;
import io.euryale.overlay.OverlaySettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// Writes traces of cells by hand. A peer is a letter, its first life `a#1`; time passes with
/// [#after].
final class CellScript {

  private static final long MILLI = Duration.ofMillis(1).toNanos();

  private final List<Trace> traces = new ArrayList<>();
  private long at;

  /// A root cell of a and b, cell 0.0 of c and d below it, and cell 0.1 of e and f.
  static CellScript tree() {
    CellScript script = new CellScript();
    for (String peer : List.of("a", "b")) {
      script.boot(peer).member(peer, "0").view(peer, "0", 1, "a", "a", "b").root(peer, "1/a#1", 6);
    }
    for (String peer : List.of("c", "d")) {
      script.boot(peer).member(peer, "0.0").view(peer, "0.0", 1, "c", "c", "d");
      script.parent(peer, "a").root(peer, "1/a#1", 6);
    }
    for (String peer : List.of("e", "f")) {
      script.boot(peer).member(peer, "0.1").view(peer, "0.1", 1, "e", "e", "f");
      script.parent(peer, "b").root(peer, "1/a#1", 6);
    }
    return script;
  }

  CellScript after(long millis) {
    at += millis * MILLI;
    return this;
  }

  CellScript event(String peer, String event, Object... fields) {
    traces.add(new Trace(traces.size(), at, peer, 1, TraceEvent.of(event, fields)));
    return this;
  }

  CellScript boot(String peer) {
    return event(peer, "BOOT");
  }

  CellScript member(String peer, String cell) {
    return phase(peer, "SEEKING", "MEMBER").event(peer, "MEMBER", "cell", cell);
  }

  CellScript phase(String peer, String from, String to) {
    return event(peer, "PHASE", "from", from, "to", to);
  }

  CellScript view(String peer, String cell, long number, String coordinator, String... members) {
    List<String> ids = new ArrayList<>();
    for (String member : members) {
      ids.add(member + "#1");
    }
    return event(
        peer,
        "CELL_VIEW",
        "cell",
        cell,
        "term",
        number + "/" + coordinator + "#1",
        "number",
        number,
        "version",
        number,
        "coordinator",
        coordinator + "#1",
        "members",
        String.join(",", ids));
  }

  CellScript parent(String peer, String parent) {
    return event(peer, "PARENT", "parent", parent + "#1");
  }

  CellScript parentLost(String peer, String parent, String reason) {
    return event(peer, "PARENT_LOST", "parent", parent + "#1", "reason", reason);
  }

  CellScript root(String peer, String term, int peers) {
    return event(peer, "ROOT", "term", term, "peers", peers);
  }

  CellScript suspect(String peer, String who, String reason, int near, int doubtful) {
    return event(
        peer,
        "SUSPECT",
        "who",
        who + "#1",
        "reason",
        reason,
        "silence",
        750,
        "near",
        near,
        "doubtful",
        doubtful);
  }

  CellScript shunned(String peer) {
    return event(peer, "SHUNNED", "reason", "expelled").phase(peer, "MEMBER", "SEEKING");
  }

  CellScript offers(String peer, String services) {
    return event(peer, "OFFERS", "services", services);
  }

  CellScript asks(String who, int id, String service, int wanted) {
    return question(who, "ASKS", id, service, wanted);
  }

  CellScript found(String who, int id, String found) {
    return event(who, "FOUND", "id", id, "complete", true, "found", found);
  }

  CellScript watches(String who, int id) {
    return question(who, "WATCHES", id, FindPlan.ALL, Integer.MAX_VALUE);
  }

  CellScript told(String who, int id, String found) {
    return event(who, "TOLD", "id", id, "complete", true, "found", found);
  }

  private CellScript question(String who, String event, int id, String service, int wanted) {
    return event(who, event, "id", id, "what", "SERVICE", "pattern", service, "wanted", wanted);
  }

  CellScript quiesce() {
    return event("simulation", "QUIESCE");
  }

  boolean hasCrashed(String peer) {
    return traces.stream().anyMatch(t -> t.event().equals("CRASH") && t.proc().equals(peer));
  }

  /// The ids of the promises that this trace breaks.
  Set<String> broken() {
    event("simulation", "END");
    OverlaySettings settings = OverlaySettings.defaults();
    Set<String> broken = new TreeSet<>();
    List<Checker> checkers = CellCheckers.all(settings, CellPlan.SETTLE_NANOS, CellPlan.HEAL_NANOS);
    for (Checker checker : checkers) {
      traces.forEach(checker::accept);
      for (Violation violation : checker.finish()) {
        broken.add(violation.checker());
      }
    }
    return broken;
  }
}
