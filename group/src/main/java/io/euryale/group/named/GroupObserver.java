package io.euryale.group.named;

import io.euryale.kernel.PeerId;
import java.util.List;

/// What the group layer tells metrics and the audit log. Called by the loop of the class.
public interface GroupObserver {

  /// Sees nothing.
  GroupObserver NONE = new GroupObserver() {};

  /// Somebody tried what it may not. The host limits the rate of what it writes: a peer can cause
  /// as many calls as it can send messages.
  ///
  /// @param who the member, as its peer names it
  /// @param right what it lacks
  /// @param here whether it was refused at this peer before it was sent
  default void forbidden(
      long nowNanos,
      GroupMemberId who,
      Right right,
      GroupName group,
      String reason,
      boolean here) {}

  /// A message was left out.
  ///
  /// @param reason a short fixed text, fit for a metric's label
  default void rejected(long nowNanos, PeerId from, String reason) {}

  /// The tables of rights or limits of these peers differ from those of most; their applications
  /// are in no view until the tables agree and the configuration changes.
  default void tablesDiffer(long nowNanos, List<PeerId> outsiders) {}

  /// A regular configuration came and the peers exchange their memberships.
  default void exchangeBegan(long nowNanos, int peers) {}

  /// The exchange is complete.
  default void exchanged(long nowNanos, int groups, int members) {}

  /// A view of a group was installed.
  default void installed(long nowNanos, GroupView view) {}

  /// A state transfer to an application here ended.
  ///
  /// @param outcome `complete`, `restarted`, `none`, `refused`
  default void transferred(long nowNanos, GroupName group, long bytes, String outcome) {}

  /// Sending to a group stopped because a receiver is slow, or goes on.
  default void throttled(long nowNanos, GroupName group, boolean stopped) {}
}
