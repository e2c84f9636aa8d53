package io.euryale.bench.streams;

import java.util.ArrayList;
import java.util.List;

/// What one segment with faults measured.
///
/// @param plan what was done
/// @param segment latencies, jitter, and what was lost, came twice or out of order
/// @param firstMillis with one fault only: of each stream that passed the killed peer, how long
///     after its schedule the first packet came that was due after the SIGKILL
/// @param usage with one fault only: of each level
record FaultRun(
    FaultCase plan, SegmentResult segment, List<Double> firstMillis, List<LevelUsage> usage) {

  FaultRun {
    firstMillis = List.copyOf(firstMillis);
    usage = List.copyOf(usage);
  }

  /// How long after its schedule the first packet of each stream came that was due after a SIGKILL
  /// and came at all, in milliseconds.
  ///
  /// @param killNanos when the signal was sent
  /// @param hit the streams whose packets passed the peer
  static List<Double> firstMillis(Ledger ledger, long killNanos, List<Integer> hit) {
    Traffic traffic = ledger.traffic();
    List<Double> first = new ArrayList<>();
    for (int stream : hit) {
      int count = ledger.count(stream);
      for (int number = 0; number < count; number++) {
        long latency = ledger.latencyNanos(stream, number);
        if (latency >= 0 && traffic.dueNanos(stream, number) - killNanos >= 0) {
          first.add(latency / LatencySummary.NANOS_PER_MILLI);
          break;
        }
      }
    }
    return first;
  }
}
