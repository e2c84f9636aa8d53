package io.euryale.lab;

import io.euryale.simulation.FaultPlan;

/// A schedule that broke a promise, made as small as time allowed.
///
/// @param arguments of the scenario on the command line
/// @param seed of the schedule
/// @param attempt which draw of the seed it is, from 0
/// @param violation the first one of the shrunk schedule
/// @param drawn the faults of the schedule as drawn
/// @param shrunk fewer and shorter faults with which the same checker fires
/// @param runs schedules run to shrink it
public record Finding(
    String arguments,
    long seed,
    int attempt,
    Violation violation,
    FaultPlan drawn,
    FaultPlan shrunk,
    int runs) {

  /// The one command that shows it again.
  public String command() {
    String draw = attempt == 0 ? "" : " --attempt " + attempt;
    return "./euryale simulate %s --seeds %d..%d%s --faults '%s'"
        .formatted(arguments, seed, seed, draw, shrunk);
  }
}
