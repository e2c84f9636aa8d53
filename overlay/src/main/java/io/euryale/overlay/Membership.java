package io.euryale.overlay;

import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerRef;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One stay of a peer in a cell: follows the cell's view, watches its siblings, parent and
/// children, replaces a lost parent, and takes the cell over when the members before it are gone.
///
/// Ends by [Host#expelled]; the next stay is another object. Not thread-safe.
final class Membership implements Coordination.Cell, Ancestry.Child, Succession.Heir {

  /// What a stay needs from the core around it.
  interface Host {
    /// The stay is over; the peer looks for a place again.
    void expelled(long nowNanos, String reason, @Nullable CellId preferred);

    /// The stay is over: the peer goes to another cell.
    void moves(long nowNanos, CellId to);

    /// The stay is over: the peer goes up and founds a new root cell.
    void foundsRoot(long nowNanos);

    /// Something that the neighbourhood shows may have changed.
    void changed();
  }

  private final LocalPeer local;
  private final Host host;
  private final Neighbours near;
  private final Ancestry ancestry;
  private final RivalRoots rivals;
  private final NeighbourWatch watch;
  private final SelfDoubt doubt;
  private final Succession succession;
  private CellView view;
  private @Nullable Coordination coordination;
  private long viewNanos;
  private long pingNanos;
  private long probedNanos;
  private long pingSequence;
  private boolean over;

  Membership(LocalPeer local, Host host, CellView view, Phase.@Nullable Parent parent) {
    this.local = local;
    this.host = host;
    this.view = view;
    ancestry = new Ancestry(local, this, parent);
    rivals = new RivalRoots(local, this);
    near = new Neighbours(local, this);
    watch = new NeighbourWatch(local, this, near);
    doubt = new SelfDoubt(local);
    succession = new Succession(local, this);
  }

  /// Begins the stay, as a member of a view that others made or as the founder of its own.
  void start(long nowNanos) {
    local.excuseRoot(nowNanos);
    pingNanos = nowNanos;
    probedNanos = nowNanos - 3 * local.settings().probePeriod().toNanos();
    boolean founding = local.isSelf(view.coordinator());
    RootNews known = local.news();
    if (view.cell().isRoot() && known != null && known.root().term().compareTo(view.term()) > 0) {
      local.forgetNews();
      rivals.heard(nowNanos, known);
    }
    follow(nowNanos, view);
    Phase.Parent chosen = ancestry.parent();
    if (chosen != null) {
      observeParent(chosen.peer());
    }
    if (founding) {
      lead(nowNanos, true);
    }
  }

  @Override
  public CellView view() {
    return view;
  }

  Ancestry ancestry() {
    return ancestry;
  }

  /// Watches the neighbours.
  NeighbourWatch watch() {
    return watch;
  }

  /// When the present view was first followed, in nanoseconds.
  long viewNanos() {
    return viewNanos;
  }

  void changed() {
    host.changed();
  }

  SelfDoubt doubt() {
    return doubt;
  }

  @Override
  public @Nullable CellView above() {
    Phase.Parent parent = ancestry.parent();
    return parent == null ? null : parent.cell();
  }

  /// Whether this peer has all it needs: a cell with a coordinator, and a way to the root.
  boolean isWhole() {
    return isAttached() && (coordination != null || !near.isGone(view.coordinator()));
  }

  /// Longest usual time without news of the root.
  long rootPatienceNanos() {
    return ancestry.patienceNanos();
  }

  @Nullable Coordination coordination() {
    return coordination;
  }

  /// Whether this peer has, as far as it knows, a way to a root cell.
  boolean isAttached() {
    return view.cell().isRoot() || ancestry.parent() != null;
  }

  private boolean isRoot() {
    return view.cell().isRoot();
  }

  Standing standing() {
    RootNews news = local.news();
    return new Standing(
        view.cell(),
        view.term(),
        view.version(),
        ancestry.parentId(),
        news == null ? view.term() : news.root().term());
  }

  // ---- time

