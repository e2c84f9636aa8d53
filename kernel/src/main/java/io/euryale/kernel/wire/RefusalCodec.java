package io.euryale.kernel.wire;

import java.nio.ByteBuffer;

/// The last frame of a connection that is closed because who dialled or accepted it may not be
/// here: says why, for people.
///
/// | bytes | field    | since | meaning                                    |
/// |-------|----------|-------|--------------------------------------------|
/// | 1     | type     | 1     | [#TYPE]                                    |
/// | 4     | magic    | 1     | `EURY` in ASCII, so that nothing else is taken for it |
/// | text  | sentence | 1     | at most [#MAX_TEXT_BYTES] bytes            |
public final class RefusalCodec {

  /// Message type of a refusal; no other protocol uses it.
  public static final int TYPE = 2;

  /// Longest sentence, in bytes of UTF-8.
  public static final int MAX_TEXT_BYTES = 512;

  private static final int HEADER_BYTES = 5;

  private RefusalCodec() {}

  public static boolean isRefusal(ByteBuffer body) {
    return body.remaining() >= HEADER_BYTES
        && body.get(body.position()) == TYPE
        && body.getInt(body.position() + 1) == HelloCodec.MAGIC;
  }

  public static ByteBuffer encode(WireWriter writer, String sentence) {
    return writer.start(TYPE).i32(HelloCodec.MAGIC).text(sentence).frame();
  }

  /// The sentence, or some words when it cannot be read.
  public static String decode(WireReader reader, ByteBuffer body) {
    reader.over(body);
    int _ = reader.u8("type");
    int _ = reader.i32("magic");
    String sentence = reader.text(MAX_TEXT_BYTES, "sentence");
    return reader.failure() == null
        ? sentence.replaceAll("\\p{Cntrl}", " ")
        : "for a reason that cannot be read";
  }
}
