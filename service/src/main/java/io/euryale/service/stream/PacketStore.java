package io.euryale.service.stream;

import io.euryale.kernel.wire.Frames;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// Buffers for packets in custody: bounded in bytes, recycled by size, so that steady traffic
/// allocates nothing. Those of a burst go again when nothing has needed them for half a minute. One
/// owner thread.
final class PacketStore {

  private static final int SMALLEST_SHIFT = 9;
  private static final int CLASSES = 12; // 512 bytes to 1 MiB.

  private static final long TRIM_NANOS = 30_000_000_000L;

  private final long limitBytes;
  private final boolean shares;
  private final ArrayDeque<ByteBuffer>[] free;

  /// How many of each size were free all the time since they were last trimmed.
  private final int[] idle = new int[CLASSES];

  private long trimmedAtNanos = Long.MIN_VALUE;
  private long usedBytes;
  private long pooledBytes;

  PacketStore(long limitBytes) {
    this(limitBytes, true);
  }

  /// @param shares whether nobody who uses the store gets more of it than is left free
  @SuppressWarnings({"unchecked", "rawtypes"})
  PacketStore(long limitBytes, boolean shares) {
    this.limitBytes = limitBytes;
    this.shares = shares;
    free = new ArrayDeque[CLASSES];
    for (int i = 0; i < CLASSES; i++) {
      free[i] = new ArrayDeque<>();
    }
  }

  /// Whether more than one of so many parts of it is in use.
  boolean exceeds(int parts) {
    return usedBytes * parts > limitBytes;
  }

  /// A copy of `source` (position to limit, left as it was), or null when the store is full.
  @Nullable ByteBuffer copy(ByteBuffer source) {
    return copy(source, 0);
  }

  /// The same for one of several that share the store: none gets more than it leaves free. So who
  /// does not move on uses up its own share, half of a store that nobody else uses.
  ///
  /// @param usedBytesOfIts what it has in the store already; 0 is always below its share
  @Nullable ByteBuffer copy(ByteBuffer source, long usedBytesOfIts) {
    ByteBuffer buffer =
        hasShare(source.remaining(), usedBytesOfIts) ? take(source.remaining()) : null;
    return buffer == null ? null : filled(buffer, source);
  }

  /// A copy of `source`, which is at most [Frames#MAX_BODY_BYTES] long, however full the store is:
  /// for what all replicas have to store alike. Who hands it out keeps within a limit of its own,
  /// and what is stored beyond the limit here stops new packets.
  ByteBuffer copyBeyond(ByteBuffer source) {
    return filled(taken(sizeClass(source.remaining())), source);
  }

  private static ByteBuffer filled(ByteBuffer buffer, ByteBuffer source) {
    int bytes = source.remaining();
    return buffer.put(0, source, source.position(), bytes).limit(bytes);
  }

  /// Whether one of several that share the store may have `bytes` more.
  boolean hasShare(long bytes, long usedBytesOfIts) {
    return !shares
        || usedBytesOfIts == 0
        || usedBytesOfIts + bytes <= limitBytes - usedBytes - bytes;
  }

  /// Whether so many bytes fit, and into the share of one of several.
  boolean fits(long bytes, long usedBytesOfIts) {
    return usedBytes + bytes <= limitBytes && hasShare(bytes, usedBytesOfIts);
  }

  /// Bytes of the buffer that holds so many.
  static long capacity(int bytes) {
    return 1L << (SMALLEST_SHIFT + sizeClass(bytes));
  }

  /// A copy of the packet that all others of its flow wait for: it may go beyond the limit, up to
  /// twice of that. Null when that is reached.
  @Nullable ByteBuffer copyFirst(ByteBuffer source) {
    return fitsFirst(source.remaining()) ? copyBeyond(source) : null;
  }

  /// Whether a packet of so many bytes has room that all others of its flow wait for.
  boolean fitsFirst(int bytes) {
    return usedBytes + bytes <= 2 * limitBytes;
  }

  /// An empty buffer for `bytes` bytes, or null when the store is full.
  @Nullable ByteBuffer take(int bytes) {
    int sizeClass = sizeClass(bytes);
    int capacity = 1 << (SMALLEST_SHIFT + sizeClass);
    if (bytes > Frames.MAX_BODY_BYTES || usedBytes + capacity > limitBytes) {
      return null;
    }
    return taken(sizeClass);
  }

  private ByteBuffer taken(int sizeClass) {
    int capacity = 1 << (SMALLEST_SHIFT + sizeClass);
    usedBytes += capacity;
    ByteBuffer buffer = free[sizeClass].pollLast();
    if (buffer == null) {
      idle[sizeClass] = 0;
      return ByteBuffer.allocate(capacity);
    }
    pooledBytes -= capacity;
    idle[sizeClass] = Math.min(idle[sizeClass], free[sizeClass].size());
    return buffer.clear();
  }

  /// Lets go of the buffers that nothing has needed for half a minute; to be called every second or
  /// so.
  ///
  /// @return whether half a minute was over
  boolean trim(long nowNanos) {
    if (trimmedAtNanos != Long.MIN_VALUE && nowNanos - trimmedAtNanos < TRIM_NANOS) {
      return false;
    }
    trimmedAtNanos = nowNanos;
    for (int i = 0; i < CLASSES; i++) {
      for (int needless = idle[i]; needless > 0; needless--) {
        pooledBytes -= free[i].removeFirst().capacity();
      }
      idle[i] = free[i].size();
    }
    return true;
  }

  /// Gives a buffer of [#take] or [#copy] back; nobody may use it afterwards.
  void release(ByteBuffer buffer) {
    usedBytes -= buffer.capacity();
    // What is pooled and what is used together stay within the limit.
    if (pooledBytes + usedBytes + buffer.capacity() <= limitBytes) {
      pooledBytes += buffer.capacity();
      free[sizeClass(buffer.capacity())].addLast(buffer);
    }
  }

  /// Bytes in use, rounded up to the sizes of the buffers.
  long usedBytes() {
    return usedBytes;
  }

  private static int sizeClass(int bytes) {
    return Math.max(0, Integer.SIZE - Integer.numberOfLeadingZeros(bytes - 1) - SMALLEST_SHIFT);
  }
}
