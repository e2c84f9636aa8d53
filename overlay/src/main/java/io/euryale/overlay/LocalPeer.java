package io.euryale.overlay;

import io.euryale.kernel.Endpoint;
import io.euryale.kernel.Home;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.PeerRef;
import io.euryale.kernel.trace.TraceEvent;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What a peer keeps whatever phase it is in: its links, what it knows of the root, whom it has
/// lost sight of, and the highest ballot it has seen.
final class LocalPeer {

  /// Lost peers remembered for probing and as contacts.
  private static final int MAX_LOST = 64;

  /// Of those told of, so many are asked before the contacts, and so many of each kind at all.
  private static final int FIRST_GUIDES = 2;

  private static final int SOME_GUIDES = 8;

  final PeerRef self;
  final Home home;
  final Links links;
  final FailureDetector detector;
  final CellRules rules;

  /// Of processes that are not peers.
  OverlayRights rights = OverlayRights.OPEN;

  /// Peers expelled on suspicion that have not been met in the same overlay since.
  private final Map<PeerName, PeerRef> lost = new LinkedHashMap<>();

  private final Map<CellId, Term> followed = new LinkedHashMap<>();
  private final Consumer<MemberEvent> onEvent;
  private final EventLog log = new EventLog();
  private OverlaySettings settings;
  private List<Endpoint> contacts;
  private long nowNanos;
  private List<PeerRef> winners = List.of();
  private @Nullable RootNews news;
  private long newsNanos;
  private long highestTerm;
  private long ownTerm;
  /// The highest term that others believe this peer took, and it did not.
  private long claimedTerm;

  private final TermBound bound = new TermBound();
  private final Map<Rejection, Long> rejected = new EnumMap<>(Rejection.class);
  private long mergingNanos = Long.MAX_VALUE;
  private long mergeMillis;

  LocalPeer(
      OverlaySettings settings,
      PeerRef self,
      List<Endpoint> contacts,
      Home home,
      CellRules rules,
      Consumer<MemberEvent> onEvent) {
    this.settings = settings;
    this.self = self;
    this.contacts = List.copyOf(contacts);
    this.home = home;
    this.rules = rules;
    this.onEvent = onEvent;
    links = new Links(home, self);
    detector = new FailureDetector(settings);
  }

  /// The settings of the moment: they can change while the peer runs.
  OverlaySettings settings() {
    return settings;
  }

  List<Endpoint> contacts() {
    return contacts;
  }

  /// From now on other settings count.
  void use(OverlaySettings next, List<Endpoint> nextContacts) {
    settings = next;
    contacts = List.copyOf(nextContacts);
    detector.use(next);
    observe("RELOADED", "contacts", contacts.size());
  }

  /// The time of the input at hand, for what is observed.
  void now(long now) {
    nowNanos = now;
  }

  /// The time of the input at hand.
  long now() {
    return nowNanos;
  }

  /// How this peer is doing, given what depends on the kind of overlay.
  OverlayHealth health(
      boolean whole, long brokenNanos, long newsAgeNanos, long patienceNanos, boolean leads) {
    RootNews known = news;
    return new OverlayHealth(
        whole,
        brokenNanos / 1_000_000,
        newsAgeNanos / 1_000_000,
        patienceNanos / 1_000_000,
        leads,
        known == null ? 0 : known.root().term().number(),
        mergeMillis,
        log.counts());
  }

  /// The last events, after the one of a sequence.
  List<LoggedEvent> events(long after) {
    return log.after(nowNanos, after);
  }

  @Nullable RootNews news() {
    return news;
  }

  /// When the last news arrived, in nanoseconds.
  long newsNanos() {
    return newsNanos;
  }

  /// Takes news if they are newer than the known ones.
  boolean learn(long nowNanos, RootNews heard) {
    seeTerm(heard.root().term());
    RootNews known = news;
    if (known != null && !heard.isNewerThan(known) && !isStale(nowNanos, known, heard)) {
      return false;
    }
    news = heard;
    newsNanos = nowNanos;
    if (known == null || !known.root().term().equals(heard.root().term())) {
      observe("ROOT", "term", heard.root().term().toString(), "peers", heard.peers());
    }
    return true;
  }

  /// Somebody may have told a sequence that the root has not reached: news that stand still are no
  /// measure for others of the same root cell.
  private boolean isStale(long nowNanos, RootNews known, RootNews heard) {
    return heard.root().term().equals(known.root().term())
        && heard.sequence() != known.sequence()
        && nowNanos - newsNanos > 2 * settings.reportPeriod().toNanos();
  }

  /// Starts over with what others tell of the root.
  void forgetNews() {
    news = null;
  }

  /// Gives the root another while to be heard from.
  void excuseRoot(long nowNanos) {
    newsNanos = nowNanos;
  }

  /// The root cell of this peer gives way to another.
  void merges(long nowNanos, Term lower, Term into) {
    mergingNanos = Math.min(mergingNanos, nowNanos);
    observe("MERGES", "term", lower.toString(), "into", into.toString());
  }

  /// This peer has a place again: a merge, if there was one, is complete for it.
  void admitted(long nowNanos, CellId cell) {
    if (mergingNanos != Long.MAX_VALUE) {
      long took = (nowNanos - mergingNanos) / 1_000_000;
      observe("MERGED", "cell", cell.toString(), "took", took);
      tell(new MemberEvent.Merged(cell, took));
      mergingNanos = Long.MAX_VALUE;
      mergeMillis = took;
    }
  }

