package io.euryale.client;

import java.io.InputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// What an application is told about one group, in order: one call at a time, on a virtual thread
/// of the membership, so that it may block. While it does, senders to the group are throttled and
/// nothing is left out but UNRELIABLE messages. A call that throws ends the client.
public interface GroupListener {

  /// A view of the group begins. The first one contains this member.
  default void view(View view) {}

  /// A message in the view given last.
  default void message(Message message) {}

  /// Something that had been accepted was refused at its place in the order. After the refusal of
  /// a join [#left] follows.
  default void refused(GroupClientException refusal) {}

  /// The application is no longer in the group; the last call.
  default void left(View.Cause cause) {}

  /// The connection to the peer is lost, and with it the membership. What was sent and not known
  /// to be held by everybody has an unknown outcome, and messages of others may be missed. The
  /// client tries to connect and to join again: a new first view follows, after the state if it
  /// joined with `wantsState`; or [#ended].
  default void disconnected(String reason) {}

  /// The client gave up or was closed; the last call.
  default void ended(String reason) {}

  /// Give the state as it is now, before the next view or message: copy it, or keep versions. The
  /// stream is read by another thread and closed. Only called when joined with `givesState`.
  ///
  /// @return null when it cannot; then another member is asked
  default @Nullable InputStream snapshot(Member receiver) {
    return null;
  }

  /// State begins to come: forget what is there.
  default void stateBegins(Member giver) {}

  /// The next piece of state; the application's own.
  default void state(ByteBuffer chunk) {}

  /// The state is complete; the view and the messages since its point follow.
  default void stateComplete(Member giver) {}

  /// Nobody has state: start from nothing.
  default void noState() {}
}
