package io.euryale.lab;

import io.euryale.kernel.trace.TraceSink;
import io.euryale.simulation.Fault;
import java.util.List;
import java.util.Set;

/// A kind of schedule that can be drawn from seeds without end: who takes part, what they do, what
/// goes wrong, and the checkers that read the trace.
///
/// One object serves several threads; it keeps no state between runs.
public interface Scenario {

  /// The word on the command line: `./euryale simulate <name>`.
  String name();

  /// What stands behind `./euryale simulate` to run this very scenario: its name, and an option
  /// where that is not enough.
  default String arguments() {
    return name();
  }

  /// What it promises, one sentence for each checker, by checker id.
  List<Promised> promises();

  /// Kinds of fault that a campaign of [Campaign#COVERED_SEEDS] seeds or more has to meet.
  Set<Fault.Kind> kinds();

  /// Phase × event cells, as the scenario's schedules write them into their outcomes, that such a
  /// campaign has to meet.
  List<String> cells();

  /// Runs one schedule to its end, usually through a [Schedule].
  ///
  /// @param sinks get the trace as well, after the checkers
  Outcome run(Draw draw, TraceSink... sinks);

  /// A promise and the checker that watches it.
  record Promised(String checker, String text) {}
}
