package io.euryale.platform;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/// The outbound memory of one loop: equal pieces that links borrow while they have something to
/// send. In the steady state a handful of pieces circulates and nothing is allocated.
final class Segments {

  /// One piece. Netty gets a second reference for the time of a write, so a reference count of 1
  /// means that the operating system has all of it.
  static final class Segment {
    final ByteBuf buffer;
    final ByteBuffer bytes;
    int written;

    /// How much of it was written straight to a socket, before Netty got the rest.
    int sent;

    Segment(ByteBuf buffer) {
      this.buffer = buffer;
      this.bytes = buffer.nioBuffer(0, buffer.capacity());
    }

    int room() {
      return SEGMENT_BYTES - written;
    }

    boolean isSent() {
      return buffer.refCnt() == 1;
    }
  }

  static final int SEGMENT_BYTES = 16 << 10;

  /// Pieces kept for the next burst (1 MiB); what a larger burst needed goes back at once.
  private static final int KEPT = 64;

  private final ByteBufAllocator allocator;
  private final ArrayDeque<Segment> free = new ArrayDeque<>();

  Segments(ByteBufAllocator allocator) {
    this.allocator = allocator;
  }

  Segment take() {
    Segment segment = free.pollLast();
    if (segment == null) {
      return new Segment(allocator.directBuffer(SEGMENT_BYTES, SEGMENT_BYTES));
    }
    return segment;
  }

  /// Takes back a piece whether or not Netty still holds it.
  void give(Segment segment) {
    if (segment.isSent() && free.size() < KEPT) {
      segment.written = 0;
      segment.sent = 0;
      segment.bytes.clear();
      free.addLast(segment);
    } else {
      segment.buffer.release();
    }
  }

  void close() {
    for (Segment segment = free.poll(); segment != null; segment = free.poll()) {
      segment.buffer.release();
    }
  }
}
