package io.euryale.peer;

import io.euryale.kernel.Endpoint;
import io.euryale.kernel.Hello;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.PeerRef;
import io.euryale.kernel.Role;
import io.euryale.kernel.TrafficClass;
import io.euryale.kernel.trace.TraceEvent;
import io.euryale.overlay.Advert;
import io.euryale.overlay.CellId;
import io.euryale.overlay.Findings;
import io.euryale.overlay.MemberEvent;
import io.euryale.overlay.Neighbourhood;
import io.euryale.overlay.OverlayHealth;
import io.euryale.overlay.OverlayRight;
import io.euryale.overlay.OverlayRights;
import io.euryale.overlay.OverlayStatus;
import io.euryale.overlay.Query;
import io.euryale.overlay.Rejection;
import io.euryale.overlay.Resource;
import io.euryale.peer.RefusedException.Reason;
import io.euryale.platform.Audit;
import io.euryale.platform.LinkCounters;
import io.euryale.platform.Loops;
import io.euryale.platform.NettyHome;
import io.euryale.platform.Observations;
import io.euryale.platform.ObservedHome;
import io.euryale.platform.PlatformException;
import io.euryale.service.cell.ControlCore;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One running peer: a control core that keeps its place in the overlay and, for each class of
/// data, a relay, each with its own port on the loop of its class. Several peers of one process
/// share a [Loops]. The ports take links and, for the groups of cells that streams may ask for,
/// datagrams.
///
/// A peer joins by itself, for as long as it takes, and again when it was expelled;
/// [#awaitMember] waits for that. Safe to share between threads; no method may be called from a
/// loop thread, which listeners run on, but [#kill].
public final class EuryalePeer implements AutoCloseable {

  private static final long LOOK_AGAIN_MILLIS = 5;
  private static final int MOST_SERVICES = 128;

  private final PeerListener listener;
  private final LinkIdentity identity;
  private final OverlayRights rights;
  private final Audit audit;
  private final PeerRef self;
  private final NettyHome control;
  private final ControlCore core;
  private final PeerRelays relays;
  private final Map<TrafficClass, NettyHome> homes = new EnumMap<>(TrafficClass.class);
  private final CountDownLatch left = new CountDownLatch(1);
  private volatile @Nullable Neighbourhood neighbourhood;
  private volatile String notice = "";
  private volatile boolean leaving;
  private volatile boolean ended;
  private volatile PeerSettings settings;

  // Guarded by itself.
  private final Set<String> services = new TreeSet<>();

  /// Starts a peer: its ports are open when this returns, and it looks for its place.
  ///
  /// @param settings without contacts the peer founds the overlay
  /// @param observations where the protocol's observations are traced, or null
  /// @throws RefusedException when the settings are not valid or a port cannot be had
  public static EuryalePeer start(
      PeerSettings settings,
      Loops loops,
      @Nullable Observations observations,
      PeerListener listener) {
    PeerName name = Checks.name("a peer", settings.name());
    Checks.name("an overlay", settings.overlayName());
    if (!settings.cell().isEmpty() && CellId.parse(settings.cell()) == null) {
      throw Checks.invalid(
          "'" + settings.cell() + "' is no cell: write the way from the root, as in 0.2.5.");
    }
    List<Endpoint> contacts = Contacts.parse(settings.contacts());
    PeerId id = new PeerId(name, Incarnations.next());
    Audit audit = new Audit();
    OverlayRights rights =
        Checks.rights(settings.rights(), refusal -> audit.refused(name.value(), refusal));
    LinkIdentity identity = LinkIdentity.open(name, settings.keyDirectory());
    EuryalePeer peer;
    try {
      identity.requireToListen(settings.host());
      identity.require(settings.reachableHost());
      identity.require(contacts);
      peer =
          new EuryalePeer(
              settings, loops, id, identity, rights, audit, contacts, observations, listener);
    } catch (RefusedException e) {
      identity.close();
      throw e;
    }
    if (observations != null) {
      observations.record(Loops.nowNanos(), id, TraceEvent.of("BOOT", "role", Role.PEER.name()));
    }
    peer.begin();
    return peer;
  }

