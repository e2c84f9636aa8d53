package io.euryale.peer;

import java.util.concurrent.atomic.AtomicLong;

/// Numbers for the lives of peers, sensors and clients: milliseconds of the wall clock at the
/// start, so that a later life has a larger number without anything being stored. A clock that was
/// set back makes the overlay refuse the new life of a peer, which says so; that of a sensor is
/// taken by clients when they hear no more of the one before. Within a process numbers always grow.
public final class Incarnations {

  private static final AtomicLong LAST = new AtomicLong();

  private Incarnations() {}

  /// A number above all given out before.
  public static long next() {
    return LAST.accumulateAndGet(
        System.currentTimeMillis(), (last, wall) -> Math.max(last + 1, wall));
  }
}
