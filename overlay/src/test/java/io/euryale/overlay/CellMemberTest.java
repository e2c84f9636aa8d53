package io.euryale.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.Endpoint;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.PeerRef;
import io.euryale.kernel.Role;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class CellMemberTest {

  private static final OverlaySettings SETTINGS = OverlaySettings.defaults();

  private final TestNet net = new TestNet();

  private void peers(int count) {
    for (int i = 1; i <= count; i++) {
      if (i == 1) {
        net.peer("p1", 1, SETTINGS);
      } else {
        net.peer("p" + i, 1, SETTINGS, "p1", "p2", "p3");
      }
      net.run(i == 1 ? 50 : 20);
    }
  }

  private boolean settled() {
    return OverlayShape.defect(net, SETTINGS) == null;
  }

  private void settle(long millis) {
    assertThat(net.runUntil(this::settled, millis))
        .as(() -> OverlayShape.defect(net, SETTINGS) + "\n" + String.join("\n", net.log))
        .isTrue();
  }

  private Map<CellId, Set<String>> cells() {
    Map<CellId, Set<String>> cells = new TreeMap<>();
    for (TestNet.Node node : net.nodes.values()) {
      if (node.alive && node.place != null) {
        cells.computeIfAbsent(node.place.cell(), _ -> new HashSet<>()).add(node.name);
      }
    }
    return cells;
  }

  @Test
  void a_peer_without_contacts_founds_the_overlay() {
    peers(1);
    assertThat(net.nodes.get("p1").place.cell()).isEqualTo(CellId.ROOT);
    assertThat(net.nodes.get("p1").events).contains(new MemberEvent.Joined(CellId.ROOT));
  }

  @Test
  void fourteen_peers_fill_three_levels_of_two_peers_per_cell() {
    peers(14);
    settle(5_000);
    assertThat(cells()).hasSize(7).allSatisfy((_, members) -> assertThat(members).hasSize(2));
    for (Set<String> members : cells().values()) {
      Set<PeerName> parents =
          members.stream()
              .map(name -> net.nodes.get(name).place.parent())
              .filter(Objects::nonNull)
              .map(PeerRef::name)
              .collect(Collectors.toSet());
      assertThat(parents.size()).as("two peers of a cell have two parents").isIn(0, 2);
    }
  }

  @Test
  void the_fifteenth_peer_is_told_that_all_cells_are_full_until_one_leaves() {
    peers(15);
    net.run(5_000);
    TestNet.Node late = net.nodes.get("p15");
    assertThat(late.place).isNull();
    assertThat(late.events)
        .anySatisfy(
            event ->
                assertThat(event)
                    .isInstanceOfSatisfying(
                        MemberEvent.Refused.class,
                        refused -> assertThat(refused.refusal()).isEqualTo(Refusal.OVERLAY_FULL)));
    TestNet.Node leaver = net.nodes.get("p9");
    leaver.member().leave(net.now());
    net.run(50);
    assertThat(leaver.events).contains(new MemberEvent.Left(true));
    net.crash("p9");
    settle(10_000);
    assertThat(late.place).isNotNull();
  }

  @Test
  void every_single_crash_is_repaired() {
    for (int victim = 1; victim <= 14; victim++) {
      TestNet fresh = new CellMemberTest().grown(14);
      fresh.crash("p" + victim);
      String name = "p" + victim;
      assertThat(fresh.runUntil(() -> OverlayShape.defect(fresh, SETTINGS) == null, 10_000))
          .as(() -> "without " + name + ": " + OverlayShape.defect(fresh, SETTINGS))
          .isTrue();
    }
  }

  @Test
  void the_loss_of_the_whole_root_cell_makes_a_new_one() {
    peers(14);
    settle(5_000);
    Set<String> root = cells().get(CellId.ROOT);
    root.forEach(net::crash);
    settle(30_000);
    assertThat(cells().get(CellId.ROOT)).isNotEmpty().doesNotContainAnyElementsOf(root);
  }

  @Test
  void a_restarted_founder_finds_the_overlay_that_went_on_without_it() {
    peers(8);
    settle(5_000);
    net.crash("p1");
    net.run(3_000);
    net.peer("p1", 2, SETTINGS);
    settle(30_000);
  }

  @Test
  void a_quick_restart_takes_the_place_of_its_former_life() {
    peers(8);
    settle(5_000);
    net.crash("p5");
    net.peer("p5", 2, SETTINGS, "p1");
    settle(10_000);
  }

  @Test
  void halves_of_a_split_overlay_become_one_again() {
    peers(8);
    settle(5_000);
    Set<String> one = Set.of("p1", "p3", "p5", "p7");
    Set<String> other = Set.of("p2", "p4", "p6", "p8");
    net.split(one, other);
    net.run(15_000);
    net.cut(Set.of());
    settle(60_000);
  }

  @Test
  void a_sensor_attaches_to_its_contact_and_a_client_to_the_root_cell() {
    peers(8);
    settle(5_000);
    TestNet.Node sensor = attach("s1", Role.SENSOR, "p5");
    TestNet.Node client = attach("c1", Role.CLIENT, "p5");
    net.run(500);
    assertThat(sensor.points.getFirst().name().value()).isEqualTo("p5");
    assertThat(names(sensor.points)).isEqualTo(cells().get(net.nodes.get("p5").place.cell()));
    assertThat(names(client.points)).isEqualTo(cells().get(CellId.ROOT));
    net.crash("p5");
    net.run(6_000);
    assertThat(names(sensor.points)).doesNotContain("p5").isNotEmpty();
  }

  @Test
  void an_observer_gets_the_whole_directory_from_the_root_coordinator() {
    peers(14);
    settle(5_000);
    net.run(1_500);
    TestNet.Node observer = attach("o1", Role.OBSERVER, "p14");
    net.run(500);
    List<OverlayStatus> got = new ArrayList<>();
    ((Attachment) observer.core).requestStatus(got::add);
    net.run(1_000);
    assertThat(got).hasSize(1);
    assertThat(got.getFirst().complete()).isTrue();
    assertThat(got.getFirst().cells()).hasSize(7);
  }

  private TestNet.Node attach(String name, Role role, String contact) {
    return net.boot(
        name,
        1,
        role,
        node ->
            new Attachment(
                role,
                node.ref,
                List.of(Endpoint.contact(contact, 7000)),
                node,
                points -> node.points = points));
  }

  private static Set<String> names(List<PeerRef> peers) {
    return peers.stream().map(peer -> peer.name().value()).collect(Collectors.toSet());
  }

  private TestNet grown(int count) {
    peers(count);
    settle(5_000);
    return net;
  }
}
