package io.euryale.client.wire;

import io.euryale.client.Member;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/// Reads the fields of one frame; every length is checked before anything is made of it.
final class FrameBytes {

  /// Longest text but for answers.
  static final int MAX_TEXT = 4096;

  private final ByteBuffer bytes;

  FrameBytes(ByteBuffer bytes) {
    this.bytes = bytes;
  }

  int u8() throws MalformedFrameException {
    need(1);
    return bytes.get() & 0xFF;
  }

  int u16() throws MalformedFrameException {
    need(2);
    return bytes.getShort() & 0xFFFF;
  }

  int i32() throws MalformedFrameException {
    need(4);
    return bytes.getInt();
  }

  long i64() throws MalformedFrameException {
    need(8);
    return bytes.getLong();
  }

  boolean flag() throws MalformedFrameException {
    int value = u8();
    if (value > 1) {
      throw new MalformedFrameException("bad flag");
    }
    return value == 1;
  }

  <E> E of(E[] values, int first) throws MalformedFrameException {
    int code = u8() - first;
    if (code < 0 || code >= values.length) {
      throw new MalformedFrameException("unknown code");
    }
    return values[code];
  }

  String text() throws MalformedFrameException {
    int length = u16();
    if (length > MAX_TEXT) {
      throw new MalformedFrameException("text too long");
    }
    need(length);
    String text = decode(bytes.slice(bytes.position(), length));
    bytes.position(bytes.position() + length);
    return text;
  }

  String textRest() throws MalformedFrameException {
    String text = decode(bytes.slice());
    bytes.position(bytes.limit());
    return text;
  }

  private static String decode(ByteBuffer utf8) throws MalformedFrameException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(utf8).toString();
    } catch (CharacterCodingException _) {
      throw new MalformedFrameException("not UTF-8");
    }
  }

  Member member() throws MalformedFrameException {
    return new Member(text(), i64(), text());
  }

  ByteBuffer rest() {
    ByteBuffer rest = bytes.slice();
    bytes.position(bytes.limit());
    return rest;
  }

  void end() throws MalformedFrameException {
    if (bytes.hasRemaining()) {
      throw new MalformedFrameException("trailing bytes");
    }
  }

  private void need(int count) throws MalformedFrameException {
    if (bytes.remaining() < count) {
      throw new MalformedFrameException("too short");
    }
  }
}
