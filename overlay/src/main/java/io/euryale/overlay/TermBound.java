package io.euryale.overlay;

/// How high a term a peer believes, whoever claims it.
///
/// Terms grow by one with every coordinator, and whoever follows one can only be led by a higher
/// one. A single peer that claims the highest number there is would leave none for the others: no
/// cell could change its coordinator again. So what others claim may exceed what is believed
/// already by no more than a credit, which every such claim spends and time restores. The terms
/// of an
/// overlay in which somebody lies without pause then grow by [#PER_SECOND], and are not used up in
/// a hundred thousand years. Honest claims never come near: the credit is as much as the
/// coordinators of a cell that changes them every second for a hundred years.
///
/// A claim beyond the credit is not believed, but spends it: the peers of a part of the network in
/// which somebody lied for long are believed by others, or by one that starts anew, after as long a
/// time. Pure: time is an argument. One owner.
final class TermBound {

  /// What may be believed at once beyond the highest term believed.
  static final long FULL = 1L << 32;

  /// What is restored of the credit in a second.
  static final long PER_SECOND = 1L << 20;

  private static final long SECOND = 1_000_000_000L;
  private static final long FULL_AFTER_NANOS = FULL / PER_SECOND * SECOND;

  private long highest;
  private long credit = FULL;
  private long creditNanos = Long.MIN_VALUE;

  /// Whether a term is believed; that may raise what is.
  ///
  /// @param number positive
  boolean believes(long nowNanos, long number) {
    if (number <= highest) {
      return true;
    }
    restore(nowNanos);
    long step = Math.min(number - highest, credit);
    highest += step;
    credit -= step;
    return number <= highest;
  }

  /// A term of this peer's own.
  void own(long number) {
    highest = Math.max(highest, number);
  }

  private void restore(long nowNanos) {
    if (creditNanos == Long.MIN_VALUE) {
      creditNanos = nowNanos;
    }
    long elapsed = Math.min(nowNanos - creditNanos, FULL_AFTER_NANOS);
    long restored = elapsed * PER_SECOND / SECOND;
    if (restored > 0) {
      credit = Math.min(FULL, credit + restored);
      creditNanos = nowNanos;
    }
  }
}
