package io.euryale.bench.streams;

import java.nio.ByteBuffer;

/// What is in a packet: which one it is by the benchmark's own count, so that loss, repetition and
/// order are found without believing what the measured system says about them.
///
/// Layout, big-endian: segment (4 bytes), stream (4), number (4, from 0), filler.
final class Payload {

  private static final int STREAM_AT = 4;
  private static final int NUMBER_AT = 8;

  private Payload() {}

  /// Writes a packet into `buffer` from position 0 and leaves it ready to be read.
  static void put(ByteBuffer buffer, Traffic traffic, int stream, int number) {
    buffer.clear();
    buffer.putInt(traffic.segment()).putInt(stream).putInt(number);
    buffer.position(0).limit(traffic.kind(stream, number).bytes());
  }

  static int segment(ByteBuffer packet) {
    return packet.getInt(packet.position());
  }

  static int stream(ByteBuffer packet) {
    return packet.getInt(packet.position() + STREAM_AT);
  }

  static int number(ByteBuffer packet) {
    return packet.getInt(packet.position() + NUMBER_AT);
  }
}
