package io.euryale.simulation;

/// How often a planned fault really changed something: frames lost, repeated, overtaken, delayed or
/// swallowed, inputs slowed down, connections reset, live processes crashed or stopped.
public record FaultEffect(Fault fault, long effects) {

  public boolean tookEffect() {
    return effects > 0;
  }
}
