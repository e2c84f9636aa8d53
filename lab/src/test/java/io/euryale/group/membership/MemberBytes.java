package io.euryale.group.membership;

import io.euryale.kernel.wire.Decoded;
import java.nio.ByteBuffer;

/// Any bytes as a message between members: what is understood is understood again when written.
public final class MemberBytes {

  private MemberBytes() {}

  public static void take(byte[] bytes) {
    if (new MemberCodec().decode(ByteBuffer.wrap(bytes))
        instanceof Decoded.Ok<MemberMessage>(MemberMessage message)) {
      ByteBuffer again = new MemberCodec().encode(message);
      if (!new Decoded.Ok<>(message).equals(new MemberCodec().decode(again))) {
        throw new AssertionError("Another message when written again: " + message);
      }
    }
  }
}
