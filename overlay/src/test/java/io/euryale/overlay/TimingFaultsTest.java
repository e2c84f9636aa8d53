package io.euryale.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.PeerRef;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Late members, late reorganisations and cells that became too small, by hand and by the clock.
class TimingFaultsTest {

  private static final long MS = 1_000_000;
  private static final CellId LEFT = CellId.ROOT.child(0);
  private static final CellId RIGHT = CellId.ROOT.child(1);
  private static final OverlaySettings SETTINGS = OverlaySettings.defaults();

  private static PeerRef peer(String name) {
    return CellMessages.ref(name, 1);
  }

  private static CellView view(CellId cell, long version, String... names) {
    List<CellView.Member> members = new ArrayList<>();
    for (String name : names) {
      members.add(new CellView.Member(peer(name), null));
    }
    return new CellView(cell, new Term(1, peer(names[0]).id()), version, members);
  }

  private static Standing standing(CellView view) {
    return new Standing(view.cell(), view.term(), view.version(), null, view.term());
  }

  @Test
  void a_member_that_keeps_showing_an_old_view_is_late_after_a_second() {
    Laggards laggards = new Laggards(() -> SETTINGS);
    CellView old = view(LEFT, 1, "a", "b");
    CellView told = view(LEFT, 2, "a", "b");
    assertThat(laggards.shows(0, peer("b").id(), standing(old), told)).isZero();
    assertThat(laggards.shows(900 * MS, peer("b").id(), standing(old), told)).isZero();
    assertThat(laggards.shows(1_001 * MS, peer("b").id(), standing(old), told))
        .isEqualTo(1_001 * MS);
  }

  @Test
  void a_member_that_follows_slowly_but_follows_is_not_late() {
    Laggards laggards = new Laggards(() -> SETTINGS);
    for (int version = 1; version < 20; version++) {
      CellView shown = view(LEFT, version, "a", "b");
      CellView told = view(LEFT, version + 1, "a", "b");
      assertThat(laggards.shows(version * 800 * MS, peer("b").id(), standing(shown), told))
          .isZero();
    }
  }

  @Test
  void the_last_leaf_fills_the_first_cell_that_is_too_small_once_the_tree_is_quiet() {
    RootDirectory directory = new RootDirectory(SETTINGS, CellRules.SOUND);
    directory.record(0, view(CellId.ROOT, 1, "a"));
    directory.record(0, view(LEFT, 1, "b", "c"));
    directory.record(0, view(RIGHT, 1, "d", "e"));
    assertThat(directory.rebalance(900 * MS)).isNull();
    RootDirectory.Move move = directory.rebalance(1_100 * MS);
    assertThat(move).isEqualTo(new RootDirectory.Move(peer("e"), RIGHT, CellId.ROOT));
    assertThat(directory.rebalance(1_200 * MS)).as("one at a time").isNull();
  }

  @Test
  void a_last_leaf_that_is_too_small_is_dissolved_into_cells_with_room() {
    OverlaySettings three = OverlaySettings.shaped(3, 2, List.of(3));
    RootDirectory directory = new RootDirectory(three, CellRules.SOUND);
    directory.record(0, view(CellId.ROOT, 1, "a", "b", "c"));
    directory.record(0, view(LEFT, 1, "d", "e"));
    directory.record(0, view(RIGHT, 1, "f"));
    assertThat(directory.rebalance(1_100 * MS))
        .isEqualTo(new RootDirectory.Move(peer("f"), RIGHT, LEFT));
  }

  @Test
  void cells_that_are_large_enough_are_left_alone() {
    OverlaySettings four = OverlaySettings.shaped(3, 2, List.of(4));
    RootDirectory directory = new RootDirectory(four, CellRules.SOUND);
    directory.record(0, view(CellId.ROOT, 1, "a", "b"));
    directory.record(0, view(LEFT, 1, "c", "d", "e"));
    directory.record(0, view(RIGHT, 1, "f", "g"));
    assertThat(directory.rebalance(1_100 * MS)).isNull();
  }

  @Test
  void the_weight_counts_peers_of_cells_that_reported_lately() {
    RootDirectory directory = new RootDirectory(SETTINGS, CellRules.SOUND);
    directory.record(0, view(LEFT, 1, "b", "c"));
    directory.record(500 * MS, view(CellId.ROOT, 1, "a"));
    assertThat(directory.weight(600 * MS)).isEqualTo(3);
    assertThat(directory.weight(700 * MS)).as("the left cell is silent").isEqualTo(1);
  }

  @Test
  void what_was_heard_before_a_pause_has_no_weight() {
    RootDirectory directory = new RootDirectory(SETTINGS, CellRules.SOUND);
    directory.record(0, view(LEFT, 1, "b", "c"));
    directory.resumed(400 * MS);
    directory.record(400 * MS, view(CellId.ROOT, 1, "a"));
    assertThat(directory.weight(500 * MS)).isEqualTo(1);
  }
}
