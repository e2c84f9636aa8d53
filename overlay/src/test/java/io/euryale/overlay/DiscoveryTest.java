package io.euryale.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.Core;
import io.euryale.kernel.Endpoint;
import io.euryale.kernel.Hello;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerRef;
import io.euryale.kernel.Role;
import io.euryale.kernel.TrafficClass;
import io.euryale.kernel.wire.WireWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Looking for things in a tree of 7 cells with 2 peers each.
class DiscoveryTest {

  private static final OverlaySettings SETTINGS = OverlaySettings.defaults();
  private static final long FORGOTTEN_MILLIS = 30 * SETTINGS.reportPeriod().toMillis();

  private final TestNet net = new TestNet();

  private void grow(int count) {
    for (int i = 1; i <= count; i++) {
      net.peer("p" + i, 1, SETTINGS, i == 1 ? new String[0] : new String[] {"p1", "p2"});
      net.run(200);
    }
    net.run(4_000);
    assertThat(OverlayShape.defect(net, SETTINGS)).isNull();
  }

  private OverlayMember member(String name) {
    return net.nodes.get(name).member();
  }

  private void offers(String name, Advert... adverts) {
    member(name).advertise(net.now(), List.of(adverts));
  }

  private Findings find(String from, Query query) {
    List<Findings> answers = new ArrayList<>();
    member(from).find(net.now(), query, answers::add);
    assertThat(net.runUntil(() -> !answers.isEmpty(), 4_000)).isTrue();
    assertThat(answers).hasSize(1);
    return answers.getFirst();
  }

  private static List<String> names(Findings findings) {
    return findings.found().stream().map(Findings.Finding::name).toList();
  }

  private static Advert service(String name) {
    return new Advert(Resource.SERVICE, name, 0);
  }

  @Test
  void what_a_peer_offers_itself_is_found_without_asking_anybody() {
    grow(14);
    offers("p14", service("clock"));
    List<Findings> answers = new ArrayList<>();
    member("p14").find(net.now(), new Query(Resource.SERVICE, "clock", 0, 1), answers::add);
    assertThat(answers).hasSize(1);
    assertThat(answers.getFirst().found().getFirst().owner().name().value()).isEqualTo("p14");
    assertThat(answers.getFirst().complete()).isFalse();
  }

  @Test
  void what_a_leaf_offers_is_found_from_another_leaf_by_way_of_the_root() {
    grow(14);
    offers("p14", service("clock"), new Advert(Resource.STREAM, "line-a/door", 1));
    net.run(2_000);
    Findings streams = find("p8", Query.all(Resource.STREAM, "line-*"));
    assertThat(names(streams)).containsExactly("line-a/door");
    assertThat(streams.complete()).isTrue();
    assertThat(streams.found().getFirst().value()).isEqualTo(1);
    assertThat(names(find("p8", new Query(Resource.SERVICE, "clock", 0, 1)))).contains("clock");
    assertThat(find("p8", Query.all(Resource.SERVICE, "clocks")).total()).isZero();
  }

  @Test
  void all_peers_are_found_and_no_dead_one() {
    grow(14);
    assertThat(find("p9", Query.all(Resource.PEER, "*")).total()).isEqualTo(14);
    net.crash("p12");
    net.run(5_000);
    assertThat(names(find("p9", Query.all(Resource.PEER, "*")))).hasSize(13).doesNotContain("p12");
  }

  @Test
  void the_largest_capacities_come_first_and_small_ones_do_not_count() {
    grow(14);
    for (int i = 1; i <= 14; i++) {
      offers("p" + i, new Advert(Resource.CAPACITY, "p" + i, i * 100L));
    }
    net.run(3_000);
    Findings large = find("p10", new Query(Resource.CAPACITY, "*", 1_200, Integer.MAX_VALUE));
    assertThat(names(large)).containsExactly("p14", "p13", "p12");
  }

  @Test
  void what_a_peer_no_longer_offers_or_a_dead_one_did_is_forgotten() {
    grow(14);
    offers("p13", service("clock"));
    offers("p14", service("clock"));
    net.run(2_000);
    assertThat(find("p8", Query.all(Resource.SERVICE, "clock")).total()).isEqualTo(2);
    offers("p13");
    net.run(2_000);
    assertThat(find("p8", Query.all(Resource.SERVICE, "clock")).total()).isEqualTo(1);
    net.crash("p14");
    net.run(FORGOTTEN_MILLIS + 6_000);
    assertThat(find("p8", Query.all(Resource.SERVICE, "clock")).total()).isZero();
    assertThat(find("p7", new Query(Resource.SERVICE, "clock", 0, 1)).total()).isZero();
  }

