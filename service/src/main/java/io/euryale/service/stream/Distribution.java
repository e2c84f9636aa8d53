package io.euryale.service.stream;

import static io.euryale.service.stream.StreamFrames.ADVERTISE;
import static io.euryale.service.stream.StreamFrames.DATA;
import static io.euryale.service.stream.StreamFrames.DOWN;
import static io.euryale.service.stream.StreamFrames.FROM_CLIENT;

import io.euryale.kernel.Home;
import io.euryale.kernel.LongMap;
import io.euryale.kernel.wire.Decoded;
import io.euryale.kernel.wire.WireReader;
import io.euryale.kernel.wire.WireWriter;
import io.euryale.service.stream.StreamFrames.Message;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Lets clients be at any peer: what they say goes up to the root cell, where every peer knows it,
/// and what is for them comes down the same way. A packet goes over each link once, however many
/// clients want it behind that link; what is for one client travels in an envelope.
///
/// A peer on the way keeps nothing and confirms nothing. In the root cell each client has its own
/// claim to packets, wherever it is, so nothing is freed that it lacks, and what is lost on the way
/// down is sent again from there.
///
/// Owned by the relay's loop.
final class Distribution {

  private final StreamSettings settings;
  private final Home home;
  private final RelayLinks links;
  private final Clients clients;
  private final RelayCounters counters;
  private final Forwarding forwarding;
  private final WireReader reader = new WireReader();
  private final WireWriter writer = new WireWriter();
  private final WireWriter envelopes = new WireWriter();

  /// Flows of which this peer knows from below too.
  private final Flows ownFlows;

  /// Flows that come from above, or in the root cell from a sibling.
  private final LongMap<Descending> flows = new LongMap<>();

  private static final class Descending {
    Message.Advertise advertised;
    long heardAtNanos;
    long newest;

    /// Whoever leads to a client that came another way was last told of it over this link.
    int toldOver = -1;

    long toldAtNanos;

    /// Ages of packets when they came here.
    final LatencyRecord ages = new LatencyRecord();

    Descending(Message.Advertise advertised) {
      this.advertised = advertised;
    }

    Message.Advertise withPath() {
      long pathNanos = Math.max(advertised.pathMicros() * 1_000, ages.p999Nanos());
      return advertised.withPath(pathNanos);
    }
  }

  Distribution(
      StreamSettings settings,
      Home home,
      RelayLinks links,
      Clients clients,
      RelayCounters counters,
      Forwarding forwarding,
      Flows ownFlows) {
    this.settings = settings;
    this.home = home;
    this.links = links;
    this.clients = clients;
    this.counters = counters;
    this.forwarding = forwarding;
    this.ownFlows = ownFlows;
  }

  // ---- upwards: what clients say ----

  /// Sends a frame of a client at this peer up, or to those of the root cell that the client is not
  /// connected to.
  void passUp(Client client, ByteBuffer frame) {
    if (hasToKnow(client)) {
      passOn(client, StreamFrames.envelop(envelopes, FROM_CLIENT, client.id, frame));
    }
  }

  /// Whether there is anybody to tell what a client here said: most are connected to all of the
  /// root cell.
  private boolean hasToKnow(Client client) {
    if (!links.isRoot()) {
      return links.upstream() != null;
    }
    for (RemoteLink sibling : links.siblings()) {
      if (!client.isConnectedTo(sibling)) {
        return true;
      }
    }
    return false;
  }

  /// The same with one that came in an envelope from below.
  void passOn(Client client, ByteBuffer envelope) {
    RemoteLink up = links.upstream();
    if (!links.isRoot()) {
      if (up != null) { // Else the client says it again.
        home.send(up.id, envelope);
      }
      return;
    }
    for (RemoteLink sibling : links.siblings()) {
      if (!client.isConnectedTo(sibling)) {
        home.send(sibling.id, envelope);
      }
    }
  }

  /// Whether the way up stands still while clients here or below have no other. Packets that go up
  /// tell as much sooner, if there are any.
  boolean isWayUpSilent(long nowNanos) {
    RemoteLink up = wayOfClients();
    if (up == null) {
      return false;
    }
    if (up.silence.asks(nowNanos)) {
      home.send(up.id, StreamFrames.encode(writer, new Message.Ping(nowNanos)));
    }
    return up.silence.isLasting(nowNanos);
  }

