package io.euryale.overlay;

import io.euryale.kernel.Endpoint;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.PeerRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Takes a peer from outside into a cell [0 §III.a][1 §3.2]: asks the root for a binding cell,
/// binds to it, finds a parent in the cell above, has its join validated by the root through that
/// parent, and enters.
///
/// Every request is repeated with growing time-outs; when the attempts are used up, the peer starts
/// again at another guide. A peer that was a member and hears of no root for a long time founds one
/// (the paper's "re-structure itself"), the earlier the higher it stood.
final class Joiner {

  /// What the joiner needs from the core around it.
  interface Host {
    void enter(Phase next);

    void admitted(long nowNanos, CellView view, Phase.@Nullable Parent parent);
  }

  private static final int MAX_REDIRECTS = 3;

  private final LocalPeer local;
  private final Host host;
  private @Nullable CellId former;

  /// Peers that look for a root as well, and when they were heard.
  private final Map<PeerName, Long> seekers = new TreeMap<>();

  private long strangerSinceNanos = Long.MAX_VALUE;
  private long turnedAwayNanos = Long.MIN_VALUE;

  Joiner(LocalPeer local, Host host) {
    this.local = local;
    this.host = host;
  }

  /// Starts looking for a place; `lastCell` is preferred.
  void seek(long nowNanos, @Nullable CellId lastCell) {
    former = lastCell;
    local.links.hurry(nowNanos);
    seek(nowNanos, nowNanos, 0);
  }

  private void seek(long nowNanos, long sinceNanos, int attempt) {
    List<Endpoint> guides = local.guides();
    if (guides.isEmpty()) {
      found(nowNanos);
      return;
    }
    strangerSinceNanos = Math.min(strangerSinceNanos, nowNanos);
    long deadline = nowNanos + timeoutNanos(Math.min(attempt / guides.size(), 2));
    host.enter(new Phase.Seeking(guides, attempt, 0, sinceNanos, deadline));
    ask(nowNanos, guides.get(attempt % guides.size()));
  }

  private void ask(long nowNanos, Endpoint guide) {
    local.links.send(nowNanos, guide, new CellMessage.BindingRequest(local.self, former));
  }

  /// The request of the phase was not answered in time.
  void timerDue(long nowNanos, Phase phase) {
    if (nowNanos < phase.deadline()) {
      return;
    }
    int most = local.settings().requestAttempts();
    switch (phase) {
      case Phase.Seeking p when mayFound(nowNanos, p) -> found(nowNanos);
      case Phase.Seeking p -> seek(nowNanos, p.sinceNanos(), p.attempt() + 1);
      case Phase.Refused _ -> seek(nowNanos, nowNanos, 0);
      case Phase.Binding p when p.attempt() < most -> bind(nowNanos, p.place(), p.attempt() + 1);
      case Phase.Adopting p when p.attempt() < most ->
          adopt(nowNanos, p.place(), p.view(), turned(p.candidates()), p.attempt() + 1);
      case Phase.Joining p when p.attempt() < most ->
          join(nowNanos, p.place(), p.view(), p.parent(), p.attempt() + 1);
      case Phase.Entering p when p.attempt() < most ->
          enter(nowNanos, p.place(), p.view(), p.parent(), p.attempt() + 1);
      default -> seek(nowNanos, nowNanos, 0);
    }
  }

  /// Turns to the next guide when the one asked cannot help.
  void unreachable(long nowNanos, Phase phase, String address) {
    if (phase instanceof Phase.Seeking p
        && p.attempt() + 1 < p.guides().size()
        && p.guides().get(p.attempt() % p.guides().size()).toString().equals(address)) {
      seek(nowNanos, p.sinceNanos(), p.attempt() + 1);
    } else if (phase instanceof Phase.Binding p && asked(p).endpoint().toString().equals(address)) {
      bindToNext(nowNanos, p);
    }
  }

  /// Turns to another member of the cell; when none of them is there any more, the place was wrong
  /// and another is sought after one time-out.
  private void bindToNext(long nowNanos, Phase.Binding p) {
    if (p.attempt() < p.place().members().size()) {
      bind(nowNanos, p.place(), p.attempt() + 1);
    } else if (p.attempt() < local.settings().requestAttempts()) {
      int last = local.settings().requestAttempts();
      host.enter(new Phase.Binding(p.place(), last, nowNanos + timeoutNanos(0)));
    }
  }

