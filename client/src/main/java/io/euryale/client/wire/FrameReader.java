package io.euryale.client.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import org.jspecify.annotations.Nullable;

/// Cuts a stream of bytes into frames, however they arrive. Memory follows what has arrived, not
/// what a length claims.
public final class FrameReader {

  private static final int FIRST_BYTES = 16 << 10;

  private final ReadableByteChannel channel;
  private int limit;
  private ByteBuffer buffer = ByteBuffer.allocate(FIRST_BYTES).limit(0);

  /// @param limit largest frame, for the time being
  public FrameReader(ReadableByteChannel channel, int limit) {
    this.channel = channel;
    this.limit = limit;
  }

  /// From now on frames may be as large as this.
  public void limit(int bytes) {
    limit = bytes;
  }

  /// Waits for the next frame, without its length; valid until the next call. Null at the end of
  /// the stream.
  ///
  /// @throws MalformedFrameException when a length is not allowed, or the stream ends within a
  /// frame
  public @Nullable ByteBuffer next() throws IOException {
    while (true) {
      int length = -1;
      if (buffer.remaining() >= 4) {
        length = buffer.getInt(buffer.position());
        if (length < 1 || length > limit) {
          throw new MalformedFrameException(length > limit ? "frame too long" : "bad length");
        }
        if (buffer.remaining() >= 4 + length) {
          ByteBuffer frame = buffer.slice(buffer.position() + 4, length);
          buffer.position(buffer.position() + 4 + length);
          return frame;
        }
      }
      if (!fill()) {
        if (buffer.hasRemaining()) {
          throw new MalformedFrameException("ended within a frame");
        }
        return null;
      }
    }
  }

  private boolean fill() throws IOException {
    if (!buffer.hasRemaining()) {
      // A buffer that had to grow once is given back.
      buffer =
          buffer.capacity() > FIRST_BYTES
              ? ByteBuffer.allocate(FIRST_BYTES).limit(0)
              : buffer.position(0).limit(0);
    }
    if (buffer.position() > 0) {
      buffer.compact().flip();
    }
    if (buffer.limit() == buffer.capacity()) {
      ByteBuffer larger = ByteBuffer.allocate(Math.min(2 * buffer.capacity(), 8 + limit));
      buffer = larger.put(buffer).flip();
    }
    int end = buffer.limit();
    int start = buffer.position();
    buffer.position(end).limit(buffer.capacity());
    int count = channel.read(buffer);
    buffer.limit(buffer.position()).position(start);
    return count >= 0;
  }
}
