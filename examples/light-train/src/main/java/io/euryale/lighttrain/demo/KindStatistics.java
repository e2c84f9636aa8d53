package io.euryale.lighttrain.demo;

import org.HdrHistogram.Histogram;

/// Latencies and jitter of one kind of packets. Not thread-safe.
///
/// Latencies count from the time a packet should have been published, so a publisher that is held
/// up hides nothing (no coordinated omission). Jitter is the mean absolute difference between the
/// latencies of successive packets of one stream.
public final class KindStatistics {

  private static final long HIGHEST_MICROS = 120_000_000;
  private static final double NANOS_PER_MILLI = 1e6;
  private static final double MICROS_PER_MILLI = 1e3;

  /// In microseconds: three digits from there up to two minutes.
  private final Histogram latencies = new Histogram(1, HIGHEST_MICROS, 3);

  private long maxNanos;
  private double differences;
  private long differenceCount;

  /// A packet came.
  ///
  /// @param latencyNanos of this packet
  /// @param previousNanos latency of the packet before it in its stream; negative for the first
  public void record(long latencyNanos, long previousNanos) {
    maxNanos = Math.max(maxNanos, latencyNanos);
    latencies.recordValue(Math.min(HIGHEST_MICROS, Math.max(1, latencyNanos / 1000)));
    if (previousNanos >= 0) {
      differences += Math.abs(latencyNanos - previousNanos);
      differenceCount++;
    }
  }

  /// Adds what another kind of the same class measured.
  public void add(KindStatistics other) {
    latencies.add(other.latencies);
    maxNanos = Math.max(maxNanos, other.maxNanos);
    differences += other.differences;
    differenceCount += other.differenceCount;
  }

  public long count() {
    return latencies.getTotalCount();
  }

  /// A latency in milliseconds; 0 when there was no packet.
  ///
  /// @param percentile 0 to 100
  public double latencyMillis(double percentile) {
    double millis = latencies.getValueAtPercentile(percentile) / MICROS_PER_MILLI;
    // Buckets are as wide as a thousandth; no percentile is above the largest value.
    return Math.min(millis, maxMillis());
  }

  public double maxMillis() {
    return maxNanos / NANOS_PER_MILLI;
  }

  public double jitterMillis() {
    return differenceCount == 0 ? 0 : differences / differenceCount / NANOS_PER_MILLI;
  }
}
