package io.euryale.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.trace.TraceEvent;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// What becomes of an overlay that loses whole cells, its root, or the way between its parts.
class CellPartitionsTest {

  private static final OverlaySettings SETTINGS = OverlaySettings.defaults();

  private final TestNet net = new TestNet();

  private void grow(int count) {
    for (int i = 1; i <= count; i++) {
      boot(i, 1);
      net.run(i == 1 ? 50 : 20);
    }
    settle(6_000);
  }

  private void boot(int number, int life) {
    if (number == 1) {
      net.peer("p1", life, SETTINGS);
    } else {
      net.peer("p" + number, life, SETTINGS, "p1", "p2", "p3");
    }
  }

  private void settle(long millis) {
    assertThat(net.runUntil(() -> OverlayShape.defect(net, SETTINGS) == null, millis))
        .as(() -> OverlayShape.defect(net, SETTINGS) + "\n" + log())
        .isTrue();
  }

  private String log() {
    return String.join("\n", net.log.stream().filter(l -> !l.contains("TRANSITION")).toList());
  }

  private CellView cellOf(String peer) {
    return net.nodes.get(peer).member().status().own();
  }

  private Set<String> members(String cell) {
    Set<String> members = new TreeSet<>();
    for (TestNet.Node node : net.nodes.values()) {
      CellView own = node.alive ? node.member().status().own() : null;
      if (own != null && own.cell().toString().equals(cell)) {
        members.add(node.name);
      }
    }
    return members;
  }

  private Set<String> others(Set<String> peers) {
    Set<String> others = new TreeSet<>(net.nodes.keySet());
    others.removeAll(peers);
    return others;
  }

  private List<TraceEvent> events(String peer, String event) {
    return net.nodes.get(peer).traces.stream().filter(t -> t.event().equals(event)).toList();
  }

  private long count(String event) {
    return net.nodes.values().stream()
        .flatMap(node -> node.traces.stream())
        .filter(t -> t.event().equals(event))
        .count();
  }

  @Test
  void peers_below_a_lost_cell_find_places_and_the_cell_is_rebuilt() {
    grow(14);
    Set<String> lost = members("0.0");
    lost.forEach(net::crash);
    settle(10_000);
    net.runUntil(() -> members("0.0").size() == 2, 10_000); // The last cell fills it up.
    assertThat(members("0.0")).hasSize(2).doesNotContainAnyElementsOf(lost);
  }

  @Test
  void a_root_cell_that_lost_a_member_is_filled_from_the_last_cell() {
    grow(14);
    net.crash(members("0").iterator().next());
    assertThat(net.runUntil(() -> members("0").size() == 2, 10_000)).isTrue();
    settle(10_000);
  }

  @Test
  void the_part_without_root_elects_one_admits_joins_and_wins_because_it_is_larger() {
    grow(12);
    Set<String> root = members("0");
    Set<String> rest = others(root);
    net.split(root, rest);
    assertThat(net.runUntil(() -> rest.stream().anyMatch(members("0")::contains), 15_000)).isTrue();
    TestNet.Node late = net.peer("p13", 1, SETTINGS, rest.iterator().next());
    Set<String> restAndLate = new HashSet<>(rest);
    restAndLate.add("p13");
    net.split(root, restAndLate);
    assertThat(net.runUntil(() -> late.place != null, 15_000)).isTrue();
    net.cut(Set.of());
    settle(20_000);
    assertThat(members("0")).doesNotContainAnyElementsOf(root);
    assertThat(count("MERGED")).isPositive();
  }

  @Test
  void the_smaller_half_of_a_split_root_does_not_rule_the_larger() {
    grow(14);
    CellView root = cellOf("p1");
    String alone =
        root.peers().stream()
            .filter(peer -> !peer.id().equals(root.coordinator()))
            .findFirst()
            .orElseThrow()
            .name()
            .value();
    net.split(Set.of(alone), others(Set.of(alone)));
    net.run(12_000);
    assertThat(cellOf(alone).coordinator().name().value()).isEqualTo(alone);
    net.cut(Set.of());
    settle(20_000);
    assertThat(cellOf("p1").cell()).isEqualTo(CellId.ROOT);
    assertThat(members("0")).hasSize(2);
    assertThat(count("OUTBID")).isPositive();
    assertThat(events(alone, "MERGED")).hasSize(1);
  }

  @Test
  void who_is_cut_off_says_so_in_its_health_until_it_has_a_place_again() {
    grow(6);
    String leaf = members("0.1").iterator().next();
    OverlayMember member = net.nodes.get(leaf).member();
    assertThat(member.health(net.now()).whole()).isTrue();
    assertThat(member.health(net.now()).brokenMillis()).isZero();
    net.split(Set.of(leaf), others(Set.of(leaf)));
    assertThat(net.runUntil(() -> member.health(net.now()).brokenMillis() > 500, 5_000)).isTrue();
    OverlayHealth cutOff = member.health(net.now());
    assertThat(cutOff.whole()).isFalse();
    assertThat(cutOff.count("PARENT_LOST")).isPositive();
    assertThat(cutOff.count("PROMISE_BROKEN")).isEqualTo(1);
    net.cut(Set.of());
    settle(20_000);
    OverlayHealth again = member.health(net.now());
    assertThat(again.whole()).isTrue();
    assertThat(again.brokenMillis()).isZero();
    assertThat(again.newsMillis()).isLessThan(again.patienceMillis());
    assertThat(again.count("REORGANISED")).isPositive();
  }

