package io.euryale.link;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Packs several messages into the body of one datagram; the other side takes them apart with
/// [Unpacker].
///
/// | bytes | field   | since | meaning                       |
/// |-------|---------|-------|-------------------------------|
/// | 1     | type    | 1     | of the message, 0 to 255      |
/// | 2     | length  | 1     | bytes of the content, 0 to n  |
/// | n     | content | 1     |                               |
///
/// and so on to the end of the body. Reused; one thread; allocates nothing after construction.
public final class Packer {

  /// Bytes before each content.
  public static final int MESSAGE_OVERHEAD = 3;

  private final ByteBuffer buffer = ByteBuffer.allocate(Envelope.MAX_DATAGRAM_BYTES);
  private int start = -1;

  /// Empties the body and sets its largest size.
  ///
  /// @param bodyBytes datagram size of the path minus [Sessions#overhead]
  public Packer start(int bodyBytes) {
    buffer.clear().limit(Math.min(bodyBytes, buffer.capacity()));
    start = -1;
    return this;
  }

  /// Whether nothing was packed since [#start].
  public boolean isEmpty() {
    return buffer.position() == 0;
  }

  /// Largest content that still fits; negative when not even an empty one does.
  public int room() {
    return buffer.remaining() - MESSAGE_OVERHEAD;
  }

  /// Adds a message; its content (position to limit) is left as it was.
  ///
  /// @return false when it does not fit; nothing was added then
  public boolean add(int type, ByteBuffer content) {
    int length = content.remaining();
    if (length > room()) {
      return false;
    }
    buffer.put((byte) type).putShort((short) length);
    buffer.put(buffer.position(), content, content.position(), length);
    buffer.position(buffer.position() + length);
    return true;
  }

  /// Begins a message that the caller writes itself, at the position of the buffer returned and up
  /// to its limit, before [#end].
  ///
  /// @param leastBytes room that the content needs
  /// @return null when so much does not fit
  public @Nullable ByteBuffer begin(int type, int leastBytes) {
    if (leastBytes > room()) {
      return null;
    }
    start = buffer.position();
    return buffer.put((byte) type).putShort((short) 0);
  }

  /// Ends the message that [#begin] began.
  public void end() {
    if (start < 0) {
      throw new IllegalStateException("No message was begun");
    }
    buffer.putShort(start + 1, (short) (buffer.position() - start - MESSAGE_OVERHEAD));
    start = -1;
  }

  /// Takes back the message that [#begin] began.
  public void cancel() {
    if (start >= 0) {
      buffer.position(start);
      start = -1;
    }
  }

  /// What was packed, ready to be sealed; valid until the next [#start], which has to follow.
  public ByteBuffer body() {
    return buffer.flip();
  }
}
