package io.euryale.lighttrain.demo;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.euryale.service.stream.Replication;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DemoSettingsTest {

  @Test
  void theDefaultsAreAllRight() {
    assertThatCode(
            new DemoSettings(null, null, 60, Duration.ofSeconds(40), 6, 4, 1, Replication.ACTIVE)
                ::check)
        .doesNotThrowAnyException();
  }

  @Test
  void aDemoWithoutReplicationIsRefused() {
    DemoSettings settings =
        new DemoSettings(null, null, 60, Duration.ofSeconds(40), 6, 4, 1, Replication.NONE);

    assertThatThrownBy(settings::check).hasMessageStartingWith("--replication none");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 40, 6, 4, --speed",
    "-1, 40, 6, 4, --speed",
    "NaN, 40, 6, 4, --speed",
    "90000, 40, 6, 4, --speed",
    "60, 1, 0, 4, --duration",
    "60, 90000, 0, 4, --duration",
    "60, 40, -1, 4, --faults",
    "60, 40, 27, 4, --faults",
    "60, 40, 6, 3, --processes",
    "60, 40, 6, 15, --processes"
  })
  void whatCannotBeIsRefusedByTheNameOfItsOption(
      double speed, long seconds, int faults, int processes, String option) {
    DemoSettings settings =
        new DemoSettings(
            null,
            null,
            speed,
            Duration.ofSeconds(seconds),
            faults,
            processes,
            1,
            Replication.ACTIVE);

    assertThatThrownBy(settings::check)
        .isInstanceOfSatisfying(
            DemoException.class,
            e -> org.assertj.core.api.Assertions.assertThat(e.exitCode()).isEqualTo(2))
        .hasMessageStartingWith(option);
  }
}
