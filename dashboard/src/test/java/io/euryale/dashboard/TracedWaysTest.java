package io.euryale.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.PeerName;
import io.euryale.service.stream.StreamHop;
import io.euryale.service.stream.StreamPacket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TracedWaysTest {

  private static final long SOON = 1_000_000_000L;

  private final TracedWays.Hops hops = new TracedWays.Hops();

  @Test
  void nothing_is_told_while_no_packet_was_traced() {
    hops.packet(packet(1, false), false, ByteBuffer.allocate(0));
    hops.hop(hop(1, "gate", 0, 1));

    assertThat(hops.last(System.nanoTime() + SOON)).isNull();
  }

  @Test
  void the_last_packet_that_arrived_is_told_in_the_order_of_its_way() {
    arrive(1, hop(1, "gate", 0, 1));
    arrive(2, hop(2, "a1", 2, 3), hop(2, "gate", 0, 1));
    hops.hop(hop(3, "gate", 0, 1));

    assertThat(hops.last(System.nanoTime() + SOON))
        .containsEntry("tookMillis", 5.0)
        .containsEntry(
            "hops",
            List.of(
                Map.of("who", "gate", "cameMillis", 0.0, "hereMillis", 1.0),
                Map.of("who", "a1", "cameMillis", 2.0, "hereMillis", 1.0)));
  }

  @Test
  void a_hop_that_sent_again_is_told_once() {
    arrive(1, hop(1, "gate", 0, 40), hop(1, "gate", 0, 1));

    assertThat(hops.last(System.nanoTime() + SOON))
        .containsEntry(
            "hops", List.of(Map.of("who", "gate", "cameMillis", 0.0, "hereMillis", 1.0)));
  }

  @Test
  void a_packet_is_told_when_all_that_is_said_of_it_should_have_come() {
    arrive(1, hop(1, "gate", 0, 1));

    assertThat(hops.last(System.nanoTime() - SOON)).isNull();
    assertThat(hops.last(System.nanoTime() + SOON)).isNotNull();
  }

  @Test
  void why_nothing_comes_is_told_until_something_does() {
    hops.forbidden("track/a", "desk may not subscribe to track/a");
    assertThat(hops.last(System.nanoTime()))
        .isEqualTo(Map.of("refused", "desk may not subscribe to track/a"));

    arrive(1, hop(1, "gate", 0, 1));
    assertThat(hops.last(System.nanoTime() + SOON)).containsKey("hops");
  }

  private void arrive(long sequence, StreamHop... way) {
    hops.packet(packet(sequence, true), false, ByteBuffer.allocate(0));
    for (StreamHop hop : way) {
      hops.hop(hop);
    }
  }

  private static StreamPacket packet(long sequence, boolean traced) {
    return new StreamPacket("track/a", 1, sequence, "", 5_000_000, false, 0, traced, Set.of());
  }

  private static StreamHop hop(long sequence, String who, long cameMillis, long leftMillis) {
    return new StreamHop(
        "track/a",
        1,
        sequence,
        new PeerName(who),
        cameMillis * 1_000_000,
        leftMillis * 1_000_000,
        0);
  }
}
