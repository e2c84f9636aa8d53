package io.euryale.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.Endpoint;
import io.euryale.kernel.Hello;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerRef;
import io.euryale.kernel.Role;
import io.euryale.kernel.TrafficClass;
import io.euryale.kernel.wire.WireWriter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Every message of cells, from a stranger of every role, to a peer in every phase: it is accepted,
/// or it has no effect and is counted with its reason, or the link is closed. And what is told by
/// whom it may not be told, or for the second time.
class HostileCellsTest {

  private static final OverlaySettings SMALL = OverlaySettings.shaped(2, 1, List.of(2, 3));
  private static final int LINK = 1_000_001;

  /// What anybody may ask a peer.
  private static final Set<String> QUESTIONS =
      Set.of("StatusRequest", "Attach", "Find", "EventsRequest", "DrainRequest");

  /// What has no effect when a peer says it that is not concerned, by the receiver's phase. Beside
  /// these, messages are accepted that ask, say where somebody stands, or lead to others.
  private static final Map<String, Set<String>> FROM_PEERS = new LinkedHashMap<>();

  static {
    Set<String> never =
        Set.of(
            "Attach",
            "AttachReply",
            "DrainReply",
            "DrainRequest",
            "EventsReply",
            "EventsRequest",
            "Found",
            "StatusReply",
            "Superseded",
            "Move",
            "Verdict",
            "BindReply");
    Set<String> outside =
        Set.of(
            "Above",
            "Accusation",
            "Adverts",
            "Fenced",
            "Find",
            "JoinReply",
            "OrphanQuery",
            "OrphanReply",
            "ParentReply",
            "Pong",
            "Report",
            "Reports",
            "View");
    Set<String> inside =
        Set.of("BindingReply", "BindingRequest", "Enter", "LeaveReply", "Redirect");
    for (String phase : List.of("BINDING", "ADOPTING", "JOINING", "ENTERING", "REFUSED")) {
      FROM_PEERS.put(phase, union(never, outside, Set.of("BindingReply")));
    }
    FROM_PEERS.put("SEEKING", union(never, outside));
    FROM_PEERS.put("LEAVING", union(never, outside, Set.of("BindingReply")));
    FROM_PEERS.put("GONE", union(never, outside, Set.of("BindingReply")));
    FROM_PEERS.put("MEMBER", union(never, inside, Set.of("Leave", "Reports")));
  }

  @SafeVarargs
  private static Set<String> union(Set<String>... sets) {
    Set<String> all = new TreeSet<>();
    for (Set<String> set : sets) {
      all.addAll(set);
    }
    return all;
  }

  private final WireWriter writer = new WireWriter();
  private TestNet net = new TestNet();
  private TestNet.Node victim;

  private static Hello hello(Role role, PeerRef from) {
    return new Hello("test", role, TrafficClass.CONTROL, from);
  }

  private static PeerRef stranger() {
    return new PeerRef(PeerId.of("stranger", 5), new Endpoint("stranger", 7000, 1, 2, 3));
  }

  /// A tree with a peer in this phase: members of the root, one in the cell below, and one more.
  private void reach(String phase) {
    net = new TestNet();
    net.peer("anna", 1, SMALL);
    net.peer("bert", 1, SMALL, "anna");
    net.run(2_000);
    net.peer("carl", 1, SMALL, "anna");
    net.run(3_000);
    victim = net.peer("dora", 1, SMALL, phase.equals("SEEKING") ? "nobody" : "anna");
    if (phase.equals("MEMBER") || phase.equals("LEAVING") || phase.equals("GONE")) {
      net.run(3_000);
      assertThat(victim.member().status().phase()).isEqualTo("MEMBER");
    }
    if (phase.equals("LEAVING") || phase.equals("GONE")) {
      victim.member().leave(net.now());
    }
    if (phase.equals("GONE")) {
      net.run(3_000);
    }
    if (phase.equals("REFUSED")) {
      net.run(1);
      connect(Role.PEER, stranger());
      say(new CellMessage.Refused(Refusal.NAME_TAKEN, "no"));
    }
    for (int i = 0; i < 2_000 && !victim.member().status().phase().equals(phase); i++) {
      net.run(1);
    }
    assertThat(victim.member().status().phase()).isEqualTo(phase);
  }

  private void connect(Role role, PeerRef from) {
    victim.core.linkUp(net.now(), LINK, hello(role, from));
  }

  private void say(CellMessage message) {
    ByteBuffer frame = CellCodec.encode(writer, message);
    byte[] bytes = new byte[frame.remaining()];
    frame.get(bytes);
    victim.core.frame(net.now(), LINK, ByteBuffer.wrap(bytes));
  }

  private Map<Rejection, Long> rejected() {
    return victim.member().rejected();
  }

