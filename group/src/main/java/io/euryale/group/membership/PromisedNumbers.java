package io.euryale.group.membership;

import io.euryale.kernel.DatagramHome;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/// The ceiling of the numbers that this peer has promised, on disk: no later life may promise one
/// up to there. Numbers are promised in blocks, so that hardly any agreement waits for the disk.
final class PromisedNumbers {

  /// Number of the record.
  static final int RECORD = 0;

  private static final long BLOCK = 1_000;

  private final DatagramHome home;
  private long ceiling;
  private long requested;

  /// Those on their way to the disk: a number is not durable before the write that holds it is.
  private final ArrayDeque<Long> requests = new ArrayDeque<>();

  /// @param remembers false only in tests of the checkers
  PromisedNumbers(DatagramHome home, boolean remembers) {
    this.home = home;
    ByteBuffer record = home.recorded(RECORD);
    ceiling = record.remaining() >= 8 && remembers ? record.getLong() : 0;
    requested = ceiling;
  }

  /// Every number up to here is, or was, on disk as promised.
  long ceiling() {
    return ceiling;
  }

  /// Makes sure that a number may be promised.
  ///
  /// @return whether it may be at once; else when [#persisted] reaches it
  boolean promise(long number) {
    if (number <= ceiling) {
      return true;
    }
    if (number > requested) {
      requested = number + BLOCK;
      requests.add(requested);
      home.persist(RECORD, ByteBuffer.allocate(8).putLong(requested).flip());
    }
    return false;
  }

  /// The next write is done.
  ///
  /// @return the ceiling from now on
  long persisted() {
    ceiling = requests.remove();
    return ceiling;
  }
}
