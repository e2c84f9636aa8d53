package io.euryale.overlay;

import io.euryale.kernel.Endpoint;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerRef;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The duties of a cell's coordinator [1 §3.2]: it alone changes the view, tells it to the members,
/// reports it towards the root, and looks for members it lost. In the root cell it also keeps the
/// directory and tells everybody the news of the root.
///
/// Lives as long as the term. Not thread-safe.
final class Coordination {

  /// What the coordinator needs from the membership it works for.
  interface Cell {
    CellView view();

    /// Follows a view that this coordinator made.
    void install(long nowNanos, CellView next);

    /// There are news of the root to be told downwards.
    void newsChanged(long nowNanos);

    /// Sends towards the root: to the coordinator of the cell above.
    void up(long nowNanos, CellMessage message);
  }

  private final LocalPeer local;
  private final Cell cell;
  private final Map<PeerId, Long> sinceNanos = new LinkedHashMap<>();
  private final Arbitration arbitration;
  private final Laggards laggards;
  private final @Nullable RootDirectory directory;
  private final long readyNanos;
  private long sequence;
  private long reportNanos;
  private long probeNanos;

  /// @param founding whether the cell is new, so that nobody can know of cells below it
  Coordination(LocalPeer local, Cell cell, long nowNanos, boolean founding) {
    this.local = local;
    this.cell = cell;
    OverlaySettings settings = local.settings();
    arbitration = new Arbitration(local);
    laggards = new Laggards(local::settings);
    directory = cell.view().cell().isRoot() ? new RootDirectory(settings, local.rules) : null;
    boolean first = founding && local.news() == null && cell.view().term().number() == 1;
    readyNanos = first ? nowNanos : nowNanos + 2 * settings.reportPeriod().toNanos();
    reportNanos = nowNanos;
    probeNanos = nowNanos + settings.probePeriod().toNanos() / 4;
    cell.view().peers().forEach(peer -> sinceNanos.put(peer.id(), nowNanos));
  }

  /// The directory, at the root coordinator.
  @Nullable RootDirectory directory() {
    return directory;
  }

  Arbitration arbitration() {
    return arbitration;
  }

  /// From now on other settings count.
  void use(OverlaySettings settings) {
    if (directory != null) {
      directory.use(settings);
    }
  }

  /// This peer was stopped for a while.
  void resumed(long nowNanos) {
    if (directory != null) {
      directory.resumed(nowNanos);
    }
  }

  /// How many peers have been heard of within the last reports.
  int weight(long nowNanos) {
    return directory == null ? 0 : directory.weight(nowNanos);
  }

  void timerDue(long nowNanos) {
    arbitration.timerDue(nowNanos);
    if (reportNanos <= nowNanos) {
      if (local.rules.restless()) {
        cell.install(nowNanos, cell.view().without(_ -> false));
      }
      tell(nowNanos);
      rebalance(nowNanos);
    }
    if (probeNanos <= nowNanos) {
      boolean root = directory != null;
      probeNanos =
          nowNanos + (root ? local.settings().probePeriod().toNanos() : local.probePauseNanos());
      probe(nowNanos);
    }
  }

  long nextDeadline() {
    return Math.min(Math.min(reportNanos, probeNanos), arbitration.nextDeadline());
  }

  /// Tells the view to the members and towards the root.
  void tell(long nowNanos) {
    reportNanos = nowNanos + local.settings().reportPeriod().toNanos();
    CellView view = cell.view();
    if (directory != null) {
      directory.record(nowNanos, view);
      sequence++;
      local.learn(nowNanos, new RootNews(view, sequence, directory.levelOne(), weight(nowNanos)));
      cell.newsChanged(nowNanos);
    } else {
      cell.up(nowNanos, new CellMessage.Report(view, 0));
    }
    RootNews news = local.news();
    if (news == null) {
      return;
    }
    for (PeerRef peer : view.peers()) {
      local.send(nowNanos, peer, new CellMessage.View(view, news));
    }
  }

  /// Adds a validated joiner, or says why not.
  @Nullable Refusal enter(long nowNanos, CellMessage.Enter enter) {
    PeerRef joiner = enter.joiner();
    CellView view = cell.view();
    CellView.Member listed = view.named(joiner.name());
    if (listed != null && listed.id().supersedes(joiner.id())) {
      return Refusal.SUPERSEDED;
    }
    int others = view.members().size() - (listed == null ? 0 : 1);
    if (!local.rules.hasRoom(others, local.settings().capacity(view.cell().level()))) {
      return Refusal.PLACE_TAKEN;
    }
    local.find(joiner.name());
    sinceNanos.put(joiner.id(), nowNanos);
    CellView.Member entering = new CellView.Member(joiner, enter.parent());
    Term followed = enter.followed();
    CellView next = listed != null && listed.equals(entering) ? view : view.with(entering);
    if (followed != null && followed.compareTo(view.term()) > 0) {
      // The joiner cannot follow a lower term than it followed here before.
      local.seeTerm(followed);
      next = next.takenOver(local.nextTerm(), _ -> true);
    }
    if (!next.equals(view)) {
      change(nowNanos, next);
    }
    return null;
  }

