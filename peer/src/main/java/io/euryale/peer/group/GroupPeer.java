package io.euryale.peer.group;

import io.euryale.group.Configuration;
import io.euryale.group.Delivery;
import io.euryale.group.Submission;
import io.euryale.group.membership.ClassSeat;
import io.euryale.group.membership.MemberCore;
import io.euryale.group.membership.MemberSettings;
import io.euryale.group.membership.MembershipRules;
import io.euryale.group.named.GroupName;
import io.euryale.group.named.GroupView;
import io.euryale.group.named.JoinOptions;
import io.euryale.group.order.OrderRules;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.PeerRef;
import io.euryale.kernel.Role;
import io.euryale.kernel.TrafficClass;
import io.euryale.kernel.trace.TraceEvent;
import io.euryale.link.Keyring;
import io.euryale.peer.Incarnations;
import io.euryale.peer.LoopCalls;
import io.euryale.peer.RefusedException;
import io.euryale.peer.RefusedException.Reason;
import io.euryale.platform.Loops;
import io.euryale.platform.NettyHome;
import io.euryale.platform.Observations;
import io.euryale.platform.ObservedHome;
import io.euryale.platform.PlatformException;
import io.euryale.platform.Records;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/// One running member of a group overlay: a control core that agrees on configurations and, for
/// each class of data, an ordering core, each with its own port on the loop of its class.
///
/// Safe to share between threads; no method may be called from a loop thread, which applications
/// and listeners run on, but [#configuration], [#isPrimary], [#primaryIndex], [#verdict],
/// [#execute] and [#kill].
public final class GroupPeer implements AutoCloseable {

  private static final List<TrafficClass> DATA =
      List.of(TrafficClass.ALARM, TrafficClass.CRITICAL, TrafficClass.NORMAL);

  private static final Duration LEAVE_TIMEOUT = Duration.ofSeconds(2);

  /// Makes the application of a class.
  @FunctionalInterface
  public interface Application {
    /// Makes the application of one class.
    ///
    /// @param down the way to send, for the loop of the class only
    Delivery open(TrafficClass trafficClass, PeerId self, Submission down);
  }

  private final GroupPeerSettings settings;
  private final GroupPeerListener listener;
  private final @Nullable NamedClasses named;
  private final MemberWatch watch;
  private final PeerRef self;
  private final Records records;
  private final NettyHome control;
  private final MemberCore member;
  private final Map<TrafficClass, Seat> seats = new EnumMap<>(TrafficClass.class);
  private volatile @Nullable SessionServer sessions;
  private final Runnable sampling = this::sample;
  private volatile boolean ended;

  /// Starts a member with named groups in each class of data, with the keys, rights and sessions of
  /// its settings: its ports are open when this returns, and it looks for the others.
  ///
  /// @param observations where the protocol's observations are traced, or null
  /// @throws RefusedException when the settings or keys are not valid, a port or the socket of the
  /// sessions cannot be had, or the data directory cannot be used
  public static GroupPeer start(
      GroupPeerSettings settings,
      Loops loops,
      @Nullable Observations observations,
      GroupPeerListener listener) {
    Keyring keyring = StartChecks.keyring(settings);
    NamedClasses named =
        new NamedClasses(StartChecks.rights(settings.rights()), settings.groups(), observations);
    // Before the peer: one that cannot have its socket takes part in nothing.
    Path path = Path.of(settings.sessions().socket());
    ServerSocketChannel socket =
        settings.sessions().socket().isEmpty() ? null : SocketPath.listen(path);
    GroupPeer peer = null;
    try {
      peer = start(settings, keyring, loops, observations, named, listener);
      if (socket != null) {
        SessionServer server = SessionServer.open(peer, named, settings.sessions(), socket);
        peer.sessions = server;
        if (peer.ended) {
          server.kill(); // By a mistake, before it could know of the server.
        }
      }
      return peer;
    } catch (RuntimeException e) {
      if (socket != null) {
        SocketPath.close(path, socket);
      }
      if (peer != null) {
        peer.close();
      }
      throw e;
    }
  }

  /// Starts a member with an application of its own in each class: its ports are open when this
  /// returns, and it looks for the others.
  ///
  /// @param keyring null without keys, on loopback only
  /// @param observations where the protocol's observations are traced, or null
  /// @throws RefusedException when the settings are not valid, a port cannot be had, or the data
  /// directory cannot be used
  public static GroupPeer start(
      GroupPeerSettings settings,
      @Nullable Keyring keyring,
      Loops loops,
      @Nullable Observations observations,
      Application application,
      GroupPeerListener listener) {
    MemberSettings memberSettings = StartChecks.memberSettings(settings, keyring != null);
    PeerId id = new PeerId(new PeerName(settings.name()), Incarnations.next());
    Records records = null;
    GroupPeer peer = null;
    try {
      records = Records.open(StartChecks.dataDirectory(settings));
      peer =
          new GroupPeer(
              settings,
              memberSettings,
              keyring,
              loops,
              id,
              records,
              observations,
              application,
              listener);
      if (observations != null) {
        observations.record(Loops.nowNanos(), id, TraceEvent.of("BOOT", "role", Role.PEER.name()));
      }
      peer.begin();
      return peer;
    } catch (RuntimeException e) {
      if (peer != null) {
        peer.kill();
      } else if (records != null) {
        records.close();
      }
      throw e instanceof PlatformException platform ? refused(platform) : e;
    }
  }