  /// All that others can see of a peer's place.
  private String digest() {
    return victim.member().status() + " " + victim.place + " " + victim.cells().rootTerm();
  }

  private List<Rejection> newSince(Map<Rejection, Long> before) {
    List<Rejection> reasons = new ArrayList<>();
    rejected()
        .forEach(
            (reason, count) -> {
              if (count > before.getOrDefault(reason, 0L)) {
                reasons.add(reason);
              }
            });
    return reasons;
  }

  /// Says every message; a peer that accepted one is another peer for the next.
  private Map<String, Rejection> sayAll(String phase, Role role) {
    Map<String, Rejection> rejections = new LinkedHashMap<>();
    boolean fresh = false;
    for (CellMessage message : CellMessages.samples().values()) {
      if (!fresh) {
        reach(phase);
        connect(role, stranger());
      }
      Map<Rejection, Long> before = rejected();
      String digest = digest();
      say(message);
      List<Rejection> reasons = newSince(before);
      fresh = !reasons.isEmpty();
      if (fresh) {
        assertThat(digest()).as(message.toString()).isEqualTo(digest);
        rejections.put(message.getClass().getSimpleName(), reasons.getFirst());
      }
    }
    return rejections;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SEEKING",
        "BINDING",
        "ADOPTING",
        "JOINING",
        "ENTERING",
        "MEMBER",
        "REFUSED",
        "LEAVING",
        "GONE"
      })
  void what_does_not_concern_a_peer_in_its_phase_has_no_effect(String phase) {
    assertThat(sayAll(phase, Role.PEER).keySet()).isEqualTo(FROM_PEERS.get(phase));
  }

  @ParameterizedTest
  @EnumSource(
      value = Role.class,
      names = {"PEER"},
      mode = EnumSource.Mode.EXCLUDE)
  void who_is_no_peer_may_only_ask(Role role) {
    Set<String> orders = new TreeSet<>();
    CellMessages.samples().values().forEach(m -> orders.add(m.getClass().getSimpleName()));
    orders.removeAll(QUESTIONS);
    for (String phase : List.of("SEEKING", "JOINING", "MEMBER", "REFUSED", "GONE")) {
      Map<String, Rejection> rejections = sayAll(phase, role);
      assertThat(rejections.keySet()).as(phase).isEqualTo(orders);
      assertThat(rejections.values()).as(phase).containsOnly(Rejection.OUTSIDER);
    }
  }

  // ---- by whom

  private CellView own() {
    CellView view = victim.member().status().own();
    assertThat(view).isNotNull();
    return view;
  }

  private void assertRejected(Rejection reason, CellMessage message) {
    Map<Rejection, Long> before = rejected();
    String digest = digest();
    say(message);
    assertThat(newSince(before)).as(message.toString()).containsExactly(reason);
    assertThat(digest()).as(message.toString()).isEqualTo(digest);
  }

  @Test
  void a_view_is_not_followed_on_the_word_of_another_than_its_coordinator() {
    reach("MEMBER");
    connect(Role.PEER, stranger());
    CellView own = own();
    RootNews news = new RootNews(net.nodes.get("anna").member().status().own(), 1, List.of(), 4);
    CellView version = new CellView(own.cell(), own.term(), CellView.MAX_NUMBER, own.members());
    CellView term =
        new CellView(
            own.cell(), new Term(own.term().number() + 9, own.coordinator()), 1, own.members());
    CellView without =
        new CellView(own.cell(), term.term(), 1, List.of(own.member(own.coordinator())));
    for (CellView forged : List.of(version, term, without)) {
      assertRejected(Rejection.NOT_ENTITLED, new CellMessage.View(forged, news));
      assertRejected(Rejection.NOT_ENTITLED, new CellMessage.Fenced(forged));
    }
    net.run(3_000);
    assertThat(own()).isEqualTo(own);
  }

  @Test
  void orders_are_taken_from_the_root_coordinator_only() {
    reach("MEMBER");
    connect(Role.PEER, stranger());
    Term root = victim.cells().rootTerm();
    assertRejected(Rejection.NOT_ENTITLED, new CellMessage.Move(root, CellId.ROOT));
    assertRejected(
        Rejection.NOT_ENTITLED, new CellMessage.Superseded(PeerId.of("dora", Long.MAX_VALUE)));
    assertRejected(
        Rejection.NOT_ENTITLED, new CellMessage.Verdict(own().cell(), own().coordinator()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"LEAVING", "GONE"})
  void who_leaves_is_not_brought_back_by_a_later_life(String phase) {
    reach(phase);
    connect(Role.PEER, net.nodes.get("anna").ref);
    assertRejected(
        Rejection.OUT_OF_PLACE, new CellMessage.Superseded(PeerId.of("dora", Long.MAX_VALUE)));
    net.run(5_000);
    assertThat(victim.member().status().phase()).isEqualTo("GONE");
    assertThat(victim.events).anyMatch(event -> event instanceof MemberEvent.Left);
    assertThat(victim.events).noneMatch(event -> event instanceof MemberEvent.Refused);
  }

  @Test
  void nobody_asks_for_another() {
    reach("MEMBER");
    connect(Role.PEER, stranger());
    PeerRef anna = net.nodes.get("anna").ref;
    CellId cell = own().cell();
    assertRejected(Rejection.NOT_ENTITLED, new CellMessage.BindingRequest(anna, cell));
    assertRejected(Rejection.NOT_ENTITLED, new CellMessage.Enter(anna, cell, null, null));
    assertRejected(Rejection.NOT_ENTITLED, new CellMessage.Leave(anna.id(), CellId.ROOT));
  }

  @Test
  void who_joins_hears_answers_only_from_those_it_asked() {
    reach("JOINING");
    connect(Role.PEER, stranger());
    assertRejected(
        Rejection.OUT_OF_PLACE,
        new CellMessage.JoinReply(victim.ref.id(), null, List.of(victim.ref)));
    assertRejected(
        Rejection.OUT_OF_PLACE,
        new CellMessage.JoinReply(victim.ref.id(), Refusal.NAME_TAKEN, List.of(victim.ref)));
    reach("ENTERING");
    connect(Role.PEER, stranger());
    CellView.Member liar = new CellView.Member(stranger(), null);
    CellView.Member self = new CellView.Member(victim.ref, null);
    CellId cell = CellId.ROOT.child(0);
    CellView forged = new CellView(cell, new Term(50, liar.id()), 1, List.of(liar, self));
    RootNews news = new RootNews(net.nodes.get("anna").member().status().own(), 0, List.of(), 1);
    assertRejected(Rejection.OUT_OF_PLACE, new CellMessage.View(forged, news));
  }

  /// Its fellow, who had not yet heard of the winner, told it of the view that it had led: it asked
  /// itself to be let in, and took six seconds to look for another place.
  @Test
  void who_lost_its_cell_does_not_ask_itself_for_admission() {
    reach("MEMBER");
    victim = net.nodes.get("carl");
    assertThat(own().coordinator()).isEqualTo(victim.ref.id());
    connect(Role.PEER, stranger());
    CellView.Member winner = new CellView.Member(stranger(), null);
    Term higher = new Term(own().term().number() + 1, winner.id());
    say(new CellMessage.Fenced(new CellView(own().cell(), higher, 1, List.of(winner))));
    assertThat(victim.member().status().phase()).isEqualTo("SEEKING");
    net.run(3_000);
    assertThat(victim.member().status().phase()).isEqualTo("MEMBER");
  }

  /// After a split it waited for the dial that had begun before the end.
  @Test
  void who_hears_of_another_root_cell_dials_its_coordinator_anew() {
    reach("MEMBER");
    victim = net.nodes.get("anna");
    TestNet.Node rita = net.peer("rita", 1, SMALL);
    net.split(Set.of("anna"), Set.of("rita"));
    List<String> dials = new ArrayList<>();
    net.dialled = dials::add;
    connect(Role.PEER, stranger());
    CellView.Member winner = new CellView.Member(rita.ref, null);
    Term higher = new Term(own().term().number() + 1, winner.id());
    CellView told = new CellView(CellId.ROOT, higher, 1, List.of(winner));
    say(new CellMessage.Fenced(told));
    net.run(1_500);
    assertThat(dials).as("it hangs").containsOnlyOnce("rita");
    say(new CellMessage.Fenced(told));
    assertThat(dials.getLast()).isEqualTo("rita");
    assertThat(dials.stream().filter("rita"::equals)).hasSize(2);
  }

  // ---- which numbers

  @Test
  void terms_beyond_belief_have_no_effect_in_any_message() {
    reach("MEMBER");
    connect(Role.PEER, stranger());
    long far = CellView.MAX_NUMBER;
    CellView.Member liar = new CellView.Member(stranger(), null);
    Term term = new Term(far, liar.id());
    CellView root = new CellView(CellId.ROOT, term, far, List.of(liar));
    RootNews news = new RootNews(root, far, List.of(stranger()), RootNews.MAX_PEERS);
    CellView cell = new CellView(own().cell(), term, far, List.of(liar));
    Standing standing = new Standing(own().cell(), term, far, victim.ref.id(), term);
    for (CellMessage message :
        List.of(
            new CellMessage.Ping(1, standing),
            new CellMessage.Pong(1, standing),
            new CellMessage.View(cell, news),
            new CellMessage.Above(root, news),
            new CellMessage.Probe(root, news),
            new CellMessage.News(news),
            new CellMessage.Fenced(cell),
            new CellMessage.Report(cell, 0),
            new CellMessage.ParentReply(root, news),
            new CellMessage.OrphanQuery(term),
            new CellMessage.OrphanReply(false, news),
            new CellMessage.Move(term, CellId.ROOT),
            new CellMessage.Enter(stranger(), own().cell(), null, term))) {
      assertRejected(Rejection.IMPLAUSIBLE, message);
    }
    String before = digest();
    net.run(10_000);
    assertThat(digest()).isEqualTo(before);
  }

  @Test
  void terms_that_a_peer_never_took_are_not_believed_of_itself() {
    reach("MEMBER");
    connect(Role.PEER, stranger());
    CellView.Member self = new CellView.Member(victim.ref, null);
    Term term = new Term(3, victim.ref.id());
    CellView root = new CellView(CellId.ROOT, term, 1, List.of(self));
    RootNews news = new RootNews(root, 1, List.of(), 4);
    assertRejected(Rejection.IMPLAUSIBLE, new CellMessage.News(news));
    assertRejected(Rejection.IMPLAUSIBLE, new CellMessage.Fenced(root));
  }

  /// News of the root that somebody numbered far ahead: the true ones are heard all the same.
  @Test
  void a_sequence_at_its_end_does_not_silence_the_root() {
    reach("MEMBER");
    connect(Role.PEER, stranger());
    CellView root = net.nodes.get("anna").member().status().own();
    RootNews forged = new RootNews(root, CellView.MAX_NUMBER, List.of(), RootNews.MAX_PEERS);
    say(new CellMessage.News(forged));
    net.run(20_000);
    assertThat(victim.traces).noneMatch(trace -> trace.event().equals("PARENT_LOST"));
    assertThat(victim.member().status().phase()).isEqualTo("MEMBER");
  }

  /// Somebody told of a term of the root coordinator's own that it never took: who believed that
  /// hears the true one no more, until the coordinator takes a higher one.
  @Test
  void a_term_that_the_root_never_took_does_not_silence_the_root() {
    reach("MEMBER");
    connect(Role.PEER, stranger());
    CellView root = net.nodes.get("anna").member().status().own();
    Term forged = new Term(root.term().number() + 5, root.coordinator());
    CellView claimed = new CellView(CellId.ROOT, forged, 1, root.members());
    say(new CellMessage.News(new RootNews(claimed, 1, List.of(), 4)));
    assertThat(victim.cells().rootTerm()).isEqualTo(forged);
    net.run(10_000);
    Term led = net.nodes.get("anna").member().status().own().term();
    assertThat(led.number()).isGreaterThan(forged.number());
    assertThat(victim.cells().rootTerm()).isEqualTo(led);
    assertThat(victim.traces).noneMatch(trace -> trace.event().equals("PARENT_LOST"));
  }

  // ---- again

  /// The frames that a peer sent in a former life, and in former terms, from its old identity and
  /// from the new one.
  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void frames_of_a_former_life_said_again_change_no_cell(long incarnation) {
    net = new TestNet();
    List<byte[]> recorded = new ArrayList<>();
    net.tap =
        (from, bytes) -> {
          if (from.name.equals("carl") && from.ref.id().incarnation() == 1) {
            recorded.add(bytes);
          }
        };
    net.peer("anna", 1, SMALL);
    net.peer("bert", 1, SMALL, "anna");
    net.run(2_000);
    net.peer("carl", 1, SMALL, "anna");
    net.peer("dora", 1, SMALL, "anna");
    net.run(4_000);
    net.crash("carl");
    net.run(3_000);
    net.peer("carl", 2, SMALL, "anna");
    net.run(8_000);
    assertThat(recorded.size()).isGreaterThan(50);
    Map<String, String> before = views();
    PeerRef carl = net.nodes.get("carl").ref;
    PeerRef from = new PeerRef(PeerId.of("carl", incarnation), carl.endpoint());
    for (String name : List.of("anna", "bert", "dora")) {
      victim = net.nodes.get(name);
      connect(Role.PEER, from);
      for (byte[] frame : recorded) {
        victim.core.frame(net.now(), LINK, ByteBuffer.wrap(frame.clone()));
      }
      victim.core.linkDown(net.now(), LINK, "closed");
    }
    net.run(8_000);
    assertThat(views()).isEqualTo(before);
  }

  private Map<String, String> views() {
    Map<String, String> views = new LinkedHashMap<>();
    for (TestNet.Node node : net.nodes.values()) {
      CellView own = node.member().status().own();
      views.put(node.name, own == null ? "none" : own.cell() + " " + own.memberText());
    }
    return views;
  }
}
