package io.euryale.lighttrain.city;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class CityResourcesTest {

  @Test
  void aLongLifeIsLookedAtEveryThirtiethOfItAndAtLeastEveryTwoMinutes() {
    assertThat(CityResources.period(Duration.ofMinutes(30))).isEqualTo(Duration.ofMinutes(1));
    assertThat(CityResources.period(Duration.ofHours(24))).isEqualTo(Duration.ofMinutes(2));
    assertThat(CityResources.period(null)).isEqualTo(Duration.ofMinutes(2));
  }

  @Test
  void aShortLifeIsLookedAtSeldomAndOneThatSaysNothingNotAtAll() {
    assertThat(CityResources.period(Duration.ofMinutes(5))).isEqualTo(Duration.ofSeconds(20));
    assertThat(CityResources.period(Duration.ofSeconds(260))).isEqualTo(Duration.ofSeconds(20));
    assertThat(CityResources.period(Duration.ofSeconds(259))).isNull();
    assertThat(CityResources.period(Duration.ofMinutes(2))).isNull();
  }

  @Test
  void theMostThatAHeapHeldAndTheFilesOnTheAverageAreComparedBetweenThirds() {
    List<Double> city = mebibytes(50, 1, 1, 12, 20, 11, 14, 20, 19);
    List<Double> peers = mebibytes(9, 9, 9, 14, 10, 20, 12, 22, 16);
    List<Double> files = List.of(5.0, 5.0, 8.0, 90.0, 80.0, 130.0, 95.0, 125.0, 83.0);
    CityResources.Growth growth = CityResources.growth(city, peers, files);
    assertThat(growth).isNotNull();
    assertThat(growth.heapPercent()).isCloseTo(10, within(0.001));
    assertThat(growth.files()).containsExactly(6.0, 100.0, 101.0);
    assertThat(growth.openFiles()).isEqualTo(1);
    assertThat(growth.heaps())
        .hasSize(6)
        .contains(
            new CityResources.Heap("city", "second third", 11, 12, 20, 3),
            new CityResources.Heap("first peers", "last third", 12, 16, 22, 3));
  }

  @Test
  void fewLooksSayNothing() {
    List<Double> looks = mebibytes(1, 2, 3, 4, 5, 6, 7, 8);
    assertThat(CityResources.growth(looks, looks, looks)).isNull();
  }

  private static List<Double> mebibytes(double... values) {
    return DoubleStream.of(values).mapToObj(value -> value * (1 << 20)).toList();
  }
}
