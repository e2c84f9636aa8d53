package io.euryale.bench.streams;

/// Where the clients of `bench fanout` are.
enum FanoutPlace {
  /// All connected to the peers of the root cell, as in [0].
  ROOT("at the root"),
  /// All at one cell of the lowest level, in another part of the tree than the sensor: at the peer
  /// that they are given or a sibling of it, whichever answers first.
  LEAF("at one leaf cell"),
  /// In turn at all peers of the lowest level.
  LEAVES("at all leaf cells");

  private final String label;

  FanoutPlace(String label) {
    this.label = label;
  }

  String label() {
    return label;
  }
}
