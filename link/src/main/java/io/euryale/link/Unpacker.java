package io.euryale.link;

import java.nio.ByteBuffer;

/// Takes apart what [Packer] packed, without allocating.
///
/// Use: `if (unpacker.over(body)) while (unpacker.next()) handle(unpacker.type(), body);` - while a
/// message is at hand, the body's position and limit are those of its content, and the handler may
/// read and change them.
public final class Unpacker {

  private ByteBuffer body = ByteBuffer.allocate(0);
  private int next;
  private int end;
  private int type;

  /// Starts with a body, from position to limit.
  ///
  /// @return false when it is malformed; nothing of it is handed out then
  public boolean over(ByteBuffer source) {
    body = source;
    next = source.position();
    end = source.limit();
    int at = next;
    while (end - at >= Packer.MESSAGE_OVERHEAD) {
      at += Packer.MESSAGE_OVERHEAD + (source.getShort(at + 1) & 0xFFFF);
    }
    if (at != end) {
      next = end;
      return false;
    }
    return true;
  }

  /// Goes to the next message.
  ///
  /// @return false when there is none
  public boolean next() {
    if (next >= end) {
      return false;
    }
    body.limit(end);
    type = body.get(next) & 0xFF;
    int start = next + Packer.MESSAGE_OVERHEAD;
    next = start + (body.getShort(next + 1) & 0xFFFF);
    body.limit(next).position(start);
    return true;
  }

  /// Type of the message at hand, 0 to 255.
  public int type() {
    return type;
  }

  /// Content of the message at hand: the body itself, narrowed.
  public ByteBuffer content() {
    return body;
  }
}
