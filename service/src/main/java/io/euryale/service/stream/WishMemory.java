package io.euryale.service.stream;

import io.euryale.service.stream.StreamFrames.Message;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// The last subscriptions of one sender, as frame and as message. They come every second and hardly
/// ever say anything new, so they are compared before they are decoded.
final class WishMemory {

  private static final int MAX_BYTES = 64 << 10;

  private @Nullable ByteBuffer frame;
  private Message.@Nullable Subscriptions wish;

  /// What `candidate` says, if it is byte for byte the frame of before; else null.
  Message.@Nullable Subscriptions repeated(ByteBuffer candidate) {
    return candidate.equals(frame) ? wish : null;
  }

  /// Remembers what `source` says, unless it is very long.
  void remember(ByteBuffer source, Message.Subscriptions says) {
    if (source.remaining() > MAX_BYTES) {
      return;
    }
    frame = ByteBuffer.allocate(source.remaining()).put(source.duplicate()).flip();
    wish = says;
  }

  /// Keeps nothing of one that there was no room for.
  void forget() {
    frame = null;
    wish = null;
  }
}
