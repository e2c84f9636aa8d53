package io.euryale.platform;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/// What the datagram socket of one core has done since it was opened. Written by the class's loop
/// only, readable from any thread; a reader sees each number recent, not all at one instant.
public final class DatagramCounters {

  private final AtomicLong in = new AtomicLong();
  private final AtomicLong bytesIn = new AtomicLong();
  private final AtomicLong out = new AtomicLong();
  private final AtomicLong bytesOut = new AtomicLong();
  private final EnumMap<Unsent, AtomicLong> unsent = new EnumMap<>(Unsent.class);

  DatagramCounters() {
    for (Unsent reason : Unsent.values()) {
      unsent.put(reason, new AtomicLong());
    }
  }

  /// Datagrams given to the core, whoever sent them.
  public long in() {
    return in.get();
  }

  /// Bytes of those, without the headers of UDP and IP.
  public long bytesIn() {
    return bytesIn.get();
  }

  /// Datagrams that the operating system took.
  public long out() {
    return out.get();
  }

  /// Bytes of those, without the headers of UDP and IP.
  public long bytesOut() {
    return bytesOut.get();
  }

  /// Datagrams that the machine refused for `reason`.
  public long unsent(Unsent reason) {
    AtomicLong count = unsent.get(reason);
    return count == null ? 0 : count.get();
  }

  /// All reasons with their counts, in the order of the enum.
  public Map<Unsent, Long> unsent() {
    EnumMap<Unsent, Long> counts = new EnumMap<>(Unsent.class);
    unsent.forEach((reason, count) -> counts.put(reason, count.get()));
    return counts;
  }

  void received(long bytes) {
    add(in, 1);
    add(bytesIn, bytes);
  }

  void sent(long bytes) {
    add(out, 1);
    add(bytesOut, bytes);
  }

  void refused(Unsent reason) {
    AtomicLong count = unsent.get(reason);
    if (count != null) {
      add(count, 1);
    }
  }

  /// One writer, so no compare-and-swap is needed.
  private static void add(AtomicLong counter, long amount) {
    counter.lazySet(counter.getPlain() + amount);
  }
}
