package io.euryale.overlay;

/// Measures how long a peer is without its place once it has had one: without a cell, a parent or a
/// coordinator. A reorganisation that takes longer than the settings allow, 1 s in [1 §1.1], is a
/// broken promise and reported as one as soon as it is. Not thread-safe.
final class Reorganisation {

  private final LocalPeer local;
  private boolean began;
  private long sinceNanos = Long.MAX_VALUE;
  private boolean reported;

  Reorganisation(LocalPeer local) {
    this.local = local;
  }

  /// Looks at the peer after each input.
  ///
  /// @param whole whether it has everything it needs
  void note(long nowNanos, boolean whole, String phase) {
    if (sinceNanos == Long.MAX_VALUE) {
      if (began && !whole) {
        sinceNanos = nowNanos;
        reported = false;
      }
      began |= whole;
    }
    if (sinceNanos == Long.MAX_VALUE) {
      return;
    }
    long tookNanos = nowNanos - sinceNanos;
    long mostNanos = local.settings().reorganisationTimeout().toNanos();
    if (tookNanos > mostNanos && !reported) {
      reported = true;
      if (local.rules.reportsLate()) {
        local.observe("PROMISE_BROKEN", "promise", "reorganisation", "phase", phase);
        local.tell(new MemberEvent.PromiseBroken(phase));
      }
    }
    if (whole) {
      local.observe("REORGANISED", "took", tookNanos / 1_000_000);
      if (reported) {
        local.tell(new MemberEvent.Reorganised(tookNanos / 1_000_000));
      }
      sinceNanos = Long.MAX_VALUE;
    }
  }

  /// The peer leaves: nothing is promised any more.
  void end() {
    began = false;
    sinceNanos = Long.MAX_VALUE;
  }

  long nextDeadline() {
    boolean waits = sinceNanos != Long.MAX_VALUE && !reported;
    return waits
        ? sinceNanos + local.settings().reorganisationTimeout().toNanos() + 1
        : Long.MAX_VALUE;
  }
}
