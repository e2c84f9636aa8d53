package io.euryale.kernel.wire;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/// The frame that carries every message over a byte stream.
///
/// | bytes | field    | meaning                                                   |
/// |-------|----------|-----------------------------------------------------------|
/// | 4     | `length` | bytes of the body, 1 to [#MAX_BODY_BYTES]                 |
/// | 4     | `crc`    | CRC32C of the body                                        |
/// | n     | body     | one message; its first byte is the message type           |
///
/// A length out of range or a wrong checksum cannot be resynchronised: the link is closed.
public final class Frames {

  /// Bytes before the body.
  public static final int HEADER_BYTES = 8;

  /// Largest body: 1 MiB. Checked before anything is allocated for it.
  public static final int MAX_BODY_BYTES = 1 << 20;

  private Frames() {}

  /// Whether a received length is acceptable.
  public static boolean isLength(int length) {
    return length >= 1 && length <= MAX_BODY_BYTES;
  }

  /// The checksum of a body (position to limit; the buffer is left as it was).
  ///
  /// @param crc reused by the caller, so that the data path allocates nothing
  public static int checksum(CRC32C crc, ByteBuffer body) {
    int position = body.position();
    crc.reset();
    crc.update(body);
    body.position(position);
    return (int) crc.getValue();
  }
}
