package io.euryale.service.stream;

import io.euryale.kernel.Endpoint;
import io.euryale.kernel.Hello;
import io.euryale.kernel.Home;
import io.euryale.kernel.LongMap;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.PeerRef;
import io.euryale.kernel.Role;
import io.euryale.kernel.wire.WireWriter;
import io.euryale.overlay.Levenshtein;
import io.euryale.overlay.Neighbourhood;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The links of a relay by what they are for: siblings, the way up, children, clients, sensors.
/// Derived anew from the neighbourhood and the live links whenever one of them changes; read on
/// every packet.
///
/// Clients are also those that are at other peers and are reached by way of a peer below, or in the
/// root cell of a sibling. Which way that is, is soft state: it is as good as the last
/// subscriptions that came over it.
final class RelayLinks {

  /// How long a parent that did not answer is not used, when there is another.
  private static final long AVOID_NANOS = 2_000_000_000L;

  /// How long after a move the way up of before is kept: by then the new one is there, or in the
  /// root cell the clients have come.
  private static final long MOVE_NANOS = 2_000_000_000L;

  /// A way to a client over which its subscriptions did not come for so many periods is not used
  /// when there is another, and after so many the client is gone.
  private static final int SILENT_PERIODS = 3;

  /// Of a client there is one, so this bounds what peers below can make this one remember.
  private static final int MAX_CLIENTS = 65_536;

  private final PeerRef self;
  private final Home home;
  private final long silenceNanos;
  private final LongMap<RemoteLink> byId = new LongMap<>();
  private final Map<PeerId, PeerRef> wanted = new TreeMap<>();
  private final Map<PeerId, Dial> dialled = new TreeMap<>();
  private final Map<PeerId, Departed> departed = new TreeMap<>();

  /// Clients that told what they want, as they are reached.
  private final Map<PeerId, RemoteLink> reached = new TreeMap<>();

  private int lastRemote;
  private final WireWriter envelopes = new WireWriter();
  private long rounds;
  private @Nullable Neighbourhood neighbourhood;
  private RemoteLink[] siblings = {};
  private RemoteLink[] children = {};
  private RemoteLink[] clients = {};
  private RemoteLink[] claimants = {};
  private @Nullable RemoteLink upstream;

  /// Who was above before the last move, and the live link to it.
  private @Nullable PeerId formerId;

  private @Nullable RemoteLink former;
  private long movedAtNanos;

  private record Dial(int link, Endpoint endpoint) {}

  private record Departed(RemoteLink client, long expiresAtNanos) {}

  /// @param refreshNanos period in which clients repeat their subscriptions
  RelayLinks(PeerRef self, Home home, long refreshNanos) {
    this.self = self;
    this.home = home;
    silenceNanos = SILENT_PERIODS * refreshNanos;
  }

  /// This peer.
  PeerRef self() {
    return self;
  }

  @Nullable RemoteLink get(int link) {
    return byId.get(link);
  }

  /// Live links to the other members of the cell, the nearest by name first: who would replace this
  /// peer has its copies.
  RemoteLink[] siblings() {
    return siblings;
  }

  /// How many other members the cell has, with or without a live link.
  int siblingCount() {
    Neighbourhood place = neighbourhood;
    return place == null ? 0 : place.siblings().size();
  }

  /// Live links to peers of cells below.
  RemoteLink[] children() {
    return children;
  }

  /// Clients, with a live link or reached by way of another peer.
  RemoteLink[] clients() {
    return clients;
  }

  /// Live links to sensors.
  List<RemoteLink> sensors() {
    List<RemoteLink> sensors = new ArrayList<>();
    byId.forEach(
        link -> {
          if (link.role() == Role.SENSOR) {
            sensors.add(link);
          }
        });
    return sensors;
  }

  /// Clients that have a claim to packets: those with a live link and those that may come back.
  RemoteLink[] claimants() {
    return claimants;
  }

  /// The link that packets leave on, or null in the root cell and while there is none.
  @Nullable RemoteLink upstream() {
    return upstream;
  }

  /// The link to who was above before this peer moved, for what is kept nowhere: the new way up, or
  /// in the root cell the clients, may not have come yet. Null when they must have.
  @Nullable RemoteLink former(long nowNanos) {
    return nowNanos - movedAtNanos < MOVE_NANOS ? former : null;
  }

  /// Sends a frame to a peer, or to a client wherever it is.
  ///
  /// @return false when it was not taken: nothing leads there now, or too much waits already
  boolean send(RemoteLink to, ByteBuffer frame) {
    RemoteLink way = to.way;
    if (way != null && frame.remaining() > StreamFrames.MAX_PACKET_BYTES) {
      return false;
    }
    return way == null
        ? home.send(to.id, frame)
        : home.send(
            way.id,
            StreamFrames.envelop(envelopes, StreamFrames.TO_CLIENT, to.hello.self().id(), frame));
  }