  private static RefusedException refused(PlatformException e) {
    Reason reason = e.exitCode() == PlatformException.BAD_USAGE ? Reason.INVALID : Reason.ADDRESS;
    return new RefusedException(reason, String.valueOf(e.getMessage()), e);
  }

  private GroupPeer(
      GroupPeerSettings settings,
      MemberSettings memberSettings,
      @Nullable Keyring keyring,
      Loops loops,
      PeerId id,
      Records records,
      @Nullable Observations observations,
      Application application,
      GroupPeerListener listener) {
    this.settings = settings;
    this.listener = listener;
    this.records = records;
    named = application instanceof NamedClasses classes ? classes : null;
    watch = new MemberWatch(id, listener, this::primaryChanged);
    MemberHomes homes =
        MemberHomes.open(settings, id, keyring != null, loops, records, observations, this::failed);
    self = homes.self();
    control = homes.of(TrafficClass.CONTROL);
    try {
      List<ClassSeat> classSeats = new ArrayList<>();
      for (TrafficClass trafficClass : DATA) {
        Seat seat =
            Seat.open(
                homes.of(trafficClass), id, settings, keyring != null, this::renew, application);
        seats.put(trafficClass, seat);
        classSeats.add(new ClassSeat(trafficClass, seat.core(), seat.home()::execute));
      }
      member =
          new MemberCore(
              new ObservedHome(control, watch::observed),
              self,
              memberSettings,
              keyring,
              classSeats,
              control::execute,
              watch,
              StartChecks.primary(control, id.name(), memberSettings, records.directory()),
              OrderRules.SOUND,
              MembershipRules.SOUND);
    } catch (RuntimeException e) {
      homes.kill();
      throw e;
    }
  }

  private void renew(PeerId peer) {
    boolean _ = control.execute(_ -> member.renew(peer));
  }

  private void begin() {
    if (named != null) {
      named.attach(this);
    }
    seats.values().forEach(seat -> seat.home().start(seat.core(), self));
    control.start(member, self);
    Sampler.begin(sampling);
  }

  private void sample() {
    if (!new FlightEvents.Traffic().isEnabled()) {
      return;
    }
    boolean _ =
        control.execute(
            _ -> {
              String phase = member.phase();
              seats.values().forEach(seat -> seat.sample(phase));
            });
  }

  /// One core failed: half a member would look alive and do harm.
  private void failed(Throwable cause) {
    kill();
    listener.failed(cause);
  }

  /// The name, incarnation, address and ports.
  public PeerRef self() {
    return self;
  }

  /// The configuration installed last, regular or transitional; null before the first.
  public @Nullable Configuration configuration() {
    return watch.configuration();
  }

  /// What it was started with.
  public GroupPeerSettings settings() {
    return settings;
  }

  /// Whether this member is in the primary component, as far as it knows: a member that was cut
  /// off may believe so for a while, but nothing it sends becomes safe then. Cheap enough to ask
  /// before every action.
  public boolean isPrimary() {
    return watch.primary().isPrimary();
  }

  /// Number of the primary component seen last; 0 before the first.
  public long primaryIndex() {
    return watch.primary().index();
  }

  /// Why there is no primary component here, in one sentence.
  public String verdict() {
    return watch.primary().verdict();
  }

  /// Waits until this member is in the primary component.
  ///
  /// @throws RefusedException when it is not in time, with the reason, or when it has ended
  public void awaitPrimary(Duration timeout) throws InterruptedException {
    watch.primary().await(timeout);
  }

  // ---------------------------------------------------------------- named groups

  /// Joins a group as an application of this process.
  ///
  /// @param trafficClass alarm, critical or normal: groups of different classes have nothing in
  /// common but the configurations
  /// @param application its name, as rights and other members know it; unique at this peer in each
  /// group
  /// @param listener told about the group, on a virtual thread of the membership
  /// @return the membership; its first view follows
  /// @throws RefusedException `INVALID`, `FORBIDDEN`, `DUPLICATE`, `TOO_MANY`, `TABLES_DIFFER`,
  /// `CLOSED`
  public GroupMembership join(
      TrafficClass trafficClass,
      String group,
      String application,
      JoinOptions options,
      GroupListener listener)
      throws InterruptedException {
    NamedClasses classes = named();
    PeerName name = NamedClasses.applicationName(application);
    classes.own(name, classes);
    return classes.host(trafficClass).join(NamedClasses.groupName(group), name, options, listener);
  }

  /// The present view of a group, whether or not an application here is in it; null when it has no
  /// members, or while memberships are being exchanged.
  ///
  /// @throws RefusedException when this member has ended or the names are not valid
  public @Nullable GroupView view(TrafficClass trafficClass, String group)
      throws InterruptedException {
    return named().host(trafficClass).view(NamedClasses.groupName(group));
  }

