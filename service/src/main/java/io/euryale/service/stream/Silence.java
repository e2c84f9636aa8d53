package io.euryale.service.stream;

/// How long nothing came over a link. The other side is asked when nothing came from it for a
/// while, and counts as not answering when nothing came for as long again: a process that stands
/// still for a moment is gone around long before the overlay is sure that it failed.
final class Silence {

  /// A while is this part of a period of soft state, or a stall if that is longer.
  private static final int PER_PERIOD = 4;

  private static final int MOST_DOUBLINGS = 3;

  private final long patienceNanos;
  private long heardAtNanos;
  private long askedAtNanos;
  private boolean isAsked;

  /// How often nobody answered since anything came.
  private int inVain;

  Silence(StreamSettings settings, long nowNanos) {
    patienceNanos =
        Math.max(
            settings.stallTimeout().toNanos(), settings.refreshPeriod().toNanos() / PER_PERIOD);
    heardAtNanos = nowNanos;
  }

  /// Something came.
  void heard(long nowNanos) {
    restart(nowNanos);
    inVain = 0;
  }

  /// Another link is looked at from now on.
  void restart(long nowNanos) {
    heardAtNanos = nowNanos;
    isAsked = false;
  }

  /// There was no answer. The next time it takes longer until that is said: when nobody answers it
  /// is this side that is cut off.
  void unanswered(long nowNanos) {
    restart(nowNanos);
    inVain = Math.min(inVain + 1, MOST_DOUBLINGS);
  }

  private long patienceNanos() {
    return patienceNanos << inVain;
  }

  /// Whether nothing came for a while.
  boolean isQuiet(long nowNanos) {
    return nowNanos - heardAtNanos >= patienceNanos();
  }

  /// Whether the other side has to be asked now. Who stood still itself asks first, too.
  boolean asks(long nowNanos) {
    if (isAsked || !isQuiet(nowNanos)) {
      return false;
    }
    isAsked = true;
    askedAtNanos = nowNanos;
    return true;
  }

  /// Whether there was no answer.
  boolean isLasting(long nowNanos) {
    return isAsked && nowNanos - askedAtNanos >= patienceNanos();
  }

  /// When to look again.
  long dueAtNanos() {
    return (isAsked ? askedAtNanos : heardAtNanos) + patienceNanos();
  }
}