  /// Begins to send something that goes over each link once ([RemoteLink#carried]).
  long nextRound() {
    return ++rounds;
  }

  boolean isRoot() {
    Neighbourhood place = neighbourhood;
    return place != null && place.isRoot();
  }

  /// The live link to a life of a sibling, or null.
  @Nullable RemoteLink sibling(PeerId id) {
    for (RemoteLink sibling : siblings) {
      if (sibling.hello.self().id().equals(id)) {
        return sibling;
      }
    }
    return null;
  }

  /// A new picture of the overlay: dials whom this peer must reach and drops the others. Of two
  /// siblings the one with the smaller name dials, so that there is one link between them.
  ///
  /// @return the live links that were dropped
  List<RemoteLink> neighbourhood(long nowNanos, @Nullable Neighbourhood next) {
    neighbourhood = next;
    if (upstream != null) {
      formerId = upstream.hello.self().id();
      movedAtNanos = nowNanos;
    }
    wanted.clear();
    if (next != null) {
      next.parentCell().forEach(peer -> wanted.put(peer.id(), peer));
      next.siblings().stream()
          .filter(peer -> self.name().compareTo(peer.name()) < 0)
          .forEach(peer -> wanted.put(peer.id(), peer));
    }
    List<RemoteLink> dropped = new ArrayList<>();
    for (PeerId known : List.copyOf(dialled.keySet())) {
      Dial dial = dialled.get(known);
      PeerRef peer = wanted.get(known);
      if (dial != null
          && (peer == null ? !known.equals(formerId) : !peer.endpoint().equals(dial.endpoint()))) {
        drop(known, dial, dropped);
      }
    }
    dialWanted();
    derive(nowNanos);
    return dropped;
  }

  private void drop(PeerId id, Dial dial, List<RemoteLink> dropped) {
    dialled.remove(id);
    home.disconnect(dial.link());
    RemoteLink live = byId.remove(dial.link());
    if (live != null) {
      dropped.add(live);
    }
  }

  /// Drops the link to who was above before the last move, when it has served.
  ///
  /// @return the live links that were dropped
  List<RemoteLink> settle(long nowNanos) {
    PeerId id = formerId;
    Dial dial = id == null ? null : dialled.get(id);
    boolean another = former != null && dial != null && former.id != dial.link();
    List<RemoteLink> dropped = new ArrayList<>();
    if (id != null && (upstream != null || another || former(nowNanos) == null)) {
      if (dial != null && !wanted.containsKey(id)) {
        drop(id, dial, dropped);
      }
      formerId = another ? id : null;
      derive(nowNanos);
    }
    return dropped;
  }

  private boolean isLeft(RemoteLink link) {
    PeerId id = link.hello.self().id();
    return link.outbound && id.equals(formerId) && !wanted.containsKey(id);
  }

  /// Dials whom this peer must reach and does not dial yet.
  void dialWanted() {
    wanted.forEach(
        (id, peer) ->
            dialled.computeIfAbsent(
                id, _ -> new Dial(home.connect(peer.endpoint()), peer.endpoint())));
  }

  /// Closes a link for what it sent. If this peer dialled it, [#dialWanted] does so again.
  void close(int link) {
    home.disconnect(link);
    dialled.values().removeIf(dial -> dial.link() == link);
  }

  RemoteLink up(long nowNanos, int link, Hello remote) {
    boolean outbound = dialled.values().stream().anyMatch(dial -> dial.link() == link);
    RemoteLink up = new RemoteLink(link, remote, outbound, nowNanos);
    byId.put(link, up);
    derive(nowNanos);
    return up;
  }

  /// A client with a link here gets its streams over it from now on. What it has is known from
  /// before, if it was here or is at another peer.
  void claim(long nowNanos, RemoteLink client) {
    PeerId id = client.hello.self().id();
    RemoteLink before = reached.put(id, client);
    if (before != client) {
      if (before != null && before.way != null) {
        byId.remove(before.id);
      }
      inherit(client, before);
      client.moved = true;
      derive(nowNanos);
    }
  }

  /// A client with a link here gets its streams elsewhere from now on. Its claim stays until it is
  /// known where.
  void leave(long nowNanos, RemoteLink client, long graceNanos) {
    PeerId id = client.hello.self().id();
    if (reached.remove(id, client)) {
      RemoteLink last = new RemoteLink(--lastRemote, client.hello, false, nowNanos);
      last.says = client.says;
      last.progress = client.progress;
      last.subscriptions = client.subscriptions;
      depart(nowNanos, last, graceNanos);
    }
    client.says = null;
    client.progress = new LongMap<>();
    client.subscriptions = List.of();
    derive(nowNanos);
  }

