package io.euryale.group.order;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// Arrays for messages and packets while they are kept, by powers of two, so that steady traffic
/// makes no garbage of them. Who does not give one back leaves it to the collector, and nothing
/// else happens. One owner.
final class Bodies {

  private static final int SMALLEST_SHIFT = 6;
  private static final int LARGEST_SHIFT = 16; // No datagram is larger.

  /// Kept for later, beyond what is in use.
  private static final int MOST_BYTES = 1 << 20;

  private final ArrayDeque<byte[]>[] free;
  private int freeBytes;

  @SuppressWarnings({"unchecked", "rawtypes"})
  Bodies() {
    free = new ArrayDeque[LARGEST_SHIFT - SMALLEST_SHIFT + 1];
    for (int i = 0; i < free.length; i++) {
      free[i] = new ArrayDeque<>();
    }
  }

  /// An array with room for `bytes` bytes, or more; whatever was in it still is.
  byte[] take(int bytes) {
    int shift = shift(bytes);
    if (shift > LARGEST_SHIFT) {
      return new byte[bytes];
    }
    byte @Nullable [] body = free[shift - SMALLEST_SHIFT].pollLast();
    if (body == null) {
      return new byte[1 << shift];
    }
    freeBytes -= body.length;
    return body;
  }

  /// Takes an array back that nobody looks at any more. One of another size is not kept.
  void give(byte[] body) {
    int shift = shift(body.length);
    if (shift <= LARGEST_SHIFT && body.length == 1 << shift && freeBytes < MOST_BYTES) {
      freeBytes += body.length;
      free[shift - SMALLEST_SHIFT].addLast(body);
    }
  }

  private static int shift(int bytes) {
    return Math.max(SMALLEST_SHIFT, Integer.SIZE - Integer.numberOfLeadingZeros(bytes - 1));
  }
}
