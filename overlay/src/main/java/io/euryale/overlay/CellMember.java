package io.euryale.overlay;

import io.euryale.kernel.Endpoint;
import io.euryale.kernel.Hello;
import io.euryale.kernel.Home;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerRef;
import io.euryale.kernel.Role;
import io.euryale.kernel.wire.Decoded;
import io.euryale.kernel.wire.WireReader;
import java.nio.ByteBuffer;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The control core of a peer: joins the overlay of cells, keeps its place, and coordinates its
/// cell when it is its turn. The protocol is told in the package's documentation.
///
/// The core belongs to one loop; all methods, and the calls to both consumers, happen on its
/// thread. It publishes a [Neighbourhood] whenever its place changes, and null while it is in no
/// cell.
public final class CellMember implements OverlayMember {

  private final LocalPeer local;
  private final Home home;
  private final Consumer<@Nullable Neighbourhood> onNeighbourhood;
  private final Joiner joiner;
  private final MemberMessages messages;
  private final JoinerMessages outside;
  private final Reorganisation reorganisation;
  private final Discovery discovery;
  private final WireReader reader = new WireReader();
  private final Set<String> transitions = new LinkedHashSet<>();
  private final Set<PeerId> leaveWaits = new LinkedHashSet<>();
  private Phase phase = new Phase.Idle();
  private @Nullable CellId wished;
  private @Nullable Membership membership;
  private @Nullable Neighbourhood published;
  private long version;
  private long armedNanos = Long.MAX_VALUE;

  /// @param contacts control-port addresses of peers that may know the root; none besides this peer
  /// itself means that it founds the overlay
  /// @param onNeighbourhood told every change of place, null when there is none
  /// @param onEvent told of joins, refusals, expulsions and the end of a leave
  public CellMember(
      OverlaySettings settings,
      PeerRef self,
      List<Endpoint> contacts,
      Home home,
      Consumer<@Nullable Neighbourhood> onNeighbourhood,
      Consumer<MemberEvent> onEvent) {
    this(settings, self, contacts, home, onNeighbourhood, onEvent, CellRules.SOUND);
  }

  CellMember(
      OverlaySettings settings,
      PeerRef self,
      List<Endpoint> contacts,
      Home home,
      Consumer<@Nullable Neighbourhood> onNeighbourhood,
      Consumer<MemberEvent> onEvent,
      CellRules rules) {
    this.home = home;
    this.onNeighbourhood = onNeighbourhood;
    local = new LocalPeer(settings, self, contacts, home, rules, onEvent);
    joiner = new Joiner(local, new JoinerHost());
    reorganisation = new Reorganisation(local);
    discovery = new Discovery(local, new CellPlace(() -> membership));
    messages = new MemberMessages(local, discovery, new MessageHost());
    outside = new JoinerMessages(local, joiner, discovery, new MessageHost());
  }

  @Override
  public void guardedBy(OverlayRights rights) {
    local.rights = rights;
  }

  private final class JoinerHost implements Joiner.Host {
    @Override
    public void enter(Phase next) {
      become(next);
    }

    @Override
    public void admitted(long nowNanos, CellView view, Phase.@Nullable Parent parent) {
      become(new Phase.Member());
      local.observe("MEMBER", "cell", view.cell().toString());
      local.admitted(nowNanos, view.cell());
      Membership stay = new Membership(local, new Stay(), view, parent);
      membership = stay;
      stay.start(nowNanos);
      publish();
      local.tell(new MemberEvent.Joined(view.cell()));
    }
  }

  private final class Stay implements Membership.Host {
    @Override
    public void expelled(long nowNanos, String reason, @Nullable CellId preferred) {
      CellId cell = endStay(nowNanos);
      local.observe("SHUNNED", "cell", String.valueOf(cell), "reason", reason);
      local.tell(new MemberEvent.Shunned(cell == null ? CellId.ROOT : cell, reason));
      if (local.rules.comesBack()) {
        joiner.seek(nowNanos, preferred == null ? wished : preferred);
      } else {
        become(new Phase.Gone());
      }
    }

