package io.euryale.overlay;

import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.PeerRef;
import io.euryale.overlay.KnownOffers.Known;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Finds peers, services, streams and free capacity [1 §3.2]: in what this peer knows, else at its
/// coordinator, else at the coordinator of the cell above, and so on to the top.
///
/// What a peer offers travels up the same way and is remembered by everybody on it: at once when it
/// changed, and again every ten report periods. What has not been repeated for thirty is forgotten,
/// and what belongs to a peer that is known to be gone is not told. The memory is bounded; what was
/// heard of longest ago goes first.
///
/// Who wants to know of changes is told them: a watch stays at the top for thirty report periods
/// and is renewed every ten, which also takes it to a new top. Not thread-safe.
final class Discovery {

  private static final int MAX_ASKS = 1_024;
  private static final int MAX_WATCHES = 1_024;

  /// One process outside, or one peer, must not use up what there is for all.
  private static final int MAX_ASKS_OF_LINK = 32;

  private static final int MAX_WATCHES_OF_PEER = MAX_WATCHES / 4;

  /// Adverts in one message; with the longest names well below the frame limit.
  private static final int MAX_ADVERTS_SENT = 2_048;

  /// Where this peer stands.
  interface Place {
    /// Whom to ask next; null at the top, and while nobody is known.
    @Nullable PeerRef up();

    /// Whether nobody knows more.
    boolean isTop();

    /// Peers known to be there without their saying so.
    List<PeerRef> peers();

    /// Everybody who is there, or null when that is not known here.
    @Nullable Set<PeerId> alive();
  }

  /// A query of this peer, of its host or of somebody outside.
  private static final class Ask {
    final long id;
    final Query query;
    final int link;
    final long outsideId;
    final boolean watch;
    final Consumer<Findings> to;
    long untilNanos;
    long repeatNanos;
    long digest;

    Ask(long id, Query query, int link, long outsideId, boolean watch, Consumer<Findings> to) {
      this.id = id;
      this.query = query;
      this.link = link;
      this.outsideId = outsideId;
      this.watch = watch;
      this.to = to;
    }
  }

  private record WatchKey(PeerId asker, long id) implements Comparable<WatchKey> {
    @Override
    public int compareTo(WatchKey other) {
      int byAsker = asker.compareTo(other.asker);
      return byAsker != 0 ? byAsker : Long.compare(id, other.id);
    }
  }

  /// A watch kept for somebody.
  private static final class Watch {
    final CellMessage.Find find;
    final long untilNanos;
    long digest;

    Watch(CellMessage.Find find, long untilNanos, long digest) {
      this.find = find;
      this.untilNanos = untilNanos;
      this.digest = digest;
    }
  }

  private final LocalPeer local;
  private final Place place;
  private final KnownOffers known;

  /// Whose offers the next has not been told; of no more owners than are known, and this peer.
  final Set<PeerId> toTell = new LinkedHashSet<>();

  private final Map<Long, Ask> asks = new TreeMap<>();
  private final Map<WatchKey, Watch> watches = new TreeMap<>();
  private @Nullable PeerRef toldTo;
  private long lastAsk;
  private long tellNanos = Long.MAX_VALUE;
  private long refreshNanos = Long.MAX_VALUE;
  private long lookNanos = Long.MAX_VALUE;

  Discovery(LocalPeer local, Place place) {
    this.local = local;
    this.place = place;
    known = new KnownOffers(local.self.id());
  }

  private long periodNanos() {
    return 10 * local.settings().reportPeriod().toNanos();
  }

  private long maxAgeNanos() {
    return 3 * periodNanos();
  }

  // ---- what is offered

  /// What this peer has to offer from now on, in place of what it had.
  void advertise(long nowNanos, List<Advert> offered) {
    List<Advert> kept = offered.subList(0, Math.min(offered.size(), Advert.MAX_OF_PEER));
    Known before = known.of(local.self.id());
    if (before == null || !before.adverts().equals(kept)) {
      remember(new Known(local.self, List.copyOf(kept), nowNanos, local.self.name()));
      refreshNanos = Math.min(refreshNanos, nowNanos + periodNanos());
      pass(nowNanos, local.self.id(), true);
    }
  }

