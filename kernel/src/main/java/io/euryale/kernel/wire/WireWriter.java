package io.euryale.kernel.wire;

import io.euryale.kernel.Endpoint;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.PeerRef;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// Writes fields into one reused buffer that grows up to the frame limit. One thread.
public final class WireWriter {

  private ByteBuffer buffer = ByteBuffer.allocate(1024);

  /// Empties the buffer and writes the message type, one byte.
  public WireWriter start(int type) {
    buffer.clear();
    return u8(type);
  }

  /// What was written, ready to be read; valid until the next [#start].
  public ByteBuffer frame() {
    return buffer.flip();
  }

  public WireWriter u8(int value) {
    room(1).put((byte) value);
    return this;
  }

  public WireWriter u16(int value) {
    if (value < 0 || value > 0xFFFF) {
      throw new IllegalArgumentException("Not a 16-bit number: " + value);
    }
    room(2).putShort((short) value);
    return this;
  }

  public WireWriter i32(int value) {
    room(4).putInt(value);
    return this;
  }

  public WireWriter i64(long value) {
    room(8).putLong(value);
    return this;
  }

  public WireWriter bytes(ByteBuffer source) {
    room(source.remaining()).put(source);
    return this;
  }

  public WireWriter bytes(byte[] source, int offset, int length) {
    room(length).put(source, offset, length);
    return this;
  }

  /// Text as UTF-8. What names are made of, ASCII, needs no array.
  public WireWriter text(String value) {
    int start = buffer.position();
    ByteBuffer out = u16(value.length()).room(value.length());
    for (int i = 0; i < value.length(); i++) {
      char each = value.charAt(i);
      if (each >= 0x80) {
        out.position(start);
        return anyText(value);
      }
      out.put((byte) each);
    }
    return this;
  }

  private WireWriter anyText(String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    return u16(bytes.length).bytes(bytes, 0, bytes.length);
  }

  public WireWriter peerName(PeerName name) {
    return text(name.value());
  }

  public WireWriter peerId(PeerId id) {
    return peerName(id.name()).i64(id.incarnation());
  }

  public WireWriter endpoint(Endpoint endpoint) {
    return text(endpoint.host())
        .u16(endpoint.controlPort())
        .u16(endpoint.alarmPort())
        .u16(endpoint.criticalPort())
        .u16(endpoint.normalPort());
  }

  public WireWriter peerRef(PeerRef ref) {
    return peerId(ref.id()).endpoint(ref.endpoint());
  }

  private ByteBuffer room(int bytes) {
    if (buffer.remaining() < bytes) {
      int needed = Math.addExact(buffer.position(), bytes);
      if (needed > Frames.MAX_BODY_BYTES) {
        throw new IllegalStateException("A frame body has at most " + Frames.MAX_BODY_BYTES);
      }
      int capacity = Math.min(Frames.MAX_BODY_BYTES, Math.max(needed, buffer.capacity() * 2));
      buffer = ByteBuffer.allocate(capacity).put(buffer.flip());
    }
    return buffer;
  }
}
