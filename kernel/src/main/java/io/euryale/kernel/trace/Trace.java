package io.euryale.kernel.trace;

/// A [TraceEvent] with its place and time, as it stands in a trace.
///
/// @param step position in the whole run (simulation) or in the process (real runs), from 0
/// @param at nanoseconds since the run began
/// @param proc name of the process or peer
/// @param inc its incarnation
/// @param body what happened
public record Trace(long step, long at, String proc, long inc, TraceEvent body) {

  public String event() {
    return body.event();
  }

  /// `name#incarnation`, as peers are written everywhere.
  public String who() {
    return proc + "#" + inc;
  }
}
