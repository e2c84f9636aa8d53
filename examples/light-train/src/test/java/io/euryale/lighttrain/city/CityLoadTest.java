package io.euryale.lighttrain.city;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CityLoadTest {

  private static final long SECOND = 1_000_000_000L;

  private final CityLoad load = new CityLoad(0);

  @Test
  void itDoublesEveryTwoSecondsUntilItIsWhatWasAsked() {
    load.ask(12);
    assertThat(load.asked()).isEqualTo(12);
    assertThat(new int[] {load.at(0), load.at(2 * SECOND - 1), load.at(2 * SECOND)})
        .containsExactly(1, 1, 2);
    assertThat(new int[] {load.at(3 * SECOND), load.at(4 * SECOND), load.at(6 * SECOND)})
        .containsExactly(2, 4, 8);
    assertThat(new int[] {load.at(8 * SECOND), load.at(60 * SECOND)}).containsExactly(12, 12);
  }

  @Test
  void itFallsAtOnce() {
    load.ask(2);
    assertThat(load.at(2 * SECOND)).isEqualTo(2);
    load.ask(1);
    assertThat(load.at(2 * SECOND + 1)).isEqualTo(1);
  }

  @Test
  void itHasLimits() {
    load.ask(0);
    assertThat(load.asked()).isEqualTo(1);
    load.ask(21);
    assertThat(load.asked()).isEqualTo(20);
  }
}
