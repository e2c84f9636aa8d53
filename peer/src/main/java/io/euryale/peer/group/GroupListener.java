package io.euryale.peer.group;

import io.euryale.group.named.GroupMemberId;
import io.euryale.group.named.GroupMessage;
import io.euryale.group.named.GroupView;
import io.euryale.peer.RefusedException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// What an application is told about one group, in order: one call at a time, on a virtual thread
/// of the membership, so that it may block. While it does, senders to the group are throttled and
/// nothing is left out but UNRELIABLE messages.
///
/// A call that throws ends the membership: a replica that left a step out must not go on. The cause
/// is at [GroupMembership#failure].
public interface GroupListener {

  /// Hears nothing.
  GroupListener NONE = new GroupListener() {};

  /// A view of the group begins. The first one contains this member; when it joined with
  /// `wantsState` it follows the state.
  default void view(GroupView view) {}

  /// A message in the view given last. Its payload is the application's own.
  default void message(GroupMessage message) {}

  /// Something that had been accepted was refused at its place in the order. After the refusal of
  /// a join [#left] follows.
  default void refused(RefusedException refusal) {}

  /// The last call: the application is no longer in the group.
  default void left(GroupView.Cause cause) {}

  /// Give the state as it is now, before the next view or message, to a member that needs it: copy
  /// it, or keep versions. The stream is read by another virtual thread as the receiver takes it,
  /// and closed. Only called when joined with `givesState`.
  ///
  /// @return null when it cannot; then another member is asked
  default @Nullable InputStream snapshot(GroupMemberId receiver) {
    return null;
  }

  /// State begins to come: forget what is there. A transfer that broke begins again with this.
  default void stateBegins(GroupMemberId giver) {}

  /// The next piece of state; the application's own.
  default void state(ByteBuffer chunk) {}

  /// The state is complete; the view and the messages since its point follow.
  default void stateComplete(GroupMemberId giver) {}

  /// Nobody has state: start from nothing.
  default void noState() {}
}
