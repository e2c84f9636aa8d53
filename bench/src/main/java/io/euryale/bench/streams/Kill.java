package io.euryale.bench.streams;

import java.util.ArrayList;
import java.util.List;

/// What the SIGKILL of one peer did to the traffic.
///
/// @param level of the peer, from the root's 0
/// @param firstMillis of each stream that passed the peer, how long after its schedule the first
///     packet came that was due after the SIGKILL
/// @param worstMillis the longest delay of any packet of the segment, those on their way included
/// @param lost packets that did not come
/// @param duplicated packets that came again
/// @param reordered packets that came after a later one of their stream
/// @param sent packets
record Kill(
    int level,
    List<Double> firstMillis,
    double worstMillis,
    long lost,
    long duplicated,
    long reordered,
    long sent) {

  Kill {
    firstMillis = List.copyOf(firstMillis);
  }

  /// @param killNanos when the signal was sent
  /// @param hit the streams whose packets passed the peer
  static Kill of(int level, Ledger ledger, long killNanos, List<Integer> hit) {
    Traffic traffic = ledger.traffic();
    List<Double> first = new ArrayList<>();
    double worst = 0;
    for (int stream = 0; stream < Traffic.STREAMS; stream++) {
      boolean found = !hit.contains(stream);
      for (int number = 0; number < traffic.count(stream); number++) {
        long latency = ledger.latencyNanos(stream, number);
        worst = Math.max(worst, latency / LatencySummary.NANOS_PER_MILLI);
        if (!found && latency >= 0 && traffic.dueNanos(stream, number) - killNanos >= 0) {
          found = true;
          first.add(latency / LatencySummary.NANOS_PER_MILLI);
        }
      }
    }
    return new Kill(
        level,
        first,
        worst,
        ledger.missing(),
        ledger.duplicated(),
        ledger.reordered(),
        traffic.count());
  }
}
