package io.euryale.bench.group;

import io.euryale.group.Service;
import io.euryale.group.named.GroupView;
import io.euryale.group.named.JoinOptions;
import io.euryale.kernel.TrafficClass;
import io.euryale.peer.RefusedException;
import io.euryale.peer.group.GroupListener;
import io.euryale.peer.group.GroupMembership;
import io.euryale.peer.group.GroupPeer;
import io.euryale.peer.group.GroupPeerListener;
import io.euryale.platform.Loops;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// An application in a named group of Euryale. Its peer stays when it leaves the group, as a daemon
/// does in other systems; it may join again.
final class NamedGroupMember implements Member {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String GROUP = "bench";

  private final Seat seat;
  private @Nullable GroupPeer peer;
  private @Nullable Loops loops;
  private @Nullable GroupMembership membership;

  NamedGroupMember(Seat seat) {
    this.seat = seat;
  }

  @Override
  public List<Service> services() {
    return List.of();
  }

  @Override
  public void join(Upcalls upcalls) throws IOException, InterruptedException {
    try {
      GroupMembership joined =
          peer()
              .join(TrafficClass.NORMAL, GROUP, "bench", JoinOptions.STATELESS, new Views(upcalls));
      membership = joined;
      joined.awaitView(PATIENCE);
    } catch (RefusedException e) {
      throw new IOException(String.valueOf(e.getMessage()), e);
    }
  }

  private GroupPeer peer() {
    GroupPeer open = peer;
    if (open == null) {
      Loops fresh = new Loops();
      loops = fresh;
      open = GroupPeer.start(EuryaleMember.settings(seat), fresh, null, GroupPeerListener.NONE);
      peer = open;
    }
    return open;
  }

  @Override
  public void send(Service service, byte[] message) throws IOException {
    throw new IOException("Only its joins and leaves are measured");
  }

  @Override
  public void leave() throws IOException {
    GroupMembership left = membership;
    if (left != null) {
      try {
        left.leave().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      } catch (ExecutionException | TimeoutException e) {
        throw new IOException("It could not leave the group", e);
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void close() throws IOException {
    GroupPeer open = peer;
    if (open != null) {
      open.close();
    }
    Loops running = loops;
    if (running != null) {
      running.close();
    }
  }

  private record Views(Upcalls upcalls) implements GroupListener {

    @Override
    public void view(GroupView view) {
      upcalls.configured(view.members().stream().map(Object::toString).toList());
    }
  }
}
