package io.euryale.service.stream;

import io.euryale.group.Submission;
import io.euryale.kernel.Core;
import io.euryale.kernel.Hello;
import io.euryale.kernel.Home;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerRef;
import io.euryale.kernel.Role;
import io.euryale.kernel.TrafficClass;
import io.euryale.kernel.trace.TraceEvent;
import io.euryale.kernel.wire.WireWriter;
import io.euryale.overlay.Neighbourhood;
import io.euryale.overlay.OverlayRights;
import io.euryale.service.stream.StreamFrames.Message;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A peer's part in the streams of one traffic class: forwards, copies, acknowledges and takes
/// over.
///
/// This class has the inputs, and gives frames to [Reception]. [Announcements] keeps what is known
/// of streams and wanted of them; [Custody], [Forwarding], [FailOver] and [Confirmations] are the
/// data path, [Claims] and [Distribution] serve clients wherever they are, and [RelayLinks] knows
/// where links lead. See the package description for the protocol. Owned by one loop.
///
/// Observations: `UPSTREAM` (`to`, `reason`) the way up changed; `ADOPT` (`flow`, `failed`,
/// `packets`) copies of a failed sibling were adopted; `ABANDON` (`flow`, `seq`) a packet was given
/// up after its last attempt; `STORE` (`x`, `class`, `flow`, `seq`) a packet was stored at
/// its place in the agreed order of the cell, in the configuration `x`; `PLACED` (the same) it was
/// not, since it was before, or has left already; `MALFORMED` (`from`, `reason`) a link was closed
/// for what it sent; `SHED` (`class`, `what`) other packets than before are not taken, because the
/// peer is overloaded.
public final class Relay implements Core {

  private final StreamSettings settings;
  private final StreamRules rules;
  private final TrafficClass trafficClass;
  private final Home home;
  private final Flows flows;
  private final RelayCounters counters = new RelayCounters();
  private final PacketStore store;
  private final WireWriter writer = new WireWriter();
  private final RelayLinks links;
  private final CellOrder order = new CellOrder();
  private final ArrivalRecord arrivals = new ArrivalRecord();
  private final Forwarding forwarding;
  private final FailOver failOver;
  private final Confirmations confirmations;
  private final Custody custody;
  private final Distribution distribution;
  private final Announcements announcements;
  private final Clients clients;
  private final Claims claims;
  private final WayUp wayUp;
  private final Resync resync;
  private final Reception reception;
  private final StrongReplicas replicas;
  private final Lateness lateness = new Lateness();
  private boolean draining;
  private long refreshAtNanos = Long.MAX_VALUE;
  private long tellAtNanos = Long.MAX_VALUE;
  private long armedForNanos = Long.MAX_VALUE;

  /// @param trafficClass the class of the links it gets; alarms are always protected
  public Relay(StreamSettings settings, TrafficClass trafficClass, PeerRef self, Home home) {
    this(settings, trafficClass, self, home, OverlayRights.OPEN);
  }

  /// @param trafficClass the class of the links it gets; alarms are always protected
  /// @param rights of the sensors and clients that attach to this peer
  public Relay(
      StreamSettings settings,
      TrafficClass trafficClass,
      PeerRef self,
      Home home,
      OverlayRights rights) {
    this(settings, trafficClass, self, home, rights, StreamRules.SOUND);
  }

  Relay(
      StreamSettings settings,
      TrafficClass trafficClass,
      PeerRef self,
      Home home,
      StreamRules rules) {
    this(settings, trafficClass, self, home, OverlayRights.OPEN, rules);
  }

