package io.euryale.simulation;

/// Something that waits in a loop's queue until the loop has time for it.
interface Input {

  /// Has its effect on the core.
  ///
  /// @param nowNanos on the clock of the process
  void handle(long nowNanos);

  /// What tells this input from others, for the trace hash.
  long digest();
}