  private EuryalePeer(
      PeerSettings settings,
      Loops loops,
      PeerId id,
      LinkIdentity identity,
      OverlayRights rights,
      Audit audit,
      List<Endpoint> contacts,
      @Nullable Observations observations,
      PeerListener listener) {
    this.settings = settings;
    this.rights = rights;
    this.audit = audit;
    this.identity = identity;
    this.listener = listener;
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
                identity.keys(),
                observations,
                ThreadLocalRandom.current().nextLong(),
                this::failed);
        homes.put(trafficClass, home);
        home.admitBy(this::refusal);
        ports.put(
            trafficClass, home.listenWithDatagrams(settings.host(), settings.port(trafficClass)));
      }
    } catch (PlatformException e) {
      homes.values().forEach(NettyHome::close);
      Reason reason = e.exitCode() == PlatformException.BAD_USAGE ? Reason.INVALID : Reason.ADDRESS;
      throw new RefusedException(reason, String.valueOf(e.getMessage()), e);
    }
    self =
        new PeerRef(
            id,
            new Endpoint(
                settings.reachableHost(),
                ports.getOrDefault(TrafficClass.CONTROL, 0),
                ports.getOrDefault(TrafficClass.ALARM, 0),
                ports.getOrDefault(TrafficClass.CRITICAL, 0),
                ports.getOrDefault(TrafficClass.NORMAL, 0)));
    Map<TrafficClass, NettyHome> data = new EnumMap<>(homes);
    control = Objects.requireNonNull(data.remove(TrafficClass.CONTROL));
    relays = new PeerRelays(self, settings.streams(), rights, data);
    core =
        new ControlCore(
            settings.overlay(),
            settings.overlayName(),
            self,
            contacts,
            new ObservedHome(control, new OverlayFlight(id)::observed),
            relays.data(),
            control::execute,
            this::movedTo,
            this::happened);
    core.guardedBy(rights);
    if (identity.keys() != null) {
      core.sealed();
    }
  }

  /// Why the process that says this hello may have no link, or null: peers need the right to join.
  private @Nullable String refusal(Hello remote) {
    if (remote.role() != Role.PEER) {
      return null;
    }
    String refusal =
        rights.refusal(OverlayRight.JOIN, settings.overlayName(), remote.self().name());
    if (refusal != null) {
      rights.audit("PEER on class " + remote.trafficClass().label() + ": " + refusal);
    }
    return refusal;
  }

  private void begin() {
    CellId cell = CellId.parse(settings.cell());
    if (cell != null) {
      core.member().prefer(cell);
    }
    // The data classes first: whoever meets the member may send data at once.
    relays.start();
    control.start(core, self);
  }

  // ---------------------------------------------------------------- on the control loop

  private void movedTo(@Nullable Neighbourhood now) {
    neighbourhood = now;
    // A leaving peer still hands on what it holds, to those it knew.
    if (!leaving) {
      relays.moved(now);
    }
    listener.neighbourhood(now);
  }

  private void happened(MemberEvent event) {
    switch (event) {
      case MemberEvent.Joined _ -> notice = "";
      case MemberEvent.Refused refused -> notice = refused.text();
      case MemberEvent.Shunned shunned ->
          notice = "Expelled from cell " + shunned.cell() + ": " + shunned.reason() + ".";
      case MemberEvent.Left _ -> left.countDown();
      case MemberEvent.DrainAsked _ -> Thread.ofVirtual().name("euryale-drain").start(this::drain);
      case MemberEvent.Merged _, MemberEvent.PromiseBroken _, MemberEvent.Reorganised _ -> {}
    }
    listener.event(event);
  }

  /// One core of the peer failed by a mistake: half a peer would look alive and do harm.
  private void failed(Throwable mistake) {
    kill();
    listener.failed(mistake);
  }

  // ---------------------------------------------------------------- from any thread

  /// The peer's name, incarnation, address and ports.
  public PeerRef self() {
    return self;
  }

  /// What the peer was started with.
  public PeerSettings settings() {
    return settings;
  }

  /// The cell, siblings and parent; null while the peer is in no cell.
  public @Nullable Neighbourhood neighbourhood() {
    return neighbourhood;
  }

  /// The last refusal or expulsion, one sentence; "" when there was none since the peer became a
  /// member. Of a peer in no cell also the last link that keys or rights did not allow.
  public String notice() {
    return notice.isEmpty() && neighbourhood == null ? identity.hint().strip() : notice;
  }

  /// Whether the peer was closed, killed, or stopped by a mistake.
  public boolean isEnded() {
    return ended;
  }

  /// Waits until the peer is a member of a cell.
  ///
  /// @return its place
  /// @throws RefusedException when it is none in time, with the reason; the peer keeps trying. Or
  ///     when it has ended
  public Neighbourhood awaitMember(Duration timeout) throws InterruptedException {
    long deadlineNanos = System.nanoTime() + timeout.toNanos();
    while (true) {
      Neighbourhood now = neighbourhood;
      if (now != null) {
        return now;
      }
      if (ended) {
        throw LoopCalls.closed("Peer " + self.name());
      }
      if (LoopCalls.remaining(deadlineNanos).isZero()) {
        throw new RefusedException(
            Reason.UNREACHABLE,
            "Peer "
                + self.name()
                + " is not a member of overlay "
                + settings.overlayName()
                + " after "
                + timeout.toMillis()
                + " ms: "
                + (notice.isEmpty()
                    ? "no contact answered at " + String.join(" or ", settings.contacts()) + "."
                    : notice)
                + identity.hint());
      }
      Thread.sleep(LOOK_AGAIN_MILLIS);
    }
  }

  /// The peer's own view of itself.
  ///
  /// @throws RefusedException when the peer has ended
  public PeerStatus status() throws InterruptedException {
    OverlayStatus overlay =
        LoopCalls.call(control, "Peer " + self.name(), _ -> core.member().status());
    return new PeerStatus(
        self,
        overlay,
        neighbourhood,
        notice,
        relays.counters(),
        identity.status(),
        audit.refusals(),
        audit.last());
  }

  /// Reads the key files again, now; they are also read when they change, within seconds. Links
  /// that are up go on, unless the certificate of their other side is not believed any more.
  ///
  /// @throws RefusedException when they cannot be used, or this peer was started without keys; the
  ///     keys stay as they are then
  public void reloadKeys() {
    identity.reload();
  }

  /// How the peer is doing in the overlay.
  ///
  /// @throws RefusedException when the peer has ended
  public OverlayHealth health() throws InterruptedException {
    return LoopCalls.call(control, "Peer " + self.name(), core.member()::health);
  }

  /// How many control messages had no effect since the start, by reason.
  ///
  /// @throws RefusedException when the peer has ended
  public Map<Rejection, Long> rejected() throws InterruptedException {
    return LoopCalls.call(control, "Peer " + self.name(), _ -> core.member().rejected());
  }

  // ---------------------------------------------------------------- finding and being found

  /// Offers a service by its name from now on, so that others find it.
  ///
  /// @param service 1 to 200 bytes of UTF-8
  /// @throws RefusedException when the name is not valid or 128 services are offered already
  public void offer(String service) {
    synchronized (services) {
      try {
        Advert _ = new Advert(Resource.SERVICE, service, 0);
      } catch (IllegalArgumentException e) {
        throw new RefusedException(
            Reason.INVALID, "A service cannot be called so: " + e.getMessage() + ".", e);
      }
      if (services.size() >= MOST_SERVICES && !services.contains(service)) {
        throw new RefusedException(
            Reason.INVALID,
            "Peer " + self.name() + " offers " + MOST_SERVICES + " services already.");
      }
      services.add(service);
      tellServices();
    }
  }

  /// Ends an offer; others forget it at once.
  public void withdraw(String service) {
    synchronized (services) {
      if (services.remove(service)) {
        tellServices();
      }
    }
  }

  private void tellServices() {
    List<Advert> offers =
        services.stream().map(name -> new Advert(Resource.SERVICE, name, 0)).toList();
    boolean _ = control.execute(now -> core.offer(now, offers));
  }

  /// Looks for peers, services, streams or free capacity: in what this peer knows, then up the
  /// overlay. Waits 3 s at most with default settings; an incomplete answer says so.
  ///
  /// @throws RefusedException when the peer has ended
  public Findings find(Query query) throws InterruptedException {
    CompletableFuture<Findings> answer = new CompletableFuture<>();
    if (!control.execute(now -> core.member().find(now, query, answer::complete))) {
      throw LoopCalls.closed("Peer " + self.name());
    }
    try {
      long limit = settings.overlay().requestTimeout().toNanos() * 16;
      return answer.completeOnTimeout(Findings.NOTHING, limit, TimeUnit.NANOSECONDS).get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("Only values complete this future", e);
    }
  }

  /// Tells all there is, and every change, until the watch is closed. The root keeps 256 watches of
  /// one peer and its clients, and 1,024 in all: those beyond hear of changes within ten report
  /// periods instead of at once.
  ///
  /// @param told on the control loop, so it returns at once
  public AutoCloseable watch(Query query, Consumer<Findings> told) throws InterruptedException {
    String who = "Peer " + self.name();
    long watch = LoopCalls.call(control, who, now -> core.member().watch(now, query, told));
    return () -> {
      boolean _ = control.execute(_ -> core.member().unwatch(watch));
    };
  }

  // ---------------------------------------------------------------- changing and ending

  /// Uses other settings from now on, as far as a running peer can: those of the overlay but its
  /// kind, and the contacts. The shape of the tree counts at the root coordinator, for who joins
  /// next.
  ///
  /// @return the keys of settings that differ and count only after a new start
  /// @throws RefusedException when the settings are not valid; nothing has changed then
  public List<String> reload(PeerSettings next) {
    List<Endpoint> contacts = Contacts.parse(next.contacts());
    identity.require(contacts);
    OverlayRights _ = Checks.rights(next.rights(), _ -> {});
    List<String> fixed = next.differencesThatNeedRestart(settings);
    boolean sameKind = next.overlay().kind() == settings.overlay().kind();
    if (sameKind) {
      settings = settings.withContacts(next.contacts()).withOverlay(next.overlay());
      boolean _ = control.execute(now -> core.member().reload(now, next.overlay(), contacts));
    }
    return fixed;
  }

  /// Leaves the overlay without a gap in any stream and ends: sensors, clients that are near and
  /// peers below are sent to other peers of the cell; then, after 3 s at most, this peer leaves it
  /// and hands on what it holds, for [PeerSettings#drainTimeout] at most. Does nothing when the
  /// peer has ended; may be called from any thread but a loop's, again and again.
  ///
  /// @return whether nothing was left to hand on
  public boolean drain() {
    return end(settings.drainTimeout().toNanos(), true);
  }

  /// What the links of a class have done since the start; may be asked at any time.
  public LinkCounters links(TrafficClass trafficClass) {
    return Objects.requireNonNull(homes.get(trafficClass)).counters();
  }

  /// Leaves the overlay in order and ends: tells the neighbours, who take over, hands on the
  /// packets it holds, and closes. Takes at most the leave time-out of the settings, once for each
  /// of the two, and the drain time-out of the links. Does nothing when the peer has ended.
  @Override
  public void close() {
    boolean _ = end(settings.overlay().leaveTimeout().toNanos(), false);
  }

  private boolean end(long handOnNanos, boolean drains) {
    synchronized (left) {
      if (ended) {
        return true;
      }
      boolean empty = false;
      long leaveNanos = settings.overlay().leaveTimeout().toNanos();
      try {
        if (drains) {
          sendAway();
        }
        leaving = true;
        boolean asked = control.execute(core::leave);
        if (asked && left.await(leaveNanos + TimeUnit.SECONDS.toNanos(1), TimeUnit.NANOSECONDS)) {
          long deadlineNanos = System.nanoTime() + handOnNanos;
          empty = drains ? relays.runDry(deadlineNanos) : relays.handOn(deadlineNanos);
        }
      } catch (RefusedException _) {
        // Killed meanwhile.
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
      relays.close();
      control.close();
      identity.close();
      ended = true; // Not before: whoever waits for it may end the process.
      listener.ended(empty);
      return empty;
    }
  }

  /// @throws RefusedException when the peer was killed meanwhile
  private void sendAway() {
    try {
      relays.sendAway();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt(); // It leaves all the same, and waits for nobody.
    }
  }

  /// Has no links with these peers from now on, as if the network between were parted. For tests
  /// and demonstrations of failures.
  ///
  /// @param names the whole set; empty heals
  public void cutOff(Set<PeerName> names) {
    control.cutOff(names);
    relays.cutOff(names);
  }

  /// Ends as a process that crashes does: every connection is reset, nothing queued is sent,
  /// nobody is told. For tests and demonstrations of failures.
  public void kill() {
    ended = true;
    relays.kill();
    control.kill();
    identity.close();
  }
}