  private Relay(
      StreamSettings settings,
      TrafficClass trafficClass,
      PeerRef self,
      Home home,
      OverlayRights rights,
      StreamRules rules) {
    StreamNames.load();
    this.rules = rules;
    this.settings = settings;
    this.trafficClass = trafficClass;
    this.home = home;
    store = new PacketStore(settings.storeBytes(), rules.sharesStore());
    flows = new Flows(settings, home, store, rules);
    // Alarms are few, so that what comes twice costs little.
    links = new RelayLinks(settings, self, home, trafficClass == TrafficClass.ALARM);
    clients = new Clients(settings, home, links);
    Admission admission = new Admission(rights, trafficClass, home, counters);
    forwarding = new Forwarding(settings, home, links, clients, counters, admission, order, rules);
    failOver = new FailOver(settings, home, links, flows, counters, store, forwarding, arrivals);
    Settlement settlement = new Settlement(links, clients, forwarding, rules);
    confirmations = new Confirmations(home, links, store, writer);
    custody =
        new Custody(
            trafficClass,
            home,
            links,
            counters,
            store,
            confirmations,
            forwarding,
            settlement,
            order,
            arrivals,
            rules);
    distribution = new Distribution(settings, home, links, clients, counters, forwarding, flows);
    announcements =
        new Announcements(
            trafficClass, self, home, links, flows, order, distribution, rights, admission);
    claims =
        new Claims(
            settings,
            home,
            links,
            clients,
            flows,
            counters,
            admission,
            announcements,
            distribution,
            forwarding,
            custody,
            settlement,
            failOver,
            rules);
    wayUp =
        new WayUp(
            settings,
            home,
            links,
            flows,
            announcements,
            distribution,
            claims,
            forwarding,
            failOver,
            rules);
    resync = new Resync(self.id(), home, links, flows, rules);
    reception =
        new Reception(
            home,
            links,
            flows,
            counters,
            admission,
            announcements,
            clients,
            claims,
            distribution,
            custody,
            forwarding,
            failOver,
            arrivals,
            wayUp,
            resync,
            this::end);
    replicas =
        new StrongReplicas(links, flows, forwarding, custody, announcements, order, counters);
  }

  /// What was counted so far; live.
  public RelayCounters counters() {
    return counters;
  }

  /// Names of the streams whose sensors are attached to this peer.
  public List<String> published() {
    List<String> names = new ArrayList<>();
    flows.forEach(
        flow -> {
          String name = flow.name();
          if (flow.sensorLink >= 0 && name != null) {
            names.add(name);
          }
        });
    names.sort(null);
    return names;
  }

  /// Free bytes for packets, rounded down to a multiple of one part of all there is.
  public long room(int parts) {
    long part = Math.max(1, settings.storeBytes() / parts);
    return Math.max(0, settings.storeBytes() - counters.storedBytes) / part * part;
  }

  /// Whether this relay's loop has more work than it can do.
  public boolean isOverloaded() {
    return lateness.isOverloaded();
  }

  /// From now on this is not taken from below.
  public void shed(Shed what) {
    if (custody.shed(what)) {
      home.observe(TraceEvent.of("SHED", "class", trafficClass.label(), "what", what.name()));
    }
  }

  /// Sends sensors, clients that are near to this peer, and peers below to others: it is about to
  /// go. Done before it leaves its cell, so that all have their new way while the old one is there.
  /// What sensors send is taken until they say that they have gone, since of unprotected streams it
  /// is nowhere else.
  public void drain(long nowNanos) {
    draining = true;
    if (rules.waitsForSensors()) {
      sendAway();
      return;
    }
    for (RemoteLink sensor : links.sensors()) {
      end(nowNanos, sensor, Reception.GONE);
    }
  }

  /// Whether nothing is lost when this peer ends: it holds no packets and, once it is drained, no
  /// sensor gives it any and no client has this peer only.
  public boolean isEmpty() {
    return counters.storedBytes == 0 && (!draining || !isAttachedTo());
  }

  /// Whether a drained peer need not wait for anybody before it leaves its cell: all have gone, or
  /// the cell has no other peer, so that nobody can before the overlay names another.
  public boolean isLeft() {
    return links.siblings().length == 0 || (!isAttachedTo() && !isParent());
  }

  private boolean isParent() {
    return Arrays.stream(links.children()).anyMatch(child -> !child.hasGone);
  }

  private boolean isAttachedTo() {
    return !links.sensors().isEmpty() || Arrays.stream(clients.present()).anyMatch(Client::isNear);
  }

  private void sendAway() {
    links.sensors().forEach(this::sendAway);
    claims.sendNearClientsAway();
    for (RemoteLink child : links.children()) {
      sendAway(child);
    }
  }

  private void sendAway(RemoteLink who) {
    home.send(who.id, encode(new Message.GoElsewhere()));
  }

