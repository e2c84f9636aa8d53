package io.euryale.kernel;

import java.nio.ByteBuffer;

/// A [Core] that also takes datagrams and keeps small records, through a [DatagramHome].
///
/// The rules of [Core] hold: one owner thread, no blocking, nothing thrown on what a peer sent.
public interface DatagramCore extends Core {

  /// A datagram arrived on the port of this core's traffic class, from position to limit. Anybody
  /// may have sent it. It is valid only during the call, and the core may change it meanwhile.
  /// Datagrams are lost, repeated, reordered and cut off by everything on their way.
  void datagram(long nowNanos, ByteBuffer datagram);

  /// The record given to [DatagramHome#persist] under this number is on disk, with the value given
  /// last before the write began; one call for each call of `persist`, in their order.
  default void persisted(long nowNanos, int record) {}
}
