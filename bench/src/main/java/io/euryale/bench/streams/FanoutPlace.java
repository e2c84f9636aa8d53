package io.euryale.bench.streams;

/// Where the clients of `bench fanout` are.
enum FanoutPlace {
  /// All connected to the peers of the root cell, as in [0].
  ROOT("at the root"),
  /// All at one peer of the lowest level, in another part of the tree than the sensor.
  LEAF("near one leaf"),
  /// In turn at all peers of the lowest level.
  LEAVES("near all leaves");

  private final String label;

  FanoutPlace(String label) {
    this.label = label;
  }

  String label() {
    return label;
  }
}