  /// A client that is elsewhere told what it wants, over a peer that can reach it.
  ///
  /// @return the client; null when it is reached in a better way
  @Nullable RemoteLink reach(long nowNanos, PeerId id, RemoteLink way, long turn) {
    RemoteLink known = reached.get(id);
    if (known == null || known.way == null) {
      if ((known != null && turn(known) >= turn) || reached.size() >= MAX_CLIENTS) {
        return null;
      }
      RemoteLink client = new RemoteLink(--lastRemote, elsewhere(id, way), false, nowNanos);
      inherit(client, known);
      if (known != null) {
        known.progress = new LongMap<>();
        known.subscriptions = List.of();
      }
      reached.put(id, client);
      byId.put(client.id, client);
      go(nowNanos, client, way);
      return client;
    }
    if (known.way != way) {
      if (!isBetter(nowNanos, known, way, turn)) {
        return null;
      }
      go(nowNanos, known, way);
    }
    return known;
  }

  /// A client that another peer of the root cell knows, and nothing leads to, may come.
  ///
  /// @return whether that is new
  boolean expect(
      long nowNanos,
      PeerId id,
      RemoteLink teller,
      StreamFrames.Message.Subscriptions says,
      long graceNanos) {
    if (reached.containsKey(id) || departed.containsKey(id) || departed.size() >= MAX_CLIENTS) {
      return false;
    }
    RemoteLink client = new RemoteLink(--lastRemote, elsewhere(id, teller), false, nowNanos);
    client.says = says;
    client.subscriptions = says.entries();
    client.hearsay = true;
    departed.put(id, new Departed(client, nowNanos + graceNanos));
    derive(nowNanos);
    return true;
  }

  private void inherit(RemoteLink client, @Nullable RemoteLink present) {
    Departed before = departed.remove(client.hello.self().id());
    RemoteLink known = present != null ? present : before == null ? null : before.client();
    if (known != null) {
      client.progress = known.progress;
      client.subscriptions = known.subscriptions;
    }
  }

  private void go(long nowNanos, RemoteLink client, RemoteLink way) {
    client.way = way;
    client.moved = true;
    derive(nowNanos);
  }

  private boolean isBetter(long nowNanos, RemoteLink known, RemoteLink way, long turn) {
    RemoteLink present = known.way;
    boolean nearer = present != null && present.sibling && !way.sibling;
    boolean silent = nowNanos - known.saidAtNanos >= silenceNanos;
    return turn > turn(known) || (turn == turn(known) && (nearer || silent));
  }

  private static long turn(RemoteLink client) {
    return client.says == null ? 0 : client.says.turn();
  }

  private static Hello elsewhere(PeerId id, RemoteLink way) {
    Hello between = way.hello;
    return new Hello(
        between.overlay(),
        Role.CLIENT,
        between.trafficClass(),
        new PeerRef(id, between.self().endpoint()));
  }

  /// A client that told what it wants, as it is reached now; null for another.
  @Nullable RemoteLink client(PeerId id) {
    return reached.get(id);
  }

  /// Clients that cannot be reached in the way known so far: it leads nowhere, or nothing came over
  /// it for long.
  List<RemoteLink> unreachable(long nowNanos) {
    List<RemoteLink> unreachable = new ArrayList<>();
    for (RemoteLink client : clients) {
      RemoteLink way = client.way;
      if (way != null) {
        boolean leads = byId.get(way.id) == way && (isBelow(way) || (isRoot() && way.sibling));
        if (!leads || nowNanos - client.saidAtNanos >= silenceNanos) {
          unreachable.add(client);
        }
      }
    }
    return unreachable;
  }

  /// Whether a peer of a cell below is at the other end.
  boolean isBelow(RemoteLink link) {
    return link.role() == Role.PEER && !link.outbound && !link.sibling && !link.above;
  }

  /// @param graceNanos how long a client keeps its claim
  @Nullable RemoteLink down(long nowNanos, int link, long graceNanos) {
    RemoteLink gone = byId.remove(link);
    if (gone != null && gone.role() == Role.CLIENT) {
      depart(nowNanos, gone, graceNanos);
    }
    derive(nowNanos);
    return gone;
  }

  /// Clients at other peers cannot be reached any more. They were there for one period after their
  /// last word at the most: their grace counts from then, as at the peers that saw them go, and not
  /// from when their silence is noticed. So all peers of the root cell free at about the same time
  /// what only they kept back.
  void lose(long nowNanos, List<RemoteLink> lost, long graceNanos) {
    long periodNanos = silenceNanos / SILENT_PERIODS;
    for (RemoteLink client : lost) {
      byId.remove(client.id);
      depart(Math.min(nowNanos, client.saidAtNanos + periodNanos), client, graceNanos);
    }
    if (!lost.isEmpty()) {
      derive(nowNanos);
    }
  }

