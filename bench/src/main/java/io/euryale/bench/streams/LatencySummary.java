package io.euryale.bench.streams;

import org.HdrHistogram.Histogram;

/// Mean and percentiles of one segment, in milliseconds.
record LatencySummary(double mean, double p50, double p99, double p999, double max) {

  static final double NANOS_PER_MILLI = 1e6;

  static final LatencySummary NONE = new LatencySummary(0, 0, 0, 0, 0);

  static LatencySummary of(Histogram nanos) {
    // Buckets end above the values in them, but no percentile is above the largest value.
    double max = nanos.getMaxValue() / NANOS_PER_MILLI;
    return new LatencySummary(
        nanos.getMean() / NANOS_PER_MILLI,
        Math.min(max, nanos.getValueAtPercentile(50) / NANOS_PER_MILLI),
        Math.min(max, nanos.getValueAtPercentile(99) / NANOS_PER_MILLI),
        Math.min(max, nanos.getValueAtPercentile(99.9) / NANOS_PER_MILLI),
        max);
  }
}
