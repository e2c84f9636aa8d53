package io.euryale.service.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.service.stream.TestLine.Received;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Peers and a slow client that keep 16 packets of a flow, and a sensor that keeps many more.
class NarrowWindowTest {

  private static final String SLOW = "line-a/events";

  private final TestLine line = new TestLine(TestLine.settings(1 << 20, 1024));
  private final TestNet net = line.net;

  /// An application that takes nothing.
  private Received slow() {
    StreamSettings narrow = line.settings.withWindowPackets(16);
    net.kill("edge");
    net.kill("root");
    line.restart("root", narrow);
    line.restart("edge", narrow);
    line.offer(SLOW, StreamOffer.DEFAULT);
    Received received = line.subscribe("slow", SLOW, StreamQos.of(Replication.ACTIVE), narrow);
    received.behindWith.add(SLOW);
    net.pass(2_000);
    return received;
  }

  @Test
  void aFullWindowIsNoRoom() {
    Received slow = slow();
    int[] told = {0};
    net.lose =
        (_, frame) -> {
          boolean ack = frame.get(0) == StreamFrames.ACK;
          told[0] += ack && StreamFrames.room(frame) == StreamFrames.ROOM_AGAIN ? 1 : 0;
          return false;
        };
    for (int i = 1; i <= 60; i++) {
      assertThat(line.publish(SLOW, new byte[100])).isEqualTo(i);
      net.pass(3);
    }
    net.pass(10_000);
    assertThat(line.relay("edge").counters().refused).isPositive();
    assertThat(told[0]).isZero();
    slow.behindWith.clear();
    line.client("slow").resume(net.now);
    net.pass(3_000);
    assertThat(told[0]).isPositive();
    assertThat(slow.packets).hasSize(60);
    assertThat(line.publisher.quiet()).isTrue();
    assertThat(line.lost).isEmpty();
  }

  @Test
  void peersGiveNothingUpWhileItTakesAPacketNowAndThen() {
    Received slow = slow();
    for (int i = 1; i <= 60; i++) {
      assertThat(line.publish(SLOW, new byte[100])).isEqualTo(i);
      net.pass(3);
    }
    slow.behindWith.clear();
    for (int i = 1; i <= 30; i++) {
      slow.mostPackets = i;
      line.client("slow").resume(net.now);
      net.pass(3_000);
    }
    assertThat(line.relay("root").counters().abandoned).isZero();
    assertThat(line.relay("edge").counters().abandoned).isZero();
    assertThat(line.lost).isEmpty();
  }

  @Test
  void roomThatComesRightAfterARefusalIsToldToo() {
    Received slow = slow();
    for (int i = 1; i <= 60; i++) {
      assertThat(line.publish(SLOW, new byte[100])).isEqualTo(i);
    }
    net.pass(10_000);
    List<byte[]> acks = new ArrayList<>();
    List<Integer> told = new ArrayList<>();
    net.lose =
        (path, frame) -> {
          boolean ack = frame.get(0) == StreamFrames.ACK;
          if (ack && path.equals("edge>sensor")) {
            told.add(StreamFrames.room(frame));
          }
          return ack && path.equals("root>edge") && acks.add(frame.array());
        };
    slow.behindWith.clear();
    line.client("slow").resume(net.now);
    net.pass(20);
    told.clear();
    // In one turn: the edge refuses a packet, and hears that the root has all that it keeps.
    assertThat(line.publish(SLOW, new byte[100])).isEqualTo(61);
    TestNet.Node root = net.node("root");
    TestNet.End edge =
        root.ends.values().stream()
            .filter(end -> end.other() == net.node("edge"))
            .findFirst()
            .orElseThrow();
    acks.forEach(ack -> edge.other().receive(edge.otherLink(), ack));
    net.pass(5);
    assertThat(acks).isNotEmpty();
    assertThat(told).startsWith(StreamFrames.ROOM_AGAIN);
  }
}
