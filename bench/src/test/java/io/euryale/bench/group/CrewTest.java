package io.euryale.bench.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.group.Service;
import java.time.Duration;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(120)
class CrewTest {

  @ParameterizedTest
  @EnumSource(
      value = SystemUnderTest.class,
      names = {
        "EURYALE",
        "LAMPORT_LINES",
        "LAMPORT_VECTORS",
        "SEQUENCER",
        "NUMBER_FIRST",
        "TOKEN",
        "TOKEN_ACCELERATED",
        "JGROUPS_UDP",
        "JGROUPS_TCP"
      })
  void everyMemberOfEverySystemIsDeliveredTheSameInTheSameOrder(SystemUnderTest system)
      throws Exception {
    try (Crew crew = Crew.start(system, 3)) {
      for (Service service : system.services()) {
        if (service.isOrdered()) {
          RunResult result =
              crew.measure(
                  new RunPlan(service, 64, 200, 0, 0, Duration.ZERO, Duration.ofMillis(300)));
          assertThat(result.missing()).as("%s %s", system, service).isZero();
          assertThat(result.oneOrder()).isTrue();
          assertThat(result.gaps()).isZero();
          assertThat(result.sent()).isEqualTo(60);
        }
      }
    }
  }
}
