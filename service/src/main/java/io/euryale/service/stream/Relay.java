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
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A peer's part in the streams of one traffic class: forwards, copies, acknowledges and takes
/// over.
///
/// This class receives the inputs and keeps the soft state (advertisements upwards, subscriptions
/// downwards, interest to sensors); [Custody], [Forwarding] and [FailOver] are the data path and
/// [RelayLinks] knows where links lead. See the package description for the protocol. Owned by
/// one loop.
///
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
  private final PeerRef self;
  private final Home home;
  private final LongMap<Flow> flows = new LongMap<>();
  private final RelayCounters counters = new RelayCounters();
  private final PacketStore store;
  private final WireWriter writer = new WireWriter();
  private final WireReader reader = new WireReader();
  private final RelayLinks links;
  private final Subscriptions subscriptions = new Subscriptions();
  private final CellOrder order = new CellOrder();
  private final Forwarding forwarding;
  private final FailOver failOver;
  private final Custody custody;

  /// A peer above has told its subscriptions since this peer has its place.
  private boolean informed;

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
    this.self = self;
    this.home = home;
    store = new PacketStore(settings.storeBytes(), rules.sharesStore());
    links = new RelayLinks(self, home);
    forwarding = new Forwarding(settings, home, links, counters, order, rules);
    failOver = new FailOver(settings, home, links, flows, counters, store, forwarding);
    custody =
        new Custody(trafficClass, home, links, counters, store, writer, forwarding, order, rules);
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

  /// Sends the sensors to other peers: this one is about to go. What they send is taken until they
  /// say that they have gone, since of unprotected streams it is nowhere else.
  public void drain(long nowNanos) {
    draining = true;
    if (rules.waitsForSensors()) {
      sendSensorsAway();
      return;
    }
    for (RemoteLink sensor : links.sensors()) {
      gone(nowNanos, sensor);
    }
  }

  /// Whether nothing is lost when this peer ends: it holds no packets and, once it is drained, no
  /// sensor gives it any.
  public boolean isEmpty() {
    return counters.storedBytes == 0 && (!draining || links.sensors().isEmpty());
  }

  private void sendSensorsAway() {
    for (RemoteLink sensor : links.sensors()) {
      home.send(sensor.id, encode(new Message.GoElsewhere()));
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
    informed = informed && next != null;
    RemoteLink[] cell = links.siblings();
    links.neighbourhood(nowNanos, next).forEach(dropped -> cleanUp(nowNanos, dropped));
    settle(nowNanos);
    failOver.reviewSeats(nowNanos, cell);
    topologyChanged(nowNanos, before, "neighbourhood");
    arm(nowNanos);
  }

  @Override
  public void linkUp(long nowNanos, int link, Hello remote) {
    RemoteLink before = links.upstream();
    RemoteLink up = links.up(nowNanos, link, remote);
    settle(nowNanos);
    topologyChanged(nowNanos, before, "link up");
    if (up.role() == Role.PEER && !up.outbound && !up.sibling) {
      home.send(link, encode(new Message.Subscriptions(subscriptions.entries())));
    }
    arm(nowNanos);
  }

  @Override
  public void linkDown(long nowNanos, int link, String reason) {
    RemoteLink before = links.upstream();
    RemoteLink gone = links.down(nowNanos, link, settings.clientGrace().toNanos());
    if (gone != null) {
      cleanUp(nowNanos, gone);
      topologyChanged(nowNanos, before, reason);
      arm(nowNanos);
    }
  }

  private void settle(long nowNanos) {
    links.settle(nowNanos).forEach(dropped -> cleanUp(nowNanos, dropped));
  }

  private void cleanUp(long nowNanos, RemoteLink gone) {
    subscriptions.gone(gone.hello.self().id(), nowNanos + settings.clientGrace().toNanos());
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
      flows.forEach(flow -> passUp(nowNanos, flow));
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
      case StreamFrames.DATA, StreamFrames.COPY -> packet(nowNanos, from, type, frame);
      case StreamFrames.COPY_ACK, StreamFrames.ACK, StreamFrames.RELEASE ->
          progress(nowNanos, from, type, frame);
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
  private boolean mayKnow(RemoteLink from, Flow flow) {
    return from.role() == Role.PEER
        || (from.role() == Role.CLIENT && forwarding.progressOf(from, flow) != null);
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
    Flow flow = flows.get(StreamFrames.progressFlow(frame));
    if (flow == null) {
      return;
    }
    if (type == StreamFrames.COPY_ACK && from.sibling) {
      custody.copyConfirmed(nowNanos, from, flow, frame);
    } else if (type == StreamFrames.RELEASE && from.sibling) {
      custody.released(from, flow, frame);
    } else if (type == StreamFrames.ACK && from.role() == Role.CLIENT) {
      custody.acknowledgedByClient(nowNanos, from, flow, frame);
      resendIfRoomAgain(nowNanos, flow, frame);
    } else if (type == StreamFrames.ACK && from.above) {
      custody.acknowledgedFromAbove(nowNanos, from, flow, frame);
      resendIfRoomAgain(nowNanos, flow, frame);
    } else {
      counters.misplaced++;
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
      case Message.Advertise advertise -> advertised(nowNanos, from, advertise);
      case Message.UnknownFlow unknown -> {
        Flow flow = flows.get(unknown.flow());
        if (flow != null && flow.advertised != null && mayKnow(from, flow)) {
          home.send(from.id, encode(flow.advertised));
        }
      }
      case Message.Subscriptions wanted -> subscribed(nowNanos, from, wanted);
      case Message.ListStreams _ -> list(from);
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

  private static boolean wantsGroup(List<StreamFrames.Subscription> entries) {
    for (StreamFrames.Subscription entry : entries) {
      if (entry.replication().form() == Replication.Form.AGREED) {
        return true;
      }
    }
    return false;
  }

  private void reviewGroup() {
    if (order.isAsked() && !subscriptions.asksFor(Replication.Form.AGREED)) {
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

  // ---- advertisements: from the sensor up to the clients ----

  private void advertised(long nowNanos, RemoteLink from, Message.Advertise advertise) {
    if (from.role() == Role.SENSOR && !allows(OverlayRight.PUBLISH, from, advertise.name())) {
      return;
    }
    Flow flow = flow(nowNanos, advertise.flow(), settings.flows());
    if (flow == null) {
      return;
    }
    Message.Advertise before = flow.advertised;
    Message.Advertise known = advertise;
    if (from.role() == Role.SENSOR) {
      known =
          new Message.Advertise(
              advertise.flow(),
              advertise.epoch(),
              advertise.name(),
              from.hello.self().id(),
              self.name(),
              advertise.offer(),
              0);
      flow.sensorLink = from.id;
    }
    flow.keepsLast |= known.offer().keepsLast();
    flow.advertised = known;
    flow.advertisedAtNanos = nowNanos;
    flow.heardAtNanos = nowNanos;
    boolean changed = !known.equals(before);
    if (flow.sensorLink == from.id) {
      tellInterest(flow, true);
    }
    if (changed || nowNanos - flow.passedUpAtNanos >= settings.refreshPeriod().toNanos() / 2) {
      passUp(nowNanos, flow);
    }
    if (before == null) {
      failOver.resend(nowNanos, flow); // Packets that came before the name.
    }
  }

  private void passUp(long nowNanos, Flow flow) {
    Message.Advertise known = flow.advertised;
    if (known == null) {
      return;
    }
    flow.passedUpAtNanos = nowNanos;
    if (links.isRoot()) {
      for (RemoteLink client : links.clients()) {
        if (forwarding.progressOf(client, flow) != null) {
          home.send(client.id, encode(known.withPath(flow.ages.p999Nanos())));
        }
      }
    } else {
      RemoteLink up = links.upstream();
      if (up != null) {
        home.send(up.id, encode(known));
      }
    }
  }

  // ---- subscriptions: from clients down to the sensors ----

  private void subscribed(long nowNanos, RemoteLink from, Message.Subscriptions wishes) {
    boolean client = from.role() == Role.CLIENT;
    if (!client && !from.above) {
      counters.misplaced++;
      return;
    }
    Message.Subscriptions wanted = client ? allowed(from, wishes) : wishes;
    boolean newWish = !from.subscriptions.equals(wanted.entries());
    from.subscriptions = wanted.entries();
    if (subscriptions.set(from.hello.self().id(), wanted.entries())) {
      tellSubscriptions();
    }
    informed |= from.above;
    if (wantsGroup(wanted.entries())) {
      order.ask();
    }
    if (client && newWish) {
      flows.forEach(flow -> offer(nowNanos, from, flow));
    }
  }

  private Message.Subscriptions allowed(RemoteLink client, Message.Subscriptions wishes) {
    return new Message.Subscriptions(
        wishes.entries().stream()
            .filter(wish -> allows(OverlayRight.SUBSCRIBE, client, wish.pattern()))
            .toList());
  }

  /// Matches a client's new wishes with a flow; what it did not want before is sent to it.
  private void offer(long nowNanos, RemoteLink client, Flow flow) {
    RemoteLink.ClientProgress progress = client.progress(flow.id);
    boolean wantedBefore = progress.matched && progress.wanted;
    progress.matched = false;
    Message.Advertise known = flow.advertised;
    if (known != null && forwarding.progressOf(client, flow) != null && !wantedBefore) {
      home.send(client.id, encode(known.withPath(flow.ages.p999Nanos())));
      forwarding.offer(nowNanos, client, flow);
    }
  }

  private void tellSubscriptions() {
    if (links.children().length > 0) {
      ByteBuffer entries = encode(new Message.Subscriptions(subscriptions.entries()));
      for (RemoteLink child : links.children()) {
        home.send(child.id, entries);
      }
    }
    flows.forEach(flow -> tellInterest(flow, false));
  }

  private void tellInterest(Flow flow, boolean always) {
    String name = flow.name();
    if (flow.sensorLink < 0 || name == null) {
      return;
    }
    StreamQos wanted = subscriptions.wanted(name);
    if (wanted != null && trafficClass == TrafficClass.ALARM) {
      // Two peers hold an alarm as soon as can be.
      wanted = wanted.together(StreamQos.of(Replication.ACTIVE));
    }
    if (wanted == null && !informed && !links.isRoot()) {
      return; // Nobody above has said yet what is wanted.
    }
    if (always || !Objects.equals(wanted, flow.wanted)) {
      flow.wanted = wanted;
      home.send(flow.sensorLink, encode(new Message.Interest(flow.id, wanted)));
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
              home.send(to.id, encode(new Message.Streams(false, page)));
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
    home.send(to.id, encode(new Message.Streams(true, page)));
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
    if (refreshAtNanos <= nowNanos) {
      refreshAtNanos = nowNanos + settings.refreshPeriod().toNanos();
      refresh(nowNanos);
    }
    arm(nowNanos);
  }

  private void refresh(long nowNanos) {
    if (links.isRoot() || links.upstream() != null) {
      // While nobody is above, what was wanted last still is: the sensors go on.
      subscriptions.expire(nowNanos);
    }
    if (links.expireClaims(nowNanos)) {
      flows.forEach(custody::settleWithClients);
    }
    custody.tellRoom();
    reviewGroup();
    links.dialWanted();
    settle(nowNanos);
    if (draining) {
      sendSensorsAway(); // Also who came since, with a pause: all the others may be draining too.
    }
    measureLinks(nowNanos);
    tellSubscriptions();
    List<Flow> forgotten = new ArrayList<>();
    flows.forEach(
        flow -> {
          tellInterest(flow, true);
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
    for (RemoteLink client : links.clients()) {
      home.send(client.id, encode(new Message.Ping(nowNanos)));
      flows.forEach(
          flow -> {
            if (flow.keepsLast && forwarding.progressOf(client, flow) != null) {
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
