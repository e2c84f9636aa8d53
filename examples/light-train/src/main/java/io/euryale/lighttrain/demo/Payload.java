package io.euryale.lighttrain.demo;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;

/// The content of the demo's packets: which packet it is by the demo's own count, when it should
/// have been published, and a checksum over all of it. So the client checks content and order
/// without believing what the middleware says about them.
///
/// Layout, big-endian: checksum (4 bytes, CRC-32C of what follows), stream (4), number (8),
/// scheduled time (8), body. Not thread-safe.
final class Payload {

  /// Bytes before the body.
  static final int HEADER_BYTES = 4 + 4 + 8 + 8;

  /// The longest body: a video packet's, and more than any text of a call.
  static final int MAX_BODY_BYTES = PacketKind.VIDEO.bytes() - HEADER_BYTES;

  private static final int CHECKED_FROM = 4;
  private static final int STREAM_AT = 4;
  private static final int NUMBER_AT = 8;
  private static final int SCHEDULED_AT = 16;

  private final CRC32C checksum = new CRC32C();
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(HEADER_BYTES + MAX_BODY_BYTES);
  private final byte[] filler = new byte[MAX_BODY_BYTES];

  /// @param seed of the bytes that fill packets without text
  Payload(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    random.nextBytes(filler);
  }

  /// A packet of a fixed size; valid until the next call.
  ByteBuffer fill(int stream, long number, long scheduledNanos, int bytes) {
    return write(stream, number, scheduledNanos, filler, bytes - HEADER_BYTES);
  }

  /// A packet with a text, cut off at [#MAX_BODY_BYTES]; valid until the next call.
  ByteBuffer text(int stream, long number, long scheduledNanos, byte[] utf8) {
    return write(stream, number, scheduledNanos, utf8, Math.min(utf8.length, MAX_BODY_BYTES));
  }

  private ByteBuffer write(int stream, long number, long scheduledNanos, byte[] body, int length) {
    buffer.clear();
    buffer.putInt(0).putInt(stream).putLong(number).putLong(scheduledNanos);
    buffer.put(body, 0, length).flip();
    buffer.putInt(0, sum(buffer));
    return buffer;
  }

  /// Whether the packet between position and limit is what was published.
  boolean isIntact(ByteBuffer packet) {
    return packet.remaining() >= HEADER_BYTES && packet.getInt(packet.position()) == sum(packet);
  }

  private int sum(ByteBuffer packet) {
    int start = packet.position();
    packet.position(start + CHECKED_FROM);
    checksum.reset();
    checksum.update(packet);
    packet.position(start);
    return (int) checksum.getValue();
  }

  static int stream(ByteBuffer packet) {
    return packet.getInt(packet.position() + STREAM_AT);
  }

  static long number(ByteBuffer packet) {
    return packet.getLong(packet.position() + NUMBER_AT);
  }

  /// By this process's `nanoTime`, which is also the client's: sensors and client are in one
  /// process so that the one-way latency is measured with one clock, as in [0 §IV].
  static long scheduledNanos(ByteBuffer packet) {
    return packet.getLong(packet.position() + SCHEDULED_AT);
  }

  /// The body as text.
  static String text(ByteBuffer packet) {
    byte[] text = new byte[packet.remaining() - HEADER_BYTES];
    packet.get(packet.position() + HEADER_BYTES, text);
    return new String(text, java.nio.charset.StandardCharsets.UTF_8);
  }
}
