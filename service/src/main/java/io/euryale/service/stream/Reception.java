package io.euryale.service.stream;

import io.euryale.kernel.Home;
import io.euryale.kernel.Role;
import io.euryale.kernel.trace.TraceEvent;
import io.euryale.kernel.wire.Decoded;
import io.euryale.kernel.wire.WireReader;
import io.euryale.kernel.wire.WireWriter;
import io.euryale.overlay.OverlayRight;
import io.euryale.service.stream.StreamFrames.Message;
import java.nio.ByteBuffer;

/// What comes over the links of a relay: looks whether it can be understood, and comes from whom it
/// may come, and gives it to the part that it concerns.
///
/// Owned by the relay's loop.
final class Reception {

  /// Why the link of a sensor ends that has said its last.
  static final String GONE = "gone";

  private final Home home;
  private final RelayLinks links;
  private final Flows flows;
  private final RelayCounters counters;
  private final Admission admission;
  private final Announcements announcements;
  private final Clients clients;
  private final Claims claims;
  private final Distribution distribution;
  private final Custody custody;
  private final Forwarding forwarding;
  private final FailOver failOver;
  private final ArrivalRecord arrivals;
  private final WayUp wayUp;
  private final Resync resync;
  private final Ending ending;
  private final WireReader reader = new WireReader();
  private final WireWriter writer = new WireWriter();

  /// Closes a link, as if it were lost.
  interface Ending {
    void end(long nowNanos, RemoteLink link, String reason);
  }

  Reception(
      Home home,
      RelayLinks links,
      Flows flows,
      RelayCounters counters,
      Admission admission,
      Announcements announcements,
      Clients clients,
      Claims claims,
      Distribution distribution,
      Custody custody,
      Forwarding forwarding,
      FailOver failOver,
      ArrivalRecord arrivals,
      WayUp wayUp,
      Resync resync,
      Ending ending) {
    this.home = home;
    this.links = links;
    this.flows = flows;
    this.counters = counters;
    this.admission = admission;
    this.announcements = announcements;
    this.clients = clients;
    this.claims = claims;
    this.distribution = distribution;
    this.custody = custody;
    this.forwarding = forwarding;
    this.failOver = failOver;
    this.arrivals = arrivals;
    this.wayUp = wayUp;
    this.resync = resync;
    this.ending = ending;
  }

  /// A frame came over a live link.
  void frame(long nowNanos, RemoteLink from, ByteBuffer frame) {
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
          if (from.role() == Role.CLIENT && !wish.isOfClient()) {
            reject(nowNanos, from, Claims.TOO_MANY_WISHES);
            return;
          }
          from.lastWish.remember(frame.position(start), wish);
        }
        message(nowNanos, from, message);
      }
    }
  }

  /// A message that could be understood.
  void message(long nowNanos, RemoteLink from, Message message) {
    switch (message) {
      case Message.Advertise _ when from.role() == Role.CLIENT || from.role() == Role.OBSERVER ->
          counters.misplaced++;
      case Message.Advertise advertise -> {
        if (from.role() == Role.PEER || admission.allowsToPublish(from, advertise)) {
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
      case Message.AskArrivals _ when from.role() == Role.CLIENT -> {
        if (admission.allows(OverlayRight.ADMINISTER, from, from.hello.overlay())) {
          home.send(from.id, encode(new Message.Arrived(arrivals.told())));
        }
      }
      case Message.AskClients _ when from.sibling && links.isRoot() ->
          claims.askedByRootPeer(nowNanos, from);
      case Message.AskClients _ when from == links.upstream() -> claims.askToChooseAgain();
      case Message.ClientsTold(int clients) when from.sibling -> claims.told(from, clients);
      case Message.Ping(long number) -> home.send(from.id, encode(new Message.Pong(number)));
      case Message.Pong(long number) -> {
        from.measured(nowNanos, number);
        resync.answered(from, number);
      }
      case Message.Resync what when from.role() == Role.PEER -> resync.told(nowNanos, from, what);
      case Message.Hop hop -> {
        Flow flow = flows.get(hop.flow());
        if (flow != null && maySpeakOf(from, flow)) {
          forwarding.passOn(flow, hop);
        }
      }
      case Message.Gone _ when from.role() == Role.SENSOR -> ending.end(nowNanos, from, GONE);
      case Message.Gone _ when links.isBelow(from) -> from.hasGone = true;
      case Message.Gone _ when from.role() == Role.CLIENT -> claims.gone(nowNanos, from);
      case Message.GoElsewhere _ when from.above -> wayUp.goElsewhere(nowNanos, from);
      case Message.HasWayUp(boolean is) when from.above -> wayUp.cutOff(nowNanos, from, !is);
      case Message.Interest _,
          Message.Resync _,
          Message.Subscriptions _,
          Message.AskClients _,
          Message.ClientsTold _,
          Message.AskArrivals _,
          Message.Arrived _,
          Message.Streams _,
          Message.Forbidden _,
          Message.GoElsewhere _,
          Message.HasWayUp _,
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
    ending.end(nowNanos, from, "malformed: " + reason);
  }

  private void advertised(long nowNanos, RemoteLink from, Message.Advertise advertise) {
    Flow known = flows.get(advertise.flow());
    if (known == null && !flows.hasRoom(from.sibling)) {
      return;
    }
    if ((known == null || known.advertised == null) && !advertise.isGenuine()) {
      reject(nowNanos, from, "flow is not that of the stream and sensor");
      return;
    }
    Flow flow = flows.meetAny(nowNanos, advertise.flow());
    if (flow.isKnownAsOtherThan(advertise)) {
      admission.refuseTaken(from, advertise);
    } else if (announcements.advertised(nowNanos, from, flow, advertise)) {
      failOver.resend(nowNanos, flow); // Packets that came before the name.
    }
  }

  private ByteBuffer encode(Message message) {
    return StreamFrames.encode(writer, message);
  }
}
