package io.euryale.lighttrain.demo;

import java.util.List;

/// When a sensor sends which kind of packet.
///
/// The paper gives the frame rates of three kinds (38, 25 and 24 a second) and their shares of all
/// packets (40, 30 and 30 %) [0 §IV]. Both hold if a sensor sends one packet at a time: after each
/// it waits for the frame of that kind to end, and of every ten packets 4 are small, 3 medium and 3
/// large. That makes 28.5 packets/s for a sensor (10 in 4/38 + 3/25 + 3/24 s) and 228 for 8.
final class SensorSchedule {

  private static final List<PacketKind> PATTERN =
      List.of(
          PacketKind.AUDIO,
          PacketKind.EVENT,
          PacketKind.VIDEO,
          PacketKind.AUDIO,
          PacketKind.EVENT,
          PacketKind.VIDEO,
          PacketKind.AUDIO,
          PacketKind.EVENT,
          PacketKind.VIDEO,
          PacketKind.AUDIO);

  private int position;
  private long dueNanos;

  /// @param startNanos when the first packet is due
  /// @param position in the pattern to begin at, from 0
  SensorSchedule(long startNanos, int position) {
    this.dueNanos = startNanos;
    this.position = position % PATTERN.size();
  }

  /// When the next packet is due.
  long dueNanos() {
    return dueNanos;
  }

  /// The kind of the next packet.
  PacketKind kind() {
    return PATTERN.get(position);
  }

  /// Goes on to the packet after.
  void advance() {
    dueNanos += kind().frameNanos();
    position = (position + 1) % PATTERN.size();
  }
}
