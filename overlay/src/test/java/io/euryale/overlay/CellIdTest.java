package io.euryale.overlay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CellIdTest {

  @Test
  void the_text_is_the_way_from_the_root() {
    assertThat(CellId.ROOT).hasToString("0");
    assertThat(CellId.ROOT.child(1).child(0)).hasToString("0.1.0");
    assertThat(CellId.ROOT.child(63)).hasToString("0.63");
  }

  @Test
  void up_is_the_way_back() {
    CellId cell = CellId.ROOT.child(2).child(5);
    assertThat(cell.level()).isEqualTo(2);
    assertThat(cell.parent()).isEqualTo(CellId.ROOT.child(2));
    assertThat(cell.parent().parent()).isEqualTo(CellId.ROOT);
    assertThat(CellId.ROOT.isRoot()).isTrue();
    assertThat(cell.isRoot()).isFalse();
    assertThatIllegalStateException().isThrownBy(CellId.ROOT::parent);
  }

  @Test
  void shallow_cells_come_first_then_branches_by_number() {
    CellId a = CellId.ROOT.child(0);
    CellId b = CellId.ROOT.child(2);
    CellId c = CellId.ROOT.child(10);
    List<CellId> ordered = List.of(CellId.ROOT, a, b, c, a.child(1), b.child(0), c.child(0));
    List<CellId> shuffled = new ArrayList<>(ordered);
    Collections.shuffle(shuffled, new Random(3));
    Collections.sort(shuffled);
    assertThat(shuffled).isEqualTo(ordered);
    assertThat(b.compareTo(CellId.ROOT.child(2))).isZero();
  }

  @Test
  void only_paths_from_the_root_to_the_deepest_level_with_branches_there_can_be_are_cells() {
    CellId deepest = CellId.ROOT;
    while (deepest.level() < CellId.MAX_DEPTH - 1) {
      deepest = deepest.child(CellId.MAX_SPAN - 1);
    }
    CellId last = deepest;
    assertThatIllegalArgumentException().isThrownBy(() -> last.child(0));
    assertThatIllegalArgumentException().isThrownBy(() -> CellId.ROOT.child(CellId.MAX_SPAN));
    assertThatIllegalArgumentException().isThrownBy(() -> CellId.ROOT.child(-1));
    assertThatIllegalArgumentException().isThrownBy(() -> new CellId(List.of()));
    assertThatIllegalArgumentException().isThrownBy(() -> new CellId(List.of(1)));
  }

  @Test
  void a_path_that_its_maker_changes_later_does_not_change_the_cell() {
    List<Integer> path = new ArrayList<>(List.of(0, 1));
    CellId cell = new CellId(path);
    path.add(7);
    assertThat(cell).isEqualTo(CellId.ROOT.child(1));
  }
}
