package io.euryale.group.named;

import io.euryale.group.named.GroupCodec.Tagged;
import io.euryale.kernel.wire.Decoded;
import io.euryale.kernel.wire.WireReader;
import io.euryale.kernel.wire.WireWriter;
import java.nio.ByteBuffer;

/// Any bytes as a frame of named groups: what is understood is understood again when written.
public final class GroupBytes {

  private GroupBytes() {}

  public static void take(byte[] bytes) {
    WireReader reader = new WireReader();
    if (GroupCodec.decode(reader, ByteBuffer.wrap(bytes))
        instanceof Decoded.Ok<Tagged>(Tagged frame)) {
      ByteBuffer again = GroupCodec.encode(new WireWriter(), frame.configuration(), frame.frame());
      if (!new Decoded.Ok<>(frame).equals(GroupCodec.decode(new WireReader(), again))) {
        throw new AssertionError("Another frame when written again: " + frame);
      }
    }
  }
}
