package io.euryale.lighttrain.city;

/// How many times more trains and stations send than usual. One thread plans by it, any asks.
final class CityLoad {

  private static final int MOST = 20;

  /// More crowds do not come at once: the load doubles each time after so long until it is there.
  private static final long DOUBLING_NANOS = 2_000_000_000L;

  private volatile int asked = 1;
  private int now = 1;
  private long raisedNanos;

  CityLoad(long startNanos) {
    raisedNanos = startNanos;
  }

  /// @param times 1 to 20; others count as the nearest of these
  void ask(int times) {
    asked = Math.clamp(times, 1, MOST);
  }

  int asked() {
    return asked;
  }

  /// What it has come to by now.
  int at(long nanos) {
    int wanted = asked;
    if (wanted <= now) {
      now = wanted;
    } else if (nanos - raisedNanos >= DOUBLING_NANOS) {
      now = Math.min(wanted, 2 * now);
      raisedNanos = nanos;
    }
    return now;
  }
}