    @Override
    public void moves(long nowNanos, CellId to) {
      CellId cell = endStay(nowNanos);
      local.observe("MOVES", "from", String.valueOf(cell), "to", to.toString());
      joiner.seek(nowNanos, to);
    }

    @Override
    public void foundsRoot(long nowNanos) {
      endStay(nowNanos);
      joiner.found(nowNanos);
    }

    @Override
    public void changed() {
      publish();
    }
  }

  private final class MessageHost implements MemberMessages.Host, JoinerMessages.Host {
    @Override
    public OverlayStatus status() {
      return CellMember.this.status();
    }

    @Override
    public void superseded(long nowNanos, PeerRef from, CellMessage.Superseded message) {
      CellMember.this.superseded(nowNanos, from, message);
    }

    @Override
    public void leaveConfirmed(PeerId peer) {
      if (phase instanceof Phase.Leaving && leaveWaits.remove(peer) && leaveWaits.isEmpty()) {
        gone(true);
      }
    }

    @Override
    public void learn(long nowNanos, PeerRef from, RootNews news) {
      Membership stay = membership;
      if (stay != null) {
        stay.learn(nowNanos, from, news);
      } else {
        local.learn(nowNanos, news);
      }
    }
  }

  @Override
  public void prefer(CellId cell) {
    wished = cell;
  }

  @Override
  public void start(long nowNanos) {
    local.now(nowNanos);
    joiner.seek(nowNanos, wished);
    arm(nowNanos);
  }

  @Override
  public void linkUp(long nowNanos, int link, Hello remote) {
    notePause(nowNanos);
    local.links.linkUp(nowNanos, link, remote);
    if (remote.role() == Role.PEER) {
      heard(nowNanos, remote.self().id());
      Membership stay = membership;
      if (stay == null || local.isLookedFor(remote.self())) {
        local.links.hurry(nowNanos);
      }
      if (stay != null) {
        stay.met(nowNanos, remote.self());
        stay.watch().superseded(nowNanos, remote.self().id());
      }
    }
    arm(nowNanos);
  }

  @Override
  public void linkDown(long nowNanos, int link, String reason) {
    notePause(nowNanos);
    turnedAway(nowNanos, reason);
    PeerRef lost = local.links.linkDown(link);
    discovery.linkDown(link);
    if (lost != null) {
      local.detector.broken(nowNanos, lost.id(), reason);
      if (membership != null) {
        local.links.redial(nowNanos, lost);
      }
    }
    arm(nowNanos);
  }

  private void turnedAway(long nowNanos, String reason) {
    if (reason.startsWith(TURNED_AWAY)) {
      joiner.turnedAway(nowNanos);
    }
  }

  @Override
  public void dialFailed(long nowNanos, int link, String reason) {
    notePause(nowNanos);
    turnedAway(nowNanos, reason);
    if (Links.isNobodyThere(reason)) {
      for (PeerId meant : local.links.meantBy(link)) {
        if (!local.links.isUp(meant)) {
          local.detector.refused(nowNanos, meant, reason);
        }
      }
    }
    String address = local.links.address(link);
    if (address != null) {
      joiner.unreachable(nowNanos, phase, address);
    }
    work(nowNanos);
  }

  @Override
  public void timerDue(long nowNanos) {
    notePause(nowNanos);
    work(nowNanos);
  }

  private void work(long nowNanos) {
    Membership stay = membership;
    if (stay != null) {
      stay.timerDue(nowNanos);
    }
    if (phase instanceof Phase.Leaving leaving) {
      if (nowNanos >= leaving.deadlineNanos()) {
        gone(false);
      }
    } else {
      joiner.timerDue(nowNanos, phase);
    }
    discovery.timerDue(nowNanos);
    arm(nowNanos);
  }

