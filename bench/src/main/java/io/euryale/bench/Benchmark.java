package io.euryale.bench;

import io.euryale.peer.result.ResultDocument;

/// Something that is measured once, beside something simpler.
public interface Benchmark extends AutoCloseable {

  /// Measures.
  ///
  /// @throws BenchException when the settings or this machine do not allow it
  /// @throws InterruptedException when [#stop] was called: nothing is reported then
  ResultDocument run() throws BenchException, InterruptedException;

  /// Ends the run soon. Any thread.
  void stop();

  /// Ends what was started for the run.
  @Override
  default void close() {}
}
