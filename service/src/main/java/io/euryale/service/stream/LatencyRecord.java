package io.euryale.service.stream;

/// The ages at which packets of a flow arrived: counts by magnitude of the last few thousand.
final class LatencyRecord {

  private static final int ENOUGH = 8192;

  private static final int[] NONE = {};

  /// Made with the first packet: most flows are known to a peer that only keeps copies of them.
  private int[] counts = NONE;

  private int total;

  void add(long ageNanos) {
    if (total == 0) {
      counts = new int[AgeScale.SIZE];
    } else if (total == ENOUGH) {
      total = 0;
      for (int i = 0; i < counts.length; i++) {
        counts[i] /= 2; // The past fades.
        total += counts[i];
      }
    }
    counts[AgeScale.magnitude(ageNanos)]++;
    total++;
  }

  /// Upper bound of the magnitude that 99.9 % do not exceed, at most a quarter too high; 0 without
  /// packets.
  long p999Nanos() {
    if (total == 0) {
      return 0;
    }
    int above = total / 1000;
    int magnitude = counts.length - 1;
    for (int seen = counts[magnitude]; seen <= above; seen += counts[magnitude]) {
      magnitude--;
    }
    return AgeScale.mostNanos(magnitude);
  }
}
