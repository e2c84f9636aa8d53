package io.euryale.group;

import io.euryale.kernel.PeerId;
import java.nio.ByteBuffer;

/// What a traffic class of a group member hands up, in the order in which it happens.
///
/// Called by the loop of the class, one call at a time; buffers are valid only during the call.
/// Implementations may call [Submission] from inside. The configurations alternate: regular,
/// transitional, regular; a peer's first one is regular.
public interface Delivery {

  /// A regular configuration is installed: what is submitted from now on is bound to it, and so is
  /// what waited.
  void regular(long nowNanos, Configuration configuration);

  /// The members of the last regular configuration that go on together; messages of that
  /// configuration may follow. Nothing can be sent before the next regular one.
  void transitional(long nowNanos, Configuration configuration);

  /// An own message left the queue and is bound to the present regular configuration; in the order
  /// of [Submission#submit].
  ///
  /// @param sequence counts the messages of this life in this class, from 1
  void sent(long nowNanos, long sequence, Service service, ByteBuffer payload);

  /// A message is delivered in the present configuration; own messages too.
  ///
  /// @param sequence of its sender
  void message(long nowNanos, PeerId sender, long sequence, Service service, ByteBuffer payload);

  /// Every member of the present configuration holds all own messages up to `sequence`.
  void stable(long nowNanos, long sequence);

  /// A submission was refused before, and there is room again.
  void writable(long nowNanos);
}
