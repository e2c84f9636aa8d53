package io.euryale.peer;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/// Short fingerprints of payloads in traces, by which a checker sees that what was delivered is
/// what was published.
final class Digests {

  private Digests() {}

  /// CRC32C of position to limit, 8 hexadecimal digits; the buffer is left as it was.
  static String of(ByteBuffer payload) {
    CRC32C crc = new CRC32C();
    crc.update(payload.duplicate());
    return HexFormat.of().toHexDigits((int) crc.getValue());
  }
}