  void timerDue(long nowNanos) {
    watch.timerDue(nowNanos);
    succession.timerDue(nowNanos);
    if (pingNanos <= nowNanos && !over) {
      pingNanos = nowNanos + local.settings().pingPeriod().toNanos();
      pingSequence++;
      CellMessage ping = new CellMessage.Ping(pingSequence, standing());
      near.all().forEach(peer -> local.send(nowNanos, peer, ping));
      local.links.sweep(nowNanos);
    }
    if (coordination != null && !over) {
      coordination.timerDue(nowNanos);
    } else if (nowNanos - probedNanos >= probePause() && !over) {
      probeContacts(nowNanos);
    }
    if (!over) {
      rivals.timerDue(nowNanos);
    }
    if (!over) {
      ancestry.timerDue(nowNanos);
    }
  }

  long nextDeadline() {
    long next = Math.min(pingNanos, local.detector.nextDeadline());
    next = Math.min(next, Math.min(doubt.nextDeadline(), succession.nextDeadline()));
    if (coordination != null) {
      next = Math.min(next, coordination.nextDeadline());
    }
    return Math.min(next, ancestry.nextDeadline());
  }

  /// There is a link to a peer: one that was looked for may be of another part of the overlay, so
  /// it is told of this one at once.
  void met(long nowNanos, PeerRef peer) {
    RootNews news = local.news();
    if (news != null && local.isLookedFor(peer) && near.refOf(peer.id()) == null) {
      local.send(nowNanos, peer, new CellMessage.Probe(view, news));
    }
  }

  private long probePause() {
    return 4 * local.probePauseNanos();
  }

  /// Contacts of a member that is no coordinator may still be another overlay's founder.
  private void probeContacts(long nowNanos) {
    probedNanos = nowNanos;
    RootNews news = local.news();
    if (news != null) {
      CellMessage probe = new CellMessage.Probe(view, news);
      local.contacts().forEach(contact -> local.links.send(nowNanos, contact, probe));
    }
  }

  // ---- the view

  /// A view of some cell arrived, from a member of it or from the coordinator above.
  void viewed(long nowNanos, PeerRef from, CellView other) {
    local.seeTerm(other.term());
    if (!other.cell().equals(view.cell())) {
      if (other.lists(local.self.id())) {
        local.send(nowNanos, from, new CellMessage.Pong(0, standing()));
      }
      return;
    }
    int order = local.rules.compare(other, view);
    boolean ownWord = from.id().equals(other.coordinator()) || !local.rules.asksCoordinator();
    if (order < 0) {
      local.send(nowNanos, from, new CellMessage.Fenced(view));
    } else if (order > 0 && !ownWord) {
      // Only its coordinator makes a view, and tells it to whoever shows an older one.
      local.reject(Rejection.NOT_ENTITLED, from.id(), "View");
      ask(nowNanos, other.coordinatorRef());
    } else if (order > 0 && other.lists(local.self.id())) {
      follow(nowNanos, other);
    } else if (order > 0) {
      outranked(nowNanos, from, other);
    }
  }

  /// Asks a coordinator for its own word. Another part of the overlay was met, so a dial that began
  /// while the two were split need not be waited for.
  private void ask(long nowNanos, PeerRef coordinator) {
    local.links.hurry(nowNanos);
    if (isRoot()) {
      rivals.probe(nowNanos, List.of(coordinator));
    } else {
      local.send(nowNanos, coordinator, new CellMessage.Ping(0, standing()));
    }
  }

  /// A view without this peer has won. The fellows of the losing view are told, not left: else the
  /// next of them would take over in a term higher than the winner's, and so on for ever.
  private void outranked(long nowNanos, PeerRef from, CellView winner) {
    if (winner.cell().isRoot()
        && !winner.term().equals(view.term())
        && !rivals.yields(nowNanos, from, winner)) {
      return;
    }
    local.rememberGuides(winner);
    near.handOver(nowNanos, winner, rivals.newsOf(winner));
    if (!winner.term().equals(view.term())) {
      CellMessage fenced = new CellMessage.Fenced(winner);
      for (PeerRef peer : view.peers()) {
        if (!winner.lists(peer.id())) {
          local.send(nowNanos, peer, fenced);
        }
      }
    }
    String reason = "expelled by " + winner.coordinator() + " in " + winner.term();
    finish(nowNanos, reason, view.cell());
  }

  @Override
  public void install(long nowNanos, CellView next) {
    follow(nowNanos, next);
  }

