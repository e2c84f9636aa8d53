package io.euryale.overlay;

import io.euryale.kernel.Endpoint;
import io.euryale.kernel.Hello;
import io.euryale.kernel.Home;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.PeerRef;
import io.euryale.kernel.Role;
import io.euryale.kernel.wire.Decoded;
import io.euryale.kernel.wire.WireReader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The flat overlay: everybody is everybody's sibling, and there is nobody above. For a few peers:
/// each keeps a link to every other.
///
/// Each peer tells every other, each ping period, whom it hears; who is named and not known yet is
/// told, too, and so are contacts and peers that were lost. So parts of a network that was split
/// find each other without anybody having to give way: there is no coordinator, no term and no
/// root to be lost. What is promised is no more than that: peers that hear each other are siblings.
/// Queries go to the first by name, which is all that this overlay has of a top.
public final class MeshMember implements OverlayMember {

  /// Most peers of a mesh.
  public static final int MAX_PEERS = 32;

  private enum Stage {
    SEEKING,
    MEMBER,
    REFUSED,
    LEAVING,
    GONE
  }

  private final LocalPeer local;
  private final Consumer<@Nullable Neighbourhood> onNeighbourhood;
  private final Discovery discovery;
  private final WireReader reader = new WireReader();

  /// Peers that have been heard and neither left nor were replaced by a later life.
  private final Map<PeerName, PeerRef> met = new TreeMap<>();

  private final Set<PeerId> leaveWaits = new LinkedHashSet<>();
  private Stage stage = Stage.SEEKING;
  private @Nullable Neighbourhood published;
  private long version;
  private long pingNanos;
  private long probeNanos;

  /// When the stage ends by itself: who seeks founds, who was refused seeks again, and who leaves
  /// waits for nobody any longer.
  private long stageEndsNanos = Long.MAX_VALUE;

  private long armedNanos = Long.MAX_VALUE;

  /// @param contacts as of [OverlayMember#of]
  public MeshMember(
      OverlaySettings settings,
      PeerRef self,
      List<Endpoint> contacts,
      Home home,
      Consumer<@Nullable Neighbourhood> onNeighbourhood,
      Consumer<MemberEvent> onEvent) {
    local = new LocalPeer(settings, self, contacts, home, CellRules.SOUND, onEvent);
    this.onNeighbourhood = onNeighbourhood;
    discovery = new Discovery(local, new MeshPlace());
  }

  private final class MeshPlace implements Discovery.Place {
    @Override
    public @Nullable PeerRef up() {
      PeerRef first = stage == Stage.MEMBER ? peers().getFirst() : null;
      return first == null || local.isSelf(first.id()) ? null : first;
    }

    @Override
    public boolean isTop() {
      return stage == Stage.MEMBER && up() == null;
    }

    @Override
    public List<PeerRef> peers() {
      return MeshMember.this.peers();
    }

    @Override
    public Set<PeerId> alive() {
      Set<PeerId> alive = new LinkedHashSet<>();
      peers().forEach(peer -> alive.add(peer.id()));
      return alive;
    }
  }

  /// This peer and those it hears, by name.
  private List<PeerRef> peers() {
    Map<PeerName, PeerRef> all = new TreeMap<>();
    met.forEach(
        (name, peer) -> {
          if (!local.detector.isSuspected(peer.id())) {
            all.put(name, peer);
          }
        });
    all.put(local.self.name(), local.self);
    return new ArrayList<>(all.values());
  }

  @Override
  public void start(long nowNanos) {
    local.now(nowNanos);
    seek(nowNanos);
    timerDue(nowNanos);
  }

  private void seek(long nowNanos) {
    stage = Stage.SEEKING;
    stageEndsNanos = nowNanos + local.settings().foundingPatience().toNanos();
    if (local.contacts().isEmpty()) {
      admitted();
    }
  }

  private void admitted() {
    stage = Stage.MEMBER;
    stageEndsNanos = Long.MAX_VALUE;
    local.observe("MEMBER", "cell", CellId.ROOT.toString());
    local.tell(new MemberEvent.Joined(CellId.ROOT));
    publish();
  }