  /// Offers of others, on their way up. What one peer tells comes in order, so its last word
  /// counts: ages do not tell what waited longer on its way. Of what two tell the younger counts.
  void offered(long nowNanos, PeerRef from, List<Offer> offers) {
    for (Offer offer : offers) {
      long born = nowNanos - Math.min(offer.ageMillis(), Integer.MAX_VALUE) * 1_000_000;
      Known before = known.of(offer.owner().id());
      boolean stale =
          nowNanos - born > maxAgeNanos()
              || offer.owner().name().equals(local.self.name())
              || (before != null
                  && !before.teller().equals(from.name())
                  && born < before.bornNanos());
      if (!stale) {
        Known next = new Known(offer.owner(), offer.adverts(), born, from.name());
        boolean news =
            before == null
                || !before.owner().equals(next.owner())
                || !before.adverts().equals(next.adverts());
        if (remember(next)) {
          pass(nowNanos, offer.owner().id(), news);
        }
      }
    }
  }

  /// @return whether there was room for it
  private boolean remember(Known next) {
    List<PeerId> gone = known.put(next);
    gone.forEach(toTell::remove);
    return !gone.contains(next.owner().id());
  }

  private void forget(PeerId owner) {
    known.remove(owner);
    toTell.remove(owner);
  }

  /// Has an offer told to the next: soon when it is new, with others when it is a repetition.
  private void pass(long nowNanos, PeerId owner, boolean news) {
    long report = local.settings().reportPeriod().toNanos();
    toTell.add(owner);
    tellNanos = Math.min(tellNanos, nowNanos + (news ? report / 5 : 2 * report));
    if (news) {
      lookNanos = Math.min(lookNanos, nowNanos + report / 5);
    }
  }

  private void tell(long nowNanos) {
    tellNanos = Long.MAX_VALUE;
    PeerRef up = place.up();
    if (up == null) {
      if (place.isTop()) {
        toTell.clear();
      }
      return; // With the next refresh, when there is somebody.
    }
    List<Offer> offers = new ArrayList<>();
    int sent = 0;
    for (PeerId owner : toTell) {
      Known each = known.of(owner);
      if (each == null) {
        continue;
      }
      boolean full = sent + each.adverts().size() > MAX_ADVERTS_SENT;
      if (!offers.isEmpty() && (full || offers.size() >= Offer.MAX_OFFERS)) {
        local.send(nowNanos, up, new CellMessage.Adverts(offers));
        offers = new ArrayList<>();
        sent = 0;
      }
      sent += each.adverts().size();
      offers.add(new Offer(each.owner(), ageMillis(nowNanos, each), each.adverts()));
    }
    toTell.clear();
    if (!offers.isEmpty()) {
      local.send(nowNanos, up, new CellMessage.Adverts(offers));
    }
  }

  private static long ageMillis(long nowNanos, Known each) {
    return Math.max(0, nowNanos - each.bornNanos()) / 1_000_000;
  }

  /// Who is asked next may be another now: it learns at once what this peer knows.
  void placeChanged(long nowNanos) {
    PeerRef up = place.up();
    if (up != null && !up.equals(toldTo)) {
      toldTo = up;
      toTell.addAll(known.owners());
      if (!toTell.isEmpty()) {
        pass(nowNanos, local.self.id(), true);
      }
      asks.values().forEach(ask -> ask.repeatNanos = Math.min(ask.repeatNanos, nowNanos));
    }
    lookNanos = watches.isEmpty() ? lookNanos : Math.min(lookNanos, nowNanos);
  }

  // ---- what is looked for

  /// Looks for something once; the answer comes within 3 s, in this call or in a later one.
  void find(long nowNanos, Query query, Consumer<Findings> to) {
    ask(nowNanos, new Ask(++lastAsk, query, -1, 0, false, to));
  }

  /// Tells what there is, and every change, until [#unwatch].
  ///
  /// @return what [#unwatch] takes
  long watch(long nowNanos, Query query, Consumer<Findings> to) {
    Ask ask = new Ask(++lastAsk, query, -1, 0, true, to);
    ask.untilNanos = Long.MAX_VALUE;
    ask(nowNanos, ask);
    return ask.id;
  }

  void unwatch(long watch) {
    asks.remove(watch);
  }

  /// Somebody outside asks, over a link.
  void outside(long nowNanos, int link, CellMessage.Find find) {
    boolean watch = find.leaseMillis() > 0;
    int ofLink = 0;
    for (Ask known : asks.values()) {
      if (known.link == link && known.outsideId == find.id()) {
        known.untilNanos = watch ? nowNanos + maxAgeNanos() : known.untilNanos;
        if (watch && find.known() != 0 && find.known() != known.digest) {
          // The last answer was lost, or a peer that served it before told something older since.
          known.digest = find.known();
          repeat(nowNanos, known);
        }
        return;
      }
      ofLink += known.link == link ? 1 : 0;
    }
    Consumer<Findings> to =
        found -> local.links.reply(link, new CellMessage.Found(find.id(), List.of(), found));
    if (asks.size() >= MAX_ASKS || ofLink >= MAX_ASKS_OF_LINK) {
      to.accept(Findings.NOTHING);
      return;
    }
    Ask ask = new Ask(++lastAsk, find.query(), link, find.id(), watch, to);
    ask.untilNanos = nowNanos + maxAgeNanos();
    ask(nowNanos, ask);
  }