  @Override
  public void frame(long nowNanos, int link, ByteBuffer frame) {
    notePause(nowNanos);
    Hello remote = local.links.remote(link);
    if (remote == null) {
      return;
    }
    local.links.heard(link, remote.self());
    switch (CellCodec.decode(reader, frame)) {
      case Decoded.Ok<CellMessage> ok -> {
        cover(ok.message());
        if (!local.believes(nowNanos, ok.message())) {
          local.reject(Rejection.IMPLAUSIBLE, remote.self().id(), ok.message());
        } else if (remote.role() == Role.PEER) {
          heard(nowNanos, remote.self().id());
          fromPeer(nowNanos, link, remote.self(), ok.message());
        } else {
          messages.fromOutside(nowNanos, link, remote, ok.message(), membership);
        }
      }
      case Decoded.Unknown<CellMessage> unknown -> {
        local.observe("UNKNOWN", "type", unknown.type());
        local.reject(Rejection.UNKNOWN, remote.self().id(), "type " + unknown.type());
      }
      case Decoded.Malformed<CellMessage> malformed -> {
        local.reject(Rejection.MALFORMED, remote.self().id(), malformed.reason());
        local.observe(
            "MALFORMED", "from", remote.self().id().toString(), "reason", malformed.reason());
        local.links.drop(link);
        discovery.linkDown(link);
      }
    }
    arm(nowNanos);
  }

  private void heard(long nowNanos, PeerId peer) {
    if (local.detector.heard(nowNanos, peer)) {
      local.observe("TRUST", "who", peer.toString());
      publish();
    }
  }

  private void fromPeer(long nowNanos, int link, PeerRef from, CellMessage message) {
    Membership stay = membership;
    if (stay != null && phase instanceof Phase.Member) {
      messages.receive(nowNanos, link, from, message, stay);
    } else {
      outside.receive(nowNanos, link, from, message, phase);
    }
  }

  /// Only the root cell admits lives.
  private void superseded(long nowNanos, PeerRef from, CellMessage.Superseded message) {
    PeerId newer = message.newer();
    RootNews news = local.news();
    if (news == null || !news.root().lists(from.id())) {
      local.reject(Rejection.NOT_ENTITLED, from.id(), message);
    } else if (phase.isOver()) {
      local.reject(Rejection.OUT_OF_PLACE, from.id(), message); // Nobody comes back by that.
    } else if (newer.supersedes(local.self.id())) {
      endStay(nowNanos);
      joiner.refuse(nowNanos, Refusal.SUPERSEDED, Joiner.refusalText(Refusal.SUPERSEDED));
    } else if (membership != null) {
      membership.watch().superseded(nowNanos, newer);
    }
  }

  private @Nullable CellId endStay(long nowNanos) {
    Membership stay = membership;
    if (stay == null) {
      return null;
    }
    membership = null;
    stay.end();
    local.detector.watch(nowNanos, List.of());
    local.links.keep(nowNanos, List.of());
    publish();
    return stay.view().cell();
  }

  /// Tells coordinator, parent, siblings and children.
  @Override
  public void leave(long nowNanos) {
    local.now(nowNanos);
    if (phase.isOver()) {
      return;
    }
    Membership stay = membership;
    List<PeerRef> told = stay == null ? List.of() : stay.leave(nowNanos);
    endStay(nowNanos);
    told.forEach(peer -> leaveWaits.add(peer.id()));
    become(new Phase.Leaving(nowNanos + local.settings().leaveTimeout().toNanos()));
    if (leaveWaits.isEmpty()) {
      gone(true);
    }
    arm(nowNanos);
  }

  private void gone(boolean acknowledged) {
    become(new Phase.Gone());
    local.observe("LEFT", "acknowledged", acknowledged);
    local.tell(new MemberEvent.Left(acknowledged));
  }

