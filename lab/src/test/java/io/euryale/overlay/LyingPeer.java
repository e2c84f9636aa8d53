package io.euryale.overlay;

import io.euryale.kernel.Core;
import io.euryale.kernel.DatagramHome;
import io.euryale.kernel.Endpoint;
import io.euryale.kernel.Hello;
import io.euryale.kernel.Home;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerRef;
import io.euryale.kernel.Role;
import io.euryale.kernel.trace.TraceEvent;
import io.euryale.kernel.wire.Decoded;
import io.euryale.kernel.wire.WireReader;
import io.euryale.kernel.wire.WireWriter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/// A peer that was let in and lies: it takes its place among the others like an honest one, has a
/// link to everybody, and every 10 ms tells each of them something else that is not so, under its
/// own name. Its views, news and standings are those it has heard, with terms, versions, sequences
/// and weights at the edges, members that do not exist, itself as everybody's child, parent,
/// sibling and root. Lives in the overlay's package because the messages are nobody else's
/// business.
public final class LyingPeer implements Core {

  private static final long PERIOD_NANOS = 10_000_000;
  private static final int STRANGERS = 250;

  private final DatagramHome home;
  private final PeerRef self;
  private final List<Endpoint> others;
  private final Extremes extremes;
  private final CellMember honest;
  private final WireWriter writer = new WireWriter();
  private final WireReader reader = new WireReader();
  private final Map<Integer, Hello> links = new LinkedHashMap<>();
  private final Map<CellId, CellView> views = new LinkedHashMap<>();
  private final Map<PeerId, PeerRef> met = new LinkedHashMap<>();
  private CellView root;
  private long highest = 1;
  private long honestNanos = Long.MAX_VALUE;
  private long lieNanos;
  private long lies;

  /// Which numbers it claims.
  public enum Extremes {
    /// The largest that are well-formed, and beyond.
    LARGEST,

    /// The largest that are believed, again and again.
    BELIEVED,

    /// Small ones as well.
    ANY
  }

  /// @param others everybody's control address
  public LyingPeer(
      OverlaySettings settings,
      PeerRef self,
      List<Endpoint> contacts,
      List<Endpoint> others,
      DatagramHome home,
      Extremes extremes) {
    this.home = home;
    this.self = self;
    this.others = List.copyOf(others);
    this.extremes = extremes;
    root = view(CellId.ROOT, 1, 1, List.of(self));
    honest = new CellMember(settings, self, contacts, new SharedHome(), _ -> {}, _ -> {});
  }

  /// How many lies it told.
  public long lies() {
    return lies;
  }

  /// The honest part shares everything but the timer.
  private final class SharedHome implements Home {
    @Override
    public boolean send(int link, ByteBuffer frame) {
      return home.send(link, frame);
    }

    @Override
    public int connect(Endpoint remote) {
      return home.connect(remote);
    }

    @Override
    public void disconnect(int link) {
      links.remove(link);
      home.disconnect(link);
    }

    @Override
    public void wakeAt(long deadlineNanos) {
      honestNanos = deadlineNanos;
      home.wakeAt(Math.min(honestNanos, lieNanos));
    }

    @Override
    public void observe(TraceEvent event) {
      home.observe(event);
    }

    @Override
    public long jitter(long bound) {
      return home.jitter(bound);
    }
  }

  @Override
  public void start(long nowNanos) {
    lieNanos = nowNanos + PERIOD_NANOS;
    honest.start(nowNanos);
    others.forEach(home::connect);
  }

  @Override
  public void linkUp(long nowNanos, int link, Hello remote) {
    if (!remote.self().name().equals(self.name())) { // It may have been told of its own address.
      links.put(link, remote);
      if (remote.role() == Role.PEER) {
        met.put(remote.self().id(), remote.self());
      }
    }
    honest.linkUp(nowNanos, link, remote);
  }

  @Override
  public void linkDown(long nowNanos, int link, String reason) {
    links.remove(link);
    honest.linkDown(nowNanos, link, reason);
  }

  @Override
  public void dialFailed(long nowNanos, int link, String reason) {
    honest.dialFailed(nowNanos, link, reason);
  }

