package io.euryale.console;

import io.euryale.client.GroupListener;
import io.euryale.client.Message;
import io.euryale.client.Service;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.BitSet;
import java.util.concurrent.ThreadLocalRandom;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/// Counts and times the own messages of a flood. What a message carries: a magic number, the run,
/// its number and when it was due.
final class GroupFloodReception implements GroupListener {

  static final int HEADER_BYTES = 32;

  private static final long MAGIC = 0x45555259464C4F4FL;
  private static final long HIGHEST_NANOS = 3_600_000_000_000L;

  private final long run = ThreadLocalRandom.current().nextLong();
  private final boolean keepsOrder;

  // Guarded by this.
  private final Histogram latency = new Histogram(HIGHEST_NANOS, 3);
  private final BitSet seen = new BitSet();
  private long next;
  private long own;
  private long again;
  private long disordered;
  private long others;
  private long firstNanos;
  private long lastNanos;
  private @Nullable String ended;

  GroupFloodReception(Service service) {
    keepsOrder = service != Service.UNRELIABLE && service != Service.RELIABLE;
  }

  byte[] message(int bytes, long number, long dueNanos) {
    return ByteBuffer.allocate(bytes)
        .putLong(MAGIC)
        .putLong(run)
        .putLong(number)
        .putLong(dueNanos)
        .array();
  }

  @Override
  public synchronized void message(Message message) {
    ByteBuffer payload = message.payload();
    if (payload.remaining() < HEADER_BYTES
        || payload.getLong() != MAGIC
        || payload.getLong() != run) {
      others++;
      return;
    }
    long number = payload.getLong();
    long now = System.nanoTime();
    firstNanos = own == 0 ? now : firstNanos;
    lastNanos = now;
    if (seen.get((int) number)) {
      again++;
      return;
    }
    seen.set((int) number);
    own++;
    latency.recordValue(Math.clamp(now - payload.getLong(), 0, HIGHEST_NANOS));
    if (keepsOrder && number != next) {
      disordered++;
    }
    next = number + 1;
    notifyAll();
  }

  @Override
  public synchronized void ended(String reason) {
    ended = reason;
    notifyAll();
  }

  /// Waits until as many own messages came.
  synchronized boolean await(long count, Duration timeout) throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (own < count && ended == null) {
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return false;
      }
      wait(left);
    }
    return own >= count;
  }

  synchronized @Nullable String ended() {
    return ended;
  }

  synchronized Histogram latency() {
    return latency.copy();
  }

  synchronized long own() {
    return own;
  }

  synchronized long again() {
    return again;
  }

  synchronized long disordered() {
    return disordered;
  }

  synchronized long others() {
    return others;
  }

  /// Between the first and the last delivery.
  synchronized double seconds() {
    return (lastNanos - firstNanos) / 1e9;
  }
}
