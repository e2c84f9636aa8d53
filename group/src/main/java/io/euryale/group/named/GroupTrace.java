package io.euryale.group.named;

import io.euryale.group.Service;
import io.euryale.kernel.PeerId;
import java.nio.ByteBuffer;

/// The events that the checkers of EV-9 read, as this peer sees them; the host writes them. The
/// process of these events is the peer: it is in a view when one of its applications is.
///
/// Private messages are marked, because only the peers of their receivers deliver them. A message
/// to a member that waits for state is delivered, for this purpose, when it is kept for it.
public interface GroupTrace {

  /// Writes nothing.
  GroupTrace NONE = new GroupTrace() {};

  /// `JOIN` with `group`: the first application here asks to join.
  default void join(long nowNanos, GroupName group) {}

  /// `LEAVE` with `group`: the last application here is out of it.
  default void leave(long nowNanos, GroupName group) {}

  /// `INSTALL` with `group`: `x` is the text of the id, `members` are [GroupView#peers], `origin`
  /// the text of [GroupView#origin].
  default void install(long nowNanos, GroupView view) {}

  /// `SEND` with `group`: an own message left the queue while `view` is the view here.
  default void send(
      long nowNanos,
      GroupName group,
      GroupViewId view,
      long sequence,
      Service service,
      boolean isPrivate,
      ByteBuffer payload) {}

  /// `DELIVER` with `group`.
  default void deliver(
      long nowNanos,
      GroupName group,
      GroupViewId view,
      PeerId sender,
      long sequence,
      Service service,
      boolean isPrivate,
      ByteBuffer payload) {}
}
