package io.euryale.kernel.trace;

/// Where traces go: a checker, a hash, a file. Called in trace order by one thread at a time.
@FunctionalInterface
public interface TraceSink {
  void accept(Trace trace);
}
