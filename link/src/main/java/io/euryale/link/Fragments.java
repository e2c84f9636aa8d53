package io.euryale.link;

import java.nio.ByteBuffer;
import java.util.function.Consumer;

/// Cuts a message that is too large for a datagram into pieces, for [Reassembly] at the other side.
///
/// | bytes | field   | since | meaning                                                  |
/// |-------|---------|-------|----------------------------------------------------------|
/// | 8     | message | 1     | number that the sender gave to the message               |
/// | 4     | total   | 1     | bytes of the message, 1 to 1 MiB                         |
/// | 4     | offset  | 1     | where the piece belongs                                  |
/// | n     | piece   | 1     | at least 1 byte                                          |
///
/// Pieces get lost like all datagrams. A sender that repeats the message with the same number and
/// the same size of pieces fills the gaps.
public final class Fragments {

  /// Bytes before each piece.
  public static final int PIECE_OVERHEAD = 16;

  /// Largest message.
  public static final int MAX_MESSAGE_BYTES = 1 << 20;

  private Fragments() {}

  /// Cuts `content` (position to limit, left as it was) and hands out the pieces in order.
  ///
  /// @param message numbers the messages of this sender to this receiver in this class; a
  /// repetition has the same number
  /// @param pieceBytes largest piece with its overhead, more than [#PIECE_OVERHEAD]
  /// @param pieces gets each piece; the buffer is valid during the call only
  /// @throws IllegalArgumentException when the message is empty or larger than 1 MiB, or pieces are
  /// too small
  public static void cut(
      long message, ByteBuffer content, int pieceBytes, Consumer<ByteBuffer> pieces) {
    int total = content.remaining();
    if (total < 1 || total > MAX_MESSAGE_BYTES) {
      throw new IllegalArgumentException("A message has 1 byte to 1 MiB, not " + total);
    }
    int room = pieceBytes - PIECE_OVERHEAD;
    if (room < 1) {
      throw new IllegalArgumentException("A piece has more than 16 bytes, not " + pieceBytes);
    }
    ByteBuffer piece = ByteBuffer.allocate(PIECE_OVERHEAD + Math.min(room, total));
    for (int offset = 0; offset < total; offset += room) {
      int length = Math.min(room, total - offset);
      piece.clear().putLong(message).putInt(total).putInt(offset);
      piece.put(PIECE_OVERHEAD, content, content.position() + offset, length);
      piece.position(0).limit(PIECE_OVERHEAD + length);
      pieces.accept(piece);
    }
  }
}
