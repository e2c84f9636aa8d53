package io.euryale.bench.streams;

import java.util.EnumMap;
import java.util.Map;
import org.HdrHistogram.Histogram;

/// What one segment measured.
///
/// @param latencies by kind
/// @param overall latencies of all kinds
/// @param jitterMillis mean absolute difference between the latencies of successive packets of one
///     stream
/// @param sender how late packets were handed over
/// @param sent packets
/// @param lost packets that did not come
/// @param duplicated packets that came again
/// @param reordered packets that came after a later one of their stream
/// @param usage what the processes under test took
record SegmentResult(
    Map<PacketKind, LatencySummary> latencies,
    LatencySummary overall,
    double jitterMillis,
    LatencySummary sender,
    long sent,
    long lost,
    long duplicated,
    long reordered,
    Usage usage) {

  private static final int DIGITS = 3;

  static SegmentResult of(Ledger ledger, Usage usage) {
    Traffic traffic = ledger.traffic();
    Map<PacketKind, Histogram> kinds = new EnumMap<>(PacketKind.class);
    for (PacketKind kind : PacketKind.values()) {
      kinds.put(kind, new Histogram(DIGITS));
    }
    Histogram overall = new Histogram(DIGITS);
    Histogram sender = new Histogram(DIGITS);
    double differences = 0;
    long pairs = 0;
    for (int stream = 0; stream < Traffic.STREAMS; stream++) {
      long before = -1;
      int count = ledger.count(stream);
      for (int number = 0; number < count; number++) {
        long latency = ledger.latencyNanos(stream, number);
        if (traffic.dueNanos(stream, number) - traffic.measuredFromNanos() < 0 || latency < 0) {
          continue;
        }
        Histogram kind = kinds.get(traffic.kind(stream, number));
        if (kind != null) {
          kind.recordValue(latency);
        }
        overall.recordValue(latency);
        sender.recordValue(ledger.lateNanos(stream, number));
        if (before >= 0) {
          differences += Math.abs(latency - before);
          pairs++;
        }
        before = latency;
      }
    }
    Map<PacketKind, LatencySummary> latencies = new EnumMap<>(PacketKind.class);
    kinds.forEach((kind, histogram) -> latencies.put(kind, LatencySummary.of(histogram)));
    return new SegmentResult(
        latencies,
        LatencySummary.of(overall),
        pairs == 0 ? 0 : differences / pairs / LatencySummary.NANOS_PER_MILLI,
        LatencySummary.of(sender),
        ledger.count(),
        ledger.missing(),
        ledger.duplicated(),
        ledger.reordered(),
        usage);
  }

  LatencySummary latency(PacketKind kind) {
    return latencies.getOrDefault(kind, LatencySummary.NONE);
  }
}
