package io.euryale.lab.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.lab.Draw;
import io.euryale.lab.Outcome;
import io.euryale.lab.Scenario;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class StreamScenarioTest {

  private final Scenario scenario = new StreamScenario();

  @Test
  void threeHundredSchedulesKeepEveryPromise() {
    List<String> broken = new ArrayList<>();
    for (long seed = 1; seed <= 300; seed++) {
      Outcome outcome = scenario.run(Draw.of(seed));
      if (!outcome.held()) {
        broken.add("seed " + seed + ": " + outcome.violations().getFirst().sentence());
      }
    }
    assertThat(broken).isEmpty();
  }

  @Test
  void oneOfTenOfThemIsOfAMesh() {
    StreamScenario streams = new StreamScenario();
    long meshes =
        LongStream.rangeClosed(1, 300).filter(seed -> streams.plan(Draw.of(seed)).isMesh()).count();
    assertThat(meshes).isBetween(15L, 45L);
  }

  @Test
  void theSameSeedGivesTheSameTrace() {
    for (long seed = 1; seed <= 5; seed++) {
      assertThat(scenario.run(Draw.of(seed)).traceHash())
          .isEqualTo(scenario.run(Draw.of(seed)).traceHash());
    }
    assertThat(scenario.run(Draw.of(1)).traceHash())
        .isNotEqualTo(scenario.run(Draw.of(2)).traceHash());
  }
}
