package io.euryale.overlay;

import io.euryale.kernel.PeerId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/// Members that answer pings but do not follow their cell: a timing fault [1 §1.1]. Who shows an
/// older view than the one it was told, for longer than a reorganisation may take, is shunned. Not
/// thread-safe.
final class Laggards {

  private record Lag(CellView told, long sinceNanos) {}

  private final Supplier<OverlaySettings> settings;
  private final Map<PeerId, Lag> lags = new LinkedHashMap<>();

  Laggards(Supplier<OverlaySettings> settings) {
    this.settings = settings;
  }

  /// A member shows which view it follows.
  ///
  /// @param view the coordinator's
  /// @return how long it has lagged behind in nanoseconds when that is too long, else 0
  long shows(long nowNanos, PeerId member, Standing standing, CellView view) {
    Lag lag = lags.get(member);
    if (lag != null && standing.compareAge(lag.told()) >= 0) {
      lags.remove(member);
      lag = null;
    }
    if (lag == null) {
      if (standing.compareAge(view) < 0) {
        lags.put(member, new Lag(view, nowNanos));
      }
      return 0;
    }
    long lagging = nowNanos - lag.sinceNanos();
    return lagging > settings.get().reorganisationTimeout().toNanos() ? lagging : 0;
  }

  /// Only members can lag.
  void keep(CellView view) {
    lags.keySet().removeIf(member -> !view.lists(member));
  }
}