  @Override
  public void linkUp(long nowNanos, int link, Hello remote) {
    enter(nowNanos);
    local.links.linkUp(nowNanos, link, remote);
    arm(nowNanos);
  }

  @Override
  public void linkDown(long nowNanos, int link, String reason) {
    enter(nowNanos);
    turnedAway(nowNanos, reason);
    PeerRef lost = local.links.linkDown(link);
    discovery.linkDown(link);
    if (lost != null) {
      local.detector.broken(nowNanos, lost.id(), reason);
      local.links.redial(nowNanos, lost);
    }
    arm(nowNanos);
  }

  /// Somebody is there, but one of the two does not believe, or not let in, the other: that is no
  /// reason to found another overlay.
  private void turnedAway(long nowNanos, String reason) {
    if (stage == Stage.SEEKING && reason.startsWith(TURNED_AWAY)) {
      stageEndsNanos = nowNanos + local.settings().foundingPatience().toNanos();
    }
  }

  @Override
  public void dialFailed(long nowNanos, int link, String reason) {
    enter(nowNanos);
    turnedAway(nowNanos, reason);
    if (Links.isNobodyThere(reason)) {
      for (PeerId meant : local.links.meantBy(link)) {
        if (!local.links.isUp(meant)) {
          local.detector.refused(nowNanos, meant, reason);
        }
      }
    }
    arm(nowNanos);
  }

