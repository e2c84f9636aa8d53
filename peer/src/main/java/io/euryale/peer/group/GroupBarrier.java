package io.euryale.peer.group;

import io.euryale.group.named.GroupMemberId;
import io.euryale.group.recipe.Barrier;
import java.time.Duration;
import java.util.List;

/// Part in a barrier; see [Barrier]. One thread at a time waits.
public final class GroupBarrier implements AutoCloseable {

  private final RecipeSeat seat;
  private final Barrier barrier;

  // Guarded by the seat.
  private List<GroupMemberId> opened = List.of();

  private GroupBarrier(RecipeSeat seat) {
    this.seat = seat;
    barrier = new Barrier(seat.host.groups(), seat.application, seat.group, this::opened);
  }

  static GroupBarrier join(RecipeSeat seat) throws InterruptedException {
    return seat.host.call(
        now -> {
          GroupBarrier made = new GroupBarrier(seat);
          GroupHost.admit(made.barrier.join(now));
          return made;
        });
  }

  private void opened(long now, List<GroupMemberId> members) {
    synchronized (seat) {
      opened = members;
      seat.notifyAll();
    }
  }

  /// Arrives, and waits until all members of the view have.
  ///
  /// @return who they were
  /// @throws io.euryale.peer.RefusedException when time ran out; this member has still arrived, and
  /// calling again goes on waiting. Or when the peer has ended
  public List<GroupMemberId> await(Duration timeout) throws InterruptedException {
    boolean _ =
        seat.host.call(
            now -> {
              barrier.arrive(now);
              return true;
            });
    if (!seat.await(() -> !opened.isEmpty(), timeout)) {
      throw seat.late("Not everybody came to the barrier", timeout);
    }
    synchronized (seat) {
      List<GroupMemberId> members = opened;
      opened = List.of();
      return members;
    }
  }

  /// Is no longer waited for.
  @Override
  public void close() {
    boolean _ =
        seat.host.execute(
            now -> {
              var _ = barrier.leave(now);
            });
  }
}
