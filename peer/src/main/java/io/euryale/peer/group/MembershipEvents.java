package io.euryale.peer.group;

import io.euryale.group.named.GroupEvents;
import io.euryale.group.named.GroupMemberId;
import io.euryale.group.named.GroupMessage;
import io.euryale.group.named.GroupName;
import io.euryale.group.named.GroupView;
import io.euryale.group.named.Refusal;
import io.euryale.group.named.StateSource;
import io.euryale.peer.RefusedException;
import java.nio.ByteBuffer;

/// Puts what the loop tells about a group onto the lane of its listener.
final class MembershipEvents implements GroupEvents {

  private static final long MEMBER_BYTES = 64;

  private final GroupMembership membership;
  private final GroupHost host;
  private final GroupName group;
  private final GroupListener listener;
  private final Lane lane;

  MembershipEvents(
      GroupMembership membership,
      GroupHost host,
      GroupName group,
      GroupListener listener,
      Lane lane) {
    this.membership = membership;
    this.host = host;
    this.group = group;
    this.listener = listener;
    this.lane = lane;
  }

  @Override
  public void view(long now, GroupView view) {
    lane.put(
        MEMBER_BYTES * view.members().size(),
        () -> {
          membership.viewed(view);
          listener.view(view);
        });
    membership.member();
  }

  @Override
  public void message(long now, GroupMessage message) {
    ByteBuffer copy = copy(message.payload());
    GroupMessage kept =
        new GroupMessage(
            message.group(),
            message.view(),
            message.sender(),
            message.service(),
            message.isPrivate(),
            message.isOwn(),
            message.token(),
            message.position(),
            copy);
    lane.put(copy.remaining(), () -> listener.message(kept));
  }

  private static ByteBuffer copy(ByteBuffer bytes) {
    ByteBuffer copy = ByteBuffer.allocate(bytes.remaining());
    return copy.put(bytes.duplicate()).flip();
  }

  @Override
  public void stable(long now, long token) {
    membership.stable(token);
  }

  @Override
  public void refused(long now, Refusal refusal) {
    RefusedException why = GroupHost.exception(refusal);
    lane.put(
        0,
        () -> {
          membership.refused(why);
          listener.refused(why);
        });
  }

  @Override
  public void writable(long now) {
    boolean _ = host.execute(membership::pump);
  }

  @Override
  public void left(long now, GroupView.Cause cause) {
    lane.put(
        0,
        () -> {
          listener.left(cause);
          membership.over(cause);
        });
  }

  @Override
  public StateSource snapshot(long now, GroupMemberId receiver) {
    StateStream stream =
        new StateStream(
            (int) host.settings().stateChunkBytes(),
            () -> {
              boolean _ =
                  host.execute(
                      then ->
                          host.groups()
                              .stateAvailable(then, membership.self().application(), group));
            });
    lane.put(0, () -> stream.give(listener.snapshot(receiver)));
    return stream;
  }

  @Override
  public void stateBegins(long now, GroupMemberId giver) {
    lane.put(0, () -> listener.stateBegins(giver));
  }

  @Override
  public void state(long now, ByteBuffer chunk) {
    ByteBuffer copy = copy(chunk);
    lane.put(copy.remaining(), () -> listener.state(copy));
  }

  @Override
  public void stateComplete(long now, GroupMemberId giver) {
    lane.put(0, () -> listener.stateComplete(giver));
  }

  @Override
  public void noState(long now) {
    lane.put(0, listener::noState);
  }
}