  @Test
  void offers_live_as_long_as_they_are_repeated_and_survive_the_root() {
    grow(14);
    offers("p14", service("clock"));
    net.run(2 * FORGOTTEN_MILLIS);
    assertThat(find("p8", Query.all(Resource.SERVICE, "*")).total()).isEqualTo(1);
    net.crash("p1");
    net.crash("p2");
    net.run(15_000);
    Findings after = find("p8", Query.all(Resource.SERVICE, "*"));
    assertThat(names(after)).containsExactly("clock");
    assertThat(after.complete()).isTrue();
  }

  @Test
  void a_watch_tells_changes_only_and_goes_on_under_a_new_root() {
    grow(14);
    List<Findings> told = new ArrayList<>();
    long watch = member("p8").watch(net.now(), Query.all(Resource.SERVICE, "*"), told::add);
    net.run(FORGOTTEN_MILLIS);
    assertThat(told).hasSize(1);
    assertThat(told.getFirst().total()).isZero();
    offers("p14", service("clock"));
    net.run(2_000);
    assertThat(told).hasSize(2);
    assertThat(names(told.getLast())).containsExactly("clock");
    net.crash("p1");
    net.run(10_000);
    offers("p13", service("bell"));
    net.run(10_000);
    assertThat(names(told.getLast())).containsExactly("bell", "clock");
    int before = told.size();
    member("p8").unwatch(watch);
    offers("p13");
    net.run(FORGOTTEN_MILLIS);
    assertThat(told).hasSize(before);
  }

  @Test
  void a_peer_without_a_way_up_answers_with_what_it_knows() {
    grow(2);
    offers("p2", service("clock"));
    net.crash("p1");
    net.boot(
        "p9",
        1,
        Role.PEER,
        node ->
            OverlayMember.of(
                SETTINGS,
                node.ref,
                List.of(Endpoint.contact("nobody", 7000)),
                node,
                place -> node.place = place,
                node.events::add));
    net.run(100);
    offers("p9", service("bell"));
    Findings alone = find("p9", Query.all(Resource.SERVICE, "*"));
    assertThat(names(alone)).containsExactly("bell");
    assertThat(alone.complete()).isFalse();
  }

  @Test
  void a_client_finds_and_watches_through_the_peer_it_is_attached_to() {
    grow(14);
    offers("p14", service("clock"));
    net.run(2_000);
    Attachment desk = attach("p9");
    net.run(2_000);
    List<Findings> once = new ArrayList<>();
    desk.find(Query.all(Resource.SERVICE, "*"), once::add);
    List<Findings> told = new ArrayList<>();
    long watch = desk.watch(Query.all(Resource.SERVICE, "*"), told::add);
    net.run(2_000);
    assertThat(once).hasSize(1);
    assertThat(names(once.getFirst())).containsExactly("clock");
    offers("p13", service("bell"));
    net.run(2 * FORGOTTEN_MILLIS);
    assertThat(told).hasSize(2);
    assertThat(names(told.getLast())).containsExactly("bell", "clock");
    desk.unwatch(watch);
    net.crash("p9");
    net.run(2_000);
    desk.find(Query.all(Resource.PEER, "p1?"), once::add);
    net.run(3_000);
    assertThat(names(once.getLast())).containsExactly("p10", "p11", "p12", "p13", "p14");
  }

  /// One that was stopped while the client was attached to it, say.
  @Test
  void a_client_that_watches_and_is_told_something_old_hears_soon_what_is_so() {
    grow(14);
    offers("p14", service("clock"));
    net.run(2_000);
    Attachment desk = attach("p9");
    net.run(2_000);
    List<Findings> told = new ArrayList<>();
    long watch = desk.watch(Query.all(Resource.SERVICE, "*"), told::add);
    net.run(2_000);
    assertThat(names(told.getLast())).containsExactly("clock");
    PeerRef before = net.nodes.get("p5").ref;
    int link = 1_000_001;
    desk.linkUp(net.now(), link, new Hello("test", Role.PEER, TrafficClass.CONTROL, before));
    CellMessage old = new CellMessage.Found(watch, List.of(), Findings.NOTHING);
    desk.frame(net.now(), link, CellCodec.encode(new WireWriter(), old));
    assertThat(names(told.getLast())).isEmpty();
    net.run(3_000);
    assertThat(told).hasSize(3);
    assertThat(names(told.getLast())).containsExactly("clock");
  }

  private Attachment attach(String contact) {
    Attachment[] made = new Attachment[1];
    net.boot(
        "desk",
        1,
        Role.CLIENT,
        node -> {
          made[0] =
              new Attachment(
                  Role.CLIENT,
                  node.ref,
                  List.of(Endpoint.contact(contact, 7000)),
                  node,
                  points -> node.points = points);
          return made[0];
        });
    return made[0];
  }

