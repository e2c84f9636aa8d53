package io.euryale.lab;

import io.euryale.simulation.Fault;
import io.euryale.simulation.FaultPlan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Makes a failing schedule small: drops faults while the same checker still fires (after Zeller
/// and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input"), then halves how long the
/// remaining ones last. A seeded stream per concern makes this work: the rest of the schedule draws
/// the same numbers whatever faults are left.
final class Shrinker {

  private static final int MOST_RUNS = 400;
  private static final long SHORTEST_NANOS = Duration.ofMillis(10).toNanos();

  /// What a fault without an end is tried with first.
  private static final long FIRST_LENGTH_NANOS = Duration.ofSeconds(16).toNanos();

  private final Scenario scenario;
  private final long deadlineNanos;
  private final Draw failing;
  private final String checker;
  private Outcome smallest;
  private int runs;

  private Shrinker(Scenario scenario, Draw failing, Outcome outcome, Duration budget) {
    this.scenario = scenario;
    this.failing = failing;
    this.smallest = outcome;
    checker = outcome.violations().getFirst().checker();
    deadlineNanos = System.nanoTime() + budget.toNanos();
  }

  /// The smallest failing plan found within the budget; at worst the drawn one.
  static Finding shrink(Scenario scenario, Draw failing, Outcome outcome, Duration budget) {
    Shrinker shrinker = new Shrinker(scenario, failing, outcome, budget);
    // A plan given as text has to fail like the drawn one, or the command would not replay it.
    if (shrinker.stillFails(outcome.plan())) {
      shrinker.dropFaults();
      shrinker.shorten();
      shrinker.dropFaults();
    }
    Violation violation =
        shrinker.smallest.violations().stream()
            .filter(v -> v.checker().equals(shrinker.checker))
            .findFirst()
            .orElseThrow();
    return new Finding(
        scenario.arguments(),
        failing.seed(),
        failing.attempt(),
        violation,
        outcome.plan(),
        shrinker.smallest.plan(),
        shrinker.runs);
  }

  private void dropFaults() {
    int chunks = 2;
    while (!isOver() && smallest.plan().size() > 0) {
      List<Fault> faults = smallest.plan().faults();
      int size = Math.ceilDiv(faults.size(), Math.min(chunks, faults.size()));
      boolean dropped = false;
      for (int from = 0; from < faults.size() && !dropped; from += size) {
        List<Fault> rest = new ArrayList<>(faults.subList(0, from));
        rest.addAll(faults.subList(Math.min(faults.size(), from + size), faults.size()));
        dropped = stillFails(new FaultPlan(rest));
      }
      if (!dropped) {
        if (size == 1) {
          return;
        }
        chunks *= 2;
      } else {
        chunks = Math.max(2, chunks - 1);
      }
    }
  }

  private void shorten() {
    for (int i = 0; i < smallest.plan().size(); i++) {
      while (!isOver()) {
        Fault fault = smallest.plan().faults().get(i);
        long length = fault.durationNanos();
        long half = length == Fault.UNTIL_HEALED ? FIRST_LENGTH_NANOS : whole(length / 2);
        if (half < SHORTEST_NANOS
            || !stillFails(smallest.plan().with(i, fault.withDuration(half)))) {
          break;
        }
      }
    }
  }

  private static long whole(long nanos) {
    return nanos / 1_000_000 * 1_000_000;
  }

  private boolean isOver() {
    return runs >= MOST_RUNS || System.nanoTime() - deadlineNanos > 0;
  }

  private boolean stillFails(FaultPlan plan) {
    if (isOver()) {
      return false;
    }
    runs++;
    Outcome outcome = scenario.run(failing.with(plan));
    if (outcome.violates(checker)) {
      smallest = outcome;
      return true;
    }
    return false;
  }
}
