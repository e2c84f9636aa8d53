package io.euryale.service.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.service.stream.TestLine.Received;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What an overloaded peer does not take, and how it knows that it is.
class SheddingTest {

  private static final String STREAM = "line-a/video";

  private final TestLine line = new TestLine(StreamSettings.defaults());
  private final TestNet net = line.net;

  private Received stream(Replication replication) {
    line.offer(STREAM, StreamOffer.DEFAULT);
    return line.subscribe("a", STREAM, StreamQos.of(replication));
  }

  private void publish(int count) {
    for (int i = 0; i < count; i++) {
      assertThat(line.publish(STREAM, new byte[100])).isPositive();
      net.pass(3);
    }
  }

  @Test
  void bestEffortIsDroppedAndCounted() {
    Received received = stream(Replication.NONE);
    line.relay("edge").shed(Shed.BEST_EFFORT);
    publish(3);
    line.relay("edge").shed(Shed.NOTHING);
    publish(1);
    assertThat(received.sequences()).containsExactly(4L);
    assertThat(line.relay("edge").counters().shed).isEqualTo(3);
    assertThat(line.relay("edge").counters().shedding).isZero();
  }

  @Test
  void whatIsKeptBelowPassesAsLongAsOnlyBestEffortIsShed() {
    Received received = stream(Replication.ACTIVE);
    line.relay("edge").shed(Shed.BEST_EFFORT);
    publish(3);
    assertThat(received.sequences()).containsExactly(1L, 2L, 3L);
  }

  @Test
  void whatIsProtectedIsRefusedAndComesWhenTheOverloadIsOver() {
    Received received = stream(Replication.ACTIVE);
    line.publisher.attachmentPoints(net.now, List.of(TestNet.ref("edge"), TestNet.ref("nobody")));
    line.relay("edge").shed(Shed.ALL);
    publish(3);
    net.node("sensor").observed.clear();
    net.pass(3_000);
    assertThat(received.packets).isEmpty();
    assertThat(line.relay("edge").counters().shedding).isEqualTo(2);
    assertThat(net.node("sensor").observed)
        .as("a peer that says so is not left")
        .noneMatch(event -> event.event().equals("ATTACH"));
    line.relay("edge").shed(Shed.NOTHING);
    net.pass(3_000);
    assertThat(received.sequences()).containsExactly(1L, 2L, 3L);
    assertThat(line.lost).isEmpty();
  }

  @Test
  void timersThatAreLateAgainAndAgainAreAnOverloadAndOneIsNot() {
    Lateness lateness = new Lateness();
    for (int i = 0; i < Lateness.IN_A_ROW - 1; i++) {
      lateness.timerDue(Lateness.LATE_NANOS, 0);
    }
    assertThat(lateness.isOverloaded()).isFalse();
    lateness.timerDue(Lateness.LATE_NANOS - 1, 0);
    lateness.timerDue(Lateness.LATE_NANOS, 0);
    assertThat(lateness.isOverloaded()).isFalse();
    lateness.timerDue(Lateness.LATE_NANOS, 0);
    lateness.timerDue(Lateness.LATE_NANOS, 0);
    assertThat(lateness.isOverloaded()).isTrue();
    lateness.timerDue(50, 0);
    assertThat(lateness.isOverloaded()).isFalse();
  }

  @Test
  void aRelayWatchesItsOwnTimers() {
    Relay edge = line.relay("edge");
    for (int i = 0; i < 5; i++) {
      net.node("edge").frozen = true;
      net.pass(1_500); // Its timer, which is due once a second, comes late.
      net.node("edge").frozen = false;
      net.pass(1);
      assertThat(edge.isOverloaded()).isEqualTo(i >= Lateness.IN_A_ROW - 1);
    }
    net.pass(2_500);
    assertThat(edge.isOverloaded()).isFalse();
  }
}
