package io.euryale.peer.group;

import io.euryale.group.Configuration;
import io.euryale.group.Delivery;
import io.euryale.group.Submission;
import io.euryale.group.membership.ClassSeat;
import io.euryale.group.membership.MemberCore;
import io.euryale.group.membership.MemberListener;
import io.euryale.group.membership.MemberSettings;
import io.euryale.group.membership.MembershipRules;
import io.euryale.group.order.ClassCore;
import io.euryale.group.order.OrderRules;
import io.euryale.group.primary.Component;
import io.euryale.group.primary.PrimaryState;
import io.euryale.group.primary.Verdict;
import io.euryale.kernel.Endpoint;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.PeerRef;
import io.euryale.kernel.Role;
import io.euryale.kernel.TrafficClass;
import io.euryale.kernel.trace.TraceEvent;
import io.euryale.link.Keyring;
import io.euryale.peer.Incarnations;
import io.euryale.peer.RefusedException;
import io.euryale.peer.RefusedException.Reason;
import io.euryale.platform.Loops;
import io.euryale.platform.NettyHome;
import io.euryale.platform.Observations;
import io.euryale.platform.PlatformException;
import io.euryale.platform.Reach;
import io.euryale.platform.Records;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One running member of a group overlay: a control core that agrees on configurations and, for
/// each class of data, an ordering core, each with its own port on the loop of its class.
///
/// Safe to share between threads; no method may be called from a loop thread, which applications
/// and listeners run on, but [#configuration], [#isPrimary] and [#kill].
public final class GroupPeer implements AutoCloseable {

  private static final List<TrafficClass> DATA =
      List.of(TrafficClass.ALARM, TrafficClass.CRITICAL, TrafficClass.NORMAL);

  private static final Duration LEAVE_TIMEOUT = Duration.ofSeconds(2);

  /// Makes the application of a class.
  @FunctionalInterface
  public interface Application {
    /// @param down the way to send, for the loop of the class only
    Delivery open(TrafficClass trafficClass, PeerId self, Submission down);
  }

  private record Seat(NettyHome home, ClassCore core) {}

  private final GroupPeerListener listener;
  private final PeerRef self;
  private final Records records;
  private final NettyHome control;
  private final MemberCore member;
  private final Map<TrafficClass, Seat> seats = new EnumMap<>(TrafficClass.class);
  private volatile @Nullable Configuration configuration;
  private volatile long primaryIndex;
  private volatile boolean isPrimary;
  private volatile String verdict = "";
  private volatile boolean ended;