  private static PeerRef asked(Phase.Binding p) {
    List<PeerRef> members = p.place().members();
    return members.get((p.attempt() - 1) % members.size());
  }

  /// Somebody told of the root cell.
  void redirected(long nowNanos, Phase phase, List<PeerRef> rootCell, PeerId sender) {
    if (!(phase instanceof Phase.Seeking p)) {
      return;
    }
    if (p.redirects() >= MAX_REDIRECTS) {
      return; // Stale pointers in a circle: wait for the time-out.
    }
    for (PeerRef peer : rootCell) {
      if (!peer.id().equals(sender) && !local.isSelf(peer.id())) {
        long deadline = nowNanos + timeoutNanos(1);
        host.enter(
            new Phase.Seeking(p.guides(), p.attempt(), p.redirects() + 1, nowNanos, deadline));
        ask(nowNanos, peer.endpoint());
        return;
      }
    }
  }

  void placed(long nowNanos, Phase phase, PeerRef from, CellMessage.BindingReply reply) {
    if (!(phase instanceof Phase.Seeking)) {
      local.reject(Rejection.OUT_OF_PLACE, from.id(), reply);
      return;
    }
    Phase.Place place = new Phase.Place(reply.cell(), reply.members(), reply.above());
    local.observe("BIND", "cell", place.cell().toString(), "founds", place.founds());
    if (!place.founds()) {
      bind(nowNanos, place, 1);
    } else if (place.cell().isRoot() || place.above().isEmpty()) {
      seek(
          nowNanos, nowNanos, 0); // Nobody founds the root, or hangs a cell into nothing, by order.
    } else {
      List<PeerRef> candidates = ParentChoice.forJoiner(place.cell(), null, place.above());
      adopt(nowNanos, place, null, candidates, 1);
    }
  }

  /// Somebody is there, but one of the two does not believe, or not let in, the other: for a peer
  /// that hears nobody else that is no reason to found another overlay.
  void turnedAway(long nowNanos) {
    turnedAwayNanos = nowNanos;
  }

  /// Another peer looks for a root, too.
  void seeks(long nowNanos, PeerName peer) {
    if (seekers.size() < CellView.MAX_MEMBERS || seekers.containsKey(peer)) {
      seekers.put(peer, nowNanos);
    }
  }

  void refused(long nowNanos, Phase phase, PeerId sender, Refusal refusal, String text) {
    if (refusal == Refusal.NO_ROOT) {
      seeks(nowNanos, sender.name());
    }
    if (refusal.needsOperator()) {
      if (phase instanceof Phase.Seeking || phase instanceof Phase.Joining) {
        refuse(nowNanos, refusal, text);
      }
      return;
    }
    switch (phase) {
      case Phase.Seeking p when refusal == Refusal.BUSY ->
          host.enter(
              new Phase.Seeking(p.guides(), p.attempt(), 0, nowNanos, nowNanos + timeoutNanos(0)));
      case Phase.Adopting p when p.candidates().getFirst().id().equals(sender) -> {
        int last = local.settings().requestAttempts();
        if (p.attempt() >= Math.min(last, p.candidates().size())) {
          // Refusals come quickly: seeking again at once would only meet the same ones.
          host.enter(
              new Phase.Adopting(
                  p.place(), p.view(), p.candidates(), last, nowNanos + timeoutNanos(0)));
        } else {
          adopt(nowNanos, p.place(), p.view(), turned(p.candidates()), p.attempt() + 1);
        }
      }
      case Phase.Binding p when asked(p).id().equals(sender) -> bindToNext(nowNanos, p);
      case Phase.Entering p when p.view().coordinator().equals(sender) -> {
        // Full, or led by somebody else by now: another place is sought after one time-out, for the
        // root may not know yet.
        int last = local.settings().requestAttempts();
        host.enter(
            new Phase.Entering(p.place(), p.view(), p.parent(), last, nowNanos + timeoutNanos(0)));
      }
      case Phase.Joining p when refusal == Refusal.NO_ROOT -> {
        int last = local.settings().requestAttempts();
        host.enter(
            new Phase.Joining(p.place(), p.view(), p.parent(), last, nowNanos + timeoutNanos(0)));
      }
      case Phase.Joining _ when refusal == Refusal.PLACE_TAKEN -> seek(nowNanos, nowNanos, 0);
      default -> {} // The time-out repeats the request: the other side may be about to be ready.
    }
  }

