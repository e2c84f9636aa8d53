package io.euryale.platform;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.channel.RecvByteBufAllocator;
import java.nio.ByteBuffer;

/// One read buffer for all connections of a loop. Netty would take a buffer per read; since every
/// byte is dealt with before the next read, one is enough, and it stays in the cache.
final class ReadBuffer implements RecvByteBufAllocator {

  private static final int CAPACITY = 64 << 10;

  /// Reads of one connection in one turn. A connection that always has more must let the others be
  /// read as well: at most 256 KiB at a time.
  static final int READS_PER_TURN = 4;

  private final ByteBuf buffer;
  private final ByteBuffer view;

  ReadBuffer(ByteBufAllocator allocator) {
    buffer = allocator.directBuffer(CAPACITY, CAPACITY);
    view = buffer.nioBuffer(0, CAPACITY);
  }

  /// The first `count` bytes of the buffer; the same object each time.
  ByteBuffer view(int count) {
    return view.clear().limit(count);
  }

  /// The whole buffer, to be read into.
  ByteBuffer empty() {
    return view.clear();
  }

  void close() {
    buffer.release();
  }

  @Override
  @SuppressWarnings(
      "deprecation") // The interface demands it; Netty itself casts to ExtendedHandle.
  public Handle newHandle() {
    return new SharedHandle();
  }

  private final class SharedHandle implements ExtendedHandle {
    private int reads;
    private int attempted;
    private int last;

    @Override
    public ByteBuf allocate(ByteBufAllocator allocator) {
      return buffer.clear().retain();
    }

    @Override
    public int guess() {
      return CAPACITY;
    }

    @Override
    public void reset(ChannelConfig config) {
      reads = 0;
    }

    @Override
    public void incMessagesRead(int count) {
      reads += count;
    }

    @Override
    public void lastBytesRead(int bytes) {
      last = bytes;
    }

    @Override
    public int lastBytesRead() {
      return last;
    }

    @Override
    public void attemptedBytesRead(int bytes) {
      attempted = bytes;
    }

    @Override
    public int attemptedBytesRead() {
      return attempted;
    }

    @Override
    public boolean continueReading() {
      // A read that left room has emptied the socket: no second system call to learn that.
      return reads < READS_PER_TURN && last == attempted;
    }

    @Override
    public boolean continueReading(io.netty.util.UncheckedBooleanSupplier maybeMoreData) {
      return continueReading();
    }

    @Override
    public void readComplete() {}
  }
}
