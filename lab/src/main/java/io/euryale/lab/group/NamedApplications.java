package io.euryale.lab.group;

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
import io.euryale.kernel.Home;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.TrafficClass;
import io.euryale.simulation.SimProcess;
import io.euryale.simulation.Simulation;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Applications that join named groups, send to them and leave, as a [NamedPlan] says.
final class NamedApplications {

  private final Simulation simulation;
  private final NamedPlan plan;
  private final Map<String, NamedGroups> groups = new TreeMap<>();

  NamedApplications(Simulation simulation, NamedPlan plan) {
    this.simulation = simulation;
    this.plan = plan;
  }

  void schedule() {
    plan.acts().forEach(act -> simulation.at(act.atNanos(), () -> act(act)));
  }

  /// The named groups of one life of a peer.
  Delivery boot(SimProcess process, Home home, Submission submission) {
    TrafficClass trafficClass = carrier();
    NamedGroups made =
        new NamedGroups(
            submission,
            process.ref().id(),
            Rights.OPEN,
            GroupSettings.DEFAULT,
            GroupObserver.NONE,
            new TracedGroups(process.ref().id(), trafficClass, (_, event) -> home.observe(event)));
    groups.put(process.name(), made);
    return made;
  }

  private TrafficClass carrier() {
    TrafficClass trafficClass = plan.trafficClass();
    if (trafficClass == null) {
      throw new IllegalStateException("This schedule has no named groups");
    }
    return trafficClass;
  }

  private void act(NamedPlan.Act act) {
    SimProcess process = simulation.process(GroupPlan.peer(act.peer()));
    NamedGroups present = groups.get(process.name());
    if (!process.isAlive() || present == null) {
      return;
    }
    byte[] payload = new byte[act.bytes()];
    simulation.stream("act " + act.atNanos() + " " + act.peer()).nextBytes(payload);
    process.execute(carrier(), now -> act(now, present, act, ByteBuffer.wrap(payload)));
  }

  private static void act(long now, NamedGroups groups, NamedPlan.Act act, ByteBuffer payload) {
    PeerName application = new PeerName("application-" + act.application());
    GroupName group = new GroupName("group-" + act.group());
    switch (act.deed()) {
      case JOIN -> groups.join(now, application, group, JoinOptions.STATELESS, new Replica());
      case REPLICATE -> groups.join(now, application, group, JoinOptions.REPLICA, new Replica());
      case LEAVE -> groups.leave(now, application, group);
      case DISCONNECT -> groups.disconnect(now, application);
      case MULTICAST -> groups.multicast(now, application, group, act.service(), 1, payload);
      case WHISPER -> {
        GroupView view = groups.view(group);
        if (view != null && !view.members().isEmpty()) {
          List<GroupMemberId> members = view.members();
          GroupMemberId receiver = members.get(Math.floorMod(act.atNanos(), members.size()));
          Service service = act.service();
          groups.send(now, application, group, List.of(receiver), service, 1, payload);
        }
      }
    }
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
