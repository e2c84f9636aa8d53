package io.euryale.service.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.overlay.OverlayRights;
import io.euryale.service.stream.TestLine.Received;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// Last values, and a store that has no room for all of them.
class LastValueTest {

  private static final StreamQos LAST = StreamQos.of(Replication.ACTIVE).withLastValue();

  private final LastValue last = new LastValue();

  private static ByteBuffer packet(long sequence, int bytes) {
    ByteBuffer packet = ByteBuffer.allocate(bytes);
    StreamFrames.putPacketHeader(packet, Replication.ACTIVE, false, 7, sequence, 1, 1);
    return packet.clear();
  }

  private static ByteBuffer fragment(long first, int fragment, int fragments) {
    ByteBuffer packet = packet(first + fragment, 512);
    StreamFrames.markFragment(packet, fragment, fragments);
    return packet;
  }

  @Test
  void a_newer_payload_has_the_room_of_the_one_before() {
    PacketStore store = new PacketStore(1_700);
    assertThat(last.offer(packet(1, 600), 1, store)).isTrue();
    assertThat(last.offer(packet(2, 600), 2, store)).isTrue();
    assertThat(last.sequence()).isEqualTo(2);
    assertThat(store.usedBytes()).isEqualTo(1_024);
  }

  @Test
  void a_payload_without_room_is_told_once_and_leaves_nothing_older() {
    PacketStore store = new PacketStore(1_536);
    assertThat(last.offer(packet(1, 512), 1, store)).isTrue();
    ByteBuffer others = Objects.requireNonNull(store.take(512));
    assertThat(last.offer(fragment(2, 0, 3), 2, store)).isTrue();
    assertThat(last.offer(fragment(2, 1, 3), 2, store)).as("with the room of 1").isTrue();
    assertThat(last.offer(fragment(2, 2, 3), 2, store)).isFalse();
    assertThat(last.offer(fragment(2, 2, 3), 2, store)).as("sent again").isTrue();
    assertThat(last.packets()).isEmpty();
    store.release(others);
    assertThat(last.offer(fragment(2, 2, 3), 2, store)).isTrue();
    assertThat(last.sequence()).isEqualTo(4);
    assertThat(last.offer(fragment(5, 0, 4), 5, store)).isTrue();
    assertThat(last.packets()).as("as the store was full").isEmpty();
    last.clear(store);
    assertThat(store.usedBytes()).isZero();
  }

  @Test
  void streams_that_find_no_room_for_their_last_value_are_counted_and_one_is_named() {
    TestLine line = new TestLine(TestLine.settings(8 << 10, 1_024)); // Sixteen small packets.
    List<String> audited = new ArrayList<>();
    line.restart(
        "root", line.settings, OverlayRights.parse(List.of("* * publish,subscribe"), audited::add));
    line.restart("edge", line.settings);
    line.net.pass(2_500);
    Received first = line.subscribe("first", "gauge/*", LAST);
    for (int i = 10; i < 30; i++) {
      line.offer("gauge/" + i, StreamOffer.DEFAULT.keepingLast());
      assertThat(line.publish("gauge/" + i, new byte[10])).isEqualTo(1);
      line.net.pass(20);
    }
    RelayCounters counters = line.relay("root").counters();
    assertThat(first.packets).hasSize(20);
    assertThat(counters.storedBytes).isZero();
    assertThat(counters.lastValueBytes).isEqualTo(8 << 10);
    assertThat(counters.lastValuesLost).isEqualTo(4);
    assertThat(line.publish("gauge/10", new byte[10])).isEqualTo(2);
    assertThat(line.publish("gauge/29", new byte[10])).isEqualTo(2);
    line.net.pass(35_000);
    assertThat(line.publish("gauge/28", new byte[10])).isEqualTo(2);
    line.net.pass(20);
    assertThat(counters.lastValuesLost).isEqualTo(6);
    assertThat(audited).hasSize(1);
    assertThat(audited.getFirst())
        .startsWith("last values on class normal: there is no room for that of gauge/26")
        .contains("streams.storeBytes is 8192");
    Received late = line.subscribe("late", "gauge/*", LAST);
    assertThat(late.packets).hasSize(16).allMatch(StreamPacket::kept);
    assertThat(late.sequences("gauge/10")).containsExactly(2L);
    assertThat(late.sequences("gauge/28")).isEmpty();
  }
}