  @Override
  public void frame(long nowNanos, int link, ByteBuffer frame) {
    if (CellCodec.decode(reader, frame.duplicate())
        instanceof Decoded.Ok<CellMessage>(CellMessage message)) {
      for (Term term : ClaimedTerms.of(message)) {
        highest = Math.max(highest, term.number());
      }
      switch (message) {
        case CellMessage.View m -> learn(m.view(), m.news());
        case CellMessage.Above m -> learn(m.view(), m.news());
        case CellMessage.Probe m -> learn(m.view(), m.news());
        case CellMessage.News m -> learn(m.news().root(), m.news());
        case CellMessage.Report m -> views.put(m.view().cell(), m.view());
        case CellMessage.Fenced m -> views.put(m.winner().cell(), m.winner());
        default -> {}
      }
    }
    honest.frame(nowNanos, link, frame);
  }

  private void learn(CellView view, RootNews news) {
    views.put(view.cell(), view);
    root = news.root();
  }

  @Override
  public void timerDue(long nowNanos) {
    if (honestNanos <= nowNanos) {
      honest.timerDue(nowNanos);
    }
    if (lieNanos <= nowNanos) {
      lieNanos = nowNanos + PERIOD_NANOS;
      for (Map.Entry<Integer, Hello> link : List.copyOf(links.entrySet())) {
        if (link.getValue().role() == Role.PEER) {
          lies++;
          home.send(link.getKey(), CellCodec.encode(writer, lie(link.getValue().self())));
        }
      }
    }
    home.wakeAt(Math.min(honestNanos, lieNanos));
  }

  // ---- what it says

  private int draw(int bound) {
    return (int) home.jitter(bound);
  }

  private <T> T one(List<T> of) {
    return of.get(draw(of.size()));
  }

  private long number() {
    List<LongSupplier> beyond =
        List.of(() -> CellView.MAX_NUMBER, () -> CellView.MAX_NUMBER - 1, () -> Long.MAX_VALUE);
    List<LongSupplier> near =
        List.of(() -> highest + 1, () -> highest + TermBound.FULL, () -> highest + (1L << 20));
    List<LongSupplier> any = List.of(() -> 1L, () -> highest, () -> highest + 1, () -> 1L << 31);
    return one(switch (extremes) {
          case LARGEST -> beyond;
          case BELIEVED -> near;
          case ANY -> List.of(one(beyond), one(near), one(any));
        })
        .getAsLong();
  }

  private CellId cell() {
    List<CellId> known = new ArrayList<>(views.keySet());
    known.add(CellId.ROOT);
    known.add(CellId.ROOT.child(draw(3)));
    known.add(CellId.ROOT.child(draw(CellId.MAX_SPAN)).child(draw(CellId.MAX_SPAN)));
    return one(known);
  }

  private PeerRef anybody() {
    List<PeerRef> known = new ArrayList<>(met.values());
    known.add(self);
    PeerRef peer = one(known);
    return draw(4) > 0
        ? peer
        : new PeerRef(PeerId.of(peer.name().value(), Long.MAX_VALUE), peer.endpoint());
  }

  private List<PeerRef> people(PeerRef victim) {
    return switch (draw(5)) {
      case 0 -> List.of(self);
      case 1 -> List.of(self, victim);
      case 2 -> List.of(victim);
      case 3 -> strangers();
      default -> List.copyOf(met.values());
    };
  }

  /// Members of an overlay of a million, from where nobody is.
  private List<PeerRef> strangers() {
    List<PeerRef> many = new ArrayList<>();
    int from = draw(1_000_000);
    for (int i = 0; i < STRANGERS; i++) {
      String name = "stranger-" + (from + i);
      many.add(new PeerRef(PeerId.of(name, 1), new Endpoint(name, 7000, 7001, 7002, 7003)));
    }
    return many;
  }

  private CellView view(CellId cell, long term, long version, List<PeerRef> people) {
    List<CellView.Member> members = new ArrayList<>();
    people.forEach(peer -> members.add(new CellView.Member(peer, self.id())));
    PeerId leader = people.get(draw(people.size())).id();
    return new CellView(cell, new Term(term, leader), version, members);
  }

  private CellView view(PeerRef victim) {
    CellView known = views.get(cell());
    if (known != null && draw(2) == 0) {
      // Another version, or term, of what there is.
      Term term = draw(2) == 0 ? known.term() : new Term(number(), known.coordinator());
      return new CellView(known.cell(), term, number(), known.members());
    }
    return view(cell(), number(), number(), people(victim));
  }

