package io.euryale.lighttrain.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class KindStatisticsTest {

  private static final long MILLI = 1_000_000;

  private final KindStatistics statistics = new KindStatistics();

  @Test
  void percentilesOfAThousandLatencies() {
    for (int millis = 1; millis <= 1000; millis++) {
      statistics.record(millis * MILLI, -1);
    }

    assertThat(statistics.count()).isEqualTo(1000);
    assertThat(statistics.latencyMillis(50)).isCloseTo(500, within(1.0));
    assertThat(statistics.latencyMillis(99)).isCloseTo(990, within(1.0));
    assertThat(statistics.latencyMillis(99.9)).isCloseTo(999, within(1.0));
    assertThat(statistics.maxMillis()).isEqualTo(1000);
  }

  @Test
  void jitterIsTheMeanDifferenceOfSuccessiveLatencies() {
    statistics.record(2 * MILLI, -1);
    statistics.record(5 * MILLI, 2 * MILLI);
    statistics.record(4 * MILLI, 5 * MILLI);

    assertThat(statistics.jitterMillis()).isCloseTo(2.0, within(1e-9));
  }

  @Test
  void aLatencyBeyondEveryBucketStillIsTheLargest() {
    statistics.record(600_000 * MILLI, -1);

    assertThat(statistics.maxMillis()).isEqualTo(600_000);
    assertThat(statistics.latencyMillis(50)).isGreaterThan(100_000);
  }

  @Test
  void nothingMeasuredIsZero() {
    assertThat(statistics.latencyMillis(99)).isZero();
    assertThat(statistics.jitterMillis()).isZero();
  }

  @Test
  void kindsAddUpToTheirClass() {
    statistics.record(2 * MILLI, MILLI);
    KindStatistics both = new KindStatistics();
    both.record(6 * MILLI, 3 * MILLI);

    both.add(statistics);

    assertThat(both.count()).isEqualTo(2);
    assertThat(both.maxMillis()).isEqualTo(6);
    assertThat(both.jitterMillis()).isCloseTo(2.0, within(1e-9));
  }
}