  private @Nullable RemoteLink wayOfClients() {
    return clients.present().length == 0 ? null : links.upstream();
  }

  /// When [#isWayUpSilent] may be different.
  long wakeAtNanos() {
    RemoteLink up = wayOfClients();
    return up == null ? Long.MAX_VALUE : up.silence.dueAtNanos();
  }

  /// Tells a peer that is new above, or in the root cell, what the clients here and below want. In
  /// the root cell it hears also of the claims of others, which may have lost their way here. Whom
  /// clients are connected to may have changed, so it does not matter.
  ///
  /// @return how many clients it was told of; -1 when the link did not take all of it
  int introduce(long nowNanos, RemoteLink to) {
    boolean taken = true;
    int told = 0;
    for (Client client : links.isRoot() ? clients.claimants() : clients.present()) {
      Message.Subscriptions says = client.says();
      boolean leads = clients.get(client.id) == client;
      boolean isBelow = leads && !client.next.sibling;
      boolean isClaim = links.isRoot(); // Who told of it may be gone when it counts.
      if (says != null && !(leads && client.next == to) && (isBelow || isClaim)) {
        told++;
        ByteBuffer content = StreamFrames.encode(writer, says);
        taken &=
            home.send(
                to.id,
                isBelow
                    ? StreamFrames.envelop(envelopes, FROM_CLIENT, client.id, content)
                    : StreamFrames.claim(
                        envelopes,
                        client.id,
                        clients.claimEndsAtNanos(nowNanos, client) - nowNanos,
                        content));
      }
    }
    return taken ? told : -1;
  }

  // ---- downwards: advertisements ----

  /// Tells the clients that want a flow what it is.
  void advertise(Message.Advertise advertise) {
    handOn(null, advertise, advertise);
  }

  /// Tells one client.
  void advertise(Client client, Message.Advertise advertise) {
    boolean _ = clients.send(client, StreamFrames.encode(writer, advertise));
  }

  /// A flow comes from above.
  void advertised(long nowNanos, RemoteLink from, Message.Advertise advertise) {
    Descending flow = leadsDown(from) ? learn(nowNanos, advertise) : null;
    if (flow == null) {
      counters.misplaced++;
    } else {
      handOn(from, flow.withPath(), advertise);
    }
  }

  /// Notes what a flow is.
  ///
  /// @return null when too many flows are known, or this one as another's, or it is not that of the
  /// stream and sensor
  private @Nullable Descending learn(long nowNanos, Message.Advertise advertise) {
    Descending flow = flows.get(advertise.flow());
    if (flow == null && flows.size() < settings.flows() && advertise.isGenuine()) {
      flow = new Descending(advertise);
      flows.put(advertise.flow(), flow);
    }
    if (flow == null || !flow.advertised.isOfSameFlow(advertise)) {
      return null;
    }
    flow.advertised = advertise;
    flow.heardAtNanos = nowNanos;
    return flow;
  }

  /// @param from who told this peer; null when it is its own
  /// @param here what clients at this peer are told
  private void handOn(@Nullable RemoteLink from, Message.Advertise here, Message.Advertise below) {
    long round = clients.nextRound();
    for (Client client : clients.present()) {
      RemoteLink next = client.next;
      if (next.carried != round
          && mayHandOn(from, client)
          && client.progress(here.flow(), here.name()) != null) {
        next.carried = round;
        home.send(
            next.id,
            StreamFrames.encode(writer, client.isHere() ? here : new Message.Advertised(below)));
      }
    }
  }

  /// Packets for a client go another way from here: whoever leads there may not know the flows. It
  /// is told of each once, also when more clients go the same way.
  void tellFlows(long nowNanos, Client client) {
    RemoteLink next = client.next;
    flows.forEach(
        flow -> {
          Message.Advertise known = flow.advertised;
          boolean wasTold =
              flow.toldOver == next.id
                  && nowNanos - flow.toldAtNanos < settings.refreshPeriod().toNanos();
          if (!wasTold && client.progress(known.flow(), known.name()) != null) {
            flow.toldOver = next.id;
            flow.toldAtNanos = nowNanos;
            home.send(
                next.id,
                StreamFrames.encode(
                    writer, client.isHere() ? flow.withPath() : new Message.Advertised(known)));
          }
        });
  }

