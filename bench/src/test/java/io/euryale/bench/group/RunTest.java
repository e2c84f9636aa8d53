package io.euryale.bench.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.euryale.group.Service;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class RunTest {

  private static final RunOrder FLOOD =
      new RunPlan(Service.AGREED, 200, 0, 0, 0, Duration.ZERO, Duration.ofSeconds(2))
          .order(1, 2, 0);

  private static Histogram histogram(long... values) {
    Histogram histogram = new Histogram(3);
    for (long value : values) {
      histogram.recordValue(value);
    }
    return histogram;
  }

  private static MemberResult member(long sent, long total, long order, long... counts) {
    return new MemberResult(
        sent,
        total,
        Arrays.stream(counts).boxed().toList(),
        order,
        0,
        1,
        10,
        histogram(100),
        histogram(200, 300),
        histogram());
  }

  @Test
  void whatMembersAreToldIsWhatWasOrdered() {
    RunOrder order =
        new RunPlan(Service.SAFE, 64, 200, 0, 0, Duration.ofSeconds(1), Duration.ofSeconds(2))
            .order(4, 5, 1_000);
    assertThat(RunOrder.of(order.line().split(" "))).isEqualTo(order);
    assertThat(order.intervalNanos()).isEqualTo(25_000_000);
    assertThat(order.phaseNanos()).isEqualTo(5_000_000);
    assertThat(order.isFlood()).isFalse();
    assertThat(FLOOD.isFlood()).isTrue();
    assertThat(FLOOD.senders()).isEqualTo(2);
  }

  @Test
  void whatAMemberReportsArrives() throws Exception {
    MemberResult result = member(5, 9, -3, 4, 5);
    MemberResult read = MemberResult.of(result.line(7));
    assertThat(read.counts()).containsExactly(4L, 5L);
    assertThat(read.order()).isEqualTo(-3);
    assertThat(read.remote()).isEqualTo(result.remote());
    assertThat(read.late().getTotalCount()).isZero();
  }

  @Test
  void aRunIsTheSumOfItsMembers() {
    RunResult result =
        RunResult.of(FLOOD, List.of(member(100, 200, 1, 60, 30), member(100, 199, 2, 60, 30)));
    assertThat(result.throughput()).isCloseTo(45, within(1e-9));
    assertThat(result.throughputInAll()).isCloseTo(90, within(1e-9));
    assertThat(result.fairness()).isCloseTo(0.5, within(1e-9));
    assertThat(result.cpuMicros()).isCloseTo(2e6 / 180, within(1e-6));
    assertThat(result.missing()).isEqualTo(1);
    assertThat(result.oneOrder()).isFalse();
    assertThat(result.own().getTotalCount()).isEqualTo(2);
    assertThat(result.remote().getTotalCount()).isEqualTo(4);
  }
}
