package io.euryale.platform;

import io.euryale.kernel.PeerId;
import io.euryale.kernel.trace.Trace;
import io.euryale.kernel.trace.TraceEvent;
import io.euryale.kernel.trace.TraceSink;

/// Gives the observations of all cores of this process one order, and hands them to one sink, which
/// therefore needs no lock of its own. Any thread may record.
public final class Observations {

  private final TraceSink sink;
  private long step;

  public Observations(TraceSink sink) {
    this.sink = sink;
  }

  /// Records that `event` happened at `peer` at `nowNanos` ([Loops#nowNanos]).
  public synchronized void record(long nowNanos, PeerId peer, TraceEvent event) {
    sink.accept(new Trace(step++, nowNanos, peer.name().value(), peer.incarnation(), event));
  }
}
