package io.euryale.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TermBoundTest {

  private static final long SECOND = 1_000_000_000L;
  private static final long START = 77 * SECOND;

  private final TermBound bound = new TermBound();

  @Test
  void what_a_peer_that_starts_hears_first_is_believed_up_to_the_credit() {
    assertThat(bound.believes(START, TermBound.FULL)).isTrue();
    assertThat(bound.believes(START, TermBound.FULL + 1)).isFalse();
  }

  @Test
  void the_highest_number_there_is_leaves_higher_ones_to_others() {
    assertThat(bound.believes(START, Long.MAX_VALUE)).isFalse();
    assertThat(bound.believes(START, TermBound.FULL)).isTrue();
    assertThat(bound.believes(START + 1_000_000, TermBound.FULL + 1)).isTrue();
  }

  @Test
  void who_lies_without_pause_raises_terms_by_so_much_a_second() {
    long claimed = 0;
    for (long millis = 0; millis <= 10_000; millis++) {
      for (long step = TermBound.FULL; step > 0; step /= 2) {
        claimed += bound.believes(START + millis * 1_000_000, claimed + step) ? step : 0;
      }
    }
    assertThat(claimed).isBetween(TermBound.FULL, TermBound.FULL + 10 * TermBound.PER_SECOND);
  }

  @Test
  void who_heard_nothing_for_long_believes_as_much_as_at_first_and_no_more() {
    assertThat(bound.believes(START, TermBound.FULL)).isTrue();
    long later = START + 365L * 24 * 3600 * SECOND;
    assertThat(bound.believes(later, 2 * TermBound.FULL + 1)).isFalse();
    assertThat(bound.believes(later, 2 * TermBound.FULL)).isTrue();
  }

  @Test
  void who_is_left_behind_catches_up_with_time() {
    long far = TermBound.FULL + 5 * TermBound.PER_SECOND;
    assertThat(bound.believes(START, far)).isFalse();
    assertThat(bound.believes(START + 4 * SECOND, far)).isFalse();
    assertThat(bound.believes(START + 6 * SECOND, far)).isTrue();
  }

  @Test
  void own_terms_cost_nothing() {
    assertThat(bound.believes(START, TermBound.FULL)).isTrue();
    bound.own(TermBound.FULL + 1);
    assertThat(bound.believes(START, TermBound.FULL + 1)).isTrue();
    assertThat(bound.believes(START, TermBound.FULL + 2)).isFalse();
  }

  @Test
  void a_clock_that_starts_below_zero_is_as_good() {
    assertThat(bound.believes(Long.MIN_VALUE + 5, TermBound.FULL)).isTrue();
    assertThat(bound.believes(Long.MIN_VALUE + 5 + SECOND, TermBound.FULL + 1_000)).isTrue();
  }
}
