package io.euryale.platform;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/// What the links of one peer on one traffic class have done since they started. Written by the
/// class's loop only, readable from any thread without cost to the loop; a reader sees each number
/// recent, not all of them at one instant.
public final class LinkCounters {

  private final AtomicLong framesIn = new AtomicLong();
  private final AtomicLong bytesIn = new AtomicLong();
  private final AtomicLong framesOut = new AtomicLong();
  private final AtomicLong bytesOut = new AtomicLong();
  private final AtomicLong resets = new AtomicLong();
  private final AtomicLong queueFull = new AtomicLong();
  private final AtomicLong dialsFailed = new AtomicLong();
  private final EnumMap<Rejection, AtomicLong> rejected = new EnumMap<>(Rejection.class);

  LinkCounters() {
    for (Rejection reason : Rejection.values()) {
      rejected.put(reason, new AtomicLong());
    }
  }

  /// Frames given to the core, hellos not counted.
  public long framesIn() {
    return framesIn.get();
  }

  /// Bytes read from sockets.
  public long bytesIn() {
    return bytesIn.get();
  }

  /// Frames accepted for sending, hellos not counted.
  public long framesOut() {
    return framesOut.get();
  }

  /// Bytes of those frames, with their headers.
  public long bytesOut() {
    return bytesOut.get();
  }

  /// Links reset by the other side.
  public long resets() {
    return resets.get();
  }

  /// Frames refused because the queue of their link was full.
  public long queueFull() {
    return queueFull.get();
  }

  /// Dials that came to nothing.
  public long dialsFailed() {
    return dialsFailed.get();
  }

  public long rejected(Rejection reason) {
    AtomicLong count = rejected.get(reason);
    return count == null ? 0 : count.get();
  }

  /// All reasons with their counts, in the order of the enum.
  public Map<Rejection, Long> rejected() {
    EnumMap<Rejection, Long> counts = new EnumMap<>(Rejection.class);
    rejected.forEach((reason, count) -> counts.put(reason, count.get()));
    return counts;
  }

  void frameIn() {
    add(framesIn, 1);
  }

  void bytesIn(long bytes) {
    add(bytesIn, bytes);
  }

  void frameOut(long bytes) {
    add(framesOut, 1);
    add(bytesOut, bytes);
  }

  void reset() {
    add(resets, 1);
  }

  void full() {
    add(queueFull, 1);
  }

  void dialFailed() {
    add(dialsFailed, 1);
  }

  void reject(Rejection reason) {
    AtomicLong count = rejected.get(reason);
    if (count != null) {
      add(count, 1);
    }
  }

  /// One writer, so no compare-and-swap is needed: a lazy store is a plain one on this machine.
  private static void add(AtomicLong counter, long amount) {
    counter.lazySet(counter.getPlain() + amount);
  }
}
