package io.euryale.lab;

import io.euryale.simulation.FaultPlan;
import org.jspecify.annotations.Nullable;

/// Which schedule of a scenario to run.
///
/// @param seed everything that is drawn comes from it
/// @param attempt 0, then 1, 2, … when the faults drawn before had too little effect; it changes
/// the drawn faults and, in the scenario streams, who is drained and what becomes of the overlay
/// @param faults replaces the drawn faults when it is not null: a replay, or a step of shrinking
public record Draw(long seed, int attempt, @Nullable FaultPlan faults) {

  public static Draw of(long seed) {
    return new Draw(seed, 0, null);
  }

  public Draw with(FaultPlan plan) {
    return new Draw(seed, attempt, plan);
  }
}
