package io.euryale.peer.group;

import io.euryale.group.named.GroupName;
import io.euryale.kernel.PeerName;
import io.euryale.peer.RefusedException;
import io.euryale.peer.RefusedException.Reason;
import io.euryale.platform.Loops;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;

/// Where a recipe lives: its group, the lane of its listener, and whoever waits for it.
final class RecipeSeat {

  private static final long LANE_BYTES = 256 << 10;
  private static final long LOOK_AGAIN_MILLIS = 100;

  final GroupHost host;
  final GroupName group;
  final PeerName application;
  private final Lane lane;
  private LongConsumer watcher = _ -> {};

  RecipeSeat(GroupHost host, GroupName group, PeerName application) {
    this.host = host;
    this.group = group;
    this.application = application;
    lane =
        new Lane(
            "euryale-recipe-" + group,
            LANE_BYTES,
            this::throttle,
            mistake -> GroupAudit.listenerFailed(group, application, mistake));
  }

  private void throttle(boolean full) {
    if (full) {
      host.full(Loops.nowNanos(), application);
    } else {
      boolean _ = host.execute(now -> host.room(now, application));
    }
  }

  /// Has a listener told something; on the loop.
  void tell(Runnable call) {
    lane.put(0, call);
  }

  /// Has the recipe told when this peer's being primary changed; on the loop.
  void watch(LongConsumer onChange) {
    watcher = onChange;
    host.watchPrimary(onChange);
  }

  /// On the loop.
  void unwatch() {
    host.unwatchPrimary(watcher);
  }

  /// Wakes those that wait; from any thread.
  synchronized void wake() {
    notifyAll();
  }

  /// Waits for a condition.
  ///
  /// @return false when time ran out
  /// @throws RefusedException when the peer has ended
  synchronized boolean await(BooleanSupplier condition, Duration timeout)
      throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (!condition.getAsBoolean()) {
      if (host.isStopped()) {
        throw host.closed();
      }
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return false;
      }
      wait(Math.min(left, LOOK_AGAIN_MILLIS));
    }
    return true;
  }

  RefusedException late(String what, Duration timeout) {
    return new RefusedException(
        Reason.TIMEOUT, what + " in group " + group + " within " + timeout.toMillis() + " ms.");
  }
}
