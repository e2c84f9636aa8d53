package io.euryale.group.named;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// What one application is told about one group, in order. Called by the loop of the traffic
/// class, one call at a time; implementations do not block and may call [NamedGroups] from inside.
///
/// A host that carries these events to another process queues them. When its queue for an
/// application passes its mark it calls [NamedGroups#pause], and [NamedGroups#resume] when there is
/// room again. After `pause` at most [GroupSettings#windowBytes] and one message follow from each
/// peer that sends to the application's groups, and what a state transfer kept back: that much
/// room the host keeps. Nothing is ever left out for a slow application, except UNRELIABLE
/// messages.
public interface GroupEvents {

  /// A view of the group begins. The first view contains this member; with
  /// [JoinOptions#wantsState] it follows the state.
  void view(long nowNanos, GroupView view);

  /// A message in the view given last.
  void message(long nowNanos, GroupMessage message);

  /// Every member of the present configuration holds the own message with this token.
  default void stable(long nowNanos, long token) {}

  /// A request that had been accepted was refused at its place in the order (rights, limits), or
  /// could not be done (state). After the refusal of a join [#left] follows.
  default void refused(long nowNanos, Refusal refusal) {}

  /// A message was refused because the queue was full, and there is room again.
  default void writable(long nowNanos) {}

  /// The application is no longer in the group; the last call, except when it joins again.
  void left(long nowNanos, GroupView.Cause cause);

  /// Give the state as it is now, before the next view or message: a member needs it. Only called
  /// with [JoinOptions#givesState].
  ///
  /// @return null when it cannot; then another member is asked
  default @Nullable StateSource snapshot(long nowNanos, GroupMemberId receiver) {
    return null;
  }

  /// State begins to come: forget what is there. A transfer that broke begins again with this.
  default void stateBegins(long nowNanos, GroupMemberId giver) {}

  /// The next chunk, valid only during the call.
  default void state(long nowNanos, ByteBuffer chunk) {}

  /// The state is complete; the view and the messages since its point follow.
  default void stateComplete(long nowNanos, GroupMemberId giver) {}

  /// Nobody has state: start from nothing. All members that asked are told so at the same point.
  default void noState(long nowNanos) {}
}
