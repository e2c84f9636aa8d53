package io.euryale.lab.streams;

import io.euryale.kernel.trace.TraceSink;
import io.euryale.lab.Checker;
import io.euryale.lab.Violation;
import io.euryale.simulation.FaultPlan;
import io.euryale.simulation.Simulation;
import io.euryale.simulation.SimulationSettings;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One schedule of the streams scenario, from its seed to its violations.
final class StreamSchedule {

  final StreamPlan plan;
  final Simulation simulation;
  final List<Violation> violations = new ArrayList<>();
  private final StreamRun run;

  /// @param faults replaces the drawn faults when it is not null
  /// @param attempt draws other faults for the same seed, when those before had too little effect
  /// @param sinks get the trace as well
  StreamSchedule(
      long seed,
      int attempt,
      @Nullable FaultPlan faults,
      StreamRun.Cores cores,
      TraceSink... sinks) {
    simulation = new Simulation(seed, SimulationSettings.lan());
    StreamPlan drawn =
        StreamPlan.draw(
            simulation.stream("shape"),
            simulation.stream(attempt == 0 ? "faults" : "faults " + attempt));
    plan = faults == null ? drawn : drawn.with(faults);
    List<Checker> checkers = StreamCheckers.all();
    checkers.forEach(simulation::addSink);
    for (TraceSink sink : sinks) {
      simulation.addSink(sink);
    }
    run = new StreamRun(simulation, plan, cores);
    run.addProcesses();
    simulation.inject(plan.faults());
    simulation.runUntil(StreamPlan.QUIESCE_NANOS);
    simulation.quiesce(true);
    simulation.runUntil(StreamPlan.END_NANOS);
    simulation.end();
    checkers.forEach(checker -> violations.addAll(checker.finish()));
  }

  /// Packets that sensors published.
  long published() {
    return run.published();
  }
}