  /// Nobody is left at the other end.
  void linkDown(int link) {
    asks.values().removeIf(ask -> ask.link == link);
  }

  private void ask(long nowNanos, Ask ask) {
    if (!ask.watch) {
      ask.untilNanos = nowNanos + 12 * local.settings().requestTimeout().toNanos();
    }
    asks.put(ask.id, ask);
    repeat(nowNanos, ask);
  }

  private void repeat(long nowNanos, Ask ask) {
    long pause = ask.watch ? periodNanos() : 2 * local.settings().requestTimeout().toNanos();
    ask.repeatNanos = nowNanos + pause;
    long lease = ask.watch ? maxAgeNanos() / 1_000_000 : 0;
    List<PeerRef> route = List.of(local.self);
    asked(nowNanos, new CellMessage.Find(ask.id, ask.query, lease, ask.digest, route));
  }

  /// A query on its way up.
  void asked(long nowNanos, CellMessage.Find find) {
    PeerRef up = place.up();
    boolean watch = find.leaseMillis() > 0;
    if (find.route().isEmpty()) {
      return;
    }
    if (place.isTop()) {
      Findings found = findings(nowNanos, find.query());
      if (watch) {
        keep(nowNanos, find, found);
      }
      if (!watch || found.digest() != find.known()) {
        answer(nowNanos, find, found);
      }
      return;
    }
    Findings found = watch ? Findings.NOTHING : findings(nowNanos, find.query());
    if (!watch && found.total() >= find.query().wanted()) {
      answer(nowNanos, find, found);
    } else if (up != null && find.route().size() < CellMessage.MAX_ROUTE) {
      boolean own = local.isSelf(find.route().getLast().id());
      List<PeerRef> route = new ArrayList<>(find.route());
      if (!own) {
        route.add(local.self);
      }
      local.send(
          nowNanos,
          up,
          new CellMessage.Find(find.id(), find.query(), find.leaseMillis(), find.known(), route));
    }
  }

  private void keep(long nowNanos, CellMessage.Find find, Findings found) {
    WatchKey key = new WatchKey(find.route().getFirst().id(), find.id());
    long ofPeer = watches.keySet().stream().filter(w -> w.asker().equals(key.asker())).count();
    boolean room = watches.size() < MAX_WATCHES && ofPeer < MAX_WATCHES_OF_PEER;
    if (room || watches.containsKey(key)) {
      long until = nowNanos + Math.min(find.leaseMillis(), maxAgeNanos() / 1_000_000) * 1_000_000;
      watches.put(key, new Watch(find, until, found.digest()));
    }
  }

  private void answer(long nowNanos, CellMessage.Find find, Findings found) {
    CellMessage.Found answer = new CellMessage.Found(find.id(), find.route(), found);
    PeerRef last = find.route().getLast();
    if (local.isSelf(last.id())) {
      passBack(nowNanos, answer);
    } else {
      local.send(nowNanos, last, answer);
    }
  }

  /// An answer on its way back. It comes from where the query went; what was still on its way from
  /// there when somebody else is asked is asked again.
  void answered(long nowNanos, PeerRef from, CellMessage.Found found) {
    PeerRef up = place.up();
    List<PeerRef> route = found.route();
    if (up != null
        && up.id().equals(from.id())
        && !route.isEmpty()
        && local.isSelf(route.getLast().id())) {
      passBack(nowNanos, found);
    } else {
      local.reject(Rejection.NOT_ENTITLED, from.id(), found);
    }
  }

  /// @param found with this peer at the end of its route
  private void passBack(long nowNanos, CellMessage.Found found) {
    List<PeerRef> rest = found.route().subList(0, found.route().size() - 1);
    if (!rest.isEmpty()) {
      local.send(
          nowNanos, rest.getLast(), new CellMessage.Found(found.id(), rest, found.findings()));
      return;
    }
    Ask ask = asks.get(found.id());
    if (ask != null) {
      long digest = found.findings().digest();
      boolean news = digest != ask.digest;
      ask.digest = digest;
      if (!ask.watch) {
        asks.remove(ask.id);
      }
      if (news || !ask.watch) {
        ask.to.accept(found.findings());
      }
    }
  }