  /// Starts a member: its ports are open when this returns, and it looks for the others.
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
    if (!PeerName.isValid(settings.name())) {
      throw new RefusedException(
          Reason.INVALID,
          "'"
              + settings.name()
              + "' cannot be the name of a peer: use 1 to 64 letters, digits, '.', '_' or '-', a"
              + " letter or digit first.");
    }
    PeerName name = new PeerName(settings.name());
    DeclaredMembers declared = DeclaredMembers.parse(name, settings.members());
    MemberSettings memberSettings =
        new MemberSettings(
            settings.overlayName(),
            declared.contacts(),
            declared.charter(settings.minimumPrimary()),
            settings.membership(),
            settings.order(),
            settings.handshakes());
    PeerId id = new PeerId(name, Incarnations.next());
    Records records = null;
    try {
      records = Records.open(directory(settings));
      GroupPeer peer =
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
        observations.record(
            Loops.nowNanos(), id, TraceEvent.of("BOOT", "role", Role.PEER.name()));
      }
      peer.begin();
      return peer;
    } catch (PlatformException e) {
      if (records != null) {
        records.close();
      }
      Reason reason = e.exitCode() == PlatformException.BAD_USAGE ? Reason.INVALID : Reason.ADDRESS;
      throw new RefusedException(reason, String.valueOf(e.getMessage()), e);
    }
  }

  private static Path directory(GroupPeerSettings settings) {
    return settings.dataDirectory().isEmpty()
        ? Path.of(System.getProperty("java.io.tmpdir"), "euryale-group-" + settings.name())
        : Path.of(settings.dataDirectory());
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
    this.listener = listener;
    this.records = records;
    Map<TrafficClass, NettyHome> homes = new EnumMap<>(TrafficClass.class);
    Map<TrafficClass, Integer> ports = new EnumMap<>(TrafficClass.class);
    try {
      for (TrafficClass trafficClass : TrafficClass.values()) {
        NettyHome home =
            new NettyHome(
                loops,
                trafficClass,
                settings.overlayName(),
                Role.PEER,
                settings.links(),
                keyring == null ? Reach.LOOPBACK : Reach.KEYED,
                records,
                observations,
                ThreadLocalRandom.current().nextLong(),
                this::failed);
        homes.put(trafficClass, home);
        int port = home.listenWithDatagrams(settings.host(), settings.port(trafficClass));
        ports.put(trafficClass, port);
      }
    } catch (PlatformException e) {
      homes.values().forEach(NettyHome::close);
      throw e;
    }
    self =
        new PeerRef(
            id,
            new Endpoint(
                settings.host(),
                ports.getOrDefault(TrafficClass.CONTROL, 0),
                ports.getOrDefault(TrafficClass.ALARM, 0),
                ports.getOrDefault(TrafficClass.CRITICAL, 0),
                ports.getOrDefault(TrafficClass.NORMAL, 0)));
    control = homeOf(homes, TrafficClass.CONTROL);
    List<ClassSeat> classSeats = new ArrayList<>();
    for (TrafficClass trafficClass : DATA) {
      NettyHome home = homeOf(homes, trafficClass);
      ClassCore core =
          new ClassCore(
              home,
              id,
              trafficClass,
              settings.handshakes(),
              keyring != null,
              peer -> control.execute(_ -> renew(peer)),
              settings.order(),
              down -> application.open(trafficClass, id, down),
              OrderRules.SOUND);
      seats.put(trafficClass, new Seat(home, core));
      classSeats.add(new ClassSeat(trafficClass, core, home::execute));
    }
    member =
        new MemberCore(
            control,
            self,
            memberSettings,
            keyring,
            classSeats,
            control::execute,
            new Told(),
            MemberCore.recordedPrimary(control, id.name(), memberSettings),
            OrderRules.SOUND,
            MembershipRules.SOUND);
  }

  private void renew(PeerId peer) {
    member.renew(peer);
  }

  private static NettyHome homeOf(Map<TrafficClass, NettyHome> homes, TrafficClass trafficClass) {
    NettyHome home = homes.get(trafficClass);
    if (home == null) {
      throw new IllegalStateException("No home for " + trafficClass);
    }
    return home;
  }

  private void begin() {
    seats.values().forEach(seat -> seat.home().start(seat.core(), self));
    control.start(member, self);
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
    return configuration;
  }

  /// Whether this member is in the primary component, as far as it knows: a member that was cut
  /// off may believe so for a while, but nothing it sends becomes safe then. Cheap enough to ask
  /// before every action.
  public boolean isPrimary() {
    return isPrimary;
  }

  /// Number of the primary component seen last; 0 before the first.
  public long primaryIndex() {
    return primaryIndex;
  }

  /// Why there is no primary component here, in one sentence.
  public String verdict() {
    return verdict;
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

  /// Leaves and ends: what was sent is given up to two seconds to be held by everybody, then the
  /// others are told, and go on without waiting. Does nothing when the member has ended.
  @Override
  public void close() {
    if (ended) {
      return;
    }
    ended = true;
    CountDownLatch told = new CountDownLatch(1);
    try {
      awaitQuiet();
      boolean asked =
          control.execute(
              now -> {
                member.leave(now);
                told.countDown();
              });
      if (asked) {
        boolean _ = told.await(LEAVE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    seats.values().forEach(seat -> seat.home().close());
    control.close();
    records.close();
  }

  private void awaitQuiet() throws InterruptedException {
    long deadline = System.nanoTime() + LEAVE_TIMEOUT.toNanos();
    for (Seat seat : seats.values()) {
      boolean quiet = false;
      while (!quiet && System.nanoTime() < deadline) {
        CountDownLatch looked = new CountDownLatch(1);
        boolean[] settled = new boolean[1];
        boolean asked =
            seat.home()
                .execute(
                    _ -> {
                      settled[0] = seat.core().isSettled();
                      looked.countDown();
                    });
        quiet = !asked || (looked.await(100, TimeUnit.MILLISECONDS) && settled[0]);
        if (!quiet) {
          Thread.sleep(1);
        }
      }
    }
  }

  /// Ends as a process that crashes does: nobody is told. For tests and demonstrations of failures.
  public void kill() {
    ended = true;
    seats.values().forEach(seat -> seat.home().kill());
    control.kill();
    records.close();
  }

  private final class Told implements MemberListener {
    @Override
    public void installed(long now, Configuration installed, long tookNanos) {
      configuration = installed;
      listener.installed(installed, Duration.ofNanos(tookNanos));
    }

    @Override
    public void primary(long now, Configuration installed, Component component) {
      primaryIndex = component.index();
      listener.primary(component.index(), component.names());
    }

    @Override
    public void primaryState(long now, PrimaryState from, PrimaryState to) {
      isPrimary = to == PrimaryState.REG_PRIM;
      if (from == PrimaryState.REG_PRIM) {
        listener.primaryLost();
      }
    }

    @Override
    public void verdict(long now, Verdict reached) {
      verdict = reached.toString();
      listener.verdict(verdict);
    }
  }
}