  @Override
  public void reload(long nowNanos, OverlaySettings settings, List<Endpoint> contacts) {
    if (settings.kind() == OverlayKind.CELLS) {
      local.now(nowNanos);
      local.use(settings, contacts);
      Membership stay = membership;
      Coordination duties = stay == null ? null : stay.coordination();
      if (duties != null) {
        duties.use(settings);
      }
      arm(nowNanos);
    }
  }

  @Override
  public void advertise(long nowNanos, List<Advert> offered) {
    discovery.advertise(nowNanos, offered);
    arm(nowNanos);
  }

  @Override
  public void find(long nowNanos, Query query, Consumer<Findings> to) {
    discovery.find(nowNanos, query, to);
    arm(nowNanos);
  }

  @Override
  public long watch(long nowNanos, Query query, Consumer<Findings> to) {
    long watch = discovery.watch(nowNanos, query, to);
    arm(nowNanos);
    return watch;
  }

  @Override
  public void unwatch(long watch) {
    discovery.unwatch(watch);
  }

  /// The whole directory at the root coordinator.
  @Override
  public OverlayStatus status() {
    return Statuses.of(local, phase, membership);
  }

  @Override
  public OverlayHealth health(long nowNanos) {
    Membership stay = membership;
    boolean whole = stay != null && stay.isWhole();
    long broken = reorganisation.brokenNanos(nowNanos);
    if (stay == null) {
      return local.health(whole, broken, 0, 0, false);
    }
    Coordination duties = stay.coordination();
    boolean top = duties != null && duties.directory() != null;
    long age = top ? 0 : nowNanos - local.newsNanos();
    return local.health(whole, broken, age, stay.rootPatienceNanos(), duties != null);
  }

  @Override
  public Map<Rejection, Long> rejected() {
    return local.rejected();
  }

  /// The term of the root cell last heard of, or null.
  @Nullable Term rootTerm() {
    RootNews news = local.news();
    return news == null ? null : news.root().term();
  }

  private void become(Phase next) {
    if (!next.label().equals(phase.label())) {
      local.observe("PHASE", "from", phase.label(), "to", next.label());
    }
    phase = next;
  }

  /// Records each pair of phase and message once: what test schedules have reached.
  private void cover(CellMessage message) {
    String input = message.getClass().getSimpleName();
    if (transitions.add(phase.label() + input)) {
      local.observe("TRANSITION", "phase", phase.label(), "input", input);
    }
  }

  /// A peer that was stopped itself cannot tell others' silence from its own.
  private void notePause(long nowNanos) {
    local.now(nowNanos);
    long late = nowNanos - armedNanos;
    if (armedNanos != Long.MAX_VALUE && late > local.settings().suspicionMin().toNanos() / 2) {
      local.observe("PAUSED", "late", late / 1_000_000);
      local.detector.forgive(nowNanos);
      local.excuseRoot(nowNanos);
      Membership stay = membership;
      Coordination duties = stay == null ? null : stay.coordination();
      if (duties != null) {
        duties.resumed(nowNanos);
      }
      armedNanos = nowNanos;
    }
  }

  private void publish() {
    Membership stay = membership;
    discovery.placeChanged(local.now());
    Neighbourhood next = stay == null ? null : stay.neighbourhood(0);
    Neighbourhood last = published;
    if (!Objects.equals(next, last)) {
      published = next;
      version++;
      onNeighbourhood.accept(stay == null ? null : stay.neighbourhood(version));
    }
  }

  private void arm(long nowNanos) {
    Membership stay = membership;
    if (phase.isOver()) {
      reorganisation.end();
    } else {
      reorganisation.note(nowNanos, stay != null && stay.isWhole(), phase.label());
    }
    long next = Math.min(phase.deadline(), reorganisation.nextDeadline());
    next = Math.min(next, discovery.nextDeadline());
    if (stay != null) {
      next = Math.min(next, stay.nextDeadline());
    }
    armedNanos = Math.max(next, nowNanos);
    home.wakeAt(next);
  }
}
