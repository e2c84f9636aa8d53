package io.euryale.service.stream;

/// The ages at which packets of a flow arrived: counts by magnitude, four to an octave, of the
/// last few thousand.
final class LatencyRecord {

  private static final int PER_OCTAVE = 4;
  private static final int ENOUGH = 8192;

  private final int[] counts = new int[32 * PER_OCTAVE];
  private int total;

  void add(long ageNanos) {
    if (total == ENOUGH) {
      total = 0;
      for (int i = 0; i < counts.length; i++) {
        counts[i] /= 2; // The past fades.
        total += counts[i];
      }
    }
    counts[bucket(Math.max(1, ageNanos / 1_000))]++;
    total++;
  }

  private static int bucket(long micros) {
    int octave = Math.min(31, Long.SIZE - 1 - Long.numberOfLeadingZeros(micros));
    long within = octave < 2 ? 0 : (micros >> (octave - 2)) & (PER_OCTAVE - 1);
    return octave * PER_OCTAVE + (int) within;
  }

  /// Upper bound of the magnitude that 99.9 % do not exceed, at most a quarter too high; 0 without
  /// packets.
  long p999Nanos() {
    if (total == 0) {
      return 0;
    }
    int above = total / 1000;
    int bucket = counts.length - 1;
    for (int seen = counts[bucket]; seen <= above; seen += counts[bucket]) {
      bucket--;
    }
    int octave = bucket / PER_OCTAVE;
    long upper = ((long) PER_OCTAVE + bucket % PER_OCTAVE + 1) << octave;
    return Math.max(2, upper / PER_OCTAVE) * 1_000;
  }
}