  private void follow(long nowNanos, CellView next) {
    CellView before = view;
    boolean led = coordination != null;
    view = next;
    viewNanos = nowNanos;
    local.follow(next.cell(), next.term());
    near.viewChanged(before, next);
    succession.reset();
    if (led && !local.isSelf(next.coordinator())) {
      coordination = null;
      local.observe("FENCED", "cell", next.cell().toString(), "term", next.term().toString());
    }
    local.observe(
        "CELL_VIEW",
        "cell",
        next.cell().toString(),
        "term",
        next.term().toString(),
        "number",
        next.term().number(),
        "version",
        next.version(),
        "coordinator",
        next.coordinator().toString(),
        "members",
        next.memberText());
    near.watch(nowNanos);
    near.tellChildren(nowNanos);
    host.changed();
  }

  /// Becomes the cell's coordinator in a term of its own.
  private void lead(long nowNanos, boolean founding) {
    observeLead();
    Coordination duties = new Coordination(local, this, nowNanos, founding);
    coordination = duties;
    // Another parent may have been found before the coordinator that was to hear of it was gone.
    duties.parented(nowNanos, local.self.id(), ancestry.parentId());
    duties.tell(nowNanos);
  }

  private void observeLead() {
    local.observe("COORDINATOR", "cell", view.cell().toString(), "term", view.term().toString());
  }

  void takeOverIfSenior(long nowNanos) {
    if (coordination != null || !near.isGone(view.coordinator())) {
      return;
    }
    for (PeerRef peer : view.peers()) {
      if (local.isSelf(peer.id())) {
        if (succession.mayLead(nowNanos)) {
          follow(nowNanos, view.takenOver(local.nextTerm(), id -> !near.isGone(id)));
          lead(nowNanos, false);
        }
        return;
      }
      if (!near.isGone(peer.id())) {
        return;
      }
    }
  }

  // ---- parent and children

  /// Answers a peer that wants this one as its parent.
  CellMessage parentRequest(long nowNanos, PeerRef child, CellId cell) {
    RootNews news = local.news();
    if (cell.isRoot() || !cell.parent().equals(view.cell())) {
      return Coordination.refused(Refusal.NOT_IN_CELL);
    }
    if (ancestry.asked() != null) {
      return Coordination.refused(Refusal.BUSY);
    }
    if (news == null || !isAttached() || !near.adopt(nowNanos, child)) {
      return Coordination.refused(Refusal.NO_ROOT);
    }
    return new CellMessage.ParentReply(view, Children.newsFor(view, news));
  }

  private void observeParent(PeerRef chosen) {
    local.observe(
        "PARENT", "parent", chosen.id().toString(), "cell", view.cell().parent().toString());
  }

  void parentFound(long nowNanos, PeerRef from, CellMessage.ParentReply reply) {
    if (ancestry.found(nowNanos, from, reply.above())) {
      learn(nowNanos, from, reply.news());
    }
  }

  @Override
  public void parented(long nowNanos, PeerRef parent) {
    observeParent(parent);
    if (coordination != null) {
      coordination.parented(nowNanos, local.self.id(), parent.id());
      coordination.aboveChanged(nowNanos);
    }
  }

  @Override
  public void ancestryChanged(long nowNanos) {
    near.watch(nowNanos);
    host.changed();
  }

  @Override
  public void foundRoot(long nowNanos) {
    leave(nowNanos);
    host.foundsRoot(nowNanos);
  }

  @Override
  public boolean isOver() {
    return over;
  }

  /// The parent told of its cell.
  void above(long nowNanos, PeerRef from, CellView above, RootNews news) {
    ancestry.above(nowNanos, from, above);
    learn(nowNanos, from, news);
  }

  /// Remembers how many peers are behind a root cell.
  void weigh(RootNews news) {
    rivals.weigh(news);
  }

