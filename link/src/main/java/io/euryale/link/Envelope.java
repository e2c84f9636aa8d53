package io.euryale.link;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// The outside of every datagram on a link; all numbers are big-endian.
///
/// | bytes   | field   | since | meaning                                                        |
/// |---------|---------|-------|----------------------------------------------------------------|
/// | 1       | kind    | 1     | see below; 16 more where there are no keys                     |
/// | 1       | version | 1     | of the envelope, 1                                             |
/// | 4       | session | 1     | index that the receiver chose for the session; 0 in the first  |
/// |         |         |       | message of a handshake                                         |
/// | 8       | number  | 1     | number of the packet in its session, class and direction, from |
/// |         |         |       | 1; of a handshake the number of the attempt                    |
/// | n       | body    | 1     | encrypted where there are keys                                 |
/// | 16 or 4 | tag     | 1     | AES-256-GCM over all before; CRC32C where there are no keys    |
///
/// | kind | name             | answered by                                                        |
/// |------|------------------|--------------------------------------------------------------------|
/// | 1    | first            | second                                                             |
/// | 2    | second           | confirm                                                            |
/// | 3    | confirm          | confirmed                                                          |
/// | 4    | confirmed        |                                                                    |
/// | 5    | data             |                                                                    |
///
/// Kinds are append-only. Nothing here throws on what arrived.
public final class Envelope {

  /// Bytes before the body.
  public static final int HEADER_BYTES = 14;

  /// Bytes around the body where there are keys.
  public static final int KEYED_OVERHEAD = HEADER_BYTES + 16;

  /// Bytes around the body where there are none.
  public static final int PLAIN_OVERHEAD = HEADER_BYTES + 4;

  /// Largest datagram that is looked at.
  public static final int MAX_DATAGRAM_BYTES = 65_507;

  static final int VERSION = 1;

  static final int FIRST = 1;
  static final int SECOND = 2;
  static final int CONFIRM = 3;
  static final int CONFIRMED = 4;
  static final int DATA = 5;

  /// Added to the kind where there are no keys, so that neither mode takes the other's datagrams.
  static final int PLAIN = 16;

  private Envelope() {}

  /// Whether a datagram is for [Handshakes#datagram]; others are for [Sessions#open].
  public static boolean isHandshake(ByteBuffer datagram) {
    if (!datagram.hasRemaining()) {
      return false;
    }
    int kind = datagram.get(datagram.position()) & ~PLAIN;
    return kind >= FIRST && kind <= CONFIRMED;
  }

  /// What is wrong with the header, or null.
  static @Nullable Rejection check(ByteBuffer datagram, boolean keyed) {
    int length = datagram.remaining();
    if (length < (keyed ? KEYED_OVERHEAD : PLAIN_OVERHEAD)) {
      return Rejection.TOO_SHORT;
    }
    if (length > MAX_DATAGRAM_BYTES) {
      return Rejection.TOO_LONG;
    }
    int kind = datagram.get(datagram.position()) & 0xFF;
    int bare = kind & ~PLAIN;
    if (bare < FIRST || bare > DATA) {
      return Rejection.UNKNOWN_KIND;
    }
    if (keyed != (kind == bare)) {
      return Rejection.WRONG_MODE;
    }
    return datagram.get(datagram.position() + 1) == VERSION ? null : Rejection.UNKNOWN_VERSION;
  }

  /// The kind, the same with keys and without.
  static int kind(ByteBuffer datagram) {
    return datagram.get(datagram.position()) & ~PLAIN;
  }

  static int session(ByteBuffer datagram) {
    return datagram.getInt(datagram.position() + 2);
  }

  static long number(ByteBuffer datagram) {
    return datagram.getLong(datagram.position() + 6);
  }

  static void write(ByteBuffer target, int kind, boolean keyed, int session, long number) {
    target
        .put((byte) (keyed ? kind : kind | PLAIN))
        .put((byte) VERSION)
        .putInt(session)
        .putLong(number);
  }
}
