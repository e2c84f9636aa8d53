package io.euryale.lab;

import io.euryale.kernel.trace.Trace;
import io.euryale.kernel.trace.TraceSink;
import java.util.List;

/// Finds violations of one promise in a trace. Reads the trace only, never protocol state; linear
/// or nearly so in its length. One run, one thread.
public interface Checker extends TraceSink {

  /// The promise it checks, such as `S-3`; failures are reported under this name.
  String id();

  @Override
  void accept(Trace trace);

  /// All violations of the run, in trace order; called once, after the last event.
  List<Violation> finish();
}
