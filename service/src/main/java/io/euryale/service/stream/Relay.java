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
import io.euryale.kernel.wire.Decoded;
import io.euryale.kernel.wire.WireReader;
import io.euryale.kernel.wire.WireWriter;
import io.euryale.overlay.Neighbourhood;
import io.euryale.overlay.OverlayRight;
import io.euryale.overlay.OverlayRights;
import io.euryale.service.stream.StreamFrames.Message;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A peer's part in the streams of one traffic class: forwards, copies, acknowledges and takes
/// over.
///
/// This class receives the inputs. [Announcements] keeps what is known of streams and wanted of
/// them; [Custody], [Forwarding], [FailOver] and [Confirmations] are the data path, [Claims] and
/// [Distribution] serve clients wherever they are, and [RelayLinks] knows where links lead. See the
/// package description for the protocol. Owned by one loop.
///
/// Observations: `UPSTREAM` (`to`, `reason`) the way up changed; `ADOPT` (`flow`, `failed`,
/// `packets`) copies of a failed sibling were adopted; `ABANDON` (`flow`, `seq`) a packet was given
/// up after its last attempt; `STORE` (`x`, `class`, `flow`, `seq`) a packet was stored at
/// its place in the agreed order of the cell, in the configuration `x`; `MALFORMED` (`from`,
/// `reason`) a link was closed for what it sent; `SHED` (`class`, `what`) other packets than before
/// are not taken, because the peer is overloaded.
public final class Relay implements Core {

