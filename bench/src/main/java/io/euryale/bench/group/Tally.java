package io.euryale.bench.group;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/// What one member saw delivered in one run.
///
/// Any thread may report deliveries. Messages of other runs are not counted.
final class Tally {

  private static final int DIGITS = 3;

  private final int run;
  private final int self;
  private final long[] counts;
  private final long[] next;
  private final Histogram own = new Histogram(DIGITS);
  private final Histogram remote = new Histogram(DIGITS);
  private boolean latencies;
  private long fromNanos;
  private long toNanos;
  private long total;
  private long order;
  private long outOfOrder;
  private volatile long ownTotal;
  private volatile @Nullable Thread waiting;
  private volatile long wakeAt;

  Tally(int run, int self, int members) {
    this.run = run;
    this.self = self;
    this.counts = new long[members];
    this.next = new long[members];
  }

  /// Records from now on the latency of what was due between two times.
  void recordLatencies(long dueFromNanos, long dueToNanos) {
    synchronized (counts) {
      latencies = true;
      fromNanos = dueFromNanos;
      toNanos = dueToNanos;
    }
  }

  void delivered(byte[] bytes, int offset, int length) {
    if (length < Payload.LEAST_BYTES || Payload.run(bytes, offset) != run) {
      return;
    }
    int sender = Payload.sender(bytes, offset);
    int number = Payload.number(bytes, offset);
    synchronized (counts) {
      counts[sender]++;
      total++;
      order = order * 1_000_003 + ((long) sender << 32 | number);
      if (number != next[sender]) {
        outOfOrder++;
      }
      next[sender] = number + 1L;
      if (latencies) {
        long due = Payload.dueNanos(bytes, offset);
        if (due - fromNanos >= 0 && due - toNanos < 0) {
          long latency = Math.max(0, System.nanoTime() - due);
          (sender == self ? own : remote).recordValue(latency);
        }
      }
      if (sender == self) {
        ownTotal = counts[self];
      }
    }
    if (sender == self) {
      Thread sleeper = waiting;
      if (sleeper != null && ownTotal >= wakeAt) {
        waiting = null;
        LockSupport.unpark(sleeper);
      }
    }
  }

  /// Waits until so many own messages came back, or the time is over. One thread only.
  void awaitOwn(long count, long deadlineNanos) {
    while (ownTotal < count) {
      long left = deadlineNanos - System.nanoTime();
      if (left <= 0) {
        return;
      }
      wakeAt = count;
      waiting = Thread.currentThread();
      if (ownTotal < count) {
        LockSupport.parkNanos(this, Math.min(left, 20_000_000));
      }
    }
    waiting = null;
  }

  long ownTotal() {
    return ownTotal;
  }

  long total() {
    synchronized (counts) {
      return total;
    }
  }

  /// Messages delivered, by sender.
  List<Long> counts() {
    synchronized (counts) {
      return Arrays.stream(counts).boxed().toList();
    }
  }

  /// The same at all members that were delivered the same messages in the same order.
  long order() {
    synchronized (counts) {
      return order;
    }
  }

  /// Messages that were not the next one of their sender.
  long outOfOrder() {
    synchronized (counts) {
      return outOfOrder;
    }
  }

  Histogram own() {
    synchronized (counts) {
      return own.copy();
    }
  }

  Histogram remote() {
    synchronized (counts) {
      return remote.copy();
    }
  }
}
