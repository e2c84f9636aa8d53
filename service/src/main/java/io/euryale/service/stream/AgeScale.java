package io.euryale.service.stream;

/// Magnitudes of ages up to 71 minutes, four to an octave of microseconds: so many counts tell how
/// ages are distributed, never too low and at most a quarter too high, from 4 µs on.
final class AgeScale {

  private static final int PER_OCTAVE = 4;

  /// How many magnitudes there are.
  static final int SIZE = 32 * PER_OCTAVE;

  private AgeScale() {}

  static int magnitude(long ageNanos) {
    long micros = Math.max(1, ageNanos / 1_000);
    int octave = Math.min(31, Long.SIZE - 1 - Long.numberOfLeadingZeros(micros));
    long within = octave < 2 ? 0 : (micros >> (octave - 2)) & (PER_OCTAVE - 1);
    return octave * PER_OCTAVE + (int) within;
  }

  /// What no age of a magnitude exceeds.
  static long mostNanos(int magnitude) {
    int octave = magnitude / PER_OCTAVE;
    long upper = ((long) PER_OCTAVE + magnitude % PER_OCTAVE + 1) << octave;
    return (octave < 2 ? 2L << octave : upper / PER_OCTAVE) * 1_000;
  }
}