  private void say(String to, String from, CellMessage message) {
    net.nodes
        .get(to)
        .core
        .frame(net.now(), net.link(to, from), CellCodec.encode(new WireWriter(), message));
  }

  @Test
  void a_client_that_asks_without_end_ends_finding_for_nobody_else() {
    grow(2);
    TestNet.Node greedy = net.boot("greedy", 1, Role.CLIENT, _ -> new SilentCore());
    greedy.connect(net.nodes.get("p2").ref.endpoint());
    net.run(10);
    for (int i = 1; i <= 2_000; i++) {
      Query query = Query.all(Resource.SERVICE, "s" + i);
      say("p2", "greedy", new CellMessage.Find(i, query, 60_000, 0, List.of()));
    }
    offers("p1", service("clock"));
    Attachment desk = attach("p2");
    net.run(2_000);
    List<Findings> told = new ArrayList<>();
    desk.find(Query.all(Resource.SERVICE, "*"), told::add);
    net.run(1_000);
    assertThat(names(told.getLast())).containsExactly("clock");
  }

  @Test
  void a_peer_that_watches_without_end_leaves_room_for_the_watches_of_others() {
    grow(3);
    for (int i = 1; i <= 2_000; i++) {
      Query query = Query.all(Resource.SERVICE, "s" + i);
      List<PeerRef> route = List.of(net.nodes.get("p3").ref);
      say("p1", "p3", new CellMessage.Find(i, query, 60_000, 0, route));
    }
    List<Findings> told = new ArrayList<>();
    member("p2").watch(net.now(), Query.all(Resource.SERVICE, "*"), told::add);
    net.run(1_000);
    offers("p1", service("clock"));
    net.run(1_000);
    assertThat(names(told.getLast())).containsExactly("clock");
  }

  /// Straight to the one that asked, and by way of a peer that passes answers on.
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void an_answer_of_somebody_who_was_not_asked_has_no_effect(boolean relayed) {
    grow(14);
    TestNet.Node asker = net.nodes.get("p14");
    PeerId above = Objects.requireNonNull(asker.member().status().own()).coordinator();
    assertThat(above).isNotEqualTo(asker.ref.id());
    TestNet.Node relay = net.nodes.get(above.name().value());
    List<Findings> told = new ArrayList<>();
    Query all = Query.all(Resource.SERVICE, "*");
    long watch = asker.member().watch(net.now(), all, told::add);
    net.run(1_000);
    assertThat(told).hasSize(1);
    PeerRef liar = CellMessages.ref("liar", 1);
    Findings lie = new Findings(List.of(new Findings.Finding(liar, "lie", 0, 0)), 1, true);
    List<PeerRef> route = relayed ? List.of(asker.ref, relay.ref) : List.of(asker.ref);
    Core heard = (relayed ? relay : asker).core;
    int link = 1_000_001;
    heard.linkUp(net.now(), link, new Hello("test", Role.PEER, TrafficClass.CONTROL, liar));
    heard.frame(
        net.now(),
        link,
        CellCodec.encode(new WireWriter(), new CellMessage.Found(watch, route, lie)));
    net.run(1_000);
    assertThat(told).hasSize(1);
  }

  @Test
  void a_lie_about_what_a_peer_offers_is_not_kept_alive_by_that_peer() {
    grow(3);
    offers("p2", service("clock"));
    PeerRef later = new PeerRef(PeerId.of("p2", 99), net.nodes.get("p2").ref.endpoint());
    say("p2", "p1", new CellMessage.Adverts(List.of(new Offer(later, 0, List.of(service("lie"))))));
    net.run(2_000);
    for (String from : List.of("p1", "p2", "p3")) {
      assertThat(names(find(from, Query.all(Resource.SERVICE, "*")))).containsExactly("clock");
    }
  }

  /// A peer that was stopped reads both at once: the repetition was told when it was made, the
  /// change a little later.
  @Test
  void a_change_that_comes_together_with_a_repetition_is_not_taken_for_older() {
    grow(1);
    Discovery discovery = new Discovery(local(), new Alone(true));
    PeerRef owner = CellMessages.ref("o", 1);
    PeerRef teller = CellMessages.ref("teller", 1);
    PeerRef other = CellMessages.ref("other", 1);
    long now = 1_000_000_000L;
    discovery.offered(now, teller, List.of(new Offer(owner, 0, List.of(service("bell")))));
    discovery.offered(now, teller, List.of(new Offer(owner, 100, List.of(service("clock")))));
    discovery.offered(now, other, List.of(new Offer(owner, 200, List.of(service("bell")))));
    List<Findings> found = new ArrayList<>();
    discovery.find(now, Query.all(Resource.SERVICE, "*"), found::add);
    assertThat(names(found.getFirst())).containsExactly("clock");
  }

