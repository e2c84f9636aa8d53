package io.euryale.group.recipe;

import io.euryale.group.Service;
import io.euryale.group.named.Admission;
import io.euryale.group.named.GroupEvents;
import io.euryale.group.named.GroupMemberId;
import io.euryale.group.named.GroupMessage;
import io.euryale.group.named.GroupName;
import io.euryale.group.named.GroupView;
import io.euryale.group.named.JoinOptions;
import io.euryale.group.named.NamedGroups;
import io.euryale.kernel.PeerName;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Opens when all members of the view have arrived. A member that leaves or dies is not waited for,
/// one that joins is. Arrivals are SAFE messages: when it opens for one member in a regular view,
/// it opens for all that were in the view and live.
///
/// A new view begins a new round, in which those that wait arrive again by themselves. When a
/// partition falls into a round, the sides go on as two barriers, each of its own members; there is
/// no guard, because being let through on both sides is what the members of each side wait for.
public final class Barrier implements GroupEvents {

  /// Told when the barrier opens.
  public interface Listener {
    /// All members of the view have arrived, this one among them.
    ///
    /// @param members who they were
    void opened(long nowNanos, java.util.List<GroupMemberId> members);
  }

  private final NamedGroups groups;
  private final PeerName application;
  private final GroupName group;
  private final Listener listener;
  private final TreeSet<GroupMemberId> arrived = new TreeSet<>();

  /// The last regular view.
  private @Nullable GroupView round;

  private boolean waits;
  private boolean isUnsent;

  public Barrier(NamedGroups groups, PeerName application, GroupName group, Listener listener) {
    this.groups = groups;
    this.application = application;
    this.group = group;
    this.listener = listener;
  }

  /// Becomes one of those that are waited for.
  public Admission join(long nowNanos) {
    return groups.join(nowNanos, application, group, JoinOptions.STATELESS, this);
  }

  /// Is no longer waited for.
  public Admission leave(long nowNanos) {
    return groups.leave(nowNanos, application, group);
  }

  /// This member has arrived; [Listener#opened] follows. Arriving twice is arriving once.
  public void arrive(long nowNanos) {
    if (!waits) {
      waits = true;
      isUnsent = true;
      send(nowNanos);
    }
  }

  private void send(long nowNanos) {
    GroupView present = round;
    if (isUnsent && present != null) {
      byte[] bytes = present.id().toString().getBytes(StandardCharsets.UTF_8);
      isUnsent =
          !groups
              .multicast(nowNanos, application, group, Service.SAFE, 0, ByteBuffer.wrap(bytes))
              .isAccepted();
    }
  }

  @Override
  public void view(long nowNanos, GroupView next) {
    if (next.isRegular()) {
      round = next;
      arrived.clear();
      isUnsent = waits;
      send(nowNanos);
    }
  }

  @Override
  public void message(long nowNanos, GroupMessage message) {
    GroupView present = round;
    String view = StandardCharsets.UTF_8.decode(message.payload()).toString();
    if (present == null || !view.equals(present.id().toString())) {
      return; // Of a round that is over; the sender arrives again in this one.
    }
    arrived.add(message.sender());
    if (arrived.containsAll(present.members())) {
      arrived.clear();
      waits = false;
      listener.opened(nowNanos, present.members());
    }
  }

  @Override
  public void writable(long nowNanos) {
    send(nowNanos);
  }

  @Override
  public void left(long nowNanos, GroupView.Cause cause) {
    round = null;
    arrived.clear();
    waits = false;
  }
}
