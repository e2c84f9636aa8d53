package io.euryale.kernel.wire;

import java.nio.ByteBuffer;

/// The last frame of a connection that is closed because who dialled or accepted it may not be
/// here: says why, for people.
///
/// | bytes | field    | since | meaning                                    |
/// |-------|----------|-------|--------------------------------------------|
/// | 1     | type     | 1     | [#TYPE]                                    |
/// | text  | sentence | 1     | at most [#MAX_TEXT_BYTES] bytes            |
public final class RefusalCodec {

  /// Message type of a refusal; no other protocol uses it.
  public static final int TYPE = 2;

  /// Longest sentence, in bytes of UTF-8.
  public static final int MAX_TEXT_BYTES = 512;

  private RefusalCodec() {}

  public static boolean isRefusal(ByteBuffer body) {
    return body.get(body.position()) == TYPE;
  }

  public static ByteBuffer encode(WireWriter writer, String sentence) {
    return writer.start(TYPE).text(sentence).frame();
  }

  /// The sentence, or some words when it cannot be read.
  public static String decode(WireReader reader, ByteBuffer body) {
    reader.over(body);
    int _ = reader.u8("type");
    String sentence = reader.text(MAX_TEXT_BYTES, "sentence");
    return reader.failure() == null
        ? sentence.replaceAll("\\p{Cntrl}", " ")
        : "for a reason that cannot be read";
  }
}