  private final StreamSettings settings;
  private final StreamRules rules;
  private final TrafficClass trafficClass;
  private final Home home;
  private final Flows flows;
  private final RelayCounters counters = new RelayCounters();
  private final PacketStore store;
  private final WireWriter writer = new WireWriter();
  private final WireReader reader = new WireReader();
  private final RelayLinks links;
  private final CellOrder order = new CellOrder();
  private final Forwarding forwarding;
  private final FailOver failOver;
  private final Confirmations confirmations;
  private final Custody custody;
  private final Distribution distribution;
  private final Announcements announcements;
  private final Admission admission;
  private final Clients clients;
  private final Claims claims;
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
    this.rules = rules;
    this.settings = settings;
    this.trafficClass = trafficClass;
    this.home = home;
    store = new PacketStore(settings.storeBytes(), rules.sharesStore());
    flows = new Flows(settings, home, store, rules);
    links = new RelayLinks(self, home);
    clients = new Clients(settings, home, links);
    admission = new Admission(rights, trafficClass, home, counters);
    forwarding = new Forwarding(settings, home, links, clients, counters, order, rules);
    failOver = new FailOver(settings, home, links, flows, counters, store, forwarding);
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
            rules);
    distribution = new Distribution(settings, home, links, clients, counters, forwarding, flows);
    announcements =
        new Announcements(
            settings, trafficClass, self, home, links, flows, order, distribution, rights);
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
    replicas = new StrongReplicas(links, flows, forwarding, custody, announcements, order);
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

  /// Sends sensors, and clients that are near to this peer, to others: it is about to go. What
  /// sensors send is taken until they say that they have gone, since of unprotected streams it is
  /// nowhere else.
  public void drain(long nowNanos) {
    draining = true;
    if (rules.waitsForSensors()) {
      sendAway();
      return;
    }
    for (RemoteLink sensor : links.sensors()) {
      gone(nowNanos, sensor);
    }
  }

  /// Whether nothing is lost when this peer ends: it holds no packets and, once it is drained, no
  /// sensor gives it any and no client has this peer only.
  public boolean isEmpty() {
    return counters.storedBytes == 0
        && (!draining || (links.sensors().isEmpty() && !hasNearClients()));
  }

  private boolean hasNearClients() {
    for (Client client : clients.present()) {
      if (client.isNear()) {
        return true;
      }
    }
    return false;
  }

  private void sendAway() {
    for (RemoteLink sensor : links.sensors()) {
      home.send(sensor.id, encode(new Message.GoElsewhere()));
    }
    for (Client client : clients.present()) {
      if (client.isNear()) {
        home.send(client.next.id, encode(new Message.GoElsewhere()));
      }
    }
  }

  /// A sensor has said its last.
  private void gone(long nowNanos, RemoteLink sensor) {
    links.close(sensor.id);
    linkDown(nowNanos, sensor.id, "gone");
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
    links.neighbourhood(nowNanos, next).forEach(dropped -> cleanUp(nowNanos, dropped));
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
          claims.meet(sibling);
        }
      }
    }
    arm(nowNanos);
  }

  @Override
  public void linkUp(long nowNanos, int link, Hello remote) {
    RemoteLink before = links.upstream();
    RemoteLink up = links.up(nowNanos, link, remote);
    settle(nowNanos);
    topologyChanged(nowNanos, before, "link up");
    if (up.role() == Role.PEER && !up.outbound && !up.sibling) {
      announcements.tell(up);
    }
    if (up.sibling && links.isRoot()) {
      claims.meet(up);
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
      claims.linkDown(nowNanos, gone);
    } else {
      announcements.gone(nowNanos, gone.hello.self().id());
    }
    flows.forEach(
        flow -> {
          flow.feeder = flow.feeder == gone.id ? -1 : flow.feeder;
          flow.sensorLink = flow.sensorLink == gone.id ? -1 : flow.sensorLink;
        });
    if (gone.sibling) {
      failOver.siblingGone(nowNanos, gone);
    }
  }

  private void topologyChanged(long nowNanos, @Nullable RemoteLink before, String reason) {
    if (rules.adoptsOrphans()) {
      failOver.reviewOwners(nowNanos);
    }
    RemoteLink up = links.upstream();
    if (up != null && up != before) {
      home.observe(TraceEvent.of("UPSTREAM", "to", up.name().value(), "reason", reason));
      flows.forEach(flow -> announcements.passUp(nowNanos, flow));
      boolean _ = distribution.introduce(up); // Clients say it again in the next period.
      if (rules.resendsOverNewPath()) {
        failOver.resendAll(nowNanos, true);
      }
    }
  }

  @Override
  public void frame(long nowNanos, int link, ByteBuffer frame) {
    RemoteLink from = links.get(link);
    if (from == null) {
      return;
    }
    int type = frame.get(frame.position());
    switch (type) {
      case StreamFrames.DATA, StreamFrames.COPY, StreamFrames.DOWN ->
          packet(nowNanos, from, type, frame);
      case StreamFrames.COPY_ACK, StreamFrames.ACK, StreamFrames.RELEASE ->
          progress(nowNanos, from, type, frame);
      case StreamFrames.FROM_CLIENT ->
          rejectFor(nowNanos, from, claims.fromClient(nowNanos, from, frame));
      case StreamFrames.TO_CLIENT -> distribution.toClient(nowNanos, from, frame);
      case StreamFrames.CLAIM -> rejectFor(nowNanos, from, claims.claimed(nowNanos, from, frame));
      default -> message(nowNanos, from, frame);
    }
    arm(nowNanos);
  }

  private void packet(long nowNanos, RemoteLink from, int type, ByteBuffer frame) {
    String fault = StreamFrames.packetFault(frame);
    if (!fault.isEmpty()) {
      reject(nowNanos, from, fault);
      return;
    }
    if (from.role() == Role.CLIENT || from.role() == Role.OBSERVER) {
      reject(nowNanos, from, "a " + from.role() + " does not send packets");
      return;
    }
    if (type == StreamFrames.DOWN) {
      distribution.packet(nowNanos, from, frame);
      return;
    }
    if (from.role() == Role.SENSOR && !hasAdvertised(from, StreamFrames.flow(frame))) {
      counters.refused++;
      askAgain(nowNanos, from, StreamFrames.flow(frame));
      return;
    }
    Flow flow = flows.meet(nowNanos, StreamFrames.flow(frame));
    if (flow == null) {
      counters.refused++;
      return;
    }
    flows.askName(nowNanos, from, flow);
    if (type == StreamFrames.COPY) {
      if (from.sibling) {
        custody.copy(nowNanos, from, flow, frame);
      } else {
        counters.misplaced++;
      }
    } else {
      custody.packet(nowNanos, from, flow, frame);
    }
  }

  /// A sensor's packets are those of a stream that it advertised over this link and may publish.
  private boolean hasAdvertised(RemoteLink sensor, long flowId) {
    Flow flow = flows.get(flowId);
    return flow != null && flow.sensorLink == sensor.id;
  }

  /// Peers speak of all flows, a sensor of those that are its own.
  private static boolean maySpeakOf(RemoteLink from, Flow flow) {
    return from.role() == Role.PEER || (from.role() == Role.SENSOR && flow.sensorLink == from.id);
  }

  /// A client may know the names of the streams that it is given.
  private boolean mayKnow(RemoteLink from, Message.Advertise known) {
    Client client = clients.at(from);
    return from.role() == Role.PEER
        || (client != null && client.progress(known.flow(), known.name()) != null);
  }

  private void askAgain(long nowNanos, RemoteLink sensor, long flowId) {
    if (nowNanos - sensor.askedAtNanos > Flows.ASK_AGAIN_NANOS) {
      sensor.askedAtNanos = nowNanos;
      home.send(sensor.id, encode(new Message.UnknownFlow(flowId)));
    }
  }

  private void progress(long nowNanos, RemoteLink from, int type, ByteBuffer frame) {
    String fault = StreamFrames.progressFault(frame);
    if (!fault.isEmpty()) {
      reject(nowNanos, from, fault);
      return;
    }
    if (type == StreamFrames.ACK && from.role() == Role.CLIENT) {
      frame.limit(frame.position() + StreamFrames.PROGRESS_BYTES);
      claims.acknowledged(nowNanos, from, frame);
      return;
    }
    Flow flow = flows.get(StreamFrames.progressFlow(frame));
    if (flow == null) {
      return;
    }
    if (type == StreamFrames.COPY_ACK && from.sibling) {
      custody.copyConfirmed(nowNanos, from, flow, frame);
    } else if (type == StreamFrames.RELEASE && from.sibling) {
      custody.released(from, flow, frame);
    } else if (type == StreamFrames.ACK && from.above) {
      custody.acknowledgedFromAbove(nowNanos, from, flow, frame);
      failOver.roomAgain(nowNanos, flow, frame);
    } else {
      counters.misplaced++;
    }
  }

  private void message(long nowNanos, RemoteLink from, ByteBuffer frame) {
    Message.Subscriptions repeated = from.lastWish.repeated(frame);
    if (repeated != null) {
      message(nowNanos, from, repeated);
      return;
    }
    int start = frame.position();
    switch (StreamFrames.decode(reader, frame)) {
      case Decoded.Malformed<Message> malformed -> reject(nowNanos, from, malformed.reason());
      case Decoded.Unknown<Message> _ -> counters.malformed++;
      case Decoded.Ok<Message>(Message message) -> {
        if (message instanceof Message.Subscriptions wish) {
          from.lastWish.remember(frame.position(start), wish);
        }
        message(nowNanos, from, message);
      }
    }
  }

  private void message(long nowNanos, RemoteLink from, Message message) {
    switch (message) {
      case Message.Advertise _ when from.role() == Role.CLIENT || from.role() == Role.OBSERVER ->
          counters.misplaced++;
      case Message.Advertise advertise -> {
        if (from.role() == Role.PEER
            || admission.allows(OverlayRight.PUBLISH, from, advertise.name())) {
          advertised(nowNanos, from, advertise);
        }
      }
      case Message.Advertised(Message.Advertise advertise) ->
          distribution.advertised(nowNanos, from, advertise);
      case Message.UnknownFlow unknown -> {
        Flow flow = flows.get(unknown.flow());
        Message.Advertise known =
            flow == null || flow.advertised == null
                ? distribution.known(unknown.flow())
                : flow.advertised;
        if (known != null && mayKnow(from, known)) {
          home.send(from.id, encode(known));
        }
      }
      case Message.Subscriptions wanted when from.role() == Role.CLIENT ->
          claims.subscribed(nowNanos, from, wanted);
      case Message.Subscriptions wanted when from.above ->
          announcements.wantedAbove(from, wanted.entries());
      case Message.ListStreams list when from.role() == Role.CLIENT -> claims.asked(from, list);
      case Message.ListStreams _ ->
          announcements.list(from.name(), page -> home.send(from.id, page));
      case Message.AskClients _ when from.sibling && links.isRoot() -> claims.askedByRootPeer(from);
      case Message.ClientsTold _ when from.sibling -> claims.known();
      case Message.Ping(long number) -> home.send(from.id, encode(new Message.Pong(number)));
      case Message.Pong(long number) -> from.measured(nowNanos, number);
      case Message.Hop hop -> {
        Flow flow = flows.get(hop.flow());
        if (flow != null && maySpeakOf(from, flow)) {
          forwarding.passOn(flow, hop);
        }
      }
      case Message.Gone _ when from.role() == Role.SENSOR -> gone(nowNanos, from);
      case Message.Interest _,
          Message.Subscriptions _,
          Message.AskClients _,
          Message.ClientsTold _,
          Message.Streams _,
          Message.Forbidden _,
          Message.GoElsewhere _,
          Message.Gone _ ->
          counters.misplaced++;
    }
  }

  private void rejectFor(long nowNanos, RemoteLink from, String fault) {
    if (!fault.isEmpty()) {
      reject(nowNanos, from, fault);
    }
  }

  /// What a link sent makes no sense: it is closed, the others go on.
  private void reject(long nowNanos, RemoteLink from, String reason) {
    counters.malformed++;
    home.observe(TraceEvent.of("MALFORMED", "from", from.name().value(), "reason", reason));
    links.close(from.id);
    linkDown(nowNanos, from.id, "malformed: " + reason);
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

  // ---- what streams there are and what is wanted ----

  private void advertised(long nowNanos, RemoteLink from, Message.Advertise advertise) {
    Flow flow =
        from.sibling
            ? flows.hearOf(nowNanos, advertise.flow())
            : flows.meet(nowNanos, advertise.flow());
    if (flow != null && announcements.advertised(nowNanos, from, flow, advertise)) {
      failOver.resend(nowNanos, flow); // Packets that came before the name.
    }
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
    if (draining) {
      sendAway(); // Also who came since, with a pause: all the others may be draining too.
    }
    measureLinks(nowNanos);
    claims.catchUp(nowNanos);
    announcements.refresh();
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

  /// Asks for the round trip of the links that packets leave on.
  private void measureLinks(long nowNanos) {
    RemoteLink up = links.upstream();
    if (up != null) {
      home.send(up.id, encode(new Message.Ping(nowNanos)));
    }
    long round = clients.nextRound();
    for (Client client : clients.present()) {
      if (client.next.carried != round) {
        client.next.carried = round;
        home.send(client.next.id, encode(new Message.Ping(nowNanos)));
      }
    }
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
    long wake = Math.max(Math.min(next, claims.wakeAtNanos()), nowNanos);
    if (wake < armedForNanos) {
      armedForNanos = wake;
      home.wakeAt(wake);
    }
  }

  private ByteBuffer encode(Message message) {
    return StreamFrames.encode(writer, message);
  }
}
