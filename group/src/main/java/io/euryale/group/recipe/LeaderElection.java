package io.euryale.group.recipe;

import io.euryale.group.named.Admission;
import io.euryale.group.named.GroupEvents;
import io.euryale.group.named.GroupMemberId;
import io.euryale.group.named.GroupMessage;
import io.euryale.group.named.GroupName;
import io.euryale.group.named.GroupView;
import io.euryale.group.named.JoinOptions;
import io.euryale.group.named.NamedGroups;
import io.euryale.kernel.PeerName;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// One member leads: the eldest of the view. No messages are sent beyond joins and leaves.
///
/// In a guarded group there is a leader in the primary component only. Without a guard each side
/// of a partition has a leader; when they meet, the eldest of all leads with a higher term, and
/// whatever checks terms refuses the other.
public final class LeaderElection implements GroupEvents {

  /// Told about leaders.
  public interface Listener {
    /// A member leads from here on, for everybody in the view; also told when only the term grew.
    ///
    /// @param term grows with every call at this peer, and from one primary component to the next;
    /// give it to whatever the leader writes to
    void leads(long nowNanos, GroupMemberId leader, long term, boolean isSelf);

    /// Nobody leads: the configuration changes, or this side is not primary.
    void noLeader(long nowNanos);
  }

  private final NamedGroups groups;
  private final PeerName application;
  private final GroupName group;
  private final BooleanSupplier primary;
  private final Listener listener;
  private @Nullable GroupView view;
  private long term;

  public LeaderElection(
      NamedGroups groups,
      PeerName application,
      GroupName group,
      BooleanSupplier primary,
      Listener listener) {
    this.groups = groups;
    this.application = application;
    this.group = group;
    this.primary = primary;
    this.listener = listener;
  }

  /// Takes part.
  public Admission join(long nowNanos) {
    return groups.join(nowNanos, application, group, JoinOptions.STATELESS, this);
  }

  /// Takes part no more.
  public Admission leave(long nowNanos) {
    return groups.leave(nowNanos, application, group);
  }

  /// The term of the present leader, or 0 when there is none.
  public long term() {
    return term;
  }

  /// The guard's answer may have changed.
  public void primaryChanged(long nowNanos) {
    GroupView present = view;
    boolean leads = present != null && present.isRegular() && primary.getAsBoolean();
    if (leads != (term != 0)) {
      tell(nowNanos);
    }
  }

  private void tell(long nowNanos) {
    GroupView present = view;
    if (present != null && present.isRegular() && primary.getAsBoolean()) {
      GroupMemberId leader = present.members().getFirst();
      term = (present.id().configuration().number() << 32) + present.id().number();
      listener.leads(nowNanos, leader, term, isSelf(leader));
    } else if (term != 0) {
      term = 0;
      listener.noLeader(nowNanos);
    }
  }

  private boolean isSelf(GroupMemberId leader) {
    return leader.equals(groups.member(application));
  }

  @Override
  public void view(long nowNanos, GroupView next) {
    view = next;
    tell(nowNanos);
  }

  @Override
  public void message(long nowNanos, GroupMessage message) {}

  @Override
  public void left(long nowNanos, GroupView.Cause cause) {
    view = null;
    tell(nowNanos);
  }
}