  /// Time between two probes: what all peers together send to their common contacts does not grow
  /// with their number.
  long probePauseNanos() {
    RootNews known = news;
    int peers = known == null ? 1 : known.peers();
    return settings.probePeriod().toNanos() * Math.max(1, peers / 32);
  }

  /// Whether all terms that a message claims are believed. Of its own terms this peer knows all.
  boolean believes(long nowNanos, CellMessage message) {
    boolean believed = true;
    for (Term term : ClaimedTerms.of(message)) {
      boolean plausible = bound.believes(nowNanos, term.number());
      if (isSelf(term.coordinator()) && term.number() > ownTerm) {
        believed = false;
        if (plausible) {
          claimedTerm = Math.max(claimedTerm, term.number());
          seeTerm(term);
        }
      } else {
        believed &= plausible;
      }
    }
    return believed || !rules.boundsTerms();
  }

  /// Whether others believe in a higher term of this peer's than the one it leads in: they heed the
  /// true one no more.
  boolean isOutdone(Term term) {
    return claimedTerm >= term.number();
  }

  /// A message had no effect: counts it, and observes the first and then ever fewer of a kind.
  void reject(Rejection reason, PeerId from, CellMessage message) {
    reject(reason, from, message.getClass().getSimpleName());
  }

  void reject(Rejection reason, PeerId from, String what) {
    long count = rejected.merge(reason, 1L, Long::sum);
    if (Long.bitCount(count) == 1) {
      observe(
          "REJECTED", "reason", reason.name(), "from", from.toString(), "what", what, "n", count);
    }
  }

  /// How many messages had no effect, by reason.
  Map<Rejection, Long> rejected() {
    return new EnumMap<>(rejected);
  }

  /// Raises the ballots of this peer above a believed one.
  void seeTerm(Term term) {
    highestTerm = Math.max(highestTerm, term.number());
  }

  /// A ballot higher than all this peer has seen, with itself as coordinator.
  Term nextTerm() {
    highestTerm++;
    ownTerm = highestTerm;
    bound.own(highestTerm);
    return new Term(highestTerm, self.id());
  }

  /// Remembers the term followed in a cell.
  void follow(CellId cell, Term term) {
    seeTerm(term);
    followed.remove(cell);
    followed.put(cell, term);
    if (followed.size() > MAX_LOST) {
      followed.remove(followed.keySet().iterator().next());
    }
  }

  /// The highest term this peer followed in a cell, or null.
  @Nullable Term followed(CellId cell) {
    return followed.get(cell);
  }

  boolean isSelf(PeerId id) {
    return id.equals(self.id());
  }

  void lose(PeerRef peer) {
    if (peer.name().equals(self.name())) {
      return;
    }
    lost.remove(peer.name());
    lost.put(peer.name(), peer);
    if (lost.size() > MAX_LOST) {
      lost.remove(lost.keySet().iterator().next());
    }
  }

  /// Members of a view that won are the first to ask.
  void rememberGuides(CellView winner) {
    winners = winner.peers();
  }

  void find(PeerName peer) {
    lost.remove(peer);
  }

  /// Whether this peer has been looking for another, which may come from another part of the
  /// overlay.
  boolean isLookedFor(PeerRef peer) {
    String address = peer.endpoint().toString();
    return lost.containsKey(peer.name())
        || contacts.stream().anyMatch(contact -> contact.toString().equals(address));
  }

  List<PeerRef> lost() {
    return List.copyOf(lost.values());
  }

  /// Whom to ask for the root: those told of last, the contacts, then others of the root cell, of
  /// level 1 and lost peers; no address twice, without this peer. What was told may be wrong from
  /// beginning to end, so the contacts come early and of each kind only some are asked.
  List<Endpoint> guides() {
    List<PeerRef> told = new ArrayList<>();
    List<PeerRef> below = new ArrayList<>();
    RootNews known = news;
    addSome(told, winners);
    if (known != null) {
      addSome(told, known.root().peers());
      addSome(below, known.levelOne());
    }
    int first = Math.min(FIRST_GUIDES, told.size());
    List<Endpoint> all = new ArrayList<>();
    told.subList(0, first).forEach(peer -> all.add(peer.endpoint()));
    all.addAll(contacts);
    told.subList(first, told.size()).forEach(peer -> all.add(peer.endpoint()));
    below.forEach(peer -> all.add(peer.endpoint()));
    lost().reversed().stream().limit(SOME_GUIDES).forEach(peer -> all.add(peer.endpoint()));
    Map<String, Endpoint> guides = new LinkedHashMap<>();
    all.forEach(endpoint -> guides.putIfAbsent(endpoint.toString(), endpoint));
    guides.remove(self.endpoint().toString());
    return new ArrayList<>(guides.values());
  }

  private static void addSome(List<PeerRef> to, List<PeerRef> from) {
    to.addAll(from.subList(0, Math.min(SOME_GUIDES, from.size())));
  }

  void send(long nowNanos, PeerRef to, CellMessage message) {
    links.send(nowNanos, to, message);
  }

  void tell(MemberEvent event) {
    onEvent.accept(event);
  }

  void observe(String event, Object... namesAndValues) {
    TraceEvent observed = TraceEvent.of(event, namesAndValues);
    log.add(nowNanos, observed);
    home.observe(observed);
  }
}