  /// Removes a member that failed or left; it is told by the view without it.
  void remove(long nowNanos, PeerRef peer) {
    CellView view = cell.view();
    if (!view.lists(peer.id()) || local.isSelf(peer.id())) {
      return;
    }
    change(nowNanos, view.without(peer.id()::equals));
    RootNews news = local.news();
    if (news != null) {
      local.send(nowNanos, peer, new CellMessage.View(cell.view(), news));
    }
  }

  /// A peer says where it stands.
  void stands(long nowNanos, PeerRef from, @Nullable Standing standing) {
    arbitration.heard(nowNanos, from, standing);
    CellView view = cell.view();
    if (standing == null || !standing.cell().equals(view.cell()) || !view.lists(from.id())) {
      return;
    }
    long lagging = laggards.shows(nowNanos, from.id(), standing, view);
    if (lagging > 0) {
      local.observe("LATE", "who", from.id().toString(), "behind", lagging / 1_000_000);
      remove(nowNanos, from);
    }
  }

  /// Moves a peer up, or out of a cell that is too small, once the tree has been quiet for a while.
  private void rebalance(long nowNanos) {
    if (directory == null || nowNanos < readyNanos || !local.rules.rebalances()) {
      return;
    }
    RootDirectory.Move move = directory.rebalance(nowNanos);
    if (move != null) {
      local.observe(
          "REBALANCE",
          "who",
          move.peer().id().toString(),
          "from",
          move.from().toString(),
          "to",
          move.to().toString());
      local.send(nowNanos, move.peer(), new CellMessage.Move(cell.view().term(), move.to()));
    }
  }

  /// A member that says it stands elsewhere is removed, unless it has only just entered and may not
  /// know yet.
  void elsewhere(long nowNanos, PeerRef peer) {
    long since = sinceNanos.getOrDefault(peer.id(), nowNanos);
    if (nowNanos - since > 4 * local.settings().requestTimeout().toNanos()) {
      local.observe("ELSEWHERE", "who", peer.id().toString());
      remove(nowNanos, peer);
    }
  }

  /// A member told its parent.
  void parented(long nowNanos, PeerId member, @Nullable PeerId parent) {
    CellView.Member listed = cell.view().member(member);
    if (listed != null && parent != null && !parent.equals(listed.parent())) {
      change(nowNanos, cell.view().withParent(member, parent));
    }
  }

  /// The root's answer to a joiner.
  CellMessage place(long nowNanos, PeerRef joiner, @Nullable CellId former) {
    if (directory == null || nowNanos < readyNanos) {
      return refused(Refusal.BUSY);
    }
    directory.record(nowNanos, cell.view());
    return switch (directory.place(nowNanos, joiner, former)) {
      case RootDirectory.Answer.Place p ->
          new CellMessage.BindingReply(p.cell(), p.members(), p.above());
      case RootDirectory.Answer.No no -> new CellMessage.Refused(no.refusal(), no.text());
    };
  }

  /// The root's validation of a join.
  @Nullable Refusal validate(long nowNanos, CellMessage.Join join) {
    if (directory == null || nowNanos < readyNanos) {
      return Refusal.BUSY;
    }
    PeerRef elder = directory.elder(join.joiner());
    Refusal refusal = directory.validate(nowNanos, join.joiner(), join.cell(), join.founds());
    if (refusal == null && elder != null) {
      local.send(nowNanos, elder, new CellMessage.Superseded(join.joiner().id()));
    }
    return refusal;
  }

  /// A cell's report has reached this coordinator.
  void report(long nowNanos, CellMessage.Report report) {
    if (directory == null) {
      if (report.hops() < CellMessage.MAX_ROUTE) {
        cell.up(nowNanos, new CellMessage.Report(report.view(), report.hops() + 1));
      }
      return;
    }
    List<PeerRef> levelOne = directory.levelOne();
    CellView loser = directory.record(nowNanos, report.view());
    if (!directory.levelOne().equals(levelOne)) {
      // Who would replace the root cell should be known before it is needed; changes come in rows.
      reportNanos =
          Math.min(reportNanos, nowNanos + local.settings().requestTimeout().toNanos() / 5);
    }
    if (loser == null) {
      return;
    }
    for (CellView winner : directory.views()) {
      if (winner.cell().equals(loser.cell())) {
        local.observe("FENCE", "cell", loser.cell().toString(), "term", loser.term().toString());
        for (PeerRef peer : loser.peers()) {
          local.send(nowNanos, peer, new CellMessage.Fenced(winner));
        }
      }
    }
  }

  static CellMessage.Refused refused(Refusal refusal) {
    return new CellMessage.Refused(refusal, Joiner.refusalText(refusal));
  }

  private void change(long nowNanos, CellView next) {
    cell.install(nowNanos, next);
    laggards.keep(next);
    tell(nowNanos);
  }

  /// Lost members and contacts may live in another half of a network that was split.
  private void probe(long nowNanos) {
    RootNews news = local.news();
    if (news == null) {
      return;
    }
    CellMessage probe = new CellMessage.Probe(cell.view(), news);
    List<Endpoint> targets = new ArrayList<>(local.contacts());
    local.lost().forEach(peer -> targets.add(peer.endpoint()));
    targets.stream()
        .distinct()
        .limit(CellView.MAX_MEMBERS)
        .forEach(target -> local.links.send(nowNanos, target, probe));
  }
}