  /// The groups of a class that have members, sorted by name; empty while memberships are being
  /// exchanged.
  public List<GroupName> groups(TrafficClass trafficClass) throws InterruptedException {
    return named().host(trafficClass).names();
  }

  /// Coordination by leader, lock, map and barrier, on top of groups.
  public GroupRecipes recipes() {
    return new GroupRecipes(named(), this);
  }

  NamedClasses named() {
    NamedClasses classes = named;
    if (classes == null) {
      throw new RefusedException(
          Reason.INVALID,
          "This member was started with an application of its own, so it has no named groups: start"
              + " it without one.");
    }
    return classes;
  }

  /// Reads the key file again, while links go on. How keys are replaced step by step stands at
  /// [Keyring].
  ///
  /// @throws RefusedException when it has mistakes, or this member was started without one; the
  /// keys stay as they are then
  public void reloadKeys() {
    if (settings.keyFile().isEmpty()) {
      throw new RefusedException(
          Reason.INVALID,
          "Peer "
              + self.name()
              + " was started without keys: restart it with the setting keyFile to have some.");
    }
    Keyring fresh = GroupKeys.load(self.name(), Path.of(settings.keyFile()));
    if (!control.execute(now -> member.keyring(now, fresh))) {
      throw new RefusedException(Reason.CLOSED, "Peer " + self.name() + " has ended.");
    }
  }

  /// This member as it sees itself.
  ///
  /// @throws RefusedException when it has ended
  public GroupPeerStatus status() throws InterruptedException {
    Map<TrafficClass, GroupPeerStatus.OfClass> classes = new EnumMap<>(TrafficClass.class);
    for (Map.Entry<TrafficClass, Seat> entry : seats.entrySet()) {
      Seat seat = entry.getValue();
      classes.put(entry.getKey(), call(seat.home(), _ -> seat.status(named)));
    }
    SessionServer server = sessions;
    return call(
        control,
        now -> {
          classes.put(
              TrafficClass.CONTROL,
              GroupPeerMetrics.of(
                  null, null, member.linkCounters(), control.datagramCounters(), null));
          return watch.status(
              now,
              member.phase(),
              member.suspicions(),
              classes,
              server == null ? GroupPeerStatus.Sessions.NONE : server.status());
        });
  }

  private <T> T call(NettyHome home, LongFunction<T> work) throws InterruptedException {
    return LoopCalls.call(home, "Peer " + self.name(), work);
  }

  boolean executeAt(TrafficClass trafficClass, LongConsumer task) {
    Seat seat = seats.get(trafficClass);
    return seat != null && seat.home().execute(task);
  }

  boolean isStopped(TrafficClass trafficClass) {
    Seat seat = seats.get(trafficClass);
    return seat == null || seat.home().isStopped();
  }

  /// Runs a task on the loop of a class, where its application lives.
  ///
  /// @return false when the member has ended
  public boolean execute(TrafficClass trafficClass, Runnable task) {
    Seat seat = seats.get(trafficClass);
    return seat != null && seat.home().execute(_ -> task.run());
  }

  /// Whether the member was closed, killed, or stopped by a mistake.
  public boolean isEnded() {
    return ended;
  }

  /// Leaves and ends. Applications are given up to two seconds to leave their groups with all they
  /// have sent, then what was sent up to two more to be held by everybody; at last the others are
  /// told, and go on without waiting. Interrupted it waits for nobody else, but still tells them
  /// and closes everything. Does nothing when the member has ended.
  @Override
  public void close() {
    if (ended) {
      return;
    }
    ended = true;
    CountDownLatch told = new CountDownLatch(1);
    boolean interrupted = false;
    try {
      leaveGroups();
      boolean asked = control.execute(now -> member.flushAndLeave(now, told::countDown));
      boolean _ = asked && told.await(LEAVE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException _) {
      interrupted = true; // The rest is short, and has to be done.
    }
    if (told.getCount() > 0) {
      // Somebody does not say that it holds what was sent.
      boolean _ = control.execute(member::leave);
    }
    SessionServer server = sessions;
    if (server != null) {
      server.kill();
    }
    seats.values().forEach(seat -> seat.home().close());
    control.close();
    records.close();
    endGroups();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void leaveGroups() throws InterruptedException {
    SessionServer server = sessions;
    if (server != null) {
      server.close();
    }
    if (named != null) {
      named.leave(LEAVE_TIMEOUT);
    }
  }

  private void endGroups() {
    Sampler.end(sampling);
    watch.primary().ended();
    if (named != null) {
      named.end();
    }
  }

  /// Ends as a process that crashes does: nobody is told. For tests and demonstrations of failures.
  public void kill() {
    ended = true;
    SessionServer server = sessions;
    if (server != null) {
      server.kill();
    }
    seats.values().forEach(seat -> seat.home().kill());
    control.kill();
    records.close();
    endGroups();
  }

  private void primaryChanged() {
    if (named != null) {
      named.primaryChanged();
    }
    SessionServer server = sessions;
    if (server != null) {
      server.primaryChanged();
    }
  }
}
