package io.euryale.service.stream;

/// What a relay does not take from below while its peer is overloaded.
public enum Shed {
  /// It takes everything.
  NOTHING(0),
  /// Packets that nobody would send again are dropped.
  BEST_EFFORT(1),
  /// Those that the hop below keeps are refused, too: they come later, and sensors are stopped.
  ALL(2);

  private final int code;

  Shed(int code) {
    this.code = code;
  }

  /// As a number, for counters.
  int code() {
    return code;
  }
}
