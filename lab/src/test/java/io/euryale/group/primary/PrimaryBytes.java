package io.euryale.group.primary;

import io.euryale.kernel.wire.Decoded;
import io.euryale.kernel.wire.WireReader;
import io.euryale.kernel.wire.WireWriter;
import java.nio.ByteBuffer;

/// Any bytes as a message about the primary component, and as the record of one: what is understood
/// is understood again when written.
public final class PrimaryBytes {

  private PrimaryBytes() {}

  public static void take(byte[] bytes) {
    if (PrimaryCodec.decode(new WireReader(), ByteBuffer.wrap(bytes))
        instanceof Decoded.Ok<PrimaryMessage>(PrimaryMessage message)) {
      ByteBuffer again = PrimaryCodec.encode(new WireWriter(), message);
      same(message, PrimaryCodec.decode(new WireReader(), again));
    }
    if (PrimaryCodec.readRecord(ByteBuffer.wrap(bytes))
        instanceof Decoded.Ok<PrimaryRecord>(PrimaryRecord record)) {
      ByteBuffer again = PrimaryCodec.writeRecord(new WireWriter(), record);
      same(record, PrimaryCodec.readRecord(again));
    }
  }

  private static <T> void same(T what, Decoded<T> again) {
    if (!new Decoded.Ok<>(what).equals(again)) {
      throw new AssertionError("Another one when written again: " + what);
    }
  }
}
