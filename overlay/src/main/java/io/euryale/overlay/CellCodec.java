package io.euryale.overlay;

import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerRef;
import io.euryale.kernel.Role;
import io.euryale.kernel.wire.Decoded;
import io.euryale.kernel.wire.WireReader;
import io.euryale.kernel.wire.WireWriter;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// [CellMessage]s as bytes. Type numbers are append-only, from 16 (1 is the hello, 64 and more are
/// streams). All fields are since version 1; bytes left over are fields of a later version and are
/// skipped.
///
/// `ref`, `id` and `text` are the kernel's; `x?` is one byte, 0 or 1, and x only after 1; `x*` is a
/// count of 16 bits, bounded below, and so many x. The parts in [CellParts]: `cell`, `term`,
/// `view`, `news`, `standing`.
///
/// | type | message          | fields                                                             |
/// |------|------------------|--------------------------------------------------------------------|
/// | 16   | ping             | sequence i64, standing?                                            |
/// | 17   | pong             | sequence i64, standing?                                            |
/// | 18   | binding request  | joiner ref, former cell?                                           |
/// | 19   | redirect         | root cell ref* (256)                                               |
/// | 20   | binding reply    | cell, members ref* (256), above ref* (256)                         |
/// | 21   | refused          | refusal u8, text (256)                                             |
/// | 22   | bind             | joiner ref, cell                                                   |
/// | 23   | bind reply       | view                                                               |
/// | 24   | parent request   | child ref, cell                                                    |
/// | 25   | parent reply     | above view, news                                                   |
/// | 26   | join             | joiner ref, cell, founds u8, route ref* (16)                       |
/// | 27   | join reply       | joiner id, refusal u8 (255: welcome), route ref* (16)              |
/// | 28   | enter            | joiner ref, cell, parent id?, followed term?                       |
/// | 29   | view             | view, news                                                         |
/// | 30   | above            | view, news                                                         |
/// | 31   | report           | view, hops u8                                                      |
/// | 32   | fenced           | winner view                                                        |
/// | 33   | probe            | view, news                                                         |
/// | 34   | news             | news                                                               |
/// | 35   | leave            | peer id, cell                                                      |
/// | 36   | leave reply      | peer id                                                            |
/// | 37   | orphan query     | root term                                                          |
/// | 38   | orphan reply     | orphan u8, news                                                    |
/// | 39   | superseded       | newer id                                                           |
/// | 40   | attach           | role u8                                                            |
/// | 41   | attach reply     | cell ref* (256), root cell ref* (256), spares ref* (8)             |
/// | 42   | status request   | page u16                                                           |
/// | 43   | status reply     | page u16, pages u16, complete u8, phase text (32), own view?,      |
/// |      |                  | parent ref?, cells view* (1024)                                    |
/// | 44   | accusation       | cell, accuser ref, accused ref                                     |
/// | 45   | verdict          | cell, keeper id                                                    |
/// | 46   | move             | root term, to cell                                                 |
/// | 47   | mesh             | heard ref* (256)                                                   |
/// | 48   | adverts          | offer* (256)                                                       |
/// | 49   | find             | id i64, query, lease in ms i64, known i64, route ref* (16)         |
/// | 50   | found            | id i64, route ref* (16), findings                                  |
/// | 51   | drain request    |                                                                    |
/// | 52   | drain reply      | answer u8 (0 no, 1 yes, 2 forbidden), text (256)                   |
/// | 53   | events request   | after i64                                                          |
/// | 54   | events reply     | forbidden u8, event* (256)                                         |
/// | 55   | reports          | view* (1024), hops u8                                              |
///
/// Offers, queries, findings and events are parts of [DiscoveryParts].
final class CellCodec {

  static final int FIRST_TYPE = 16;
  static final int LAST_TYPE = 55;
  static final int MAX_TEXT_BYTES = 256;
  static final int MAX_PHASE_BYTES = 32;

  private static final int WELCOME = 255;

  private CellCodec() {}

