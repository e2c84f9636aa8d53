package io.euryale.group;

import java.nio.ByteBuffer;

/// The way down into a traffic class of a group member. Called only by the loop of the class.
public interface Submission {

  /// Largest message in bytes.
  int MAX_MESSAGE_BYTES = 1 << 20;

  /// Largest UNRELIABLE message: one that fits into a datagram on every path, since nobody asks for
  /// a missing piece.
  int MAX_UNRELIABLE_BYTES = 1_000;

  /// Queues a message (position to limit, copied) for all members. It is bound to the configuration
  /// that is installed when it leaves the queue.
  ///
  /// @throws IllegalArgumentException when the message is larger than [#MAX_MESSAGE_BYTES], or
  /// [#MAX_UNRELIABLE_BYTES] for an UNRELIABLE one
  /// @return false when the bounded queue is full; [Delivery#writable] follows when there is room
  boolean submit(Service service, ByteBuffer payload);
}
