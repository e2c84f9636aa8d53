package io.euryale.service.stream;

import io.euryale.kernel.Home;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.wire.Decoded;
import io.euryale.kernel.wire.WireReader;
import io.euryale.kernel.wire.WireWriter;
import io.euryale.overlay.OverlayRight;
import io.euryale.service.stream.StreamFrames.Message;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What clients say: which streams they want, which is a claim to packets in the root cell, and
/// which packets they have. [Clients] knows what leads to them, [Distribution] takes what they say
/// up, and [Settlement] frees what all have.
///
/// A function that takes a frame of another peer returns what is wrong with it, or an empty string.
/// Owned by the relay's loop.
final class Claims {

  private final Home home;
  private final RelayLinks links;
  private final Clients clients;
  private final Flows flows;
  private final RelayCounters counters;
  private final Admission admission;
  private final Announcements announcements;
  private final Distribution distribution;
  private final Forwarding forwarding;
  private final Custody custody;
  private final Settlement settlement;
  private final FailOver failOver;
  private final StreamRules rules;
  private final long settlingNanos;
  private final long catchUpNanos;
  private final WireReader reader = new WireReader();
  private final WireWriter writer = new WireWriter();

  /// This peer is new in the root cell and does not know yet what clients there are; by then it
  /// does.
  private boolean asks;

  private long knownAtNanos = Long.MIN_VALUE;

  /// When conflating clients are looked at again, in the root cell: what one of them was sent may
  /// be lost, and nothing else repeats it.
  private long catchUpAtNanos = Long.MAX_VALUE;

  Claims(
      StreamSettings settings,
      Home home,
      RelayLinks links,
      Clients clients,
      Flows flows,
      RelayCounters counters,
      Admission admission,
      Announcements announcements,
      Distribution distribution,
      Forwarding forwarding,
      Custody custody,
      Settlement settlement,
      FailOver failOver,
      StreamRules rules) {
    this.home = home;
    this.links = links;
    this.clients = clients;
    this.flows = flows;
    this.counters = counters;
    this.admission = admission;
    this.announcements = announcements;
    this.distribution = distribution;
    this.forwarding = forwarding;
    this.custody = custody;
    this.settlement = settlement;
    this.failOver = failOver;
    this.rules = rules;
    settlingNanos = 2 * settings.refreshPeriod().toNanos();
    catchUpNanos = settings.retryPause().toNanos();
  }

  // ---- what a client here says ----

  /// A client with a link here tells what it wants.
  void subscribed(long nowNanos, RemoteLink link, Message.Subscriptions wishes) {
    Client known = clients.get(link.hello.self().id());
    List<StreamFrames.Subscription> mine = new ArrayList<>(wishes.entries());
    mine.removeIf(wish -> !admission.allows(OverlayRight.SUBSCRIBE, link, wish.pattern()));
    Message.Subscriptions allowed = wishes.with(mine);
    boolean isOld = known != null && known.turn() > wishes.turn(); // It chose another peer since.
    Message.Subscriptions says = isOld ? null : fitting(link, link.hello.self().id(), allowed);
    if (says != null) {
      Client client = clients.claim(link);
      client.heard(nowNanos);
      wants(nowNanos, client, says);
      distribution.passUp(client, StreamFrames.encode(writer, says));
    }
  }

  /// The link of a client is gone, or the client gets its streams elsewhere: what it said before
  /// may never have come here, and it may be known to be there already.
  void gone(long nowNanos, RemoteLink link) {
    Client client = clients.at(link);
    if (client != null) {
      leave(nowNanos, client);
    }
  }

  /// A client with a link here has packets.
  void acknowledged(long nowNanos, RemoteLink link, ByteBuffer progress) {
    Client client = clients.at(link);
    if (client != null) {
      acknowledged(nowNanos, client, progress);
      distribution.passUp(client, progress);
    }
  }

  /// A client with a link here asks for the list of streams, which the root cell has.
  void asked(RemoteLink link, Message.ListStreams list) {
    Client client = clients.at(link);
    if (links.isRoot()) {
      announcements.list(link.name(), page -> home.send(link.id, page));
    } else if (client != null) {
      distribution.passUp(client, StreamFrames.encode(writer, list));
    }
  }

  // ---- what clients elsewhere say ----