  void refuse(long nowNanos, Refusal refusal, String text) {
    host.enter(new Phase.Refused(nowNanos + local.settings().refusedRetry().toNanos()));
    local.observe("REFUSED", "reason", refusal.name());
    local.tell(new MemberEvent.Refused(refusal, text));
  }

  void bound(long nowNanos, Phase phase, PeerRef from, CellMessage.BindReply reply) {
    CellView view = reply.view();
    if (!(phase instanceof Phase.Binding p)
        || !view.cell().equals(p.place().cell())
        || !isAmong(p.place().members(), from.id())) {
      local.reject(Rejection.OUT_OF_PLACE, from.id(), reply);
      return;
    }
    local.seeTerm(view.term());
    if (view.coordinator().name().equals(local.self.name())) {
      // The member does not know yet that this peer has lost the cell: it has nobody to let it in.
      bindToNext(nowNanos, p);
    } else if (view.cell().isRoot()) {
      enter(nowNanos, p.place(), view, null, 1);
    } else if (p.place().above().isEmpty()) {
      seek(nowNanos, nowNanos, 0);
    } else {
      List<PeerRef> candidates = ParentChoice.forJoiner(view.cell(), view, p.place().above());
      adopt(nowNanos, p.place(), view, candidates, 1);
    }
  }

  void adopted(long nowNanos, Phase phase, PeerRef parent, CellMessage.ParentReply reply) {
    if (phase instanceof Phase.Adopting p
        && !p.place().cell().isRoot()
        && reply.above().cell().equals(p.place().cell().parent())
        && isAmong(p.candidates(), parent.id())) {
      local.learn(nowNanos, reply.news());
      join(nowNanos, p.place(), p.view(), new Phase.Parent(parent, reply.above()), 1);
    } else {
      local.reject(Rejection.OUT_OF_PLACE, parent.id(), reply);
    }
  }

  /// A peer left its cell: a join that goes through it would only run into its time-outs.
  void left(long nowNanos, Phase phase, PeerId peer) {
    if (phase instanceof Phase.Joining p && p.parent().peer().id().equals(peer)) {
      seek(nowNanos, nowNanos, 0);
    }
  }

  /// The root's answer, back from the parent it was asked through.
  void joined(long nowNanos, Phase phase, CellMessage.JoinReply reply, PeerId sender) {
    if (!(phase instanceof Phase.Joining p) || !sender.equals(p.parent().peer().id())) {
      local.reject(Rejection.OUT_OF_PLACE, sender, reply);
      return;
    }
    Refusal refusal = reply.refusal();
    if (refusal != null) {
      refused(nowNanos, phase, sender, refusal, refusalText(refusal));
      return;
    }
    CellView view = p.view();
    if (view != null) {
      enter(nowNanos, p.place(), view, p.parent(), 1);
    } else {
      PeerId parent = p.parent().peer().id();
      CellView.Member first = new CellView.Member(local.self, parent);
      Term term = local.nextTerm();
      host.admitted(nowNanos, new CellView(p.place().cell(), term, 1, List.of(first)), p.parent());
    }
  }

  /// A view that lists this peer: it has entered.
  void viewed(long nowNanos, Phase phase, PeerRef from, CellMessage.View message) {
    CellView view = message.view();
    if (phase instanceof Phase.Entering p
        && view.cell().equals(p.place().cell())
        && view.lists(local.self.id())
        && from.id().equals(view.coordinator())
        && p.view().lists(from.id())) {
      local.learn(nowNanos, message.news());
      host.admitted(nowNanos, view, p.parent());
    } else {
      local.reject(Rejection.OUT_OF_PLACE, from.id(), message);
    }
  }

  private void bind(long nowNanos, Phase.Place place, int attempt) {
    host.enter(new Phase.Binding(place, attempt, nowNanos + timeoutNanos(attempt - 1)));
    PeerRef asked = place.members().get((attempt - 1) % place.members().size());
    local.send(nowNanos, asked, new CellMessage.Bind(local.self, place.cell()));
  }

  private void adopt(
      long nowNanos,
      Phase.Place place,
      @Nullable CellView view,
      List<PeerRef> candidates,
      int attempt) {
    long deadline = nowNanos + timeoutNanos(attempt - 1);
    host.enter(new Phase.Adopting(place, view, candidates, attempt, deadline));
    local.send(
        nowNanos, candidates.getFirst(), new CellMessage.ParentRequest(local.self, place.cell()));
  }