  /// The bytes of a message, valid until the writer's next use.
  static ByteBuffer encode(WireWriter w, CellMessage message) {
    switch (message) {
      case CellMessage.Ping m -> CellParts.standing(w.start(16).i64(m.sequence()), m.standing());
      case CellMessage.Pong m -> CellParts.standing(w.start(17).i64(m.sequence()), m.standing());
      case CellMessage.BindingRequest m -> {
        w.start(18).peerRef(m.joiner());
        CellParts.optionalCell(w, m.former());
      }
      case CellMessage.Redirect m -> CellParts.refs(w.start(19), m.rootCell());
      case CellMessage.BindingReply m -> {
        CellParts.cell(w.start(20), m.cell());
        CellParts.refs(w, m.members());
        CellParts.refs(w, m.above());
      }
      case CellMessage.Refused m -> w.start(21).u8(m.refusal().code()).text(m.text());
      case CellMessage.Bind m -> CellParts.cell(w.start(22).peerRef(m.joiner()), m.cell());
      case CellMessage.BindReply m -> CellParts.view(w.start(23), m.view());
      case CellMessage.ParentRequest m -> CellParts.cell(w.start(24).peerRef(m.child()), m.cell());
      case CellMessage.ParentReply m -> viewAndNews(w, 25, m.above(), m.news());
      case CellMessage.Join m -> {
        CellParts.cell(w.start(26).peerRef(m.joiner()), m.cell());
        CellParts.refs(w.u8(m.founds() ? 1 : 0), m.route());
      }
      case CellMessage.JoinReply m -> {
        Refusal refusal = m.refusal();
        w.start(27).peerId(m.joiner()).u8(refusal == null ? WELCOME : refusal.code());
        CellParts.refs(w, m.route());
      }
      case CellMessage.Enter m -> {
        CellParts.cell(w.start(28).peerRef(m.joiner()), m.cell());
        CellParts.optionalId(w, m.parent());
        CellParts.optionalTerm(w, m.followed());
      }
      case CellMessage.View m -> viewAndNews(w, 29, m.view(), m.news());
      case CellMessage.Above m -> viewAndNews(w, 30, m.view(), m.news());
      case CellMessage.Report m -> CellParts.view(w.start(31), m.view()).u8(m.hops());
      case CellMessage.Fenced m -> CellParts.view(w.start(32), m.winner());
      case CellMessage.Probe m -> viewAndNews(w, 33, m.view(), m.news());
      case CellMessage.News m -> CellParts.news(w.start(34), m.news());
      case CellMessage.Leave m -> CellParts.cell(w.start(35).peerId(m.peer()), m.cell());
      case CellMessage.LeaveReply m -> w.start(36).peerId(m.peer());
      case CellMessage.OrphanQuery m -> CellParts.term(w.start(37), m.rootTerm());
      case CellMessage.OrphanReply m ->
          CellParts.news(w.start(38).u8(m.orphan() ? 1 : 0), m.news());
      case CellMessage.Superseded m -> w.start(39).peerId(m.newer());
      case CellMessage.Attach m -> w.start(40).u8(m.role().code());
      case CellMessage.AttachReply m ->
          CellParts.refs(
              CellParts.refs(CellParts.refs(w.start(41), m.cell()), m.rootCell()), m.spares());
      case CellMessage.StatusRequest m -> w.start(42).u16(m.page());
      case CellMessage.StatusReply m -> {
        w.start(43).u16(m.page()).u16(m.pages()).u8(m.complete() ? 1 : 0).text(m.phase());
        CellParts.optionalView(w, m.own());
        CellParts.optionalRef(w, m.parent());
        CellParts.views(w, m.cells());
      }
      case CellMessage.Accusation m ->
          CellParts.cell(w.start(44), m.cell()).peerRef(m.accuser()).peerRef(m.accused());
      case CellMessage.Verdict m -> CellParts.cell(w.start(45), m.cell()).peerId(m.keeper());
      case CellMessage.Move m -> CellParts.cell(CellParts.term(w.start(46), m.rootTerm()), m.to());
      case CellMessage.Mesh m -> CellParts.refs(w.start(47), m.heard());
      case CellMessage.Adverts m -> DiscoveryParts.offers(w.start(48), m.offers());
      case CellMessage.Find m ->
          CellParts.refs(
              DiscoveryParts.query(w.start(49).i64(m.id()), m.query())
                  .i64(m.leaseMillis())
                  .i64(m.known()),
              m.route());
      case CellMessage.Found m ->
          DiscoveryParts.findings(CellParts.refs(w.start(50).i64(m.id()), m.route()), m.findings());
      case CellMessage.DrainRequest _ -> w.start(51);
      case CellMessage.DrainReply m ->
          w.start(52).u8(m.answer().kind().code()).text(m.answer().text());
      case CellMessage.EventsRequest m -> w.start(53).i64(m.after());
      case CellMessage.EventsReply m -> DiscoveryParts.events(w.start(54), m.events());
      case CellMessage.Reports m -> {
        CellParts.views(w.start(55), m.views());
        w.u8(m.hops());
      }
    }
    return w.frame();
  }