  private void end(long nowNanos, RemoteLink link, String reason) {
    links.close(link.id);
    linkDown(nowNanos, link.id, reason);
  }

  @Override
  public void start(long nowNanos) {
    refreshAtNanos = nowNanos + home.jitter(settings.refreshPeriod().toNanos()) + 1;
    arm(nowNanos);
  }

  /// This peer's place in the tree changed; null while it has none.
  public void neighbourhood(long nowNanos, @Nullable Neighbourhood next) {
    RemoteLink before = links.upstream();
    announcements.placed(next != null);
    RemoteLink[] cell = links.siblings();
    boolean wasRoot = links.isRoot();
    List<RemoteLink> dropped = links.neighbourhood(nowNanos, next);
    resync.review(nowNanos);
    dropped.forEach(link -> cleanUp(nowNanos, link));
    settle(nowNanos);
    failOver.reviewSeats(nowNanos, cell);
    claims.leaveUnreachable(nowNanos);
    topologyChanged(nowNanos, before, "neighbourhood");
    if (links.isRoot() && !wasRoot) {
      claims.enterRootCell(nowNanos);
    } else if (wasRoot && !links.isRoot()) {
      claims.leaveRootCell(nowNanos);
    }
    if (links.isRoot()) {
      for (RemoteLink sibling : links.siblings()) {
        if (!wasRoot || !List.of(cell).contains(sibling)) {
          claims.meet(nowNanos, sibling);
        }
      }
    }
    arm(nowNanos);
  }

  @Override
  public void linkUp(long nowNanos, int link, Hello remote) {
    RemoteLink before = links.upstream();
    RemoteLink up = links.up(nowNanos, link, remote);
    resync.review(nowNanos);
    settle(nowNanos);
    topologyChanged(nowNanos, before, "link up");
    if (up.role() == Role.PEER && !up.outbound && !up.sibling) {
      announcements.tell(up);
      wayUp.tell(up);
    }
    if (up.sibling && links.isRoot()) {
      claims.meet(nowNanos, up);
    }
    arm(nowNanos);
  }

  @Override
  public void linkDown(long nowNanos, int link, String reason) {
    RemoteLink before = links.upstream();
    RemoteLink gone = links.down(nowNanos, link);
    if (gone != null) {
      cleanUp(nowNanos, gone);
      if (gone.role() == Role.PEER) {
        claims.leaveUnreachable(nowNanos);
      }
      topologyChanged(nowNanos, before, reason);
      arm(nowNanos);
    }
  }

  private void settle(long nowNanos) {
    links.settle(nowNanos).forEach(dropped -> cleanUp(nowNanos, dropped));
  }

  private void cleanUp(long nowNanos, RemoteLink gone) {
    if (gone.role() == Role.CLIENT) {
      claims.gone(nowNanos, gone);
    } else {
      announcements.gone(gone.hello.self().id(), nowNanos + settings.clientGrace().toNanos());
    }
    flows.forEach(
        flow -> {
          flow.feeder = flow.feeder == gone.id ? -1 : flow.feeder;
          if (flow.sensorLink == gone.id) {
            flow.sensorLink = -1;
            flow.isSaidAgain = false; // It says it to another peer now.
          }
        });
    if (gone.sibling) {
      failOver.siblingGone(nowNanos, gone);
    }
  }

  private void topologyChanged(long nowNanos, @Nullable RemoteLink before, String reason) {
    if (rules.adoptsOrphans()) {
      failOver.reviewOwners(nowNanos);
    }
    wayUp.review(nowNanos, before, reason);
  }

  @Override
  public void frame(long nowNanos, int link, ByteBuffer frame) {
    RemoteLink from = links.get(link);
    if (from != null) {
      from.silence.heard(nowNanos);
      reception.frame(nowNanos, from, frame);
      arm(nowNanos);
    }
  }

  // ---- the group of the cell ----

  /// Who is told that streams ask for the group of the cell's peers.
  ///
  /// @param told on this relay's loop: true when a stream asks for the group of the cell's peers,
  /// false when no subscription does any more and nothing here waits for it
  public void whenGroupIsWanted(Consumer<Boolean> told) {
    order.whenAsked(told);
  }

