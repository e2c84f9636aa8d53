package io.euryale.lighttrain.city;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
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
}
