package io.euryale.service.stream;

/// What a relay does not take from below while its peer is overloaded.
public enum Shed {
  /// It takes everything.
  NOTHING,
  /// Packets that nobody would send again are dropped.
  BEST_EFFORT,
  /// Those that the hop below keeps are refused, too: they come later, and sensors are stopped.
  ALL
}
