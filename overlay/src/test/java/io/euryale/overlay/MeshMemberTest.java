package io.euryale.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerRef;
import io.euryale.kernel.Role;
import io.euryale.kernel.wire.WireWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The flat overlay, behind the same interface as cells.
class MeshMemberTest {

  private static final OverlaySettings SETTINGS =
      OverlaySettings.defaults().withKind(OverlayKind.MESH);

  private final TestNet net = new TestNet();

  private void grow(int count) {
    for (int i = 1; i <= count; i++) {
      net.peer("p" + i, 1, SETTINGS, i == 1 ? new String[0] : new String[] {"p1", "p2"});
    }
    net.run(2_000);
  }

  private boolean isWhole(Set<String> names) {
    for (String name : names) {
      Neighbourhood place = net.nodes.get(name).place;
      if (place == null || !place.isRoot() || place.parent() != null) {
        return false;
      }
      List<String> siblings =
          new ArrayList<>(place.siblings().stream().map(peer -> peer.name().value()).toList());
      siblings.add(name);
      if (siblings.size() != names.size() || !names.containsAll(siblings)) {
        return false;
      }
    }
    return true;
  }

  @Test
  void everybody_is_everybodys_sibling() {
    grow(6);
    assertThat(isWhole(Set.of("p1", "p2", "p3", "p4", "p5", "p6"))).isTrue();
    OverlayStatus status = net.nodes.get("p4").member().status();
    assertThat(status.complete()).isTrue();
    assertThat(status.cells().getFirst().peers()).hasSize(6);
  }

  @Test
  void a_dead_peer_and_one_that_left_are_no_siblings_and_a_new_life_is() {
    grow(5);
    net.crash("p2");
    net.run(3_000);
    net.nodes.get("p5").member().leave(net.now());
    net.run(3_000);
    assertThat(net.nodes.get("p5").events)
        .anyMatch(event -> event instanceof MemberEvent.Left left && left.acknowledged());
    assertThat(isWhole(Set.of("p1", "p3", "p4"))).isTrue();
    net.peer("p2", 2, SETTINGS, "p1");
    net.run(2_000);
    assertThat(isWhole(Set.of("p1", "p2", "p3", "p4"))).isTrue();
    PeerRef again = net.nodes.get("p2").ref;
    assertThat(Objects.requireNonNull(net.nodes.get("p4").place).siblings()).contains(again);
  }

  @Test
  void parts_that_were_split_meet_again() {
    grow(6);
    net.split(Set.of("p1", "p2", "p3"), Set.of("p4", "p5", "p6"));
    net.run(8_000);
    assertThat(isWhole(Set.of("p1", "p2", "p3"))).isTrue();
    assertThat(isWhole(Set.of("p4", "p5", "p6"))).isTrue();
    net.cut(Set.of());
    assertThat(net.runUntil(() -> isWhole(Set.of("p1", "p2", "p3", "p4", "p5", "p6")), 6_000))
        .isTrue();
  }

  @Test
  void a_process_whose_name_lives_on_in_a_later_life_is_refused() {
    grow(3);
    net.crash("p3");
    net.peer("p3", 5, SETTINGS, "p1");
    net.run(2_000);
    TestNet.Node late = net.nodes.get("p3");
    net.nodes.remove("p3");
    net.peer("p3", 4, SETTINGS, "p1");
    net.run(2_000);
    assertThat(net.nodes.get("p3").place).isNull();
    assertThat(net.nodes.get("p3").events)
        .anyMatch(
            event ->
                event instanceof MemberEvent.Refused refused
                    && refused.refusal() == Refusal.SUPERSEDED);
    assertThat(late.place).isNotNull();
  }

  private void superseded(String victim, String by) {
    net.nodes
        .get(victim)
        .core
        .frame(
            net.now(),
            net.link(victim, by),
            CellCodec.encode(
                new WireWriter(), new CellMessage.Superseded(PeerId.of(victim, Long.MAX_VALUE))));
  }

  private long refusals(String name) {
    return net.nodes.get(name).events.stream()
        .filter(event -> event instanceof MemberEvent.Refused)
        .count();
  }

