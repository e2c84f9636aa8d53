package io.euryale.bench.streams;

import io.euryale.kernel.TrafficClass;
import io.euryale.platform.LoopPriority;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.LockSupport;

/// Sends the packets of a segment when they are due, for all sensors, on one thread. A packet that
/// is refused is offered again until it is taken, and what comes after it in its stream waits: none
/// is skipped, and the delay counts.
final class Sender implements Runnable {

  /// Takes packets in.
  @FunctionalInterface
  interface Entry {
    /// Hands over a packet, which is copied before the call returns.
    ///
    /// @return whether it was taken
    boolean offer(int stream, ByteBuffer packet);
  }

  /// A sleeping thread wakes up to this much late; the rest of the time is spun away, so that the
  /// timer of the kernel is not measured.
  private static final long SPIN_NANOS = 80_000;

  private static final long RETRY_NANOS = 500_000;

  /// What was not taken so long after the end never will be.
  private static final long GIVE_UP_NANOS = 10_000_000_000L;

  private final Ledger ledger;
  private final Traffic traffic;
  private final Entry entry;
  private final int[] next = new int[Traffic.STREAMS];
  private final long[] notBeforeNanos = new long[Traffic.STREAMS];
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(PacketKind.LARGE.bytes());

  Sender(Ledger ledger, Entry entry) {
    this.ledger = ledger;
    this.traffic = ledger.traffic();
    this.entry = entry;
    for (int stream = 0; stream < Traffic.STREAMS; stream++) {
      notBeforeNanos[stream] = firstDue(stream);
    }
  }

  private long firstDue(int stream) {
    return traffic.count(stream) == 0 ? Long.MAX_VALUE : traffic.dueNanos(stream, 0);
  }

  /// Sends everything; ends early when the thread is interrupted.
  @Override
  public void run() {
    LoopPriority.raise(TrafficClass.NORMAL); // A sensor's clock is not what is measured.
    for (int stream = earliest();
        notBeforeNanos[stream] != Long.MAX_VALUE
            && System.nanoTime() - ledger.endNanos() < GIVE_UP_NANOS;
        stream = earliest()) {
      waitUntil(notBeforeNanos[stream]);
      if (Thread.interrupted()) {
        return;
      }
      if (ledger.isDue(stream, next[stream])) {
        send(stream);
      } else {
        notBeforeNanos[stream] = Long.MAX_VALUE;
      }
    }
  }

  private int earliest() {
    int earliest = 0;
    for (int stream = 1; stream < Traffic.STREAMS; stream++) {
      if (notBeforeNanos[stream] < notBeforeNanos[earliest]) {
        earliest = stream;
      }
    }
    return earliest;
  }

  private void send(int stream) {
    int number = next[stream];
    Payload.put(buffer, traffic, stream, number);
    long nowNanos = System.nanoTime();
    if (!entry.offer(stream, buffer)) {
      notBeforeNanos[stream] = nowNanos + RETRY_NANOS;
      return;
    }
    ledger.sent(stream, number, nowNanos);
    next[stream] = number + 1;
    notBeforeNanos[stream] =
        number + 1 < traffic.count(stream) ? traffic.dueNanos(stream, number + 1) : Long.MAX_VALUE;
  }

  private static void waitUntil(long dueNanos) {
    for (long left = dueNanos - System.nanoTime();
        left > 0 && !Thread.currentThread().isInterrupted();
        left = dueNanos - System.nanoTime()) {
      if (left > SPIN_NANOS) {
        LockSupport.parkNanos(left - SPIN_NANOS);
      } else {
        Thread.onSpinWait();
      }
    }
  }
}
