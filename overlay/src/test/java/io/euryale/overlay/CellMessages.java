package io.euryale.overlay;

import io.euryale.kernel.Endpoint;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerRef;
import io.euryale.kernel.Role;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// Messages for codec tests: one fixed sample of each type, and drawn ones.
final class CellMessages {

  private CellMessages() {}

  /// One message of each type, by the name of its golden file.
  static Map<String, CellMessage> samples() {
    PeerRef anna = ref("anna", 1);
    PeerRef bert = ref("bert", 22);
    PeerRef carl = ref("carl", 333);
    Term rootTerm = new Term(7, anna.id());
    CellView root =
        new CellView(
            CellId.ROOT,
            rootTerm,
            9,
            List.of(new CellView.Member(anna, null), new CellView.Member(bert, null)));
    CellId cell = CellId.ROOT.child(1);
    CellView view =
        new CellView(
            cell, new Term(3, carl.id()), 4, List.of(new CellView.Member(carl, anna.id())));
    RootNews news = new RootNews(root, 55, List.of(carl), 3);
    Standing standing = new Standing(cell, view.term(), 4, anna.id(), rootTerm);
    List<PeerRef> route = List.of(carl, anna);
    Map<String, CellMessage> samples = new LinkedHashMap<>();
    samples.put("ping", new CellMessage.Ping(12, standing));
    samples.put("pong", new CellMessage.Pong(12, null));
    samples.put("binding-request", new CellMessage.BindingRequest(carl, cell));
    samples.put("redirect", new CellMessage.Redirect(List.of(anna, bert)));
    samples.put(
        "binding-reply", new CellMessage.BindingReply(cell, List.of(), List.of(anna, bert)));
    samples.put("refused", new CellMessage.Refused(Refusal.OVERLAY_FULL, "all cells are full"));
    samples.put("bind", new CellMessage.Bind(carl, cell));
    samples.put("bind-reply", new CellMessage.BindReply(view));
    samples.put("parent-request", new CellMessage.ParentRequest(carl, cell));
    samples.put("parent-reply", new CellMessage.ParentReply(root, news));
    samples.put("join", new CellMessage.Join(carl, cell, true, route));
    samples.put("join-reply", new CellMessage.JoinReply(carl.id(), null, route));
    samples.put("enter", new CellMessage.Enter(carl, cell, anna.id(), view.term()));
    samples.put("view", new CellMessage.View(view, news));
    samples.put("above", new CellMessage.Above(root, news));
    samples.put("report", new CellMessage.Report(view, 2));
    samples.put("fenced", new CellMessage.Fenced(view));
    samples.put("probe", new CellMessage.Probe(view, news));
    samples.put("news", new CellMessage.News(news));
    samples.put("leave", new CellMessage.Leave(carl.id(), cell));
    samples.put("leave-reply", new CellMessage.LeaveReply(carl.id()));
    samples.put("orphan-query", new CellMessage.OrphanQuery(rootTerm));
    samples.put("orphan-reply", new CellMessage.OrphanReply(true, news));
    samples.put("superseded", new CellMessage.Superseded(carl.id()));
    samples.put("attach", new CellMessage.Attach(Role.CLIENT));
    samples.put(
        "attach-reply",
        new CellMessage.AttachReply(List.of(carl), List.of(anna, bert), List.of(carl)));
    samples.put("status-request", new CellMessage.StatusRequest(1));
    samples.put(
        "status-reply",
        new CellMessage.StatusReply(0, 2, true, "MEMBER", root, null, List.of(root, view)));
    samples.put("accusation", new CellMessage.Accusation(cell, carl, bert));
    samples.put("verdict", new CellMessage.Verdict(cell, bert.id()));
    samples.put("move", new CellMessage.Move(rootTerm, cell));
    samples.put("mesh", new CellMessage.Mesh(List.of(anna, bert)));
    samples.put(
        "adverts",
        new CellMessage.Adverts(
            List.of(
                new Offer(
                    carl,
                    1500,
                    List.of(
                        new Advert(Resource.SERVICE, "timetable", 0),
                        new Advert(Resource.CAPACITY, "carl", 65536))))));
    samples.put(
        "find",
        new CellMessage.Find(
            9, new Query(Resource.STREAM, "line-?/*", Long.MIN_VALUE, 3), 15000, 77, route));
    Findings.Finding door = new Findings.Finding(anna, "line-a/door", 2, 40);
    samples.put(
        "found", new CellMessage.Found(9, List.of(carl), new Findings(List.of(door), 5, true)));
    samples.put("drain-request", new CellMessage.DrainRequest());
    samples.put("drain-reply", new CellMessage.DrainReply(DrainAnswer.ACCEPTED));
    samples.put("events-request", new CellMessage.EventsRequest(12));
    samples.put(
        "events-reply",
        new CellMessage.EventsReply(
            new LoggedEvents(List.of(new LoggedEvent(13, 250, "MEMBER", "cell=0.1")), false)));
    samples.put("reports", new CellMessage.Reports(List.of(root, view), 3));
    return samples;
  }

  static PeerRef ref(String name, long incarnation) {
    return new PeerRef(
        PeerId.of(name, incarnation), new Endpoint("10.0.0." + name.length(), 1, 2, 3, 4));
  }

