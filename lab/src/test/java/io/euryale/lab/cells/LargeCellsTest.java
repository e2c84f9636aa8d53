package io.euryale.lab.cells;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.overlay.OverlaySettings;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The long schedules in small; `-Deuryale.peers=1000` makes them large.
class LargeCellsTest {

  private static final int PEERS = Integer.getInteger("euryale.peers", 120);
  private static final OverlaySettings SETTINGS = OverlaySettings.shaped(6, 4, List.of(8));

  @Test
  void a_join_storm_and_churn_end_in_one_tree() {
    LargeCells large =
        new LargeCells(PEERS, SETTINGS, CellPlan.SECOND / 2, PEERS / 4, 5 * CellPlan.SECOND);
    LargeCells.Measured measured = large.run(1);
    assertThat(measured.violations()).isEmpty();
    assertThat(measured.joinedNanos()).isLessThan(Long.MAX_VALUE);
  }

  @Test
  void control_messages_of_a_peer_do_not_grow_with_the_number_of_peers() {
    double few = quiet(PEERS / 4).perPeerAndMinute();
    double many = quiet(PEERS).perPeerAndMinute();
    assertThat(many).isBetween(1.0, 1.5 * few);
  }

  private static LargeCells.Measured quiet(int peers) {
    return new LargeCells(peers, SETTINGS, CellPlan.SECOND / 2, 0, 0).run(2);
  }
}
