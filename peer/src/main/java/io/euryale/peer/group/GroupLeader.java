package io.euryale.peer.group;

import io.euryale.group.named.GroupMemberId;
import io.euryale.group.recipe.LeaderElection;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Part in the election of a leader; see [LeaderElection]. Safe to share between threads.
public final class GroupLeader implements AutoCloseable {

  /// Told about leaders.
  public interface Listener {
    /// A member leads from here on; also told when only the term grew.
    ///
    /// @param term give it to whatever the leader writes to, which refuses smaller ones
    default void leads(GroupMemberId leader, long term, boolean isSelf) {}

    /// Nobody leads.
    default void noLeader() {}
  }

  /// Who leads.
  ///
  /// @param term grows from leader to leader
  /// @param isSelf whether this member leads
  public record Leadership(GroupMemberId leader, long term, boolean isSelf) {}

  private final RecipeSeat seat;
  private final LeaderElection election;
  private volatile @Nullable Leadership present;

  private GroupLeader(RecipeSeat seat, BooleanSupplier guard, Listener listener) {
    this.seat = seat;
    election =
        new LeaderElection(
            seat.host.groups(), seat.application, seat.group, guard, new Told(listener));
  }

  static GroupLeader join(RecipeSeat seat, BooleanSupplier guard, Listener listener)
      throws InterruptedException {
    return seat.host.call(
        now -> {
          GroupLeader made = new GroupLeader(seat, guard, listener);
          GroupHost.admit(made.election.join(now));
          seat.watch(made.election::primaryChanged);
          return made;
        });
  }

  /// Who leads, as far as this member knows; null when nobody does.
  public @Nullable Leadership leader() {
    return present;
  }

  /// Whether this member leads, as far as it knows. A member that was stopped may believe so for a
  /// moment: fence with the term.
  public boolean isLeader() {
    Leadership now = present;
    return now != null && now.isSelf();
  }

  /// Takes part no more.
  @Override
  public void close() {
    boolean _ =
        seat.host.execute(
            now -> {
              seat.unwatch();
              var _ = election.leave(now);
            });
  }

  private final class Told implements LeaderElection.Listener {
    private final Listener listener;

    Told(Listener listener) {
      this.listener = listener;
    }

    @Override
    public void leads(long now, GroupMemberId leader, long term, boolean isSelf) {
      present = new Leadership(leader, term, isSelf);
      seat.tell(() -> listener.leads(leader, term, isSelf));
    }

    @Override
    public void noLeader(long now) {
      present = null;
      seat.tell(listener::noLeader);
    }
  }
}
