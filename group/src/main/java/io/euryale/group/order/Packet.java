package io.euryale.group.order;

import io.euryale.group.Service;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Some messages of one sender that travel, are acknowledged and have their place together: as many
/// of one service as fit, or a piece of one message that does not fit.
final class Packet {

  static final int FIRST_PIECE = 1;
  static final int LAST_PIECE = 2;
  static final int WHOLE = FIRST_PIECE | LAST_PIECE;

  static final long[] NO_DEPENDENCIES = new long[0];

  /// Bytes before each message, which tell how long it is.
  static final int LENGTH_BYTES = 4;

  private static final VarHandle LENGTH =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

  /// Rank of the sender.
  final int origin;

  /// Counts the sender's packets in the configuration, from 1.
  final long sequence;

  /// Lamport timestamp.
  final long time;

  final Service service;

  /// Which pieces of a message it holds: [#WHOLE] unless the message was cut.
  final int pieces;

  /// Number of its first message, in the life of its sender.
  final long firstMessage;

  /// By rank, how many packets of each sequence the sender had delivered; empty unless CAUSAL, and
  /// where so many numbers would fill most of a datagram.
  final long[] dependencies;

  /// Each message after its length ([#LENGTH_BYTES]), or one bare piece; the array goes on behind
  /// it.
  final byte[] body;

  /// Bytes of the body.
  final int length;

  /// RELIABLE packets are handed up when they come, whatever their place.
  boolean handedUp;

  Packet(
      int origin,
      long sequence,
      long time,
      Service service,
      int pieces,
      long firstMessage,
      long[] dependencies,
      byte[] body,
      int length) {
    this.origin = origin;
    this.sequence = sequence;
    this.time = time;
    this.service = service;
    this.pieces = pieces;
    this.firstMessage = firstMessage;
    this.dependencies = dependencies.length == 0 ? NO_DEPENDENCIES : dependencies;
    this.body = body;
    this.length = length;
  }

  static int lengthAt(byte[] body, int at) {
    return (int) LENGTH.get(body, at);
  }

  static void putLength(byte[] body, int at, int length) {
    LENGTH.set(body, at, length);
  }

  /// A piece of a RELIABLE message of which others are missing: it is handed up with them.
  boolean waitsForPieces() {
    return service == Service.RELIABLE && !handedUp;
  }

  boolean isFirstPiece() {
    return (pieces & FIRST_PIECE) != 0;
  }

  boolean isLastPiece() {
    return (pieces & LAST_PIECE) != 0;
  }

  /// Whether it waits for its place in the total order. A CAUSAL packet that does not say what it
  /// depends on does: whatever that is, it lies before it there.
  boolean isOrdered() {
    return service.isOrdered() || (service == Service.CAUSAL && dependencies.length == 0);
  }

  /// Whether it lies before another packet in the total order.
  boolean precedes(Packet other) {
    return time < other.time || (time == other.time && origin < other.origin);
  }

  /// Messages whose last byte is in it.
  int messages() {
    if (pieces != WHOLE) {
      return isLastPiece() ? 1 : 0;
    }
    int count = 0;
    for (int at = 0; at < length; count++) {
      at += LENGTH_BYTES + lengthAt(body, at);
    }
    return count;
  }

  /// Bytes that it takes in a datagram.
  int wireBytes() {
    return PacketCodec.HEADER_BYTES + 8 * dependencies.length + length;
  }

  /// Whether the body is a sequence of whole messages; told before anything is taken from it.
  boolean isWellFormed() {
    if (pieces != WHOLE) {
      return true;
    }
    int at = 0;
    while (length - at >= LENGTH_BYTES) {
      int message = lengthAt(body, at);
      at += LENGTH_BYTES;
      if (message < 0 || message > length - at) {
        return false;
      }
      at += message;
    }
    return at == length && length > 0;
  }
}