  /// Takes news of the root and passes them on.
  void learn(long nowNanos, PeerRef from, RootNews news) {
    if (over) {
      return;
    }
    weigh(news);
    if (view.cell().isRoot() && news.root().term().compareTo(view.term()) > 0) {
      if (from.id().equals(news.root().coordinator())) {
        viewed(nowNanos, from, news.root());
      } else {
        rivals.heard(nowNanos, news);
        ask(nowNanos, news.root().coordinatorRef());
      }
    } else {
      RootNews before = local.news();
      if (local.learn(nowNanos, news)) {
        near.tellChildren(nowNanos);
        if (before != null
            && !before.root().term().equals(news.root().term())
            && coordination != null) {
          coordination.aboveChanged(nowNanos);
        }
        ancestry.rootHeard(nowNanos, news);
      }
    }
  }

  /// Leads the root cell in a term higher than that of any rival.
  void outbid(long nowNanos) {
    if (coordination != null) {
      follow(nowNanos, view.takenOver(local.nextTerm(), _ -> true));
      observeLead();
      coordination.tell(nowNanos);
    }
  }

  /// A peer of level 1 lost the root; the answer, or null when this peer has none.
  @Nullable CellMessage orphanQuery(long nowNanos, PeerRef from) {
    ancestry.orphanQuery(nowNanos, from);
    RootNews news = local.news();
    return news == null ? null : new CellMessage.OrphanReply(ancestry.isOrphan(), news);
  }

  void orphanReply(long nowNanos, PeerRef from, CellMessage.OrphanReply reply) {
    learn(nowNanos, from, reply.news());
    if (!over) {
      ancestry.orphanReply(nowNanos, from, reply);
    }
  }

  @Override
  public void newsChanged(long nowNanos) {
    near.tellChildren(nowNanos);
  }

  @Override
  public void up(long nowNanos, CellMessage message) {
    Phase.Parent current = ancestry.parent();
    if (coordination == null) {
      local.send(nowNanos, view.coordinatorRef(), message);
    } else if (current != null) {
      local.send(nowNanos, current.cell().coordinatorRef(), message);
    }
  }

  // ---- who keeps the cell

  /// A member of a cell below suspects the other one.
  void accused(long nowNanos, CellMessage.Accusation accusation) {
    if (accusation.cell().isRoot() || !accusation.cell().parent().equals(view.cell())) {
      return;
    }
    if (coordination != null) {
      coordination.arbitration().accused(nowNanos, accusation, standing());
    } else {
      local.send(nowNanos, view.coordinatorRef(), accusation);
    }
  }

  Succession succession() {
    return succession;
  }

  @Override
  public void decided(long nowNanos) {
    takeOverIfSenior(nowNanos);
  }

  @Override
  public void overruled(long nowNanos, PeerId keeper) {
    expel(nowNanos, "the cell above decided for " + keeper, null);
  }

  /// The root coordinator wants this peer elsewhere.
  void moved(long nowNanos, PeerRef from, CellMessage.Move move) {
    RootNews news = local.news();
    if (news == null
        || !move.rootTerm().equals(news.root().term())
        || !from.id().equals(news.root().coordinator())) {
      local.reject(Rejection.NOT_ENTITLED, from.id(), move);
    } else if (!move.to().equals(view.cell())) {
      movesTo(nowNanos, move.to());
    }
  }

  @Override
  public void movesTo(long nowNanos, CellId to) {
    if (!over) {
      leave(nowNanos);
      over = true;
      host.moves(nowNanos, to);
    }
  }

  // ---- the end of the stay

  /// Tells everybody concerned that this peer leaves its cell.
  ///
  /// @return whom it told
  List<PeerRef> leave(long nowNanos) {
    CellMessage leave = new CellMessage.Leave(local.self.id(), view.cell());
    List<PeerRef> told = near.all();
    told.forEach(peer -> local.send(nowNanos, peer, leave));
    return told;
  }

  /// Ends the stay with a farewell to everybody near.
  @Override
  public void expel(long nowNanos, String reason, @Nullable CellId preferred) {
    if (!over) {
      leave(nowNanos);
      finish(nowNanos, reason, preferred);
    }
  }

  private void finish(long nowNanos, String reason, @Nullable CellId preferred) {
    if (!over) {
      over = true;
      near.remember();
      host.expelled(nowNanos, reason, preferred);
    }
  }

  void end() {
    over = true;
  }

  /// Some peers of other cells.
  List<PeerRef> spares() {
    return near.spares();
  }

  /// The picture for the other cores.
  Neighbourhood neighbourhood(long version) {
    return near.picture(version);
  }
}