  private void depart(long nowNanos, RemoteLink client, long graceNanos) {
    PeerId id = client.hello.self().id();
    boolean _ = reached.remove(id, client);
    if (!client.subscriptions.isEmpty() && departed.size() < MAX_CLIENTS) {
      departed.put(id, new Departed(client, nowNanos + graceNanos));
    }
  }

  /// Ends the claims of clients that did not come back; true when there were any.
  boolean expireClaims(long nowNanos) {
    boolean expired = departed.values().removeIf(gone -> gone.expiresAtNanos() <= nowNanos);
    if (expired) {
      derive(nowNanos);
    }
    return expired;
  }

  /// Forgets the progress of all clients in a flow.
  void forget(long flow) {
    for (RemoteLink claimant : claimants) {
      claimant.progress.remove(flow);
    }
  }

  /// The way up has not answered: use another member of the cell above for a while, if there is
  /// one.
  void avoidUpstream(long nowNanos) {
    RemoteLink silent = upstream;
    if (silent != null) {
      silent.avoidUntilNanos = nowNanos + AVOID_NANOS;
      derive(nowNanos);
      RemoteLink next = upstream;
      if (next != null) {
        next.answeredAtNanos = nowNanos; // It gets its own time to answer.
      }
    }
  }

  private void derive(long nowNanos) {
    Neighbourhood place = neighbourhood;
    List<RemoteLink> nextSiblings = new ArrayList<>();
    List<RemoteLink> nextChildren = new ArrayList<>();
    List<RemoteLink> nextClients = new ArrayList<>();
    Map<PeerName, RemoteLink> nextAbove = new TreeMap<>();
    former = null;
    byId.forEach(
        link -> {
          if (link.hello.self().id().equals(formerId) && (former == null || isLeft(former))) {
            former = link;
          }
          boolean peer = link.role() == Role.PEER && place != null && !isLeft(link);
          link.sibling = peer && place != null && place.isSibling(link.name());
          link.above = peer && place != null && isAbove(place, link.name());
          if (link.role() == Role.CLIENT) {
            nextClients.add(link);
          } else if (isLeft(link)) {
            // It leads to no neighbour any more.
          } else if (link.sibling) {
            nextSiblings.add(link);
          } else if (link.role() == Role.PEER && link.outbound) {
            nextAbove.put(link.name(), link);
          } else if (link.role() == Role.PEER) {
            nextChildren.add(link);
          }
        });
    nextSiblings.sort(
        Comparator.comparingInt(
                (RemoteLink link) -> Levenshtein.distance(self.name().value(), link.name().value()))
            .thenComparing(RemoteLink::name));
    siblings = nextSiblings.toArray(RemoteLink[]::new);
    assignSeats();
    children = nextChildren.toArray(RemoteLink[]::new);
    clients = nextClients.toArray(RemoteLink[]::new);
    departed.values().forEach(gone -> nextClients.add(gone.client()));
    claimants = nextClients.toArray(RemoteLink[]::new);
    upstream = chooseUpstream(nowNanos, nextAbove);
  }

  private void assignSeats() {
    long taken = 0;
    for (RemoteLink sibling : siblings) {
      taken |= sibling.seat < 0 ? 0 : 1L << sibling.seat;
    }
    for (RemoteLink sibling : siblings) {
      int free = Long.numberOfTrailingZeros(~taken);
      if (sibling.seat < 0 && free < Long.SIZE) {
        sibling.seat = free;
        taken |= 1L << free;
      }
    }
  }

  private static boolean isAbove(Neighbourhood place, PeerName name) {
    return place.parentCell().stream().anyMatch(peer -> peer.name().equals(name));
  }

  private @Nullable RemoteLink chooseUpstream(long nowNanos, Map<PeerName, RemoteLink> above) {
    Neighbourhood place = neighbourhood;
    PeerRef parent = place == null ? null : place.parent();
    if (parent == null || above.isEmpty()) {
      return null;
    }
    Set<PeerName> answering =
        above.values().stream()
            .filter(link -> link.avoidUntilNanos <= nowNanos)
            .map(RemoteLink::name)
            .collect(Collectors.toSet());
    // Nearest to itself is the parent; without it, the one that adopts its packets too.
    Set<PeerName> candidates = answering.isEmpty() ? above.keySet() : answering;
    return Levenshtein.nearest(parent.name(), candidates).map(above::get).orElse(null);
  }

  /// Whether this peer is the nearest live member of its cell to a failed one.
  boolean isNearestTo(PeerName failed) {
    List<PeerName> candidates = new ArrayList<>();
    candidates.add(self.name());
    for (RemoteLink sibling : siblings) {
      candidates.add(sibling.name());
    }
    candidates.remove(failed);
    return Levenshtein.nearest(failed, candidates).map(self.name()::equals).orElse(false);
  }
}
