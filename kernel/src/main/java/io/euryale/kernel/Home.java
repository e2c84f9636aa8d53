package io.euryale.kernel;

import io.euryale.kernel.trace.TraceEvent;
import java.nio.ByteBuffer;

/// What a [Core] may ask of the home it lives in: the real environment of `platform` or the virtual
/// one of `simulation`; it cannot tell which.
///
/// Called only from inside a call of the core, by its owner thread. No method throws or blocks.
public interface Home {

  /// Sends `frame` (position to limit) over a link; the bytes are copied before the call returns.
  ///
  /// @return false when nothing was queued: the link is down or its bounded queue is full
  boolean send(int link, ByteBuffer frame);

  /// Asks for a link to `remote` on this core's traffic class; the home dials until it succeeds or
  /// [#disconnect] is called, with growing, jittered pauses.
  ///
  /// @return the identifier of the link, for its whole life
  int connect(Endpoint remote);

  /// Closes a link, whoever opened it; frames already queued are still sent. No `linkDown` follows.
  void disconnect(int link);

  /// Asks for one [Core#timerDue] at or after `deadlineNanos`; replaces the deadline asked for
  /// before. `Long.MAX_VALUE` asks for none.
  void wakeAt(long deadlineNanos);

  /// Records an observation: the home makes trace, metric and log line of it.
  void observe(TraceEvent event);

  /// Whether anybody reads observations of this kind; lets hot paths skip building them.
  default boolean observes(String event) {
    return true;
  }

  /// A number in `[0, bound)` for jitter and spreading, never for keys. Seeded in the simulation.
  long jitter(long bound);
}
