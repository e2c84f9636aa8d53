package io.euryale.platform;

import io.euryale.kernel.wire.Frames;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// Cuts the byte stream of one connection into frames.
///
/// Whole frames are given to the core straight from the loop's read buffer; only the beginning of a
/// frame whose end has not arrived is copied. That buffer grows with the bytes really received,
/// never with the length a stranger announces, and is bounded by one largest frame.
final class FrameAssembler {

  /// Takes one frame body, position to limit, during the call only.
  interface Receiver {
    /// Returns false when the connection is finished and the rest must not be looked at
    boolean frame(ByteBuffer body);
  }

  private static final int FIRST_CAPACITY = 1 << 10;

  /// A buffer that one large frame made larger than this is not kept.
  private static final int KEPT_CAPACITY = 64 << 10;

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final Receiver receiver;
  private final CRC32C crc = new CRC32C();
  private ByteBuffer partial = NOTHING;
  private int partialBytes;
  private int longestBody;

  FrameAssembler(Receiver receiver, int longestBody) {
    this.receiver = receiver;
    this.longestBody = longestBody;
  }

  /// Sets the largest body accepted from the next frame on.
  void accept(int longestBodyBytes) {
    longestBody = longestBodyBytes;
  }

  /// Takes the bytes of one read, from 0 to the limit; null while the stream is well-formed.
  @Nullable Rejection feed(ByteBuffer read) {
    int end = read.limit();
    int next = 0;
    if (partialBytes > 0) {
      next = complete(read, end);
      if (next < 0) {
        return rejection(partial.getInt(0));
      }
      if (next == end && partialBytes > 0) {
        return null;
      }
    }
    while (end - next >= Frames.HEADER_BYTES) {
      int length = read.getInt(next);
      if (!isLength(length)) {
        return rejection(length);
      }
      int body = next + Frames.HEADER_BYTES;
      if (end - body < length) {
        break;
      }
      read.limit(body + length).position(body);
      if (Frames.checksum(crc, read) != read.getInt(next + 4)) {
        return Rejection.FRAME_CHECKSUM;
      }
      if (!receiver.frame(read)) {
        return null;
      }
      read.limit(end);
      next = body + length;
    }
    keep(read, next, end);
    return null;
  }

  /// Bytes of an unfinished frame that are held.
  int heldBytes() {
    return partialBytes;
  }

  int heldCapacity() {
    return partial.capacity();
  }

  void release() {
    partial = NOTHING;
    partialBytes = 0;
  }

  /// Adds to the unfinished frame and delivers it when it is whole. Returns where the next frame
  /// begins in `read`, or -1 for a bad frame (see [#rejection]).
  private int complete(ByteBuffer read, int end) {
    int next = Math.min(end, Math.max(0, Frames.HEADER_BYTES - partialBytes));
    keep(read, 0, next);
    if (partialBytes < Frames.HEADER_BYTES) {
      return end;
    }
    int length = partial.getInt(0);
    if (!isLength(length)) {
      return -1;
    }
    int whole = Frames.HEADER_BYTES + length;
    int taken = Math.min(end - next, whole - partialBytes);
    keep(read, next, next + taken);
    if (partialBytes < whole) {
      return end;
    }
    ByteBuffer frame = partial;
    frame.limit(whole).position(Frames.HEADER_BYTES);
    if (Frames.checksum(crc, frame) != frame.getInt(4)) {
      return -1;
    }
    partialBytes = 0;
    boolean goOn = receiver.frame(frame);
    frame.clear();
    if (frame.capacity() > KEPT_CAPACITY) {
      partial = NOTHING;
    }
    return goOn ? next + taken : end;
  }

  private void keep(ByteBuffer read, int from, int to) {
    int count = to - from;
    if (count == 0) {
      return;
    }
    int needed = partialBytes + count;
    if (partial.capacity() < needed) {
      int most = Frames.HEADER_BYTES + Frames.MAX_BODY_BYTES;
      int capacity = Math.max(FIRST_CAPACITY, Math.min(most, needed * 2));
      ByteBuffer larger = ByteBuffer.allocate(capacity);
      larger.put(0, partial, 0, partialBytes);
      partial = larger;
    }
    partial.put(partialBytes, read, from, count);
    partialBytes = needed;
  }

  private boolean isLength(int length) {
    return Frames.isLength(length) && length <= longestBody;
  }

  private Rejection rejection(int length) {
    if (!Frames.isLength(length)) {
      return Rejection.FRAME_LENGTH;
    }
    return length > longestBody ? Rejection.HELLO_TOO_LONG : Rejection.FRAME_CHECKSUM;
  }
}
