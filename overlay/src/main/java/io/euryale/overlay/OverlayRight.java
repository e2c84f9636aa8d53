package io.euryale.overlay;

/// What a peer, sensor or client may do in an overlay of cells, each for names that match.
public enum OverlayRight {
  /// Be a peer of the overlay: hold a place in a cell and carry the streams of others.
  JOIN("join overlay "),
  /// Publish a stream.
  PUBLISH("publish stream "),
  /// Be given the packets of streams, and see that they exist.
  SUBSCRIBE("subscribe to "),
  /// Look at the overlay as a whole, and drain peers.
  ADMINISTER("administer overlay ");

  private final String words;

  OverlayRight(String words) {
    this.words = words;
  }

  String words() {
    return words;
  }
}
