package io.euryale.bench.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TrafficTest {

  private static final long START = 5_000_000_000L;

  private static Traffic tenSeconds(long seed) {
    return Traffic.of(
        3, START, Duration.ofSeconds(1), Duration.ofSeconds(10), Traffic.PAPER_RATE, seed);
  }

  @Test
  void eightSensorsSendAbout239PacketsASecond() {
    assertThat(tenSeconds(1).count() / 11.0).isCloseTo(239.2, within(1.0));
  }

  @Test
  void theKindsHaveThePapersShares() {
    Traffic traffic = tenSeconds(2);
    Map<PacketKind, Integer> counts = new EnumMap<>(PacketKind.class);
    for (int stream = 0; stream < Traffic.STREAMS; stream++) {
      for (int number = 0; number < traffic.count(stream); number++) {
        counts.merge(traffic.kind(stream, number), 1, Integer::sum);
      }
    }
    double all = traffic.count();
    assertThat(counts.get(PacketKind.SMALL) / all).isCloseTo(0.4, within(0.02));
    assertThat(counts.get(PacketKind.MEDIUM) / all).isCloseTo(0.3, within(0.02));
    assertThat(counts.get(PacketKind.LARGE) / all).isCloseTo(0.3, within(0.02));
  }

  @Test
  void allPacketsAreDueBetweenStartAndEndAtASteadyRate() {
    Traffic traffic = tenSeconds(3);
    for (int stream = 0; stream < Traffic.STREAMS; stream++) {
      assertThat(traffic.dueNanos(stream, 0)).isGreaterThanOrEqualTo(START);
      int last = traffic.count(stream) - 1;
      assertThat(traffic.dueNanos(stream, last)).isLessThan(traffic.endNanos());
      double period = 1e9 / Traffic.PAPER_RATE;
      assertThat((double) traffic.dueNanos(stream, last) - traffic.dueNanos(stream, 0))
          .isCloseTo(last * period, within(2.0));
    }
  }

  @Test
  void sensorsAreNotInStep() {
    Traffic traffic = tenSeconds(4);
    assertThat(traffic.dueNanos(0, 0)).isNotEqualTo(traffic.dueNanos(1, 0));
  }

  @Test
  void oneSeedGivesOneTraffic() {
    assertThat(tenSeconds(5).dueNanos(6, 100)).isEqualTo(tenSeconds(5).dueNanos(6, 100));
    assertThat(tenSeconds(5).dueNanos(6, 100)).isNotEqualTo(tenSeconds(6).dueNanos(6, 100));
  }
}
