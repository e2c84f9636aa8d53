package io.euryale.group.order;

import java.nio.ByteBuffer;

/// The way out for the ordering datagrams of one traffic class. Ranks are those of the regular
/// configuration that is or was installed last.
public interface Outlet {

  /// Sends a body to every other member; it may be lost on the way to each of them.
  void toOthers(ByteBuffer body);

  /// Sends a body to one other member; it may be lost.
  void to(int rank, ByteBuffer body);

  /// Largest body that reaches every other member in one piece.
  int bodyBytes();

  /// Bytes that may be under way from this peer to any one member, so that all members together do
  /// not overrun its buffer.
  int windowBytes();
}
