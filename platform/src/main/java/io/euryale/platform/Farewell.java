package io.euryale.platform;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/// Watches the connections of a home that closes: opens `drained` when all of them have sent what
/// was queued and ended, and ends those that take too long.
final class Farewell extends Timer {

  private static final long PERIOD_NANOS = 1_000_000;

  private final TimerHeap timers;
  private final Set<Connection> connections;
  private final CountDownLatch drained;
  private final long lastNanos;

  Farewell(
      TimerHeap timers, Set<Connection> connections, Duration longest, CountDownLatch drained) {
    this.timers = timers;
    this.connections = connections;
    this.drained = drained;
    this.lastNanos = Loops.nowNanos() + longest.toNanos();
  }

  @Override
  void due(long nowNanos) {
    if (!connections.isEmpty() && nowNanos < lastNanos) {
      timers.set(this, nowNanos + PERIOD_NANOS);
      return;
    }
    List.copyOf(connections).forEach(Connection::close);
    drained.countDown();
  }
}
