package io.euryale.bench.streams;

/// The three kinds of packets of [0 §IV].
enum PacketKind {
  /// Typical of audio.
  SMALL("small", 418),
  /// Typical of events.
  MEDIUM("medium", 1024),
  /// Typical of video.
  LARGE("large", 4180);

  private final String label;
  private final int bytes;

  PacketKind(String label, int bytes) {
    this.label = label;
    this.bytes = bytes;
  }

  String label() {
    return label;
  }

  /// Size of the payload.
  int bytes() {
    return bytes;
  }
}
