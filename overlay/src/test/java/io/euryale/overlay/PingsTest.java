package io.euryale.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Who pings whom, and who answers.
class PingsTest {

  private static final OverlaySettings THREE = OverlaySettings.shaped(2, 1, List.of(3, 3));
  private static final int PING = 16;
  private static final int PONG = 17;

  private final TestNet net = new TestNet();
  private int pings;
  private int pongs;

  private void count() {
    net.tap =
        (_, frame) -> {
          pings += frame[0] == PING ? 1 : 0;
          pongs += frame[0] == PONG ? 1 : 0;
        };
  }

  private void root(OverlaySettings anna, OverlaySettings others) {
    net.peer("anna", 1, anna);
    net.run(500);
    net.peer("bert", 1, others, "anna");
    net.run(500);
    net.peer("carl", 1, others, "anna");
    net.run(5_000);
    assertThat(net.nodes.get("carl").place.siblings()).hasSize(2);
  }

  @Test
  void those_that_ping_each_other_do_not_answer_besides() {
    root(THREE, THREE);
    count();
    net.run(5_000);
    assertThat(pings).isBetween(6 * 19, 6 * 21);
    assertThat(pongs).isLessThan(pings / 20);
  }

  @Test
  void who_pings_more_often_is_answered_so_that_unequal_settings_expel_nobody() {
    Duration second = Duration.ofSeconds(1);
    root(THREE, THREE.withPings(second, Duration.ofSeconds(3)));
    count();
    net.run(20_000);
    assertThat(pongs).isPositive();
    assertThat(net.log).noneMatch(line -> line.contains("SUSPECT"));
  }

  @Test
  void rare_pings_are_answered_so_that_no_link_seems_dead() {
    OverlaySettings rare = THREE.withPings(Duration.ofSeconds(2), Duration.ofSeconds(5));
    root(rare, rare);
    count();
    net.run(20_000);
    assertThat(pongs).isGreaterThanOrEqualTo(pings); // Some answer probes.
  }

  @Test
  void pings_over_another_link_than_the_one_in_use_are_answered_there() {
    root(THREE, THREE);
    TestNet.Node anna = net.nodes.get("anna");
    int newest = 1_000_001; // Bert is slow to use it.
    anna.core.linkUp(net.now(), newest, TestNet.hello(net.nodes.get("bert")));
    count();
    net.run(5_000);
    assertThat(pongs).isBetween(19, 21 + 6);
    assertThat(net.log).noneMatch(line -> line.contains("SUSPECT"));
  }
}
