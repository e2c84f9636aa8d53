package io.euryale.overlay;

import io.euryale.kernel.wire.Decoded;
import io.euryale.kernel.wire.WireReader;
import io.euryale.kernel.wire.WireWriter;
import java.nio.ByteBuffer;

/// The fuzz target of [CellCodec], in the form that Jazzer's driver calls
/// (`--target_class=io.euryale.overlay.CellCodecFuzz`); [CellCodecTest] feeds it seeded bytes.
public final class CellCodecFuzz {

  private static final WireReader READER = new WireReader();
  private static final WireWriter WRITER = new WireWriter();

  private CellCodecFuzz() {}

  /// Any bytes give a value, and whatever was read can be written and read again.
  public static void fuzzerTestOneInput(byte[] bytes) {
    Decoded<CellMessage> decoded = CellCodec.decode(READER, ByteBuffer.wrap(bytes));
    if (decoded instanceof Decoded.Ok<CellMessage> ok) {
      Decoded<CellMessage> again = CellCodec.decode(READER, CellCodec.encode(WRITER, ok.message()));
      if (!again.equals(ok)) {
        throw new AssertionError("read " + ok + ", written and read again " + again);
      }
    }
  }
}