  private Findings findings(long nowNanos, Query query) {
    List<Findings.Finding> found = new ArrayList<>();
    if (query.what() == Resource.PEER) {
      Set<PeerName> met = new TreeSet<>();
      for (PeerRef peer : place.peers()) {
        if (query.matches(peer.name().value(), 0) && met.add(peer.name())) {
          found.add(new Findings.Finding(peer, peer.name().value(), 0, 0));
        }
      }
      for (Known each : present(nowNanos)) {
        String name = each.owner().name().value();
        if (query.matches(name, 0) && met.add(each.owner().name())) {
          found.add(new Findings.Finding(each.owner(), name, 0, ageMillis(nowNanos, each)));
        }
      }
    } else {
      for (Known each : present(nowNanos)) {
        for (Advert advert : each.adverts()) {
          if (advert.what() == query.what() && query.matches(advert.name(), advert.value())) {
            long age = ageMillis(nowNanos, each);
            found.add(new Findings.Finding(each.owner(), advert.name(), advert.value(), age));
          }
        }
      }
    }
    Comparator<Findings.Finding> order =
        Comparator.comparing(Findings.Finding::name)
            .thenComparing(each -> each.owner().name())
            .thenComparingLong(Findings.Finding::value);
    if (query.what() == Resource.CAPACITY) {
      order = Comparator.comparingLong(Findings.Finding::value).reversed().thenComparing(order);
    }
    found.sort(order);
    int total = found.size();
    int most = Math.min(Findings.MOST, query.wanted());
    return new Findings(total > most ? found.subList(0, most) : found, total, place.isTop());
  }

  /// What there is as far as this peer knows: of each peer the life that was heard of last.
  private Collection<Known> present(long nowNanos) {
    Set<PeerId> alive = place.alive();
    Map<PeerName, Known> present = new LinkedHashMap<>();
    for (Known each : known.all()) {
      if (isFresh(nowNanos, each, alive)) {
        present.merge(each.owner().name(), each, (a, b) -> a.bornNanos() > b.bornNanos() ? a : b);
      }
    }
    return present.values();
  }

  private boolean isFresh(long nowNanos, Known each, @Nullable Set<PeerId> alive) {
    return local.isSelf(each.owner().id())
        || (!isOld(nowNanos, each) && (alive == null || alive.contains(each.owner().id())));
  }

  private boolean isOld(long nowNanos, Known each) {
    return nowNanos - each.bornNanos() > maxAgeNanos() && local.rules.forgetsOffers();
  }

  // ---- time

  void timerDue(long nowNanos) {
    if (refreshNanos <= nowNanos) {
      refresh(nowNanos);
    }
    if (tellNanos <= nowNanos) {
      tell(nowNanos);
    }
    if (lookNanos <= nowNanos) {
      look(nowNanos);
    }
    for (Ask ask : List.copyOf(asks.values())) {
      if (ask.untilNanos <= nowNanos) {
        asks.remove(ask.id);
        if (!ask.watch) {
          ask.to.accept(findings(nowNanos, ask.query));
        }
      } else if (ask.repeatNanos <= nowNanos) {
        repeat(nowNanos, ask);
      }
    }
  }

  private void refresh(long nowNanos) {
    refreshNanos = nowNanos + periodNanos();
    Known own = known.of(local.self.id());
    if (own != null && local.rules.repeatsOffers()) {
      remember(new Known(own.owner(), own.adverts(), nowNanos, own.teller()));
      toTell.add(local.self.id());
      tellNanos = Math.min(tellNanos, nowNanos);
    }
    int before = known.size();
    for (Known each : List.copyOf(known.all())) {
      if (!local.isSelf(each.owner().id()) && isOld(nowNanos, each)) {
        forget(each.owner().id());
      }
    }
    if (known.size() != before) {
      lookNanos = Math.min(lookNanos, nowNanos);
    }
  }

  /// Tells those that watch what changed for them.
  private void look(long nowNanos) {
    lookNanos = Long.MAX_VALUE;
    watches.values().removeIf(watch -> watch.untilNanos <= nowNanos);
    if (!place.isTop()) {
      watches.clear();
    }
    for (Watch watch : watches.values()) {
      Findings found = findings(nowNanos, watch.find.query());
      if (found.digest() != watch.digest && local.rules.tellsWatches()) {
        watch.digest = found.digest();
        answer(nowNanos, watch.find, found);
      }
    }
  }

  /// Peers came or went.
  void peersChanged(long nowNanos) {
    if (!watches.isEmpty()) {
      lookNanos = Math.min(lookNanos, nowNanos + local.settings().reportPeriod().toNanos() / 5);
    }
  }

  long nextDeadline() {
    long next = Math.min(refreshNanos, Math.min(tellNanos, lookNanos));
    for (Ask ask : asks.values()) {
      next = Math.min(next, Math.min(ask.untilNanos, ask.repeatNanos));
    }
    return next;
  }
}