  private static void viewAndNews(WireWriter w, int type, CellView view, RootNews news) {
    CellParts.news(CellParts.view(w.start(type), view), news);
  }

  /// Reads one message; never throws, whatever the bytes.
  static Decoded<CellMessage> decode(WireReader r, ByteBuffer frame) {
    r.over(frame);
    int type = r.u8("type");
    if (r.failure() == null && (type < FIRST_TYPE || type > LAST_TYPE)) {
      return new Decoded.Unknown<>(type);
    }
    CellMessage message = r.failure() == null ? body(r, type) : null;
    return message == null || r.failure() != null ? r.malformed() : new Decoded.Ok<>(message);
  }

  private static @Nullable CellMessage body(WireReader r, int type) {
    return switch (type) {
      case 16 -> new CellMessage.Ping(r.i64("sequence"), CellParts.standing(r));
      case 17 -> new CellMessage.Pong(r.i64("sequence"), CellParts.standing(r));
      case 18 -> new CellMessage.BindingRequest(r.peerRef("joiner"), CellParts.optionalCell(r));
      case 19 -> new CellMessage.Redirect(refs(r, "root cell"));
      case 20 ->
          new CellMessage.BindingReply(CellParts.cell(r), refs(r, "members"), refs(r, "above"));
      case 21 -> refused(r);
      case 22 -> new CellMessage.Bind(r.peerRef("joiner"), CellParts.cell(r));
      case 23 -> withView(r, CellMessage.BindReply::new);
      case 24 -> new CellMessage.ParentRequest(r.peerRef("child"), CellParts.cell(r));
      case 25 -> withViewAndNews(r, CellMessage.ParentReply::new);
      case 26 ->
          new CellMessage.Join(r.peerRef("joiner"), CellParts.cell(r), flag(r, "founds"), route(r));
      case 27 -> joinReply(r);
      case 28 ->
          new CellMessage.Enter(
              r.peerRef("joiner"),
              CellParts.cell(r),
              CellParts.optionalId(r),
              CellParts.optionalTerm(r));
      case 29 -> withViewAndNews(r, CellMessage.View::new);
      case 30 -> withViewAndNews(r, CellMessage.Above::new);
      case 31 -> withView(r, view -> new CellMessage.Report(view, r.u8("hops")));
      case 32 -> withView(r, CellMessage.Fenced::new);
      case 33 -> withViewAndNews(r, CellMessage.Probe::new);
      case 34 -> withNews(r, CellMessage.News::new);
      case 35 -> new CellMessage.Leave(r.peerId("peer"), CellParts.cell(r));
      case 36 -> new CellMessage.LeaveReply(r.peerId("peer"));
      case 37 -> new CellMessage.OrphanQuery(CellParts.term(r));
      case 38 -> {
        boolean orphan = flag(r, "orphan");
        yield withNews(r, news -> new CellMessage.OrphanReply(orphan, news));
      }
      case 39 -> new CellMessage.Superseded(r.peerId("newer"));
      case 40 -> attach(r);
      case 41 ->
          new CellMessage.AttachReply(
              refs(r, "cell"),
              refs(r, "root cell"),
              CellParts.refs(r, CellMessage.MAX_SPARES, "spares"));
      case 42 -> new CellMessage.StatusRequest(r.u16("page"));
      case 43 -> statusReply(r);
      case 44 ->
          new CellMessage.Accusation(CellParts.cell(r), r.peerRef("accuser"), r.peerRef("accused"));
      case 45 -> new CellMessage.Verdict(CellParts.cell(r), r.peerId("keeper"));
      case 46 -> new CellMessage.Move(CellParts.term(r), CellParts.cell(r));
      case 47 -> new CellMessage.Mesh(refs(r, "heard"));
      case 48 -> new CellMessage.Adverts(DiscoveryParts.offers(r));
      case 49 -> find(r);
      case 50 -> new CellMessage.Found(r.i64("id"), route(r), DiscoveryParts.findings(r));
      case 51 -> new CellMessage.DrainRequest();
      case 52 -> drainReply(r);
      case 53 -> new CellMessage.EventsRequest(r.i64("after"));
      case 54 -> new CellMessage.EventsReply(DiscoveryParts.events(r));
      case 55 -> new CellMessage.Reports(CellParts.views(r), r.u8("hops"));
      default -> null;
    };
  }