  @Test
  void three_parts_that_could_not_hear_each_other_become_one() {
    grow(14);
    Set<Set<String>> pairs = new HashSet<>();
    for (String a : net.nodes.keySet()) {
      for (String b : net.nodes.keySet()) {
        if (part(a) != part(b)) {
          pairs.add(Set.of(a, b));
        }
      }
    }
    net.cut(pairs);
    net.run(20_000);
    net.cut(Set.of());
    settle(20_000);
    Set<Term> terms = new HashSet<>();
    net.run(2_000);
    net.nodes.values().forEach(node -> terms.add(node.cells().rootTerm()));
    assertThat(terms).hasSize(1);
  }

  private static int part(String name) {
    return Integer.parseInt(name.substring(1)) % 3;
  }

  @Test
  void others_found_the_overlay_when_its_founder_is_down_and_take_it_in_when_it_comes() {
    for (int i = 2; i <= 6; i++) {
      boot(i, 1);
    }
    settle(30_000);
    boot(1, 1);
    settle(30_000);
    assertThat(cellOf("p1").members()).hasSize(2);
  }

  @Test
  void one_peer_whose_contacts_are_all_down_founds_an_overlay_at_last() {
    boot(2, 1);
    net.run(20_000);
    assertThat(cellOf("p2")).isNull();
    settle(30_000);
  }

  // ---- two peers that suspect each other

  @Test
  void the_cell_above_keeps_the_coordinator_when_only_the_two_cannot_hear_each_other() {
    grow(14);
    CellView leaf = cellOf("p14");
    String coordinator = leaf.coordinator().name().value();
    String other = others(leaf, coordinator);
    net.cut(Set.of(Set.of(coordinator, other)));
    net.run(4_000);
    assertThat(events(other, "DECIDED")).isNotEmpty();
    assertThat(events(other, "DECIDED").getFirst().text("keeper")).startsWith(coordinator + "#");
    assertThat(events(other, "SHUNNED")).isNotEmpty();
    assertThat(events(coordinator, "SHUNNED")).isEmpty();
    net.cut(Set.of());
    settle(20_000);
  }

  /// The coordinator that asks it is its parent, and stands where it stood.
  @Test
  void who_is_asked_because_it_is_accused_keeps_its_parent() {
    grow(14);
    CellView leaf =
        net.nodes.keySet().stream()
            .map(this::cellOf)
            .filter(cell -> cell.cell().level() > 0 && cell.members().size() == 2)
            .filter(
                cell -> {
                  TestNet.Node node = net.nodes.get(cell.coordinator().name().value());
                  String parent = node.member().status().parent().name().value();
                  return cellOf(parent).coordinator().name().value().equals(parent);
                })
            .findFirst()
            .orElseThrow();
    String coordinator = leaf.coordinator().name().value();
    net.nodes.get(coordinator).traces.clear();
    net.cut(Set.of(Set.of(coordinator, others(leaf, coordinator))));
    net.run(2_000);
    assertThat(count("ARBITRATED")).isPositive();
    assertThat(events(coordinator, "PARENT_LOST")).isEmpty();
  }

  @Test
  void the_cell_above_gives_the_cell_to_the_accuser_when_the_coordinator_is_silent() {
    grow(14);
    CellView leaf = cellOf("p14");
    String coordinator = leaf.coordinator().name().value();
    String other = others(leaf, coordinator);
    net.split(Set.of(coordinator), others(Set.of(coordinator)));
    net.run(3_000);
    assertThat(events(other, "DECIDED").getFirst().text("keeper")).startsWith(other + "#");
    assertThat(cellOf(other).coordinator().name().value()).isEqualTo(other);
    net.cut(Set.of());
    settle(30_000);
  }

  private static String others(CellView cell, String coordinator) {
    return cell.peers().stream()
        .map(peer -> peer.name().value())
        .filter(name -> !name.equals(coordinator))
        .findFirst()
        .orElseThrow();
  }

  // ---- timing faults

  @Test
  void a_peer_that_is_cut_off_doubts_itself_before_it_gives_anybody_up() {
    grow(14);
    String cutOff = members("0.0").iterator().next();
    net.split(Set.of(cutOff), others(Set.of(cutOff)));
    assertThat(net.runUntil(() -> !events(cutOff, "DOUBT_OVER").isEmpty(), 8_000)).isTrue();
    List<String> order =
        net.nodes.get(cutOff).traces.stream()
            .map(TraceEvent::event)
            .filter(Set.of("DOUBT", "DOUBT_OVER", "PARENT_LOST")::contains)
            .toList();
    assertThat(order.subList(0, 2)).containsExactly("DOUBT", "DOUBT_OVER");
    net.cut(Set.of());
    settle(30_000);
  }

  @Test
  void killed_neighbours_raise_no_doubt() {
    grow(14);
    Set<String> cell = members("0.0.0");
    CellView root = cellOf("p1");
    net.crash(cell.iterator().next());
    net.crash(root.coordinator().name().value());
    settle(15_000);
    assertThat(count("DOUBT")).isZero();
  }

  @Test
  void a_reorganisation_that_takes_longer_than_promised_is_reported() {
    grow(14);
    assertThat(count("PROMISE_BROKEN")).isZero();
    Set<String> rest = others(members("0"));
    net.split(members("0"), rest);
    net.run(10_000);
    assertThat(count("PROMISE_BROKEN")).isPositive();
  }

  @Test
  void a_peer_that_was_stopped_for_too_long_is_shunned_and_comes_back() {
    grow(14);
    String stopped = members("0.0.1").iterator().next();
    net.nodes.get(stopped).pause(true);
    net.run(4_000);
    net.nodes.get(stopped).pause(false);
    settle(10_000);
    assertThat(events(stopped, "SHUNNED")).isNotEmpty();
    assertThat(cellOf(stopped)).isNotNull();
  }
}
