package io.euryale.lab.real;

import io.euryale.group.Delivery;
import io.euryale.group.Service;
import io.euryale.group.Submission;
import io.euryale.group.named.GroupEvents;
import io.euryale.group.named.GroupMemberId;
import io.euryale.group.named.GroupMessage;
import io.euryale.group.named.GroupName;
import io.euryale.group.named.GroupObserver;
import io.euryale.group.named.GroupSettings;
import io.euryale.group.named.GroupView;
import io.euryale.group.named.JoinOptions;
import io.euryale.group.named.NamedGroups;
import io.euryale.group.named.Rights;
import io.euryale.group.named.StateSource;
import io.euryale.group.named.TracedGroups;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.TrafficClass;
import io.euryale.platform.Loops;
import io.euryale.platform.Observations;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What the applications of one member do with named groups: join, some as replicas that get and
/// give state, leave, send to all and to one. On the loop of the class that carries the groups,
/// and which carries nothing else.
///
/// Marks go through a group of their own, which every member joins and none leaves.
final class NamedWorkload {

  private static final GroupName MARKS = new GroupName("marks");
  private static final PeerName MARKER = new PeerName("marker");
  private static final int GROUPS = 3;
  private static final int APPLICATIONS = 2;

  /// Fits into one datagram with what named groups add.
  private static final int MOST_UNRELIABLE_BYTES = 500;

  private final NamedGroups groups;
  private final SplittableRandom random;

  /// @param marked gets what is delivered of the group of marks
  NamedWorkload(
      TrafficClass trafficClass,
      PeerId self,
      Submission down,
      Observations observations,
      long seed,
      Consumer<ByteBuffer> marked) {
    random = new SplittableRandom(seed);
    groups =
        new NamedGroups(
            down,
            self,
            Rights.OPEN,
            GroupSettings.DEFAULT,
            GroupObserver.NONE,
            new TracedGroups(
                self, trafficClass, (now, event) -> observations.record(now, self, event)));
    groups.join(Loops.nowNanos(), MARKER, MARKS, JoinOptions.STATELESS, new Marker(marked));
  }

  Delivery delivery() {
    return groups;
  }

  /// Sends to the group of marks; nothing when this member is not in it yet.
  void mark(ByteBuffer payload) {
    groups.multicast(Loops.nowNanos(), MARKER, MARKS, Service.SAFE, 1, payload);
  }

  /// One thing that an application does; whether it is allowed now, the groups say.
  void act(Service service, byte[] drawn) {
    long now = Loops.nowNanos();
    PeerName application = new PeerName("application-" + random.nextInt(APPLICATIONS));
    GroupName group = new GroupName("group-" + random.nextInt(GROUPS));
    int most = service == Service.UNRELIABLE ? MOST_UNRELIABLE_BYTES : drawn.length;
    ByteBuffer payload = ByteBuffer.wrap(drawn, 0, Math.min(most, drawn.length));
    int choice = random.nextInt(1_000);
    if (choice < 30) {
      groups.join(now, application, group, JoinOptions.STATELESS, new Replica());
    } else if (choice < 60) {
      groups.join(now, application, group, JoinOptions.REPLICA, new Replica());
    } else if (choice < 75) {
      groups.leave(now, application, group);
    } else if (choice < 80) {
      groups.disconnect(now, application);
    } else if (choice < 850) {
      groups.multicast(now, application, group, service, 1, payload);
    } else {
      GroupView view = groups.view(group);
      if (view != null && !view.members().isEmpty()) {
        List<GroupMemberId> members = view.members();
        GroupMemberId receiver = members.get(random.nextInt(members.size()));
        groups.send(now, application, group, List.of(receiver), service, 1, payload);
      }
    }
  }

  private record Marker(Consumer<ByteBuffer> marked) implements GroupEvents {
    @Override
    public void view(long now, GroupView view) {}

    @Override
    public void message(long now, GroupMessage message) {
      marked.accept(message.payload());
    }

    @Override
    public void left(long now, GroupView.Cause cause) {}
  }

  /// Listens, and gives a state of some chunks.
  private static final class Replica implements GroupEvents {
    @Override
    public void view(long now, GroupView view) {}

    @Override
    public void message(long now, GroupMessage message) {}

    @Override
    public void left(long now, GroupView.Cause cause) {}

    @Override
    public StateSource snapshot(long now, GroupMemberId receiver) {
      return new Chunks();
    }
  }

  private static final class Chunks implements StateSource {
    private static final int CHUNK_BYTES = 2_000;

    private int left = 5;

    @Override
    public @Nullable ByteBuffer next() {
      if (left == 0) {
        return null;
      }
      left--;
      return ByteBuffer.allocate(CHUNK_BYTES);
    }

    @Override
    public boolean isFinished() {
      return left == 0;
    }
  }
}