  private interface FromView {
    CellMessage of(CellView view);
  }

  private interface FromNews {
    CellMessage of(RootNews news);
  }

  private interface FromViewAndNews {
    CellMessage of(CellView view, RootNews news);
  }

  private static @Nullable CellMessage withView(WireReader r, FromView make) {
    CellView view = CellParts.view(r);
    return view == null ? null : make.of(view);
  }

  private static @Nullable CellMessage withNews(WireReader r, FromNews make) {
    RootNews news = CellParts.news(r);
    return news == null ? null : make.of(news);
  }

  private static @Nullable CellMessage withViewAndNews(WireReader r, FromViewAndNews make) {
    CellView view = CellParts.view(r);
    RootNews news = view == null ? null : CellParts.news(r);
    return view == null || news == null ? null : make.of(view, news);
  }

  private static @Nullable CellMessage refused(WireReader r) {
    Refusal refusal = Refusal.ofCode(r.u8("refusal"));
    String text = r.text(MAX_TEXT_BYTES, "text");
    if (refusal == null) {
      r.fail("unknown refusal");
      return null;
    }
    return new CellMessage.Refused(refusal, text);
  }

  private static @Nullable CellMessage drainReply(WireReader r) {
    DrainAnswer.Kind kind = DrainAnswer.Kind.ofCode(r.u8("answer"));
    String text = r.text(MAX_TEXT_BYTES, "text");
    if (kind == null) {
      r.fail("unknown answer");
      return null;
    }
    return new CellMessage.DrainReply(new DrainAnswer(kind, text));
  }

  private static @Nullable CellMessage joinReply(WireReader r) {
    PeerId joiner = r.peerId("joiner");
    int code = r.u8("refusal");
    Refusal refusal = Refusal.ofCode(code);
    if (refusal == null && code != WELCOME) {
      r.fail("unknown refusal " + code);
      return null;
    }
    return new CellMessage.JoinReply(joiner, refusal, route(r));
  }

  private static @Nullable CellMessage find(WireReader r) {
    long id = r.i64("id");
    Query query = DiscoveryParts.query(r);
    long lease = r.i64("lease");
    long known = r.i64("known");
    List<PeerRef> route = route(r);
    if (lease < 0) {
      r.fail("a lease is 0 or more, not " + lease);
    }
    return query == null ? null : new CellMessage.Find(id, query, lease, known, route);
  }

  private static @Nullable CellMessage attach(WireReader r) {
    Role role = Role.ofCode(r.u8("role"));
    if (role == null) {
      r.fail("unknown role");
      return null;
    }
    return new CellMessage.Attach(role);
  }

  private static @Nullable CellMessage statusReply(WireReader r) {
    int page = r.u16("page");
    int pages = r.u16("pages");
    boolean complete = flag(r, "complete");
    String phase = r.text(MAX_PHASE_BYTES, "phase");
    CellView own = CellParts.optionalView(r);
    PeerRef parent = CellParts.optionalRef(r);
    List<CellView> cells = CellParts.views(r);
    if (pages < 1 || page >= pages) {
      r.fail("page " + page + " of " + pages);
      return null;
    }
    return new CellMessage.StatusReply(page, pages, complete, phase, own, parent, cells);
  }

  private static boolean flag(WireReader r, String field) {
    int value = r.u8(field);
    if (value > 1) {
      r.fail(field + " is 0 or 1, not " + value);
    }
    return value == 1;
  }

  private static List<PeerRef> refs(WireReader r, String field) {
    return CellParts.refs(r, CellView.MAX_MEMBERS, field);
  }

  private static List<PeerRef> route(WireReader r) {
    return CellParts.refs(r, CellMessage.MAX_ROUTE, "route");
  }
}