  /// A frame of a client that is at a peer below, or in the root cell at a sibling.
  String fromClient(long nowNanos, RemoteLink from, ByteBuffer frame) {
    boolean may = links.isBelow(from) || (links.isRoot() && from.sibling);
    StreamFrames.Envelope envelope = may ? StreamFrames.open(reader, frame) : null;
    if (envelope == null) {
      counters.misplaced++;
      return "";
    }
    ByteBuffer content = envelope.content();
    Client client = clients.get(envelope.client());
    switch (content.get(content.position())) {
      case StreamFrames.SUBSCRIPTIONS -> {
        Message.Subscriptions wish = wish(client, content);
        if (wish == null) {
          return MALFORMED_WISH;
        }
        notes(from, envelope.client());
        client = subscribed(nowNanos, from, envelope.client(), content, wish);
      }
      case StreamFrames.ACK -> {
        String fault = StreamFrames.progressFault(content);
        if (!fault.isEmpty()) {
          return fault;
        }
        if (client != null && !client.isHere()) {
          acknowledged(nowNanos, client, content);
        }
      }
      case StreamFrames.LIST -> {
        Client asking = client;
        if (asking != null && links.isRoot()) {
          announcements.list(asking.name(), page -> clients.send(asking, page));
          return ""; // One answer is enough.
        }
      }
      default -> {
        counters.misplaced++;
        return "";
      }
    }
    if (client != null && !client.isHere() && !from.sibling) {
      distribution.passOn(client, frame);
    }
    return "";
  }

  private static final String MALFORMED_WISH = "malformed subscriptions in an envelope";

  static final String TOO_MANY_WISHES =
      "a client has at most " + StreamFrames.MAX_SUBSCRIPTIONS + " subscriptions in a class";

  private static final String PATTERNS_IN_USE =
      "all clients together have at most "
          + StreamFrames.MAX_PATTERNS
          + " different patterns in a class. It is asked for again every second; patterns with '*'"
          + " make room.";

  /// What a client that is elsewhere may have was seen to where it is.
  ///
  /// @return the client; null when it is reached in a better way
  private @Nullable Client subscribed(
      long nowNanos, RemoteLink way, PeerId id, ByteBuffer content, Message.Subscriptions wish) {
    Message.Subscriptions says = fitting(way, id, wish);
    Client client = says == null ? null : clients.reach(nowNanos, id, way, wish.turn());
    if (client != null && says != null) {
      client.heard(nowNanos);
      wants(nowNanos, client, says);
      if (says.entries().equals(wish.entries())) {
        client.lastWish().remember(content, wish);
      }
    }
    return client;
  }

  private Message.@Nullable Subscriptions wish(@Nullable Client known, ByteBuffer content) {
    Message.Subscriptions repeated = known == null ? null : known.lastWish().repeated(content);
    if (repeated != null) {
      return repeated;
    }
    return decoded(content.duplicate());
  }

  private Message.@Nullable Subscriptions decoded(ByteBuffer content) {
    return StreamFrames.decode(reader, content)
                instanceof Decoded.Ok<Message>(Message.Subscriptions wish)
            && wish.isOfClient()
        ? wish
        : null;
  }

  /// Another peer of the root cell knows of a client that is not there now.
  String claimed(long nowNanos, RemoteLink from, ByteBuffer frame) {
    StreamFrames.Envelope envelope =
        links.isRoot() && from.sibling ? StreamFrames.open(reader, frame) : null;
    if (envelope == null) {
      counters.misplaced++;
      return "";
    }
    PeerId id = envelope.client();
    ByteBuffer content = envelope.content();
    Message.Subscriptions wish = decoded(content);
    if (wish == null) {
      return MALFORMED_WISH;
    }
    long leftNanos = content.remaining() < Long.BYTES ? Long.MAX_VALUE : content.getLong();
    notes(from, id);
    Client client =
        fitting(from, id, wish) == null
            ? null
            : clients.expect(nowNanos, id, from, wish, leftNanos);
    if (client != null) {
      announcements.wanted(id, wish.entries());
      wantsUntilItsClaimEnds(nowNanos, client);
    }
    return "";
  }

  // ---- what it means ----

