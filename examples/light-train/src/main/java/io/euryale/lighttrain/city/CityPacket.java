package io.euryale.lighttrain.city;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// The content of the city's packets: which packet it is by the city's own count, when it was due,
/// a text, and filler up to its size. So the control centre checks content, order and time without
/// believing what the middleware says.
///
/// Layout, big-endian: checksum of what follows (4 bytes, CRC-32C), stream (4), number from 1 (8),
/// due time by the sensors' clock (8), length of the text (2), text in UTF-8, zeros.
///
/// @param dueNanos by `System.nanoTime` of the process that has all sensors and the control centre
record CityPacket(int stream, long number, long dueNanos, String text) {

  static final int HEADER_BYTES = 26;

  /// @param bytes of the whole packet; more when the text needs it
  byte[] encode(int bytes) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    ByteBuffer buffer = ByteBuffer.allocate(Math.max(bytes, HEADER_BYTES + utf8.length));
    buffer.putInt(0).putInt(stream).putLong(number).putLong(dueNanos);
    buffer.putShort((short) utf8.length).put(utf8);
    buffer.putInt(0, sum(buffer.array(), buffer.capacity()));
    return buffer.array();
  }

  /// The packet, or null when it is not what was sent.
  static @Nullable CityPacket decode(ByteBuffer payload) {
    byte[] bytes = new byte[payload.remaining()];
    payload.get(payload.position(), bytes);
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    if (bytes.length < HEADER_BYTES || buffer.getInt() != sum(bytes, bytes.length)) {
      return null;
    }
    int stream = buffer.getInt();
    long number = buffer.getLong();
    long due = buffer.getLong();
    int length = buffer.getShort() & 0xFFFF;
    if (length > buffer.remaining()) {
      return null;
    }
    String text = new String(bytes, buffer.position(), length, StandardCharsets.UTF_8);
    return new CityPacket(stream, number, due, text);
  }

  private static int sum(byte[] bytes, int length) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes, 4, length - 4);
    return (int) checksum.getValue();
  }
}
