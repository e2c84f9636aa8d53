package io.euryale.service.cell;

import io.euryale.kernel.Home;
import java.util.Arrays;

/// The deadlines of the two cores that share a home, which has one.
final class Timers {

  /// The core of the overlay.
  static final int OVERLAY = 0;

  /// The core of the group.
  static final int GROUP = 1;

  private final Home home;
  private final long[] deadlines = new long[2];
  private long armed = Long.MAX_VALUE;

  Timers(Home home) {
    this.home = home;
    Arrays.fill(deadlines, Long.MAX_VALUE);
  }

  void wakeAt(int core, long deadlineNanos) {
    deadlines[core] = deadlineNanos;
    long next = Math.min(deadlines[OVERLAY], deadlines[GROUP]);
    if (next != armed) {
      armed = next;
      home.wakeAt(next);
    }
  }

  /// The home's deadline has passed: it has none any more.
  void fired() {
    armed = Long.MAX_VALUE;
  }

  /// Whether a core's deadline has passed; it has none then.
  boolean take(int core, long nowNanos) {
    if (deadlines[core] > nowNanos) {
      return false;
    }
    deadlines[core] = Long.MAX_VALUE;
    return true;
  }

  /// After the cores that were due have been called: asks for what is left.
  void rearm() {
    wakeAt(OVERLAY, deadlines[OVERLAY]);
  }
}