  /// What a client wants is known where it is, and on the way to the root cell, for packets that
  /// come down; in the root cell it is a claim to them.
  private void wants(long nowNanos, Client client, Message.Subscriptions wishes) {
    if (links.isRoot() && wishes.entries().isEmpty() && !settlement.isOpen()) {
      leave(nowNanos, client); // What it said that it has counts when all clients are known.
      return;
    }
    boolean isOther = !client.subscriptions().equals(wishes.entries());
    if (links.isRoot() && isOther) {
      custody.settleDue(); // What it said that it has counts, also when it wants no more of it.
    }
    boolean isNew = isOther || client.moved;
    clients.says(client, wishes);
    if (links.isRoot()) {
      announcements.wanted(client.id, wishes.entries());
      tellLeftOut(client);
      if (isNew) {
        flows.forEach(flow -> offer(nowNanos, client, flow));
      }
    }
    if (isNew) {
      client.rematch();
    }
    if (client.moved && !links.isRoot()) {
      distribution.tellFlows(nowNanos, client);
    }
    client.moved = false;
    if (links.isRoot() && isOther) {
      flows.forEach(custody::settleWithClients); // Perhaps only this one lacked something.
    }
  }

  /// What a client says; if there is no room for what it wants it is told so, and wants what it did
  /// before.
  ///
  /// @return null when there is no room for that either
  private Message.@Nullable Subscriptions fitting(
      RemoteLink way, PeerId id, Message.Subscriptions says) {
    String limit = clients.limit(id, says);
    if (limit == null) {
      return says;
    }
    admission.crowdedOut(way, id, says.entries(), limit);
    way.lastWish.forget();
    Client known = clients.get(id);
    Message.Subscriptions less = known == null ? null : says.with(known.subscriptions());
    return less == null || clients.limit(id, less) != null ? null : less;
  }

  /// Tells a client for which of its wishes there is no room. They are claims nevertheless: sensors
  /// are not told of them, but what comes for others is for this client too, and where another peer
  /// of the root cell had room for them nothing is freed that it lacks.
  private void tellLeftOut(Client client) {
    List<String> leftOut = announcements.leftOut(client.subscriptions());
    Set<String> before = client.leftOut;
    for (String pattern : leftOut) {
      boolean isNew = !before.contains(pattern);
      admission.crowded(client.next, client.id, pattern, PATTERNS_IN_USE, isNew);
    }
    client.leftOut = Set.copyOf(leftOut);
  }

  /// Matches a client's new wishes with a flow; what it did not want before is sent to it, and what
  /// it may have lost when it is reached in another way.
  private void offer(long nowNanos, Client client, Flow flow) {
    Client.Progress progress = client.progress(flow.id);
    boolean hadBefore = progress.matched && progress.wanted && !client.moved;
    progress.matched = false;
    if (client.moved) {
      progress.moved();
    }
    Message.Advertise known = flow.advertised;
    if (known != null && forwarding.progressOf(client, flow) != null && !hadBefore) {
      distribution.advertise(client, known.withPath(flow.ages.p999Nanos()));
      forwarding.offer(nowNanos, client, flow);
    }
  }

  private void acknowledged(long nowNanos, Client client, ByteBuffer progress) {
    if (!links.isRoot()) {
      // These need not be handed down to it again.
      client.has(
          StreamFrames.progressFlow(progress),
          StreamFrames.upTo(progress),
          StreamFrames.bits(progress));
      return;
    }
    Flow flow = flows.get(StreamFrames.progressFlow(progress));
    if (flow != null && forwarding.progressOf(client, flow) != null) {
      custody.acknowledgedByClient(nowNanos, client, flow, progress);
      failOver.roomAgain(nowNanos, flow, progress);
    }
  }

  private void leave(long nowNanos, Client client) {
    clients.leave(nowNanos, client);
    wantsUntilItsClaimEnds(nowNanos, client);
  }

  private void wantsUntilItsClaimEnds(long nowNanos, Client client) {
    announcements.gone(client.id, clients.claimEndsAtNanos(nowNanos, client));
  }

  /// Links or neighbours changed: some clients may not be reached any more.
  void leaveUnreachable(long nowNanos) {
    for (Client client : clients.leaveUnreachable(nowNanos)) {
      wantsUntilItsClaimEnds(nowNanos, client);
    }
  }

  // ---- the root cell ----