  @Override
  public void frame(long nowNanos, int link, ByteBuffer frame) {
    enter(nowNanos);
    Hello remote = local.links.remote(link);
    if (remote == null || stage == Stage.GONE) {
      return;
    }
    local.links.heard(link, remote.self());
    switch (CellCodec.decode(reader, frame)) {
      case Decoded.Ok<CellMessage>(CellMessage message) when remote.role() == Role.PEER ->
          fromPeer(nowNanos, link, remote.self(), message);
      case Decoded.Ok<CellMessage>(CellMessage message) ->
          fromOutside(nowNanos, link, remote, message);
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

  private void fromPeer(long nowNanos, int link, PeerRef from, CellMessage message) {
    switch (message) {
      case CellMessage.Mesh m -> heard(nowNanos, from, m.heard());
      case CellMessage.Leave m -> {
        local.links.reply(link, new CellMessage.LeaveReply(m.peer()));
        PeerRef known = met.get(from.name());
        if (known != null && known.id().equals(from.id())) {
          local.observe("LEAVES", "who", from.id().toString());
          met.remove(from.name());
          followed(nowNanos);
        }
      }
      case CellMessage.LeaveReply _ -> {
        if (leaveWaits.remove(from.id()) && leaveWaits.isEmpty() && stage == Stage.LEAVING) {
          gone(true);
        }
      }
      case CellMessage.Superseded m -> {
        if (speaks() && m.newer().supersedes(local.self.id())) {
          refuse(nowNanos, Refusal.SUPERSEDED, Joiner.refusalText(Refusal.SUPERSEDED));
        }
      }
      case CellMessage.Refused m -> {
        if (stage == Stage.SEEKING && m.refusal().needsOperator()) {
          refuse(nowNanos, m.refusal(), m.text());
        }
      }
      case CellMessage.Adverts m -> discovery.offered(nowNanos, from, m.offers());
      case CellMessage.Find m -> discovery.asked(nowNanos, m);
      case CellMessage.Found m -> discovery.answered(nowNanos, from, m);
      case CellMessage.StatusRequest m ->
          local.links.reply(link, Statuses.page(status(), m.page()));
      case CellMessage.BindingRequest _, CellMessage.Probe _ ->
          local.links.reply(link, Coordination.refused(Refusal.OTHER_KIND));
      default -> local.reject(Rejection.OUT_OF_PLACE, from.id(), message); // Of overlays of cells.
    }
  }

  private void fromOutside(long nowNanos, int link, Hello from, CellMessage message) {
    if (message instanceof CellMessage.Attach && stage == Stage.MEMBER) {
      List<PeerRef> all = peers();
      List<PeerRef> own = new ArrayList<>(all);
      own.removeIf(peer -> local.isSelf(peer.id()));
      own.addFirst(local.self);
      // All others are named already, but for those that may be there again.
      List<PeerRef> lost = local.lost();
      List<PeerRef> spares =
          lost.subList(Math.max(0, lost.size() - CellMessage.MAX_SPARES), lost.size());
      local.links.reply(link, new CellMessage.AttachReply(own, all, spares));
    } else {
      Outsiders.receive(nowNanos, local, discovery, link, from, message, this::status);
    }
  }

  /// A peer is there, and says whom it hears.
  private void heard(long nowNanos, PeerRef from, List<PeerRef> hears) {
    if (!speaks()) {
      return;
    }
    PeerRef known = met.get(from.name());
    if (from.name().equals(local.self.name()) || (known != null && olderLife(from, known))) {
      PeerId newest = known == null ? local.self.id() : known.id();
      local.send(nowNanos, from, new CellMessage.Superseded(newest));
      return;
    }
    if (known == null && met.size() >= MAX_PEERS - 1) {
      local.send(
          nowNanos,
          from,
          new CellMessage.Refused(
              Refusal.OVERLAY_FULL,
              "a mesh has at most " + MAX_PEERS + " peers: stop one, or use cells"));
      return;
    }
    boolean isNew = known == null || !known.equals(from);
    met.put(from.name(), from);
    local.find(from.name());
    if (isNew) {
      followed(nowNanos);
      local.send(nowNanos, from, hello());
    }
    if (local.detector.heard(nowNanos, from.id())) {
      local.observe("TRUST", "who", from.id().toString());
    }
    local.detector.pinged(nowNanos, from.id());
    for (PeerRef peer : hears) {
      PeerRef other = met.get(peer.name());
      boolean news = other == null || peer.id().supersedes(other.id());
      if (news && !peer.name().equals(local.self.name())) {
        local.send(nowNanos, peer, hello());
      }
    }
    if (stage == Stage.SEEKING) {
      admitted();
    }
    publish();
  }

  private static boolean olderLife(PeerRef from, PeerRef known) {
    return known.id().supersedes(from.id());
  }

  private CellMessage hello() {
    return new CellMessage.Mesh(stage == Stage.MEMBER ? peers() : List.of(local.self));
  }

  /// Others are near now: they are watched and linked.
  private void followed(long nowNanos) {
    local.detector.watch(nowNanos, met.values().stream().map(PeerRef::id).toList());
    local.links.keep(nowNanos, met.values());
    publish();
  }

  /// For a while only: what was told may be a lie.
  private void refuse(long nowNanos, Refusal refusal, String text) {
    stage = Stage.REFUSED;
    stageEndsNanos = nowNanos + local.settings().refusedRetry().toNanos();
    local.observe("REFUSED", "reason", refusal.name());
    local.tell(new MemberEvent.Refused(refusal, text));
    publish();
  }

  private boolean speaks() {
    return stage == Stage.SEEKING || stage == Stage.MEMBER;
  }

  // ---- time

  @Override
  public void timerDue(long nowNanos) {
    enter(nowNanos);
    for (FailureDetector.Suspicion suspicion : local.detector.due(nowNanos)) {
      suspect(suspicion);
    }
    if (stageEndsNanos <= nowNanos) {
      switch (stage) {
        case SEEKING -> admitted(); // Nobody answered for long; who comes is met at the contacts.
        case REFUSED -> seek(nowNanos);
        case LEAVING -> gone(false);
        case MEMBER, GONE -> stageEndsNanos = Long.MAX_VALUE;
      }
    }
    if (pingNanos <= nowNanos && speaks()) {
      pingNanos = nowNanos + local.settings().pingPeriod().toNanos();
      CellMessage hello = hello();
      met.values().forEach(peer -> local.send(nowNanos, peer, hello));
      local.links.sweep(nowNanos);
    }
    if (probeNanos <= nowNanos && speaks()) {
      long pause =
          stage == Stage.SEEKING
              ? local.settings().requestTimeout().toNanos()
              : local.settings().probePeriod().toNanos();
      probeNanos = nowNanos + pause;
      CellMessage hello = hello();
      local.contacts().forEach(contact -> local.links.send(nowNanos, contact, hello));
      local.lost().forEach(peer -> local.links.send(nowNanos, peer.endpoint(), hello));
    }
    discovery.timerDue(nowNanos);
    publish();
    arm(nowNanos);
  }

  private void suspect(FailureDetector.Suspicion suspicion) {
    local.observe(
        "SUSPECT",
        "who",
        suspicion.peer().toString(),
        "reason",
        suspicion.reason(),
        "silence",
        suspicion.silenceNanos() / 1_000_000);
    PeerRef peer = met.get(suspicion.peer().name());
    if (peer != null && peer.id().equals(suspicion.peer())) {
      local.links.reset(peer);
      met.remove(peer.name());
      local.lose(peer);
      followed(local.now());
    }
  }

  private void enter(long nowNanos) {
    local.now(nowNanos);
    long late = nowNanos - armedNanos;
    if (armedNanos != Long.MAX_VALUE && late > local.settings().suspicionMin().toNanos() / 2) {
      local.observe("PAUSED", "late", late / 1_000_000);
      local.detector.forgive(nowNanos);
      armedNanos = nowNanos;
    }
  }

  private void arm(long nowNanos) {
    long next = Math.min(stageEndsNanos, discovery.nextDeadline());
    if (speaks()) {
      next = Math.min(next, Math.min(pingNanos, probeNanos));
      next = Math.min(next, local.detector.nextDeadline());
    }
    if (stage == Stage.GONE) {
      next = Long.MAX_VALUE;
    }
    armedNanos = next == Long.MAX_VALUE ? next : Math.max(next, nowNanos);
    local.home.wakeAt(next);
  }

  // ---- for others

  private void publish() {
    Neighbourhood next = stage == Stage.MEMBER ? picture(0) : null;
    if (!Objects.equals(next, published)) {
      published = next;
      version++;
      discovery.placeChanged(local.now());
      discovery.peersChanged(local.now());
      onNeighbourhood.accept(next == null ? null : picture(version));
    }
  }

  private Neighbourhood picture(long number) {
    List<PeerRef> siblings = peers();
    siblings.removeIf(peer -> local.isSelf(peer.id()));
    return new Neighbourhood(number, CellId.ROOT, local.self, siblings, null, List.of());
  }

  @Override
  public void guardedBy(OverlayRights rights) {
    local.rights = rights;
  }

  /// One cell, as this peer sees it, with the first by name in the coordinator's place.
  @Override
  public OverlayHealth health(long nowNanos) {
    boolean member = stage == Stage.MEMBER;
    return local.health(member, 0, 0, 0, member && peers().getFirst().id().equals(local.self.id()));
  }

  @Override
  public OverlayStatus status() {
    String label = stage.name();
    if (stage != Stage.MEMBER) {
      return new OverlayStatus(local.self, label, null, null, List.of(), false);
    }
    List<PeerRef> all = peers();
    Term term = new Term(1, all.getFirst().id());
    List<CellView.Member> members = new ArrayList<>();
    all.forEach(peer -> members.add(new CellView.Member(peer, null)));
    CellView view = new CellView(CellId.ROOT, term, version, members);
    return new OverlayStatus(local.self, label, view, null, List.of(view), true);
  }

  @Override
  public Map<Rejection, Long> rejected() {
    return local.rejected();
  }

  @Override
  public void leave(long nowNanos) {
    local.now(nowNanos);
    if (stage == Stage.LEAVING || stage == Stage.GONE) {
      return;
    }
    stage = Stage.LEAVING;
    stageEndsNanos = nowNanos + local.settings().leaveTimeout().toNanos();
    CellMessage leave = new CellMessage.Leave(local.self.id(), CellId.ROOT);
    for (PeerRef peer : met.values()) {
      local.send(nowNanos, peer, leave);
      leaveWaits.add(peer.id());
    }
    publish();
    if (leaveWaits.isEmpty()) {
      gone(true);
    }
    arm(nowNanos);
  }

  private void gone(boolean acknowledged) {
    stage = Stage.GONE;
    stageEndsNanos = Long.MAX_VALUE;
    local.observe("LEFT", "acknowledged", acknowledged);
    local.tell(new MemberEvent.Left(acknowledged));
  }

  @Override
  public void reload(long nowNanos, OverlaySettings settings, List<Endpoint> contacts) {
    if (settings.kind() == OverlayKind.MESH) {
      local.now(nowNanos);
      local.use(settings, contacts);
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
}
