package io.euryale.lab.group;

import io.euryale.kernel.trace.Trace;
import io.euryale.lab.Checker;
import io.euryale.lab.Violation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The common part of the checkers here: gets events read once for all of them, chooses those of
/// its layer, and collects violations, each under its own id.
abstract class EventChecker implements Checker {

  /// More violations of one id than this tell nothing new.
  static final int ENOUGH = 20;

  private final String id;
  final GroupEvents events;
  private final List<Violation> violations = new ArrayList<>();
  private final Map<String, Integer> counts = new TreeMap<>();
  private long given;

  /// @param id of the family; violations say more precisely which promise was broken
  EventChecker(String id, GroupEvents events) {
    this.id = id;
    this.events = events;
  }

  @Override
  public final String id() {
    return id;
  }

  @Override
  public final void accept(Trace trace) {
    GroupEvent event = events.at(++given, trace);
    if (event.group() == null) {
      on(event);
    } else {
      onGroup(event);
    }
  }

  /// An event of the ordering layer or the harness.
  abstract void on(GroupEvent event);

  /// An event of a group's layer.
  void onGroup(GroupEvent event) {}

  /// Looks at what can be judged only at the end.
  void atEnd() {}

  @Override
  public final List<Violation> finish() {
    atEnd();
    violations.sort(Comparator.comparingLong(EventChecker::place));
    return violations;
  }

  private static long place(Violation violation) {
    return violation.evidence().isEmpty() ? Long.MAX_VALUE : violation.evidence().getLast().step();
  }

  /// @param evidence in any order; nulls are left out
  final void violated(String promise, String sentence, @Nullable Trace... evidence) {
    if (counts.merge(promise, 1, Integer::sum) > ENOUGH) {
      return;
    }
    List<Trace> sorted = new ArrayList<>();
    for (Trace trace : evidence) {
      if (trace != null && !sorted.contains(trace)) {
        sorted.add(trace);
      }
    }
    sorted.sort(Comparator.comparingLong(Trace::step));
    violations.add(new Violation(promise, sentence, sorted));
  }
}
