package io.euryale.service.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.service.stream.TestLine.Received;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// A client that takes nothing holds up its own streams, and only those.
class SlowClientTest {

  private static final StreamQos ACTIVE = StreamQos.of(Replication.ACTIVE);
  private static final String SLOW = "line-a/slow";
  private static final String OTHER = "line-b/other";

  // Room for 64 packets.
  private final TestLine line = new TestLine(TestLine.settings(32 << 10, 1024));
  private final TestNet net = line.net;

  private Received slow() {
    line.offer(SLOW, StreamOffer.DEFAULT);
    line.offer(OTHER, StreamOffer.DEFAULT);
    Received received = line.subscribe("slow", SLOW, ACTIVE);
    received.behindWith.add(SLOW);
    return received;
  }

  private List<Long> publish(String stream, int count) {
    List<Long> sequences = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      sequences.add(line.publish(stream, new byte[100]));
      net.pass(3);
    }
    return sequences;
  }

  @Test
  void itsSensorIsStoppedAndNoOther() {
    Received slow = slow();
    Received other = line.subscribe("other", "line-b/*", ACTIVE);
    assertThat(publish(SLOW, 100)).contains(Publisher.FULL);
    assertThat(publish(OTHER, 100)).doesNotContain(Publisher.FULL);
    net.pass(50);
    assertThat(slow.packets).isEmpty();
    assertThat(other.packets).hasSize(100);
    assertThat(line.lost).isEmpty();
  }

  @Test
  void whatWaitedComesInOrderWhenItTakesPacketsAgain() {
    Received slow = slow();
    long accepted = publish(SLOW, 100).stream().filter(sequence -> sequence > 0).count();
    net.pass(5_000);
    slow.behindWith.clear();
    line.client("slow").resume(net.now);
    net.pass(5_000);
    assertThat(accepted).isGreaterThan(20);
    assertThat(slow.sequences()).isEqualTo(LongStream.rangeClosed(1, accepted).boxed().toList());
    assertThat(line.lost).isEmpty();
    assertThat(publish(SLOW, 1)).containsExactly(accepted + 1);
    net.pass(20);
    assertThat(line.publisher.quiet()).isTrue();
  }

  @Test
  void aSensorDoesNotLeaveAPeerThatHasNoRoom() {
    Received slow = slow();
    // The edge has much less room than the sensor, so it has to refuse.
    TestLine narrow = line;
    net.kill("edge");
    narrow.restart("edge", TestLine.settings(4 << 10, 1024));
    narrow.publisher.attachmentPoints(net.now, List.of(TestNet.ref("edge"), TestNet.ref("nobody")));
    net.pass(3_000);
    net.node("sensor").observed.clear();
    net.lose = (path, _) -> path.equals("slow>root");
    publish(SLOW, 100);
    net.pass(5_000);
    assertThat(narrow.relay("edge").counters().refused).isPositive();
    assertThat(net.node("sensor").observed).noneMatch(event -> event.event().equals("ATTACH"));
    assertThat(slow.packets).isEmpty();
  }

  @Test
  void itsOtherStreamsGoOn() {
    line.offer(SLOW, StreamOffer.DEFAULT);
    line.offer(OTHER, StreamOffer.DEFAULT);
    Received received = line.subscribe("a", "line-*", ACTIVE);
    received.behindWith.add(SLOW);
    List<Long> answers = publish(SLOW, 100);
    publish(OTHER, 100);
    net.pass(50);
    assertThat(answers).contains(Publisher.FULL);
    assertThat(received.sequences(OTHER)).hasSize(100);
    assertThat(received.sequences(SLOW)).isEmpty();
  }

  @Test
  void whenItGoesWhatAllOthersHaveIsDelivered() {
    Received slow = slow();
    line.subscribe("other", "line-a/*", ACTIVE);
    publish(SLOW, 3);
    net.pass(200);
    assertThat(line.publisher.quiet()).isFalse();
    line.client("slow").unsubscribe(net.now, SLOW);
    net.pass(50); // Nothing is repeated in this time.
    assertThat(line.publisher.quiet()).isTrue();
    assertThat(slow.packets).isEmpty();
    assertThat(line.lost).isEmpty();
  }

  @Test
  void theBeginningOfAPayloadWithoutEndIsNotKeptForEver() {
    line.offer(SLOW, StreamOffer.DEFAULT);
    StreamSettings its = TestLine.settings(32 << 10, 1024);
    Received received = line.subscribe("a", SLOW, ACTIVE, its);
    net.lose =
        (path, frame) ->
            path.equals("sensor>edge")
                && frame.get(0) == StreamFrames.DATA
                && StreamFrames.sequence(frame) == 3;
    line.publish(SLOW, new byte[2_500]); // Three packets.
    net.pass(20);
    assertThat(line.client("a").waiting()).isEqualTo(2);
    net.kill("sensor");
    net.pass(2 * its.gapTimeout().toMillis());
    assertThat(line.client("a").waiting()).isZero();
    assertThat(received.packets).isEmpty();
    assertThat(received.gaps).hasSize(1);
  }

  @Test
  void whatItHasYetToTakeIsNotForgottenWhenManyStreamsAreKnown() {
    line.offer(SLOW, StreamOffer.DEFAULT);
    line.offer(OTHER, StreamOffer.DEFAULT);
    StreamSettings one = TestLine.settingsOfFlows(1);
    Received received = line.subscribe("a", SLOW, ACTIVE, one);
    received.behindWith.add(SLOW);
    assertThat(publish(SLOW, 3)).containsExactly(1L, 2L, 3L);
    net.kill("sensor"); // Nobody repeats them.
    net.pass(2 * one.gapTimeout().toMillis());
    received.behindWith.clear();
    line.client("a").resume(net.now);
    assertThat(received.sequences()).containsExactly(1L, 2L, 3L);
  }

  @Test
  void whoTakesAPacketNowAndThenLosesNone() {
    Received slow = slow();
    assertThat(publish(SLOW, 20)).doesNotContain(Publisher.FULL);
    slow.behindWith.clear();
    for (int i = 1; i <= 20; i++) {
      net.pass(3_000); // Longer in all than a sensor tries without any progress.
      slow.mostPackets = i;
      line.client("slow").resume(net.now);
      assertThat(slow.packets).hasSize(i);
    }
    net.pass(3_000);
    assertThat(line.lost).isEmpty();
    assertThat(line.publisher.quiet()).isTrue();
  }

  @Test
  void whatAFullClientRefusedComesAtOnceWhenItHasRoom() {
    line.offer(OTHER, StreamOffer.DEFAULT);
    Received received =
        line.subscribe("a", OTHER, ACTIVE, TestLine.settings(8 << 10, 1024)); // 8 for one stream.
    net.lose = (path, frame) -> path.equals("root>a") && frame.get(0) == StreamFrames.DATA;
    publish(OTHER, 1);
    net.lose = (_, _) -> false;
    publish(OTHER, 8);
    net.pass(200);
    publish(OTHER, 2);
    assertThat(received.packets).isEmpty();
    net.pass(100); // The first was repeated, the last are not due to be.
    assertThat(received.sequences()).isEqualTo(LongStream.rangeClosed(1, 11).boxed().toList());
  }

  @Test
  void withConflationItGetsTheNewestLater() {
    line.offer(SLOW, StreamOffer.DEFAULT);
    Received slow = line.subscribe("slow", SLOW, ACTIVE.newestOnly());
    slow.behindWith.add(SLOW);
    assertThat(publish(SLOW, 100)).doesNotContain(Publisher.FULL);
    slow.behindWith.clear();
    net.pass(1_500);
    assertThat(slow.sequences()).containsExactly(100L);
  }

  @Test
  void aFlowGetsNoMoreOfAStoreThanItLeavesFree() {
    PacketStore store = new PacketStore(16 * 512);
    Window first = new Window(64, store);
    Window second = new Window(64, store);
    assertThat(fill(first)).isEqualTo(8);
    assertThat(fill(second)).isEqualTo(4);
    first.clear();
    assertThat(fill(second)).isEqualTo(4);
    assertThat(second.pendingCount()).isEqualTo(8);
    assertThat(store.usedBytes()).isEqualTo(8 * 512);
  }

  private static int fill(Window window) {
    if (window.isUnset()) {
      window.begin(1);
    }
    int kept = 0;
    while (true) {
      Slot slot = window.reach(window.next());
      if (slot == null || !window.keep(slot, ByteBuffer.allocate(500))) {
        return kept;
      }
      kept++;
    }
  }
}