  /// A drawn message of each type.
  static List<CellMessage> drawn(Random random) {
    CellView view = view(random, cell(random));
    RootNews news =
        new RootNews(
            view(random, CellId.ROOT), number(random), refs(random, 9), random.nextInt(9_999));
    PeerRef ref = ref(random);
    Standing standing = random.nextBoolean() ? null : standing(random);
    PeerId maybe = random.nextBoolean() ? null : ref(random).id();
    Refusal refusal = random.nextBoolean() ? null : Refusal.values()[random.nextInt(8)];
    List<CellView> cells = new ArrayList<>();
    for (int i = random.nextInt(5); i > 0; i--) {
      cells.add(view(random, cell(random)));
    }
    return List.of(
        new CellMessage.Ping(random.nextLong(), standing),
        new CellMessage.Pong(random.nextLong(), standing),
        new CellMessage.BindingRequest(ref, random.nextBoolean() ? null : cell(random)),
        new CellMessage.Redirect(refs(random, 20)),
        new CellMessage.BindingReply(cell(random), refs(random, 20), refs(random, 20)),
        new CellMessage.Refused(Refusal.values()[random.nextInt(8)], "é" + random.nextInt()),
        new CellMessage.Bind(ref, cell(random)),
        new CellMessage.BindReply(view),
        new CellMessage.ParentRequest(ref, cell(random)),
        new CellMessage.ParentReply(view, news),
        new CellMessage.Join(ref, cell(random), random.nextBoolean(), refs(random, 16)),
        new CellMessage.JoinReply(ref.id(), refusal, refs(random, 16)),
        new CellMessage.Enter(ref, cell(random), maybe, random.nextBoolean() ? null : view.term()),
        new CellMessage.View(view, news),
        new CellMessage.Above(view, news),
        new CellMessage.Report(view, random.nextInt(256)),
        new CellMessage.Reports(List.of(view, view), random.nextInt(256)),
        new CellMessage.Fenced(view),
        new CellMessage.Probe(view, news),
        new CellMessage.News(news),
        new CellMessage.Leave(ref.id(), cell(random)),
        new CellMessage.LeaveReply(ref.id()),
        new CellMessage.OrphanQuery(view.term()),
        new CellMessage.OrphanReply(random.nextBoolean(), news),
        new CellMessage.Superseded(ref.id()),
        new CellMessage.Attach(Role.values()[random.nextInt(4)]),
        new CellMessage.AttachReply(refs(random, 9), refs(random, 9), refs(random, 8)),
        new CellMessage.StatusRequest(random.nextInt(65_536)),
        new CellMessage.StatusReply(
            random.nextInt(3), 3, random.nextBoolean(), "SEEKING", null, ref, cells),
        new CellMessage.Accusation(cell(random), ref, ref(random)),
        new CellMessage.Verdict(cell(random), ref.id()),
        new CellMessage.Move(view.term(), cell(random)),
        new CellMessage.Mesh(refs(random, 20)),
        new CellMessage.Adverts(
            List.of(
                new Offer(ref, random.nextInt(9_999), List.of(advert(random), advert(random))),
                new Offer(ref(random), 0, List.of()))),
        new CellMessage.Find(
            random.nextLong(),
            new Query(Resource.STREAM, "*" + random.nextInt(), random.nextLong(), 1),
            random.nextInt(9_999),
            random.nextLong(),
            refs(random, 16)),
        new CellMessage.Found(
            random.nextLong(),
            refs(random, 16),
            new Findings(
                List.of(new Findings.Finding(ref, "é" + random.nextInt(), random.nextLong(), 7)),
                1 + random.nextInt(9),
                random.nextBoolean())),
        new CellMessage.Found(random.nextLong(), refs(random, 16), Findings.FORBIDDEN),
        new CellMessage.DrainRequest(),
        new CellMessage.DrainReply(
            new DrainAnswer(DrainAnswer.Kind.values()[random.nextInt(3)], "é" + random.nextInt())),
        new CellMessage.EventsRequest(random.nextLong()),
        new CellMessage.EventsReply(LoggedEvents.FORBIDDEN),
        new CellMessage.EventsReply(
            new LoggedEvents(
                List.of(new LoggedEvent(random.nextLong(), random.nextInt(99), "ROOT", "é")),
                false)));
  }

  private static Advert advert(Random random) {
    Resource what = Resource.values()[random.nextInt(4)];
    return new Advert(what, "é" + random.nextInt(), random.nextLong());
  }

  private static Standing standing(Random random) {
    CellView view = view(random, cell(random));
    PeerId parent = random.nextBoolean() ? null : ref(random).id();
    return new Standing(view.cell(), view.term(), number(random), parent, view.term());
  }

  static CellId cell(Random random) {
    CellId cell = CellId.ROOT;
    for (int depth = random.nextInt(CellId.MAX_DEPTH); depth > 0; depth--) {
      cell = cell.child(random.nextInt(CellId.MAX_SPAN));
    }
    return cell;
  }

  private static CellView view(Random random, CellId cell) {
    List<CellView.Member> members = new ArrayList<>();
    for (PeerRef ref : refs(random, 12)) {
      members.add(new CellView.Member(ref, random.nextBoolean() ? null : ref(random).id()));
    }
    members.add(new CellView.Member(ref("leader", 1 + random.nextInt(9)), null));
    PeerId leader = members.get(random.nextInt(members.size())).id();
    Term term = new Term(1 + random.nextInt(1_000), leader);
    return new CellView(cell, term, number(random), members);
  }

  private static long number(Random random) {
    return random.nextLong(CellView.MAX_NUMBER + 1);
  }

  private static List<PeerRef> refs(Random random, int max) {
    List<PeerRef> refs = new ArrayList<>();
    for (int i = random.nextInt(max + 1); i > 0; i--) {
      refs.add(ref("n" + i + "-" + random.nextInt(100), 1 + random.nextInt(1_000)));
    }
    return refs;
  }

  private static PeerRef ref(Random random) {
    return ref("x" + random.nextInt(1_000_000), 1 + random.nextLong(Long.MAX_VALUE - 1));
  }
}