  private RootNews news(PeerRef victim) {
    int peers = one(List.of(0, 1, RootNews.MAX_PEERS, 1_000_000, Integer.MAX_VALUE));
    CellView claimed = draw(2) == 0 ? root : view(CellId.ROOT, number(), number(), people(victim));
    return new RootNews(claimed, number(), draw(2) == 0 ? people(victim) : List.of(), peers);
  }

  private Standing standing(PeerRef victim) {
    Term term = new Term(number(), anybody().id());
    return new Standing(cell(), term, number(), victim.id(), draw(2) == 0 ? term : root.term());
  }

  private List<PeerRef> met(PeerRef victim) {
    return draw(2) == 0 ? List.of(victim) : List.of(self, anybody());
  }

  /// Of everybody: nothing, or what nobody has.
  private List<Offer> offers(PeerRef victim) {
    List<PeerRef> owners = draw(3) == 0 ? strangers() : people(victim);
    List<Advert> made =
        draw(2) == 0
            ? List.of()
            : List.of(new Advert(Resource.values()[1 + draw(3)], "made-up", number()));
    long age = one(List.of(0L, 1L, 14_000L, Long.MAX_VALUE));
    return owners.stream()
        .map(
            owner ->
                draw(2) == 0
                    ? owner
                    : new PeerRef(PeerId.of(owner.name().value(), number()), owner.endpoint()))
        .map(owner -> new Offer(owner, age, made))
        .toList();
  }

  private static Query query() {
    return Query.all(Resource.SERVICE, "*");
  }

  private Findings findings() {
    Findings.Finding made = new Findings.Finding(anybody(), "made-up", number(), 0);
    return new Findings(draw(2) == 0 ? List.of() : List.of(made), 1, draw(2) == 0);
  }

  private CellMessage lie(PeerRef victim) {
    Refusal refusal = Refusal.values()[draw(Refusal.values().length)];
    return switch (draw(36)) {
      case 0, 1, 2 -> new CellMessage.View(view(victim), news(victim));
      case 3, 4 -> new CellMessage.Fenced(view(victim));
      case 5, 6 -> new CellMessage.Probe(view(victim), news(victim));
      case 7, 8 -> new CellMessage.News(news(victim));
      case 9, 10 -> new CellMessage.Ping(number(), standing(victim));
      case 11, 12 -> new CellMessage.Pong(draw(2), standing(victim));
      case 13, 14 -> new CellMessage.Report(view(victim), 0);
      case 15 -> new CellMessage.Above(view(victim), news(victim));
      case 16 -> new CellMessage.Superseded(PeerId.of(victim.name().value(), Long.MAX_VALUE));
      case 17 -> new CellMessage.Move(root.term(), cell());
      case 18 -> new CellMessage.Leave(anybody().id(), cell());
      case 19 -> new CellMessage.OrphanReply(draw(2) == 0, news(victim));
      case 20 -> new CellMessage.Redirect(people(victim));
      case 21 -> new CellMessage.BindingReply(cell(), people(victim), people(victim));
      case 22 -> new CellMessage.BindReply(view(victim));
      case 23 -> new CellMessage.ParentReply(view(victim), news(victim));
      case 24 ->
          new CellMessage.JoinReply(
              victim.id(), draw(2) == 0 ? null : refusal, List.of(victim, self));
      case 25 -> new CellMessage.Refused(refusal, "no");
      case 26 -> new CellMessage.Verdict(cell(), anybody().id());
      case 27 ->
          new CellMessage.Enter(anybody(), cell(), victim.id(), new Term(number(), anybody().id()));
      case 28 ->
          new CellMessage.Join(one(people(victim)), cell(), draw(2) == 0, List.of(anybody()));
      case 29, 30 -> new CellMessage.Accusation(cell(), anybody(), anybody());
      case 31, 32 -> new CellMessage.Adverts(offers(victim));
      case 33 ->
          new CellMessage.Find(draw(10), query(), draw(2) * Long.MAX_VALUE, number(), met(victim));
      default -> new CellMessage.Found(draw(10), List.of(one(met(victim)), victim), findings());
    };
  }
}
