package io.euryale.peer.group;

import io.euryale.client.Member;
import io.euryale.client.Service;
import io.euryale.client.View;
import io.euryale.client.wire.SessionFrame;
import io.euryale.group.named.GroupMemberId;
import io.euryale.group.named.GroupMessage;
import io.euryale.group.named.GroupView;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import io.euryale.peer.RefusedException;
import io.euryale.peer.RefusedException.Reason;
import java.io.InputStream;
import java.nio.ByteBuffer;

/// Writes what happens in one group to a session; waits for the session, as a listener may.
final class SessionListener implements GroupListener {

  private final GroupSession session;
  private final int handle;
  private final SessionStates states;
  private volatile boolean hasLeft;

  SessionListener(GroupSession session, int handle, SessionStates states) {
    this.session = session;
    this.handle = handle;
    this.states = states;
  }

  boolean hasLeft() {
    return hasLeft;
  }

  static Member member(GroupMemberId id) {
    return new Member(id.peer().name().value(), id.peer().incarnation(), id.application().value());
  }

  /// @throws RefusedException when no member can have such names
  static GroupMemberId member(Member member) {
    if (!PeerName.isValid(member.peer())
        || !PeerName.isValid(member.application())
        || member.incarnation() < 0) {
      throw new RefusedException(
          Reason.NO_SUCH_RECEIVER, "There is no member like " + member + ".");
    }
    return new GroupMemberId(
        new PeerId(new PeerName(member.peer()), member.incarnation()),
        new PeerName(member.application()));
  }

  @Override
  public void view(GroupView view) {
    GroupMemberId changed = view.changed();
    session.tell(
        new SessionFrame.Viewed(
            handle,
            new View(
                view.id().toString(),
                view.isRegular(),
                View.Cause.valueOf(view.cause().name()),
                changed == null ? null : member(changed),
                view.members().stream().map(SessionListener::member).toList(),
                view.parts())));
  }

  @Override
  public void message(GroupMessage message) {
    session.tell(
        new SessionFrame.Message(
            handle,
            member(message.sender()),
            Service.valueOf(message.service().name()),
            message.isPrivate(),
            message.isOwn(),
            message.token(),
            message.position(),
            message.payload()));
  }

  @Override
  public void refused(RefusedException refusal) {
    session.tell(
        new SessionFrame.Refused(
            handle, 0, refusal.reason().name(), String.valueOf(refusal.getMessage())));
  }

  @Override
  public void left(GroupView.Cause cause) {
    hasLeft = true;
    session.left(handle);
    session.tell(new SessionFrame.Left(handle, View.Cause.valueOf(cause.name())));
  }

  @Override
  public InputStream snapshot(GroupMemberId receiver) {
    SessionStates.Given given = states.expect(handle);
    session.tell(new SessionFrame.Snapshot(handle, given.transfer(), member(receiver)));
    return given;
  }

  @Override
  public void stateBegins(GroupMemberId giver) {
    session.tell(new SessionFrame.StateBegins(handle, member(giver)));
  }

  @Override
  public void state(ByteBuffer chunk) {
    session.tell(new SessionFrame.State(handle, chunk));
  }

  @Override
  public void stateComplete(GroupMemberId giver) {
    session.tell(new SessionFrame.StateComplete(handle, member(giver)));
  }

  @Override
  public void noState() {
    session.tell(new SessionFrame.NoState(handle));
  }
}
