package io.euryale.lab;

import io.euryale.kernel.Role;
import io.euryale.kernel.trace.Trace;
import io.euryale.kernel.trace.TraceSink;
import io.euryale.simulation.FaultPlan;
import io.euryale.simulation.Simulation;
import io.euryale.simulation.SimulationException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// One run of a scenario with its checkers attached: counts what the campaign reports, and turns a
/// core that throws into a violation of [#CORE].
public final class Schedule {

  /// The promise of every scenario that no core throws and every run comes to rest.
  public static final String CORE = "X-1";

  /// Events kept as the evidence when a core throws.
  private static final int LAST_EVENTS = 5;

  private final Simulation simulation;
  private final List<Checker> checkers;
  private final Function<Trace, @Nullable String> cell;
  private final Map<String, long[]> cells = new HashMap<>();
  private final Trace[] last = new Trace[LAST_EVENTS];
  private long events;

  /// Attaches checkers and sinks to a simulation that has not run yet.
  ///
  /// @param cell the phase × event cell that a trace event shows, or null
  public Schedule(
      Simulation simulation,
      List<Checker> checkers,
      Function<Trace, @Nullable String> cell,
      TraceSink... sinks) {
    this.simulation = simulation;
    this.checkers = List.copyOf(checkers);
    this.cell = cell;
    simulation.addSink(this::count);
    this.checkers.forEach(simulation::addSink);
    for (TraceSink sink : sinks) {
      simulation.addSink(sink);
    }
  }

  /// Runs the schedule and asks the checkers.
  ///
  /// @param plan the faults that `body` injects
  /// @param body adds processes, injects the faults, runs to the end
  public Outcome run(FaultPlan plan, Runnable body) {
    List<Violation> violations = new ArrayList<>();
    try {
      body.run();
      for (Checker checker : checkers) {
        violations.addAll(checker.finish());
      }
    } catch (SimulationException e) {
      String sentence = e.getMessage();
      violations.add(new Violation(CORE, sentence == null ? e.toString() : sentence, lastEvents()));
    }
    return new Outcome(
        simulation.seed(),
        simulation.traceHash(),
        violations,
        plan,
        simulation.faultEffects(),
        (int) simulation.processes().stream().filter(p -> p.role() == Role.PEER).count(),
        simulation.messagesDelivered(),
        events,
        sorted(cells));
  }

  private static SortedMap<String, Long> sorted(Map<String, long[]> counts) {
    SortedMap<String, Long> sorted = new TreeMap<>();
    counts.forEach((cell, count) -> sorted.put(cell, count[0]));
    return sorted;
  }

  private void count(Trace trace) {
    last[(int) (events++ % LAST_EVENTS)] = trace;
    String met = cell.apply(trace);
    if (met != null) {
      cells.computeIfAbsent(met, _ -> new long[1])[0]++;
    }
  }

  private List<Trace> lastEvents() {
    List<Trace> evidence = new ArrayList<>();
    for (long i = Math.max(0, events - LAST_EVENTS); i < events; i++) {
      evidence.add(last[(int) (i % LAST_EVENTS)]);
    }
    return evidence;
  }
}
