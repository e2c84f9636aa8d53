package io.euryale.lab;

import io.euryale.simulation.Fault;
import io.euryale.simulation.FaultEffect;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/// Adds up outcomes. Every sum is independent of the order in which threads deliver them, so that a
/// campaign gives the same numbers on any number of threads. Locked by itself.
final class Tally {

  /// How often a kind of fault was planned and took effect, and in how many schedules it did.
  static final class KindCount {
    long planned;
    long effective;
    long schedules;
  }

  /// A failing schedule, kept with its draw.
  record Failure(Draw draw, Outcome outcome) {}

  private final int mostKept;
  private final Map<Fault.Kind, KindCount> kinds = new EnumMap<>(Fault.Kind.class);
  private final SortedMap<String, Long> cells = new TreeMap<>();
  private final SortedMap<String, Long> failedByChecker = new TreeMap<>();
  private final PriorityQueue<Failure> failures =
      new PriorityQueue<>(Comparator.comparingLong((Failure f) -> f.draw().seed()).reversed());
  private final Set<Long> unrepeatable = new TreeSet<>();
  private long schedules;
  private long thin;
  private long redrawn;
  private long failed;
  private long repeated;
  private long messages;
  private long allMessages;
  private long events;
  private long effectiveFaults;

  Tally(int mostKept) {
    this.mostKept = mostKept;
    for (Fault.Kind kind : Fault.Kind.values()) {
      kinds.put(kind, new KindCount());
    }
  }

  synchronized void add(Draw draw, Outcome outcome) {
    schedules++;
    thin += outcome.isThin() ? 1 : 0;
    redrawn += draw.attempt() > 0 ? 1 : 0;
    messages += outcome.messages();
    events += outcome.events();
    effectiveFaults += outcome.effectiveFaults();
    outcome.cells().forEach((cell, count) -> cells.merge(cell, count, Long::sum));
    Set<Fault.Kind> inThis = EnumSet.noneOf(Fault.Kind.class);
    for (FaultEffect effect : outcome.effects()) {
      KindCount count = count(effect.fault().kind());
      count.planned++;
      if (effect.tookEffect()) {
        count.effective++;
        inThis.add(effect.fault().kind());
      }
    }
    inThis.forEach(kind -> count(kind).schedules++);
    if (!outcome.held()) {
      failed++;
      outcome.violations().stream()
          .map(Violation::checker)
          .distinct()
          .forEach(checker -> failedByChecker.merge(checker, 1L, Long::sum));
      failures.add(new Failure(draw, outcome));
      if (failures.size() > mostKept) {
        failures.poll(); // The highest seed goes: the lowest are reported.
      }
    }
  }

  synchronized void addRepetition(long seed, boolean equal) {
    repeated++;
    if (!equal) {
      unrepeatable.add(seed);
    }
  }

  /// Messages of any run: also of repetitions and of draws that were too thin.
  synchronized void addMessages(long count) {
    allMessages += count;
  }

  synchronized long allMessages() {
    return allMessages;
  }

  private KindCount count(Fault.Kind kind) {
    return kinds.computeIfAbsent(kind, _ -> new KindCount());
  }

  synchronized Map<Fault.Kind, KindCount> kinds() {
    return new EnumMap<>(kinds);
  }

  synchronized SortedMap<String, Long> cells() {
    return new TreeMap<>(cells);
  }

  synchronized SortedMap<String, Long> failedByChecker() {
    return new TreeMap<>(failedByChecker);
  }

  /// The failures with the lowest seeds, in seed order.
  synchronized List<Failure> failures() {
    return failures.stream().sorted(Comparator.comparingLong(f -> f.draw().seed())).toList();
  }

  synchronized List<Long> unrepeatable() {
    return List.copyOf(unrepeatable);
  }

  synchronized long schedules() {
    return schedules;
  }

  synchronized long thin() {
    return thin;
  }

  synchronized long redrawn() {
    return redrawn;
  }

  synchronized long failed() {
    return failed;
  }

  synchronized long repeated() {
    return repeated;
  }

  synchronized long messages() {
    return messages;
  }

  synchronized long events() {
    return events;
  }

  synchronized long effectiveFaults() {
    return effectiveFaults;
  }
}