  /// Makes what takes the deliveries of a life in the group of the cell; from any thread. It is
  /// this relay's with [#join].
  ///
  /// @param life by [GroupLife]
  public Agreed agreed(PeerId life, Submission down) {
    return new Agreed(replicas, this::arm, life, down);
  }

  /// From now on packets that ask for it go through the group of the cell.
  public void join(long nowNanos, Agreed group) {
    replicas.join(group);
    arm(nowNanos);
  }

  /// The group of the cell ended for this peer: what was on its way through it has to go again.
  public void leaveGroup() {
    replicas.leave();
  }

  // ---- time ----

  @Override
  public void idle(long nowNanos) {
    if (tellAtNanos <= nowNanos) {
      tellAtNanos = Long.MAX_VALUE;
      custody.tellNews(nowNanos);
    }
  }

  @Override
  public void timerDue(long nowNanos) {
    lateness.timerDue(nowNanos, armedForNanos);
    armedForNanos = Long.MAX_VALUE;
    wayUp.timerDue(nowNanos);
    if (forwarding.wakeAtNanos() <= nowNanos) {
      failOver.timerDue(nowNanos);
    }
    if (tellAtNanos <= nowNanos) {
      tellAtNanos = Long.MAX_VALUE;
      custody.tellNews(nowNanos);
    }
    claims.timerDue(nowNanos);
    if (refreshAtNanos <= nowNanos) {
      refreshAtNanos = nowNanos + settings.refreshPeriod().toNanos();
      refresh(nowNanos);
    }
    arm(nowNanos);
  }

  private void refresh(long nowNanos) {
    announcements.expire(nowNanos);
    claims.refresh(nowNanos);
    custody.tellRoom();
    replicas.review();
    links.dialWanted();
    settle(nowNanos);
    resync.refresh(nowNanos);
    if (draining) {
      sendAway(); // Also who came since, with a pause: all the others may be draining too.
    }
    measureLinks(nowNanos);
    wayUp.refresh();
    announcements.refresh();
    if (store.trim(nowNanos)) {
      forwarding.trimLast(nowNanos);
      flows.forEach(flow -> flow.window.trim());
    }
    List<Flow> forgotten = new ArrayList<>();
    flows.forEach(
        flow -> {
          if (failOver.isOver(nowNanos, flow)) {
            forgotten.add(flow);
          }
        });
    for (Flow flow : forgotten) {
      forwarding.forgetLast(flow);
      flows.forget(flow);
      clients.forget(flow.id);
    }
  }

  /// Asks for the round trip of the links that packets leave on. What was known of another that
  /// leads down is old by the time it is used: until the first answer it counts for nothing.
  private void measureLinks(long nowNanos) {
    long round = clients.nextRound();
    RemoteLink up = links.upstream();
    if (up != null) {
      up.carried = round;
    }
    for (Client client : clients.present()) {
      client.next.carried = round;
    }
    links.forEach(
        link -> {
          if (link.carried == round) {
            home.send(link.id, encode(new Message.Ping(nowNanos)));
          } else if (links.isBelow(link) || link.sibling) {
            link.transitNanos = 0;
          }
        });
  }

  private void arm(long nowNanos) {
    if (confirmations.isAwaited()
        || (confirmations.hasNews() && trafficClass == TrafficClass.ALARM)) {
      tellAtNanos = Math.min(tellAtNanos, nowNanos);
    } else if (confirmations.hasNews()) {
      long delayNanos = settings.acknowledgementDelay().toNanos();
      tellAtNanos =
          Math.min(tellAtNanos, nowNanos + Math.max(delayNanos, confirmations.patienceNanos()));
    }
    long next = Math.min(Math.min(refreshAtNanos, tellAtNanos), forwarding.wakeAtNanos());
    long later =
        Math.min(Math.min(claims.wakeAtNanos(), distribution.wakeAtNanos()), wayUp.wakeAtNanos());
    long wake = Math.max(Math.min(next, later), nowNanos);
    if (wake < armedForNanos) {
      armedForNanos = wake;
      home.wakeAt(wake);
    }
  }

  private ByteBuffer encode(Message message) {
    return StreamFrames.encode(writer, message);
  }
}