  /// Only the top looks who is there; others go by what was told last.
  @Test
  void a_peer_that_started_again_is_found_once_and_as_it_is_now() {
    grow(1);
    Discovery discovery = new Discovery(local(), new Alone(false));
    PeerRef before = CellMessages.ref("o", 1);
    PeerRef now = CellMessages.ref("o", 2);
    PeerRef teller = CellMessages.ref("teller", 1);
    long start = 1_000_000_000L;
    discovery.offered(start, teller, List.of(new Offer(before, 0, List.of(service("clock")))));
    discovery.offered(start + 1, teller, List.of(new Offer(now, 0, List.of(service("clock")))));
    for (Resource what : List.of(Resource.SERVICE, Resource.PEER)) {
      List<Findings> found = new ArrayList<>();
      discovery.find(start + 2, new Query(what, "*", Long.MIN_VALUE, 1), found::add);
      assertThat(found.getFirst().total()).isEqualTo(1);
      assertThat(found.getFirst().found().getFirst().owner()).isEqualTo(now);
    }
  }

  @Test
  void memory_is_bounded_and_the_oldest_goes_first() {
    grow(1);
    List<Advert> many = new ArrayList<>();
    for (int i = 0; i < 2 * Advert.MAX_OF_PEER; i++) {
      many.add(service("s" + i));
    }
    member("p1").advertise(net.now(), many);
    assertThat(find("p1", Query.all(Resource.SERVICE, "*")).total()).isEqualTo(Advert.MAX_OF_PEER);
    LocalPeer local = local();
    Discovery discovery = new Discovery(local, new Alone(true));
    long owners = KnownOffers.MAX_ADVERTS / Advert.MAX_OF_PEER + 10;
    PeerRef teller = CellMessages.ref("teller", 1);
    for (int i = 0; i < owners; i++) {
      discovery.offered(
          1_000_000_000L + i,
          teller,
          List.of(new Offer(CellMessages.ref("o" + i, 1), 0, many.subList(0, 512))));
    }
    List<Findings> found = new ArrayList<>();
    discovery.find(2_000_000_000L, Query.all(Resource.SERVICE, "s7"), found::add);
    assertThat(found.getFirst().total()).isEqualTo((int) owners - 10);
    assertThat(found.getFirst().found()).noneMatch(f -> f.owner().name().value().equals("o0"));
  }

  /// Peers that nobody knows: more than are remembered, or fewer with all that they may offer.
  @ParameterizedTest
  @CsvSource({"17000, 1, 250", "270, 512, 2"})
  void who_tells_of_peers_without_end_makes_nobody_forget_what_others_offer(
      int owners, int adverts, int atOnce) {
    grow(3);
    offers("p1", service("bell"));
    offers("p3", service("clock"));
    net.run(1_000);
    List<Advert> many = new ArrayList<>();
    for (int i = 0; i < adverts; i++) {
      many.add(service("s" + i));
    }
    List<Offer> told = new ArrayList<>();
    for (int i = 0; i < owners; i++) {
      told.add(new Offer(CellMessages.ref("o" + i, 1), 0, many));
      if (told.size() == atOnce) {
        say("p1", "p2", new CellMessage.Adverts(told));
        told.clear();
      }
    }
    Query all = Query.all(Resource.SERVICE, "*");
    assertThat(names(find("p1", all))).containsExactly("bell", "clock");
    net.run(2 * FORGOTTEN_MILLIS);
    assertThat(names(find("p3", all))).containsExactly("bell", "clock");
  }

  @Test
  void what_has_been_forgotten_is_not_kept_to_be_told_while_nobody_is_above() {
    grow(1);
    Discovery discovery = new Discovery(local(), new Alone(false));
    PeerRef teller = CellMessages.ref("teller", 1);
    for (int i = 0; i < KnownOffers.MAX_OWNERS + 10; i++) {
      Offer offer = new Offer(CellMessages.ref("o" + i, 1), 0, List.of(service("s")));
      discovery.offered(1_000_000_000L + i, teller, List.of(offer));
    }
    assertThat(discovery.toTell).hasSize(KnownOffers.MAX_OWNERS);
    discovery.advertise(2_000_000_000L, List.of());
    discovery.timerDue(2_000_000_000L + SETTINGS.reportPeriod().toNanos() * 100);
    assertThat(discovery.toTell).containsExactly(net.nodes.get("p1").ref.id());
  }

  private LocalPeer local() {
    TestNet.Node node = net.nodes.get("p1");
    return new LocalPeer(SETTINGS, node.ref, List.of(), node, CellRules.SOUND, _ -> {});
  }

  private record Alone(boolean isTop) implements Discovery.Place {
    @Override
    public PeerRef up() {
      return null;
    }

    @Override
    public List<PeerRef> peers() {
      return List.of();
    }

    @Override
    public java.util.Set<PeerId> alive() {
      return null;
    }
  }
}
