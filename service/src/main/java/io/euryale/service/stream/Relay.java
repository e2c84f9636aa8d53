package io.euryale.service.stream;

import io.euryale.group.Submission;
import io.euryale.kernel.Core;
import io.euryale.kernel.Hello;
import io.euryale.kernel.Home;
import io.euryale.kernel.LongMap;
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
/// them; [Custody], [Forwarding] and [FailOver] are the data path, [Distribution] the way down to
/// clients, and [RelayLinks] knows where links lead. See the package description for the protocol.
/// Owned by one loop.
///
/// Observations: `UPSTREAM` (`to`, `reason`) the way up changed; `ADOPT` (`flow`, `failed`,
/// `packets`) copies of a failed sibling were adopted; `ABANDON` (`flow`, `seq`) a packet was given
/// up after its last attempt; `STORE` (`x`, `class`, `flow`, `seq`) a packet was stored at
/// its place in the agreed order of the cell, in the configuration `x`; `MALFORMED` (`from`,
/// `reason`) a link was closed for what it sent; `SHED` (`class`, `what`) other packets than before
/// are not taken, because the peer is overloaded.
public final class Relay implements Core {

  private final StreamSettings settings;
  private final OverlayRights rights;
  private final StreamRules rules;
  private final TrafficClass trafficClass;
  private final Home home;
  private final LongMap<Flow> flows = new LongMap<>();
  private final RelayCounters counters = new RelayCounters();
  private final PacketStore store;
  private final WireWriter writer = new WireWriter();
  private final WireReader reader = new WireReader();
  private final RelayLinks links;
  private final CellOrder order = new CellOrder();
  private final Forwarding forwarding;
  private final FailOver failOver;
  private final Custody custody;
  private final Distribution distribution;
  private final Announcements announcements;

  /// A peer that is new in the root cell knows by then what clients are there.
  private long clientsKnownAtNanos = Long.MIN_VALUE;

