package io.euryale.lighttrain.demo;

import io.euryale.kernel.TrafficClass;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;

/// Decides when the view is due and what packets per second it shows: those of the last second.
final class Rates {

  private static final long PERIOD_NANOS = 250_000_000;
  private static final int KEPT = 5;

  private final Map<TrafficClass, Deque<Sample>> samples = new EnumMap<>(TrafficClass.class);
  private long dueNanos = Long.MIN_VALUE;

  private record Sample(long atNanos, long count) {}

  /// Whether it is time to show something; at most four times a second.
  boolean isDue(long nowNanos) {
    if (dueNanos != Long.MIN_VALUE && nowNanos - dueNanos < 0) {
      return false;
    }
    dueNanos = nowNanos + PERIOD_NANOS;
    return true;
  }

  /// The rate over the last second.
  ///
  /// @param count how many there have been up to now
  double perSecond(TrafficClass trafficClass, long nowNanos, long count) {
    Deque<Sample> of = samples.computeIfAbsent(trafficClass, _ -> new ArrayDeque<>());
    of.addLast(new Sample(nowNanos, count));
    if (of.size() > KEPT) {
      of.removeFirst();
    }
    Sample first = of.getFirst();
    long nanos = nowNanos - first.atNanos();
    return nanos <= 0 ? 0 : (count - first.count()) * 1e9 / nanos;
  }
}