  /// Nothing is freed here until it is known which clients there are: one that did not reach this
  /// peer yet may lack what others have. Who was in the root cell before tells at once; if all of
  /// it is new, clients have come, or peers below have told of them, within two periods.
  void enterRootCell(long nowNanos) {
    catchUpAtNanos = nowNanos;
    if (rules.asksForClients()) {
      settlement.open(false);
      asks = true;
      knownAtNanos = nowNanos + settlingNanos;
    }
    for (Client client : clients.present()) {
      Message.Subscriptions says = client.says();
      if (says != null) {
        client.moved = true;
        wants(nowNanos, client, says);
      }
    }
    askToChooseAgain();
  }

  /// Clients here and below are led to in another way than others know, to whom what a sibling
  /// tells is worth less than what a child said. Each says again what it wants as if it had chosen
  /// its peer now, which is worth more than all it said before.
  void askToChooseAgain() {
    ByteBuffer question = StreamFrames.encode(writer, new Message.AskClients());
    long round = clients.nextRound();
    for (Client client : clients.present()) {
      RemoteLink next = client.next;
      if (next.carried != round && !next.sibling && (client.isNear() || !client.isHere())) {
        next.carried = round;
        home.send(next.id, question);
      }
    }
  }

  /// Near clients are asked to go to another peer of the cell.
  void sendNearClientsAway() {
    for (Client client : clients.present()) {
      if (client.isNear()) {
        home.send(client.next.id, StreamFrames.encode(writer, new Message.GoElsewhere()));
      }
    }
  }

  void leaveRootCell(long nowNanos) {
    endAsking();
    catchUpAtNanos = Long.MAX_VALUE;
    settlement.open(true);
    for (Client client : clients.present()) {
      wantsUntilItsClaimEnds(nowNanos, client);
    }
  }

  /// Another peer of the root cell hears of the clients here, and is asked for its own.
  void meet(long nowNanos, RemoteLink sibling) {
    int _ = distribution.introduce(nowNanos, sibling); // It asks again in the next period.
    if (asks) {
      sibling.clientsTold.clear();
      home.send(sibling.id, StreamFrames.encode(writer, new Message.AskClients()));
    }
  }

  /// A sibling in the root cell asks for the clients.
  void askedByRootPeer(long nowNanos, RemoteLink sibling) {
    int clients = distribution.introduce(nowNanos, sibling);
    if (clients >= 0 && !asks) {
      home.send(sibling.id, StreamFrames.encode(writer, new Message.ClientsTold(clients)));
    }
  }

  /// A sibling in the root cell has told of all its clients: of so many. When not all of that came
  /// it is asked again.
  void told(RemoteLink sibling, int clients) {
    if (sibling.clientsTold.size() >= clients) {
      known();
    }
  }

  private void notes(RemoteLink teller, PeerId client) {
    if (asks && teller.sibling && teller.clientsTold.size() < Clients.MAX_CLIENTS) {
      teller.clientsTold.add(client);
    }
  }

  /// All clients are known, as far as others know them.
  void known() {
    if (asks) {
      endAsking();
      settlement.open(true);
      flows.forEach(custody::settleWithClients);
    }
  }

  private void endAsking() {
    asks = false;
    links.forEach(link -> link.clientsTold.clear());
  }

  // ---- time ----

  /// When something is due.
  long wakeAtNanos() {
    return asks ? Math.min(knownAtNanos, catchUpAtNanos) : catchUpAtNanos;
  }

  void timerDue(long nowNanos) {
    if (asks && knownAtNanos <= nowNanos) {
      known();
    }
    if (catchUpAtNanos <= nowNanos) {
      catchUpAtNanos = nowNanos + catchUpNanos;
      catchUp(nowNanos);
    }
  }

  /// Once in every period, before what streams there are is said again.
  void refresh(long nowNanos) {
    leaveUnreachable(nowNanos);
    if (asks) {
      for (RemoteLink sibling : links.siblings()) {
        meet(nowNanos, sibling);
      }
    }
    distribution.refresh(nowNanos);
    if (clients.expireClaims(nowNanos)) {
      flows.forEach(custody::settleWithClients);
    }
  }

  /// Lets conflating clients that confirm nothing have the newest packet again.
  private void catchUp(long nowNanos) {
    flows.forEach(
        flow -> {
          // Another root peer that has copies of a flow only does not know what clients confirmed.
          if (flow.keepsLast && flow.feeder >= 0) {
            for (Client client : clients.present()) {
              if (forwarding.progressOf(client, flow) != null) {
                forwarding.catchUp(nowNanos, client, flow);
              }
            }
          }
        });
  }
}
