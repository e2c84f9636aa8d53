package io.euryale.service.stream;

/// Whether a loop has more work than it can do: its timers come late, again and again. A process
/// that stood still once, or a pause of the garbage collector, makes one late timer only.
final class Lateness {

  /// A timer that comes so much later than asked for is late.
  static final long LATE_NANOS = 100_000_000L;

  /// So many late timers in a row are no accident.
  static final int IN_A_ROW = 3;

  private int row;

  void timerDue(long nowNanos, long askedForNanos) {
    boolean isLate = nowNanos - askedForNanos >= LATE_NANOS;
    row = isLate ? Math.min(row + 1, IN_A_ROW) : 0;
  }

  boolean isOverloaded() {
    return row >= IN_A_ROW;
  }
}