  @Test
  void who_was_refused_founds_nothing_and_asks_again() {
    grow(1);
    OverlaySettings impatient = SETTINGS.withFoundingPatience(Duration.ofSeconds(1));
    TestNet.Node late = net.peer("p2", 1, impatient, "p1");
    net.run(2);
    superseded("p2", "p1");
    net.run(1_500);
    assertThat(late.member().status().phase()).isEqualTo("REFUSED");
    assertThat(net.runUntil(() -> isWhole(Set.of("p1", "p2")), 2_000)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"p1", "p2"})
  void a_lie_about_a_later_life_does_not_outlast_itself(String victim) {
    grow(3);
    superseded(victim, "p3");
    assertThat(net.nodes.get(victim).place).isNull();
    Set<String> all = Set.of("p1", "p2", "p3");
    assertThat(net.runUntil(() -> isWhole(all), 2 * SETTINGS.refusedRetry().toMillis())).isTrue();
    assertThat(refusals(victim)).isEqualTo(1);
  }

  @Test
  void who_leaves_is_not_brought_back_by_a_lie() {
    grow(3);
    net.crash("p2"); // Does not confirm.
    TestNet.Node leaver = net.nodes.get("p3");
    leaver.member().leave(net.now());
    superseded("p3", "p1");
    assertThat(leaver.member().status().phase()).isEqualTo("LEAVING");
    assertThat(net.runUntil(() -> leaver.member().status().phase().equals("GONE"), 5_000)).isTrue();
    assertThat(leaver.events).anyMatch(event -> event instanceof MemberEvent.Left);
    assertThat(refusals("p3")).isZero();
  }

  @Test
  void the_peer_beyond_the_largest_mesh_is_refused() {
    grow(MeshMember.MAX_PEERS);
    net.run(3_000);
    net.peer("late", 1, SETTINGS, "p1");
    net.run(3_000);
    assertThat(net.nodes.get("late").events)
        .anyMatch(
            event ->
                event instanceof MemberEvent.Refused refused
                    && refused.refusal() == Refusal.OVERLAY_FULL);
  }

  @Test
  void peers_of_another_kind_of_overlay_are_told() {
    grow(2);
    net.peer("cell", 1, OverlaySettings.defaults(), "p1");
    net.run(2_000);
    assertThat(net.nodes.get("cell").events)
        .anyMatch(
            event ->
                event instanceof MemberEvent.Refused refused
                    && refused.refusal() == Refusal.OTHER_KIND);
    TestNet cells = new TestNet();
    cells.peer("c1", 1, OverlaySettings.defaults());
    cells.run(1_000);
    cells.peer("flat", 1, SETTINGS, "c1");
    cells.run(2_000);
    assertThat(cells.nodes.get("flat").events)
        .anyMatch(
            event ->
                event instanceof MemberEvent.Refused refused
                    && refused.refusal() == Refusal.OTHER_KIND);
    assertThat(cells.nodes.get("c1").place).isNotNull();
  }

  @Test
  void what_one_offers_all_find() {
    grow(5);
    Advert clock = new Advert(Resource.SERVICE, "clock", 0);
    net.nodes.get("p4").member().advertise(net.now(), List.of(clock));
    net.run(1_000);
    List<Findings> found = new ArrayList<>();
    for (String name : List.of("p1", "p2", "p5")) {
      net.nodes
          .get(name)
          .member()
          .find(net.now(), Query.all(Resource.SERVICE, "clock"), found::add);
    }
    net.run(1_000);
    assertThat(found).hasSize(3).allMatch(each -> each.total() == 1 && each.complete());
  }

  @Test
  void a_watch_wakes_nobody_more_often_than_something_happens() {
    grow(2);
    List<Findings> told = new ArrayList<>();
    Query clocks = Query.all(Resource.SERVICE, "clock");
    net.nodes.get("p2").member().watch(net.now(), clocks, told::add);
    net.run(500);
    int before = net.wakes;
    net.run(5_000);
    assertThat(net.wakes - before).isLessThan(200);
    Advert clock = new Advert(Resource.SERVICE, "clock", 0);
    net.nodes.get("p1").member().advertise(net.now(), List.of(clock));
    net.run(1_000);
    assertThat(told.getLast().total()).isEqualTo(1);
  }

  @Test
  void sensors_and_clients_attach_to_all() {
    grow(4);
    net.boot(
        "desk",
        1,
        Role.CLIENT,
        node ->
            new Attachment(
                Role.CLIENT,
                node.ref,
                List.of(io.euryale.kernel.Endpoint.contact("p3", 7000)),
                node,
                points -> node.points = points));
    net.run(2_000);
    assertThat(net.nodes.get("desk").points).hasSize(4);
  }
}
