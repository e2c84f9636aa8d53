package io.euryale.service.stream;

/// Whether the other side of a link stands still. It is asked when nothing came from it for a
/// while, and silent when nothing came for as long again: a process that stops for a moment is gone
/// around long before the overlay is sure that it failed.
final class Pulse {

  /// Silence is looked for so often in a period of soft state, unless a stall is longer.
  private static final int PER_PERIOD = 4;

  private final long patienceNanos;
  private long heardAtNanos;
  private long askedAtNanos;
  private boolean isAsked;

  Pulse(StreamSettings settings, long nowNanos) {
    patienceNanos =
        Math.max(
            settings.stallTimeout().toNanos(), settings.refreshPeriod().toNanos() / PER_PERIOD);
    heardAtNanos = nowNanos;
  }

  /// Something came.
  void heard(long nowNanos) {
    heardAtNanos = nowNanos;
    isAsked = false;
  }

  /// Whether nothing came for a while.
  boolean isQuiet(long nowNanos) {
    return nowNanos - heardAtNanos >= patienceNanos;
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

  boolean isSilent(long nowNanos) {
    return isAsked && nowNanos - askedAtNanos >= patienceNanos;
  }

  /// When to look again.
  long dueAtNanos() {
    return (isAsked ? askedAtNanos : heardAtNanos) + patienceNanos;
  }
}