  private boolean asksForClients;
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
    this.rights = rights;
    this.rules = rules;
    this.settings = settings;
    this.trafficClass = trafficClass;
    this.home = home;
    store = new PacketStore(settings.storeBytes(), rules.sharesStore());
    links = new RelayLinks(self, home, settings.refreshPeriod().toNanos());
    forwarding = new Forwarding(settings, home, links, counters, order, rules);
    failOver = new FailOver(settings, home, links, flows, counters, store, forwarding);
    custody =
        new Custody(trafficClass, home, links, counters, store, writer, forwarding, order, rules);
    distribution = new Distribution(settings, home, links, counters, forwarding, flows);
    announcements =
        new Announcements(settings, trafficClass, self, home, links, flows, order, distribution);
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
    for (RemoteLink client : links.clients()) {
      if (isNear(client)) {
        return true;
      }
    }
    return false;
  }

  /// Whether a client gets its streams from this peer and no other.
  private static boolean isNear(RemoteLink client) {
    Message.Subscriptions says = client.says;
    return client.way == null && says != null && says.turn() > 0 && !client.subscriptions.isEmpty();
  }

  private void sendAway() {
    for (RemoteLink sensor : links.sensors()) {
      home.send(sensor.id, encode(new Message.GoElsewhere()));
    }
    for (RemoteLink client : links.clients()) {
      if (isNear(client)) {
        home.send(client.id, encode(new Message.GoElsewhere()));
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
    dropUnreachable(nowNanos);
    topologyChanged(nowNanos, before, "neighbourhood");
    if (links.isRoot() && !wasRoot) {
      enterRootCell(nowNanos);
    } else if (wasRoot && !links.isRoot()) {
      leaveRootCell(nowNanos);
    }
    if (links.isRoot()) {
      for (RemoteLink sibling : links.siblings()) {
        if (!wasRoot || !List.of(cell).contains(sibling)) {
          meet(sibling);
        }
      }
    }
    arm(nowNanos);
  }

  /// Nothing is freed here until it is known which clients there are: one that did not reach this
  /// peer yet may lack what others have. Who was in the root cell before tells at once; if all of
  /// it is new, clients have come, or peers below have told of them, within two periods.
  private void enterRootCell(long nowNanos) {
    if (rules.asksForClients()) {
      custody.settle(false);
      asksForClients = true;
      clientsKnownAtNanos = nowNanos + 2 * settings.refreshPeriod().toNanos();
    }
    for (RemoteLink client : links.clients()) {
      Message.Subscriptions says = client.says;
      if (says != null) {
        client.moved = true;
        wanted(nowNanos, client, says);
      }
    }
  }

  private void leaveRootCell(long nowNanos) {
    asksForClients = false;
    custody.settle(true);
    for (RemoteLink client : links.clients()) {
      announcements.gone(nowNanos, client.hello.self().id());
    }
  }

  /// Another peer of the root cell hears of the clients here, and is asked for its own.
  private void meet(RemoteLink sibling) {
    boolean _ = distribution.introduce(sibling); // It asks again in the next period.
    if (asksForClients) {
      home.send(sibling.id, encode(new Message.AskClients()));
    }
  }

  /// All clients are known, as far as others know them.
  private void clientsKnown() {
    if (asksForClients) {
      asksForClients = false;
      custody.settle(true);
      flows.forEach(custody::settleWithClients);
    }
  }

  private void dropUnreachable(long nowNanos) {
    List<RemoteLink> unreachable = links.unreachable(nowNanos);
    links.lose(nowNanos, unreachable, settings.clientGrace().toNanos());
    unreachable.forEach(client -> announcements.gone(nowNanos, client.hello.self().id()));
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
      meet(up);
    }
    arm(nowNanos);
  }

  @Override
  public void linkDown(long nowNanos, int link, String reason) {
    RemoteLink before = links.upstream();
    RemoteLink gone = links.down(nowNanos, link, settings.clientGrace().toNanos());
    if (gone != null) {
      cleanUp(nowNanos, gone);
      if (gone.role() == Role.PEER) {
        dropUnreachable(nowNanos);
      }
      topologyChanged(nowNanos, before, reason);
      arm(nowNanos);
    }
  }

  private void settle(long nowNanos) {
    links.settle(nowNanos).forEach(dropped -> cleanUp(nowNanos, dropped));
  }

  private void cleanUp(long nowNanos, RemoteLink gone) {
    announcements.gone(nowNanos, gone.hello.self().id());
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
      case StreamFrames.FROM_CLIENT -> fromClient(nowNanos, from, frame);
      case StreamFrames.TO_CLIENT -> distribution.toClient(nowNanos, from, frame);
      case StreamFrames.CLAIM -> claimed(nowNanos, from, frame);
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
    Flow flow = flow(nowNanos, StreamFrames.flow(frame), settings.flows());
    if (flow == null) {
      counters.refused++;
      return;
    }
    askName(nowNanos, from, flow);
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
  private static boolean mayKnow(RemoteLink from, Message.Advertise known) {
    return from.role() == Role.PEER
        || (from.role() == Role.CLIENT
            && Forwarding.progressOf(from, known.flow(), known.name()) != null);
  }

  private void askAgain(long nowNanos, RemoteLink sensor, long flowId) {
    if (nowNanos - sensor.askedAtNanos > ASK_AGAIN_NANOS) {
      sensor.askedAtNanos = nowNanos;
      home.send(sensor.id, encode(new Message.UnknownFlow(flowId)));
    }
  }

  private static final long ASK_AGAIN_NANOS = 50_000_000L;

  private void askName(long nowNanos, RemoteLink from, Flow flow) {
    if (flow.advertised == null && nowNanos - flow.askedAtNanos > ASK_AGAIN_NANOS) {
      flow.askedAtNanos = nowNanos;
      home.send(from.id, encode(new Message.UnknownFlow(flow.id)));
    }
  }

  private @Nullable Flow flow(long nowNanos, long id, int most) {
    Flow flow = flows.get(id);
    if (flow == null && flows.size() < most) {
      flow = new Flow(id, new Window(settings.windowPackets(), store), rules);
      flow.askedAtNanos = nowNanos - ASK_AGAIN_NANOS - 1;
      flow.heardAtNanos = nowNanos;
      flows.put(id, flow);
    }
    return flow;
  }

  private void progress(long nowNanos, RemoteLink from, int type, ByteBuffer frame) {
    String fault = StreamFrames.progressFault(frame);
    if (!fault.isEmpty()) {
      reject(nowNanos, from, fault);
      return;
    }
    if (type == StreamFrames.ACK && from.role() == Role.CLIENT) {
      frame.limit(frame.position() + StreamFrames.PROGRESS_BYTES);
      acknowledgedByClient(nowNanos, from, frame);
      if (from.says != null) {
        distribution.passUp(from, frame);
      }
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
      resendIfRoomAgain(nowNanos, flow, frame);
    } else {
      counters.misplaced++;
    }
  }

  private void acknowledgedByClient(long nowNanos, RemoteLink client, ByteBuffer frame) {
    if (!links.isRoot()) {
      distribution.acknowledged(client, frame);
      return;
    }
    Flow flow = flows.get(StreamFrames.progressFlow(frame));
    if (flow != null && forwarding.progressOf(client, flow) != null) {
      custody.acknowledgedByClient(nowNanos, client, flow, frame);
      resendIfRoomAgain(nowNanos, flow, frame);
    }
  }

  /// A frame of a client that is at a peer below, or in the root cell at a sibling.
  private void fromClient(long nowNanos, RemoteLink from, ByteBuffer frame) {
    boolean may = links.isBelow(from) || (links.isRoot() && from.sibling);
    StreamFrames.Envelope envelope = may ? StreamFrames.open(reader, frame) : null;
    if (envelope == null) {
      counters.misplaced++;
      return;
    }
    ByteBuffer content = envelope.content();
    RemoteLink client = links.client(envelope.client());
    switch (content.get(content.position())) {
      case StreamFrames.SUBSCRIPTIONS -> {
        client = subscribed(nowNanos, from, envelope.client(), content);
      }
      case StreamFrames.ACK -> {
        if (!StreamFrames.progressFault(content).isEmpty()) {
          reject(nowNanos, from, StreamFrames.progressFault(content));
          return;
        }
        if (client != null && client.way != null) {
          acknowledgedByClient(nowNanos, client, content);
        }
      }
      case StreamFrames.LIST -> {
        if (client != null && links.isRoot()) {
          list(client);
          return; // One answer is enough.
        }
      }
      default -> {
        counters.misplaced++;
        return;
      }
    }
    if (client != null && client.way != null && !from.sibling) {
      distribution.passOn(client, frame);
    }
  }

  /// A client that is elsewhere tells what it wants; what it may have was seen to where it is.
  ///
  /// @return the client; null when it is reached in a better way
  private @Nullable RemoteLink subscribed(
      long nowNanos, RemoteLink way, PeerId id, ByteBuffer content) {
    RemoteLink known = links.client(id);
    Message.Subscriptions repeated = known == null ? null : known.repeatedWish(content);
    Message.Subscriptions wish = repeated == null ? wish(nowNanos, way, content) : repeated;
    RemoteLink client = wish == null ? null : links.reach(nowNanos, id, way, wish.turn());
    if (wish != null && client != null) {
      client.remember(content, wish);
      client.saidAtNanos = nowNanos;
      client.says = wish;
      wanted(nowNanos, client, wish);
    }
    return client;
  }

  private Message.@Nullable Subscriptions wish(long nowNanos, RemoteLink from, ByteBuffer content) {
    if (StreamFrames.decode(reader, content.duplicate())
        instanceof Decoded.Ok<Message>(Message.Subscriptions says)) {
      return says;
    }
    reject(nowNanos, from, "malformed subscriptions in an envelope");
    return null;
  }

  /// Another peer of the root cell knows of a client that is not there now.
  private void claimed(long nowNanos, RemoteLink from, ByteBuffer frame) {
    StreamFrames.Envelope envelope =
        links.isRoot() && from.sibling ? StreamFrames.open(reader, frame) : null;
    if (envelope == null) {
      counters.misplaced++;
      return;
    }
    Message.Subscriptions says = wish(nowNanos, from, envelope.content());
    long graceNanos = settings.clientGrace().toNanos();
    if (says != null && links.expect(nowNanos, envelope.client(), from, says, graceNanos)) {
      announcements.wanted(envelope.client(), says.entries());
      announcements.gone(nowNanos, envelope.client());
    }
  }

  private void resendIfRoomAgain(long nowNanos, Flow flow, ByteBuffer progress) {
    if (StreamFrames.room(progress) == StreamFrames.ROOM_AGAIN) {
      failOver.resendAfresh(nowNanos, flow);
    }
  }

  private void message(long nowNanos, RemoteLink from, ByteBuffer frame) {
    Message.Subscriptions repeated = from.repeatedWish(frame);
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
          from.remember(frame.position(start), wish);
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
        if (from.role() == Role.PEER || allows(OverlayRight.PUBLISH, from, advertise.name())) {
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
          subscribed(nowNanos, from, wanted);
      case Message.Subscriptions wanted when from.above ->
          announcements.subscribed(from, wanted.entries());
      case Message.ListStreams list -> {
        if (from.role() == Role.CLIENT && !links.isRoot()) {
          distribution.passUp(from, encode(list));
        } else {
          list(from);
        }
      }
      case Message.AskClients _ when from.sibling && links.isRoot() -> {
        if (distribution.introduce(from) && !asksForClients) {
          home.send(from.id, encode(new Message.ClientsTold()));
        }
      }
      case Message.ClientsTold _ when from.sibling -> clientsKnown();
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

  private static final int MAX_FORBIDDEN_REMEMBERED = 1024;

  /// Whether a sensor or client may do something; if not it is told, and it is audited.
  private boolean allows(OverlayRight right, RemoteLink from, String what) {
    String refusal = rights.refusal(right, what, from.name());
    if (refusal == null) {
      return true;
    }
    if (from.forbidden.size() < MAX_FORBIDDEN_REMEMBERED && from.forbidden.add(what)) {
      counters.forbidden++;
      rights.audit(from.hello.role() + " on class " + trafficClass.label() + ": " + refusal);
    }
    home.send(from.id, encode(new Message.Forbidden(what, refusal)));
    return false;
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

  private void reviewGroup() {
    if (order.isAsked() && !announcements.asksForGroup()) {
      boolean[] waits = {false};
      flows.forEach(flow -> waits[0] |= forwarding.waitsForGroup(flow));
      if (!waits[0]) {
        order.release();
      }
    }
  }

  /// Makes what takes the deliveries of a life in the group of the cell; from any thread. It is
  /// this relay's with [#join].
  ///
  /// @param life by [GroupLife]
  public Agreed agreed(PeerId life, Submission down) {
    return new Agreed(this, life, down);
  }

  /// From now on packets that ask for it go through the group of the cell.
  public void join(long nowNanos, Agreed group) {
    order.through(group.down);
    submitWaiting(nowNanos, true);
  }

  /// The group of the cell ended for this peer: what was on its way through it has to go again.
  public void leaveGroup() {
    order.through(null);
    flows.forEach(
        flow -> {
          for (long s = flow.window.base(); s < flow.window.next(); s++) {
            flow.window.at(s).submitted = false;
          }
        });
  }

  /// @param again also what has its place, but is not known to be kept by others
  void submitWaiting(long nowNanos, boolean again) {
    flows.forEach(flow -> forwarding.submitWaiting(flow, again));
    arm(nowNanos);
  }

  CellOrder order() {
    return order;
  }

  /// A packet was delivered by the group.
  void agreed(long nowNanos, PeerId owner, boolean own, ByteBuffer packet) {
    Flow flow = flow(nowNanos, StreamFrames.flow(packet), Integer.MAX_VALUE);
    if (flow != null) {
      RemoteLink from = own ? null : links.sibling(owner);
      if (from != null) {
        askName(nowNanos, from, flow);
      }
      custody.agreed(nowNanos, owner, own, flow, packet);
    }
    arm(nowNanos);
  }

  /// All of the group hold a packet that this peer gave to it.
  void stable(long flowId, long sequence) {
    Flow flow = flows.get(flowId);
    if (flow != null) {
      custody.stable(flow, sequence);
    }
  }

  // ---- what streams there are and what is wanted ----

  private void advertised(long nowNanos, RemoteLink from, Message.Advertise advertise) {
    Flow flow = flow(nowNanos, advertise.flow(), settings.flows());
    if (flow != null && announcements.advertised(nowNanos, from, flow, advertise)) {
      failOver.resend(nowNanos, flow); // Packets that came before the name.
    }
  }

  /// A client at this peer tells what it wants.
  private void subscribed(long nowNanos, RemoteLink client, Message.Subscriptions wishes) {
    Message.Subscriptions before = client.says;
    if (before != null && before.turn() < wishes.turn() && wishes.entries().isEmpty()) {
      links.leave(nowNanos, client, settings.clientGrace().toNanos());
      return;
    }
    Message.Subscriptions wanted = wishes.with(allowed(client, wishes.entries()));
    RemoteLink known = links.client(client.hello.self().id());
    boolean isElsewhere = known != null && known.says != null && known.says.turn() > wanted.turn();
    client.says = wanted;
    client.saidAtNanos = nowNanos;
    if (!isElsewhere) {
      links.claim(nowNanos, client);
      wanted(nowNanos, client, wanted);
      distribution.passUp(client, encode(wanted));
    }
  }

  /// What a client wants is known where it is, and on the way to the root cell, for packets that
  /// come down; in the root cell it is a claim to them.
  private void wanted(long nowNanos, RemoteLink client, Message.Subscriptions wishes) {
    boolean isNew = client.moved || !client.subscriptions.equals(wishes.entries());
    client.subscriptions = wishes.entries();
    if (links.isRoot()) {
      announcements.wanted(client.hello.self().id(), wishes.entries());
      if (isNew) {
        flows.forEach(flow -> offer(nowNanos, client, flow));
      }
      client.moved = false;
    }
    if (isNew) {
      client.progress.forEach(progress -> progress.matched = false);
    }
  }

  private List<StreamFrames.Subscription> allowed(
      RemoteLink client, List<StreamFrames.Subscription> wishes) {
    return wishes.stream()
        .filter(wish -> allows(OverlayRight.SUBSCRIBE, client, wish.pattern()))
        .toList();
  }

  /// Matches a client's new wishes with a flow; what it did not want before is sent to it, and what
  /// it may have lost when it is reached in another way.
  private void offer(long nowNanos, RemoteLink client, Flow flow) {
    RemoteLink.ClientProgress progress = client.progress(flow.id);
    boolean hadBefore = progress.matched && progress.wanted && !client.moved;
    progress.matched = false;
    Message.Advertise known = flow.advertised;
    if (known != null && forwarding.progressOf(client, flow) != null && !hadBefore) {
      distribution.advertise(client, known.withPath(flow.ages.p999Nanos()));
      forwarding.offer(nowNanos, client, flow);
    }
  }

  // ---- listings ----

  private void list(RemoteLink to) {
    List<StreamInfo> page = new ArrayList<>();
    flows.forEach(
        flow -> {
          Message.Advertise known = flow.advertised;
          if (known != null
              && rights.refusal(OverlayRight.SUBSCRIBE, known.name(), to.name()) == null) {
            if (page.size() == StreamFrames.MAX_STREAMS_PER_PAGE) {
              boolean _ = links.send(to, encode(new Message.Streams(false, page)));
              page.clear();
            }
            page.add(
                new StreamInfo(
                    known.name(),
                    known.epoch(),
                    known.sensor().name(),
                    known.edge(),
                    flow.packets,
                    flow.window.pendingCount()));
          }
        });
    boolean _ = links.send(to, encode(new Message.Streams(true, page)));
  }

  // ---- time ----

  @Override
  public void idle(long nowNanos) {
    if (tellAtNanos <= nowNanos) {
      tellAtNanos = Long.MAX_VALUE;
      custody.tellNews();
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
      custody.tellNews();
    }
    if (asksForClients && clientsKnownAtNanos <= nowNanos) {
      clientsKnown();
    }
    if (refreshAtNanos <= nowNanos) {
      refreshAtNanos = nowNanos + settings.refreshPeriod().toNanos();
      refresh(nowNanos);
    }
    arm(nowNanos);
  }

  private void refresh(long nowNanos) {
    announcements.expire(nowNanos);
    dropUnreachable(nowNanos);
    if (asksForClients) {
      for (RemoteLink sibling : links.siblings()) {
        meet(sibling);
      }
    }
    distribution.refresh(nowNanos);
    if (links.expireClaims(nowNanos)) {
      flows.forEach(custody::settleWithClients);
    }
    custody.tellRoom();
    reviewGroup();
    links.dialWanted();
    settle(nowNanos);
    if (draining) {
      sendAway(); // Also who came since, with a pause: all the others may be draining too.
    }
    measureLinks(nowNanos);
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
      flows.remove(flow.id);
      links.forget(flow.id);
    }
  }

  /// Asks for the round trip of the links that packets leave on, and lets conflating clients that
  /// confirm nothing have the newest packet again.
  private void measureLinks(long nowNanos) {
    RemoteLink up = links.upstream();
    if (up != null) {
      home.send(up.id, encode(new Message.Ping(nowNanos)));
    }
    long round = links.nextRound();
    for (RemoteLink client : links.clients()) {
      RemoteLink next = client.next();
      if (next.carried != round) {
        next.carried = round;
        home.send(next.id, encode(new Message.Ping(nowNanos)));
      }
      if (!links.isRoot()) {
        continue;
      }
      flows.forEach(
          flow -> {
            // Another root peer that has copies of a flow only does not know what clients
            // confirmed.
            boolean isFedHere = flow.keepsLast && flow.feeder >= 0;
            if (isFedHere && forwarding.progressOf(client, flow) != null) {
              forwarding.catchUp(nowNanos, client, flow);
            }
          });
    }
  }

  void arm(long nowNanos) {
    if (custody.isAwaited() || (custody.hasNews() && trafficClass == TrafficClass.ALARM)) {
      tellAtNanos = Math.min(tellAtNanos, nowNanos);
    } else if (custody.hasNews() && tellAtNanos == Long.MAX_VALUE) {
      tellAtNanos = nowNanos + settings.acknowledgementDelay().toNanos();
    }
    long next = Math.min(Math.min(refreshAtNanos, tellAtNanos), forwarding.wakeAtNanos());
    next = asksForClients ? Math.min(next, clientsKnownAtNanos) : next;
    long wake = Math.max(next, nowNanos);
    if (wake < armedForNanos) {
      armedForNanos = wake;
      home.wakeAt(wake);
    }
  }

  private ByteBuffer encode(Message message) {
    return StreamFrames.encode(writer, message);
  }
}
