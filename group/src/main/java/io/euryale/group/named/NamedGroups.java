package io.euryale.group.named;

import io.euryale.group.Configuration;
import io.euryale.group.Delivery;
import io.euryale.group.Service;
import io.euryale.group.Submission;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The named groups of one traffic class at one peer. Called by the loop of the class only.
public final class NamedGroups implements Delivery {

  public NamedGroups(
      Submission submission,
      PeerId self,
      Rights rights,
      GroupSettings settings,
      GroupObserver observer,
      GroupTrace trace) {}

  /// Asks to join a group; its first view follows at the join's place in the order.
  public Admission join(
      long nowNanos,
      PeerName application,
      GroupName group,
      JoinOptions options,
      GroupEvents events) {
    return Admission.ACCEPTED;
  }

  /// Asks to leave; messages accepted before are sent before. [GroupEvents#left] follows.
  public Admission leave(long nowNanos, PeerName application, GroupName group) {
    return Admission.ACCEPTED;
  }

  /// The application is gone: it leaves all its groups at once, what it has queued is dropped, and
  /// its [GroupEvents] are called no more.
  public void disconnect(long nowNanos, PeerName application) {}

  /// Sends to all members, itself included.
  ///
  /// @param token given back with the message's own delivery and with [GroupEvents#stable]
  /// @param payload position to limit, copied
  public Admission multicast(
      long nowNanos,
      PeerName application,
      GroupName group,
      Service service,
      long token,
      ByteBuffer payload) {
    return Admission.ACCEPTED;
  }

  /// Sends to some members; those that have left when it arrives are passed over. The sender is
  /// given it only when it names itself.
  ///
  /// @param receivers 1 to 256
  public Admission send(
      long nowNanos,
      PeerName application,
      GroupName group,
      List<GroupMemberId> receivers,
      Service service,
      long token,
      ByteBuffer payload) {
    return Admission.ACCEPTED;
  }

  /// Asks for the state of the group at a later point of the order, such as after a merge. What is
  /// delivered from that point on is kept back until the state is there.
  ///
  /// @param giver who has to give it; null for the first member that can
  public Admission requestState(
      long nowNanos, PeerName application, GroupName group, @Nullable GroupMemberId giver) {
    return Admission.ACCEPTED;
  }

  /// The application's queue at the host is full: senders to its groups are throttled.
  public void pause(long nowNanos, PeerName application) {}

  /// There is room again.
  public void resume(long nowNanos, PeerName application) {}

  /// A [StateSource] that had nothing has a chunk, is finished or failed.
  public void stateAvailable(long nowNanos, PeerName application, GroupName group) {}

  /// The regular view of a group, as far as this peer has come in the order; null when no peer has
  /// a member in it or the memberships are being exchanged.
  public @Nullable GroupView view(GroupName group) {
    return null;
  }

  /// The groups with members, sorted by name.
  public List<GroupName> groups() {
    return List.of();
  }

  @Override
  public void regular(long nowNanos, Configuration configuration) {}

  @Override
  public void transitional(long nowNanos, Configuration configuration) {}

  @Override
  public void sent(long nowNanos, long sequence, Service service, ByteBuffer payload) {}

  @Override
  public void message(
      long nowNanos, PeerId sender, long sequence, Service service, ByteBuffer payload) {}

  @Override
  public void stable(long nowNanos, long sequence) {}

  @Override
  public void writable(long nowNanos) {}
}
