package io.euryale.bench.streams;

import java.util.List;
import org.HdrHistogram.Histogram;

/// What one segment with many clients measured.
///
/// @param latency of all packets to all clients
/// @param last of all packets to the client that got each last
/// @param sent packets of the sensor
/// @param wanted packets times clients
/// @param lost of those, what did not come
/// @param duplicated what came again
/// @param reordered what came after a later one
/// @param cpuSeconds of all processes between sensor and clients
/// @param load what peers counted
record FanoutResult(
    LatencySummary latency,
    LatencySummary last,
    long sent,
    long wanted,
    long lost,
    long duplicated,
    long reordered,
    double cpuSeconds,
    FanoutLoad load) {

  private static final int DIGITS = 3;
  private static final double MICROS = 1e6;

  /// @param ledgers of all clients, all of the same traffic
  static FanoutResult of(List<Ledger> ledgers, double cpuSeconds, FanoutLoad load) {
    Traffic traffic = ledgers.getFirst().traffic();
    Histogram all = new Histogram(DIGITS);
    Histogram last = new Histogram(DIGITS);
    for (int number = 0; number < traffic.count(0); number++) {
      if (traffic.dueNanos(0, number) - traffic.measuredFromNanos() < 0) {
        continue;
      }
      long most = -1;
      for (Ledger ledger : ledgers) {
        long latency = ledger.latencyNanos(0, number);
        if (latency >= 0) {
          all.recordValue(latency);
          most = Math.max(most, latency);
        }
      }
      if (most >= 0) {
        last.recordValue(most);
      }
    }
    return new FanoutResult(
        LatencySummary.of(all),
        LatencySummary.of(last),
        traffic.count(),
        (long) traffic.count() * ledgers.size(),
        ledgers.stream().mapToLong(Ledger::missing).sum(),
        ledgers.stream().mapToLong(Ledger::duplicated).sum(),
        ledgers.stream().mapToLong(ledger -> ledger.reordered() + ledger.corrupted()).sum(),
        cpuSeconds,
        load);
  }

  /// Processor time for each packet that came to a client.
  double cpuMicrosPerDelivery() {
    return wanted == lost ? 0 : cpuSeconds * MICROS / (wanted - lost);
  }
}