  /// What a client at this peer is told of a flow that it asks for; null for one that does not come
  /// from above.
  Message.@Nullable Advertise known(long flow) {
    Descending known = flows.get(flow);
    return known == null ? null : known.withPath();
  }

  // ---- downwards: packets ----

  /// Whether packets for clients come from there.
  private boolean leadsDown(RemoteLink from) {
    return from.above || (links.isRoot() && from.sibling);
  }

  /// Nothing goes back, and what comes from another peer of the root cell only down from it.
  private static boolean mayHandOn(@Nullable RemoteLink from, Client client) {
    RemoteLink next = client.next;
    return from == null || (next != from && !next.sibling);
  }

  /// A packet for clients here and below.
  void packet(long nowNanos, RemoteLink from, ByteBuffer packet) {
    if (!leadsDown(from) || !StreamFrames.countHop(packet)) {
      counters.misplaced++;
      return;
    }
    Descending flow = flows.get(StreamFrames.flow(packet));
    if (flow == null) {
      counters.dropped++; // Nobody has said what it is: what is kept above comes again.
      return;
    }
    flow.heardAtNanos = nowNanos;
    counters.handedDown++;
    long ageNanos = StreamFrames.ageNanos(packet);
    if (StreamFrames.sequence(packet) > flow.newest) {
      flow.newest = StreamFrames.sequence(packet);
      if (!StreamFrames.isRepeat(packet)) {
        flow.ages.add(ageNanos);
      }
    }
    long round = clients.nextRound();
    for (Client client : clients.present()) {
      RemoteLink next = client.next;
      if (!mayHandOn(from, client) || (from.sibling && client.isConnectedTo(from))) {
        continue; // Or it gets the packet there.
      }
      Client.Progress progress = client.progress(flow.advertised.flow(), flow.advertised.name());
      if (progress == null
          || progress.conflated // It gets each in an envelope, when it has the one before.
          || progress.has(StreamFrames.sequence(packet))) {
        continue;
      }
      if (next.carried != round) {
        next.carried = round;
        StreamFrames.patchType(packet, client.isHere() ? DATA : DOWN);
        StreamFrames.patchAge(packet, ageNanos + next.transitNanos);
        home.send(next.id, packet);
      }
      if (progress.traced && StreamFrames.isTraced(packet)) {
        forwarding.tellHop(client, packet, ageNanos, ageNanos);
      }
    }
  }

  /// An envelope for one client.
  void toClient(long nowNanos, RemoteLink from, ByteBuffer frame) {
    StreamFrames.Envelope envelope = leadsDown(from) ? StreamFrames.open(reader, frame) : null;
    if (envelope == null) {
      counters.misplaced++;
      return;
    }
    Client client = clients.get(envelope.client());
    if (client == null || !mayHandOn(from, client)) {
      return; // It has gone; the root cell learns it soon.
    }
    ByteBuffer content = envelope.content();
    int type = content.get(content.position());
    if (type == ADVERTISE
        && StreamFrames.decode(reader, content.duplicate())
            instanceof Decoded.Ok<Message>(Message.Advertise advertise)) {
      Descending _ = learn(nowNanos, advertise);
    } else if (type == DATA && StreamFrames.packetFault(content).isEmpty()) {
      StreamFrames.patchAge(content, StreamFrames.ageNanos(content) + client.next.transitNanos);
    }
    home.send(client.next.id, client.isHere() ? content : frame);
  }

  // ---- time ----

  /// Forgets flows of which nothing was heard; once in every refresh.
  void refresh(long nowNanos) {
    List<Long> forgotten = new ArrayList<>();
    flows.forEach(
        flow -> {
          if (nowNanos - flow.heardAtNanos > settings.flowIdle().toNanos()) {
            forgotten.add(flow.advertised.flow());
          }
        });
    for (long flow : forgotten) {
      flows.remove(flow);
      if (ownFlows.get(flow) == null) {
        clients.forget(flow);
      }
    }
  }
}
