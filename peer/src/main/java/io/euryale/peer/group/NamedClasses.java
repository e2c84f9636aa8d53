package io.euryale.peer.group;

import io.euryale.group.Delivery;
import io.euryale.group.Submission;
import io.euryale.group.named.GroupName;
import io.euryale.group.named.GroupSettings;
import io.euryale.group.named.GroupTrace;
import io.euryale.group.named.Rights;
import io.euryale.group.named.TracedGroups;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.TrafficClass;
import io.euryale.peer.RefusedException;
import io.euryale.peer.RefusedException.Reason;
import io.euryale.platform.Observations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// Named groups as the application of all data classes of a peer, and who speaks under which
/// application name.
final class NamedClasses implements GroupPeer.Application {

  private final Rights rights;
  private final GroupSettings settings;
  private final @Nullable Observations observations;
  private final Map<TrafficClass, GroupHost> hosts = new EnumMap<>(TrafficClass.class);
  private final Map<TrafficClass, GroupAudit> audits = new EnumMap<>(TrafficClass.class);

  /// Who owns each application name: this process, or a session.
  private final Map<PeerName, Object> owners = new HashMap<>();

  private volatile @Nullable GroupPeer peer;

  NamedClasses(Rights rights, GroupSettings settings, @Nullable Observations observations) {
    this.rights = rights;
    this.settings = settings;
    this.observations = observations;
  }

  void attach(GroupPeer owner) {
    peer = owner;
  }

  @Override
  public Delivery open(TrafficClass trafficClass, PeerId self, Submission down) {
    GroupAudit audit = new GroupAudit(self, trafficClass);
    GroupHost host =
        new GroupHost(
            trafficClass,
            self,
            rights,
            settings,
            audit,
            trace(observations, self, trafficClass),
            down,
            new LoopOf(trafficClass));
    hosts.put(trafficClass, host);
    audits.put(trafficClass, audit);
    return host.delivery();
  }

  private final class LoopOf implements GroupHost.Loop {
    private final TrafficClass trafficClass;

    LoopOf(TrafficClass trafficClass) {
      this.trafficClass = trafficClass;
    }

    @Override
    public boolean execute(LongConsumer task) {
      GroupPeer owner = peer;
      return owner != null && owner.executeAt(trafficClass, task);
    }

    @Override
    public boolean isStopped() {
      GroupPeer owner = peer;
      return owner == null || owner.isStopped(trafficClass);
    }
  }

  Collection<GroupHost> hosts() {
    return hosts.values();
  }

  /// Has all applications leave their groups, and waits for it; those that have not by then are
  /// told by [#end] what became of their messages, as far as that is known.
  void leave(Duration timeout) throws InterruptedException {
    List<CompletableFuture<Void>> leaving = new ArrayList<>();
    for (GroupHost host : hosts()) {
      host.memberships().forEach(membership -> leaving.add(membership.leave()));
    }
    try {
      CompletableFuture.allOf(leaving.toArray(CompletableFuture[]::new))
          .get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException _) {
      // Somebody does not take what was sent.
    }
  }

  /// The peer has ended.
  void end() {
    hosts().forEach(GroupHost::end);
  }

  void primaryChanged() {
    for (GroupHost host : hosts()) {
      boolean _ = host.execute(host::primaryChanged);
    }
  }

  GroupHost host(TrafficClass trafficClass) {
    GroupHost host = hosts.get(trafficClass);
    if (host == null) {
      throw new RefusedException(
          Reason.INVALID, "The control class has no groups: use alarm, critical or normal.");
    }
    return host;
  }

  GroupPeerStatus.@Nullable Groups status(TrafficClass trafficClass) {
    GroupHost host = hosts.get(trafficClass);
    GroupAudit audit = audits.get(trafficClass);
    return host == null || audit == null ? null : host.status(audit);
  }

  /// Lets `owner` speak for an application.
  ///
  /// @throws RefusedException when somebody else does
  void own(PeerName application, Object owner) {
    synchronized (owners) {
      Object before = owners.putIfAbsent(application, owner);
      if (before != null && !before.equals(owner)) {
        throw new RefusedException(
            Reason.DUPLICATE,
            "Application "
                + application
                + " is connected to this peer already: choose another"
                + " name, or end the other one.");
      }
    }
  }

  void disown(PeerName application, Object owner) {
    synchronized (owners) {
      owners.remove(application, owner);
    }
  }

  /// Refuses an application that no line of the table of rights grants anything at this peer.
  void requireKnown(PeerName application, PeerId self) {
    if (!rights.knows(self.name(), application)) {
      throw new RefusedException(
          Reason.FORBIDDEN,
          "The table of rights of peer "
              + self.name()
              + " grants nothing to application "
              + application
              + ": add a line for it.");
    }
  }

  static GroupName groupName(String name) {
    if (!GroupName.isValid(name)) {
      throw new RefusedException(
          Reason.INVALID,
          "'"
              + name
              + "' cannot be the name of a group: use 1 to 64 letters, digits, '.', '_', '-' or '/',"
              + " a letter or digit first.");
    }
    return new GroupName(name);
  }

  static PeerName applicationName(String name) {
    if (!PeerName.isValid(name)) {
      throw new RefusedException(
          Reason.INVALID,
          "'"
              + name
              + "' cannot be the name of an application: use 1 to 64 letters, digits, '.', '_' or"
              + " '-', a letter or digit first.");
    }
    return new PeerName(name);
  }

  private static GroupTrace trace(
      @Nullable Observations observations, PeerId self, TrafficClass trafficClass) {
    return observations == null
        ? GroupTrace.NONE
        : new TracedGroups(
            self, trafficClass, (now, event) -> observations.record(now, self, event));
  }
}