  private void join(
      long nowNanos, Phase.Place place, @Nullable CellView view, Phase.Parent parent, int attempt) {
    long deadline = nowNanos + timeoutNanos(attempt);
    host.enter(new Phase.Joining(place, view, parent, attempt, deadline));
    List<PeerRef> route = List.of(local.self);
    local.send(
        nowNanos,
        parent.peer(),
        new CellMessage.Join(local.self, place.cell(), view == null, route));
  }

  private void enter(
      long nowNanos, Phase.Place place, CellView view, Phase.@Nullable Parent parent, int attempt) {
    long deadline = nowNanos + timeoutNanos(attempt - 1);
    host.enter(new Phase.Entering(place, view, parent, attempt, deadline));
    PeerId parentId = parent == null ? null : parent.peer().id();
    local.send(
        nowNanos,
        view.coordinatorRef(),
        new CellMessage.Enter(local.self, place.cell(), parentId, local.followed(place.cell())));
  }

  /// Founds a root cell with a higher term than any this peer has seen.
  void found(long nowNanos) {
    CellView.Member first = new CellView.Member(local.self, null);
    CellView view = new CellView(CellId.ROOT, local.nextTerm(), 1, List.of(first));
    RootNews known = local.news();
    if (known != null) {
      known.root().peers().forEach(local::lose);
      known.levelOne().forEach(local::lose);
    }
    host.admitted(nowNanos, view, null);
  }

  /// Only who was a member may, after patience that grows with its distance from the root cell;
  /// a joiner that never got in keeps asking its contacts.
  private boolean mayFound(long nowNanos, Phase.Seeking p) {
    RootNews known = local.news();
    if (known == null) {
      return mayFoundForFounder(nowNanos);
    }
    if (p.attempt() < p.guides().size()) {
      return false;
    }
    List<PeerRef> order = new ArrayList<>(known.root().peers());
    order.addAll(known.levelOne());
    int rank = 0;
    while (rank < order.size() && rank < 16 && !order.get(rank).name().equals(local.self.name())) {
      rank++;
    }
    long patience = local.settings().orphanPatience().toNanos();
    return nowNanos - p.sinceNanos() > patience + rank * (patience / 4);
  }

  /// The founder may be down when all others start: after a while the first of those that seek
  /// together, by name, founds in its place. Who hears nobody may itself be cut off and waits
  /// longer, and for ever while it is turned away. Founders that did not hear of each other meet at
  /// their contacts, and so does the one that was down, when it comes.
  private boolean mayFoundForFounder(long nowNanos) {
    long patience = local.settings().foundingPatience().toNanos();
    seekers.values().removeIf(heard -> nowNanos - heard > patience);
    boolean first = seekers.keySet().stream().noneMatch(n -> n.compareTo(local.self.name()) < 0);
    if (!local.rules.foundsForFounder()) {
      return false;
    }
    if (first && !seekers.isEmpty()) {
      return nowNanos - strangerSinceNanos > patience;
    }
    return nowNanos - Math.max(strangerSinceNanos, turnedAwayNanos) > 3 * patience;
  }

  private static boolean isAmong(List<PeerRef> peers, PeerId id) {
    return peers.stream().anyMatch(peer -> peer.id().equals(id));
  }

  private static List<PeerRef> turned(List<PeerRef> candidates) {
    List<PeerRef> turned = new ArrayList<>(candidates.subList(1, candidates.size()));
    turned.add(candidates.getFirst());
    return turned;
  }

  private long timeoutNanos(int doublings) {
    long first = local.settings().requestTimeout().toNanos();
    long timeout = first << Math.min(doublings, 3);
    return timeout + local.home.jitter(first / 4 + 1);
  }

  static String refusalText(Refusal refusal) {
    return switch (refusal) {
      case BUSY -> "the root still learns the tree, or peers are on the move";
      case NO_ROOT -> "this peer knows no root at present";
      case NOT_IN_CELL -> "this peer is not in that cell";
      case OVERLAY_FULL -> "all cells are full: raise depth, span or peersPerCell, or stop a peer";
      case SUPERSEDED -> "a later process of this name has joined: stop one of the two";
      case NAME_TAKEN -> "another process has this name: give one of the two another name";
      case OTHER_KIND ->
          "the peers of this overlay are placed in another way: give all the same overlay.kind";
      case PLACE_TAKEN -> "the place has been given to others meanwhile";
    };
  }
}
