package io.euryale.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.PeerRef;
import io.euryale.kernel.wire.WireWriter;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What a member makes of its fellows' words about where they stand.
class StandingsTest {

  private static final OverlaySettings THREE = OverlaySettings.shaped(2, 1, List.of(3));
  private static final CellId ELSEWHERE = CellId.ROOT.child(0);

  private final TestNet net = new TestNet();
  private final WireWriter writer = new WireWriter();

  /// A root cell of anna, bert and carl, in this order of seniority.
  @BeforeEach
  void aCellOfThree() {
    net.peer("anna", 1, THREE);
    net.run(500);
    net.peer("bert", 1, THREE, "anna");
    net.run(500);
    net.peer("carl", 1, THREE, "anna");
    net.run(5_000);
    assertThat(own("carl").memberText()).matches("anna#1.*,bert#1.*,carl#1.*");
  }

  private CellView own(String name) {
    CellView own = net.nodes.get(name).member().status().own();
    assertThat(own).isNotNull();
    return own;
  }

  /// `from` tells `to`, and nobody else, that it stands in another cell.
  private void standsElsewhere(String from, String to) {
    CellView view = own("anna");
    Standing standing = new Standing(ELSEWHERE, view.term(), 1, null, view.term());
    TestNet.Node hearer = net.nodes.get(to);
    int link = 1_000_001;
    hearer.core.linkUp(net.now(), link, TestNet.hello(net.nodes.get(from)));
    hearer.core.frame(
        net.now(), link, CellCodec.encode(writer, new CellMessage.Ping(1, standing)).duplicate());
    hearer.core.linkDown(net.now(), link, "closed");
  }

  private Set<String> leaders() {
    Set<String> leaders = new HashSet<>();
    for (TestNet.Node node : net.nodes.values()) {
      if (node.traces.stream().anyMatch(trace -> trace.event().equals("COORDINATOR"))) {
        leaders.add(node.name);
      }
    }
    return leaders;
  }

  @Test
  void a_senior_is_not_passed_over_on_its_word_while_the_coordinator_leads() {
    standsElsewhere("bert", "carl");
    assertThat(net.nodes.get("carl").place.siblings()).hasSize(2);
    net.crash("anna");
    net.run(5_000);
    assertThat(leaders()).containsExactlyInAnyOrder("anna", "bert");
    assertThat(own("carl")).isEqualTo(own("bert"));
  }

  @Test
  void a_senior_that_stands_elsewhere_does_not_keep_its_juniors_from_a_lost_cell() {
    TestNet.Node bert = net.nodes.get("bert");
    bert.pause(true);
    net.crash("anna");
    net.run(300);
    assertThat(leaders()).containsExactly("anna");
    standsElsewhere("bert", "carl");
    net.run(10);
    assertThat(leaders()).containsExactlyInAnyOrder("anna", "carl");
  }

  /// What it asks others while it doubts itself says nothing about where it stands.
  @Test
  void a_member_that_doubts_itself_keeps_its_place() {
    TestNet wide = new TestNet();
    OverlaySettings settings = OverlaySettings.shaped(2, 3, List.of(2));
    wide.peer("p1", 1, settings);
    for (int i = 2; i <= 8; i++) {
      wide.run(500);
      wide.peer("p" + i, 1, settings, "p1");
    }
    wide.run(5_000);
    CellView root = wide.nodes.get("p1").member().status().own();
    Set<String> children = new HashSet<>();
    for (TestNet.Node node : wide.nodes.values()) {
      PeerRef parent = node.member().status().parent();
      if (parent != null && parent.name().value().equals("p2")) {
        children.add(node.name);
      }
    }
    assertThat(children).hasSize(3);
    wide.split(Set.of("p2"), children);
    wide.run(4_000);
    assertThat(wide.log).anyMatch(line -> line.contains("p2 DOUBT"));
    assertThat(wide.nodes.get("p1").member().status().own()).isEqualTo(root);
  }
}
