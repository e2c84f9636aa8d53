package io.euryale.lab;

import io.euryale.kernel.trace.Trace;
import java.util.List;

/// A broken promise.
///
/// @param checker [Checker#id] of the promise
/// @param sentence what happened, with the processes and numbers
/// @param evidence the fewest events that show it, in trace order
public record Violation(String checker, String sentence, List<Trace> evidence) {

  public Violation {
    evidence = List.copyOf(evidence);
  }
}
