package io.euryale.lab.cells;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.overlay.OverlaySettings;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// In virtual time: what docs/overlay.md says of splits.
class SplitHealingTest {

  private static final int SEEDS = Integer.getInteger("euryale.seeds", 40);

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4})
  void parts_are_one_tree_again_within_the_time_that_is_promised(int parts) {
    SplitHealing split = new SplitHealing(14, parts, OverlaySettings.defaults());
    long[] took = new long[SEEDS];
    for (int seed = 1; seed <= SEEDS; seed++) {
      took[seed - 1] = split.heal(seed).healedNanos() / 1_000_000;
    }
    Arrays.sort(took);
    assertThat(took[SEEDS - 1]).as("longest, ms").isLessThan(2_500);
    assertThat(took[SEEDS / 2]).as("median, ms").isLessThan(1_000);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4})
  void parts_of_a_large_overlay_are_too(int parts) {
    SplitHealing split =
        new SplitHealing(99, parts, OverlaySettings.shaped(3, 5, List.of(4, 4, 3)));
    for (int seed = 1; seed <= SEEDS / 10; seed++) {
      assertThat(split.heal(seed).healedNanos() / 1_000_000).as("ms").isLessThan(2_500);
    }
  }

  /// A peer went back into the root cell that it had just left, before that cell gave way, and had
  /// no news of it: it never gave way itself.
  @Test
  void who_enters_a_root_cell_that_is_given_up_gives_way_with_it() {
    SplitHealing split = new SplitHealing(14, 2, OverlaySettings.defaults());
    assertThat(split.heal(834).healedNanos()).isLessThan(10_000_000_000L);
  }
}
