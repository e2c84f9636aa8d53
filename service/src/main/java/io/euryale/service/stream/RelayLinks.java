package io.euryale.service.stream;

import io.euryale.kernel.Endpoint;
import io.euryale.kernel.Hello;
import io.euryale.kernel.Home;
import io.euryale.kernel.LongMap;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.PeerRef;
import io.euryale.kernel.Role;
import io.euryale.overlay.Levenshtein;
import io.euryale.overlay.Neighbourhood;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The links of a relay by what they are for: siblings, the way up, children, sensors.
/// Derived anew from the neighbourhood and the live links whenever one of them changes; read on
/// every packet.
final class RelayLinks {

  /// How long after a move the way up of before is kept: by then the new one is there, or in the
  /// root cell the clients have come.
  private static final long MOVE_NANOS = 2_000_000_000L;

  private final PeerRef self;
  private final Home home;
  private final StreamSettings settings;
  private final boolean hedges;
  private final LongMap<RemoteLink> byId = new LongMap<>();
  private final Map<PeerId, PeerRef> wanted = new TreeMap<>();
  private final Map<PeerId, Dial> dialled = new TreeMap<>();

  private @Nullable Neighbourhood neighbourhood;
  private RemoteLink[] siblings = {};
  private RemoteLink[] children = {};
  private @Nullable RemoteLink upstream;

  /// Leads to another member of the cell above, who is not avoided.
  private @Nullable RemoteLink beside;

  /// Who was above before the last move, and the live link to it.
  private @Nullable PeerId formerId;

  private @Nullable RemoteLink former;
  private long movedAtNanos;

  private record Dial(int link, Endpoint endpoint) {}

  /// @param hedges whether packets that are sent again take another way up, in turn
  RelayLinks(StreamSettings settings, PeerRef self, Home home, boolean hedges) {
    this.settings = settings;
    this.self = self;
    this.home = home;
    this.hedges = hedges;
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

  /// All live links.
  void forEach(Consumer<RemoteLink> action) {
    byId.forEach(action);
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

  /// The link that packets leave on, or null in the root cell and while there is none.
  @Nullable RemoteLink upstream() {
    return upstream;
  }

  /// Whether packets that are sent again take another way up, in turn.
  boolean hedges() {
    return hedges;
  }

  /// The link that a packet leaves on that was sent so often before. When packets are hedged, every
  /// second time that is another member of the cell above: a parent that does not answer is gone
  /// around before anybody can be sure that it stands still.
  @Nullable RemoteLink upstream(int attempt) {
    return attempt % 2 == 0 || beside == null ? upstream : beside;
  }

  /// The link to who was above before this peer moved, for what is kept nowhere: the new way up, or
  /// in the root cell the clients, may not have come yet. Null when they must have.
  @Nullable RemoteLink former(long nowNanos) {
    return nowNanos - movedAtNanos < MOVE_NANOS ? former : null;
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
    RemoteLink up =
        new RemoteLink(link, remote, outbound, new Silence(settings, nowNanos), nowNanos);
    byId.put(link, up);
    derive(nowNanos);
    return up;
  }

  /// Whether a peer of a cell below is at the other end.
  boolean isBelow(RemoteLink link) {
    return link.role() == Role.PEER && !link.outbound && !link.sibling && !link.above;
  }

  /// A link is gone.
  ///
  /// @return null when it was not live
  @Nullable RemoteLink down(long nowNanos, int link) {
    RemoteLink gone = byId.remove(link);
    derive(nowNanos);
    return gone;
  }

  /// A peer above has not answered, or is about to go: use another member of its cell until then,
  /// if there is one.
  void avoid(long nowNanos, RemoteLink above, long untilNanos) {
    above.avoidUntilNanos = untilNanos;
    chooseAgain(nowNanos, above);
  }

  /// A peer above says whether a way leads up from it: one from which none does is used only for
  /// want of another.
  void cutOff(long nowNanos, RemoteLink above, boolean isCutOff) {
    if (above.isCutOff != isCutOff) {
      above.isCutOff = isCutOff;
      chooseAgain(nowNanos, above);
    }
  }

  private void chooseAgain(long nowNanos, RemoteLink because) {
    RemoteLink before = upstream;
    derive(nowNanos);
    RemoteLink next = upstream;
    if (next != null && (next != before || next == because)) { // It gets its own time to answer.
      next.answeredAtNanos = nowNanos;
      next.silence.heard(nowNanos);
    }
  }

  private void derive(long nowNanos) {
    Neighbourhood place = neighbourhood;
    List<RemoteLink> nextSiblings = new ArrayList<>();
    List<RemoteLink> nextChildren = new ArrayList<>();
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
          if (isLeft(link)) {
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
    upstream = chooseUpstream(nowNanos, nextAbove);
    beside = hedges ? chooseBeside(nowNanos, nextAbove) : null;
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
    Set<PeerName> candidates = answering(nowNanos, above);
    if (candidates.isEmpty()) {
      candidates = names(above, link -> !link.isCutOff); // It may answer again.
    }
    if (candidates.isEmpty()) {
      candidates = above.keySet();
    }
    // Nearest to itself is the parent; without it, the one that adopts its packets too.
    return Levenshtein.nearest(parent.name(), candidates).map(above::get).orElse(null);
  }

  private @Nullable RemoteLink chooseBeside(long nowNanos, Map<PeerName, RemoteLink> above) {
    RemoteLink first = upstream;
    if (first == null) {
      return null;
    }
    Set<PeerName> others = answering(nowNanos, above);
    others.remove(first.name());
    return Levenshtein.nearest(first.name(), others).map(above::get).orElse(null);
  }

  private static Set<PeerName> answering(long nowNanos, Map<PeerName, RemoteLink> above) {
    return names(above, link -> link.avoidUntilNanos <= nowNanos && !link.isCutOff);
  }

  private static Set<PeerName> names(
      Map<PeerName, RemoteLink> links, Predicate<RemoteLink> condition) {
    return links.values().stream()
        .filter(condition)
        .map(RemoteLink::name)
        .collect(Collectors.toCollection(TreeSet::new));
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
