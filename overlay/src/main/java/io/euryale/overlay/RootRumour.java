package io.euryale.overlay;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Hearsay, in a root cell, of another one with a higher term: it may have won, or be long dead.
///
/// Its members are asked again and again; a living one fences this cell. If none answers within the
/// orphans' patience, this cell outbids the rumour, for the peers that believe it would not listen
/// to a lower term. Pure: time is an argument.
final class RootRumour {

  /// What to do now.
  enum Verdict {
    NOTHING,
    ASK,
    OUTBID
  }

  private final Supplier<OverlaySettings> settings;
  private @Nullable CellView rival;
  private long sinceNanos;
  private long nextNanos;

  RootRumour(Supplier<OverlaySettings> settings) {
    this.settings = settings;
  }

  /// Hears of a root cell with a higher term.
  ///
  /// @return whether that is new
  boolean heard(long nowNanos, CellView root) {
    CellView known = rival;
    if (known != null && root.term().compareTo(known.term()) <= 0) {
      return false;
    }
    rival = root;
    sinceNanos = nowNanos;
    nextNanos = nowNanos;
    return true;
  }

  /// @param term the term of this root cell
  /// @param leads whether this peer coordinates it; others go on asking
  Verdict timerDue(long nowNanos, Term term, boolean leads) {
    CellView known = rival;
    if (known == null || known.term().compareTo(term) < 0) {
      rival = null;
      return Verdict.NOTHING;
    }
    if (leads && nowNanos - sinceNanos > settings.get().orphanPatience().toNanos()) {
      return Verdict.OUTBID;
    }
    if (nowNanos < nextNanos) {
      return Verdict.NOTHING;
    }
    nextNanos = nowNanos + 2 * settings.get().requestTimeout().toNanos();
    return Verdict.ASK;
  }

  /// The other root cell, or null.
  @Nullable CellView rival() {
    return rival;
  }
}
