package io.euryale.peer.group;

import io.euryale.group.primary.PrimaryState;
import io.euryale.kernel.PeerName;
import io.euryale.peer.RefusedException;
import io.euryale.peer.RefusedException.Reason;
import java.time.Duration;
import java.util.List;

/// Whether this member is in the primary component, for all threads.
final class PrimaryWatch {

  private static final String CHANGING = "the configuration is changing";

  private final String who;
  private final GroupPeerListener listener;
  private final GroupPeerMetrics metrics;
  private final Runnable changed;
  private volatile PrimaryState state = PrimaryState.NON_PRIM;

  /// In the primary component, and its number is known.
  private volatile boolean isPrimary;
  private volatile long index;
  private volatile String verdict = "";
  private boolean isEnded;

  /// @param changed told by the control loop whenever the answer of [#isPrimary] or of
  /// [#verdict] changed
  PrimaryWatch(String who, GroupPeerListener listener, GroupPeerMetrics metrics, Runnable changed) {
    this.changed = changed;
    this.who = who;
    this.listener = listener;
    this.metrics = metrics;
  }

  boolean isPrimary() {
    return isPrimary;
  }

  PrimaryState state() {
    return state;
  }

  long index() {
    return index;
  }

  String verdict() {
    return isPrimary() ? "this is the primary component" : verdict;
  }

  void await(Duration timeout) throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    synchronized (this) {
      while (!isPrimary()) {
        if (isEnded) {
          throw new RefusedException(Reason.CLOSED, who + " has ended: start a new one to go on.");
        }
        long left = (deadline - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
          throw new RefusedException(
              Reason.TIMEOUT,
              who
                  + " is not in a primary component after "
                  + timeout.toMillis()
                  + " ms: "
                  + (verdict.isEmpty() ? "it has met none of the others" : verdict)
                  + ".");
        }
        wait(left);
      }
    }
  }

  // --- on the control loop ---

  void primary(long number, List<PeerName> members) {
    index = number;
    metrics.primary(true, number, "");
    listener.primary(number, members);
    settle(true);
  }

  void state(PrimaryState from, PrimaryState to) {
    state = to;
    if (from == PrimaryState.REG_PRIM) {
      verdict = CHANGING; // What was said before was about the component that has ended.
      settle(false);
      metrics.primary(false, index, verdict);
      listener.primaryLost();
    }
  }

  private void settle(boolean now) {
    if (isPrimary != now) {
      synchronized (this) {
        isPrimary = now;
        notifyAll();
      }
      changed.run();
    }
  }

  void verdict(String text) {
    boolean isNew = !isPrimary && !text.equals(verdict);
    verdict = text;
    listener.verdict(text);
    if (isNew) {
      changed.run();
    }
  }

  synchronized void ended() {
    isEnded = true;
    notifyAll();
  }
}
