package io.euryale.bench.streams;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RelayTreeTest {

  @Test
  void wholePacketsEndWhereTheLastCompleteOneDoes() {
    ByteBuffer buffer = ByteBuffer.allocate(64);
    assertThat(BareRelay.wholePackets(buffer)).isZero();
    buffer.putInt(2).put((byte) 1).put((byte) 2);
    assertThat(BareRelay.wholePackets(buffer)).isEqualTo(6);
    buffer.putInt(3).put((byte) 1);
    assertThat(BareRelay.wholePackets(buffer)).isEqualTo(6);
    buffer.put((byte) 2).put((byte) 3);
    assertThat(BareRelay.wholePackets(buffer)).isEqualTo(13);
  }

  @Test
  void allPacketsPassATreeOfProcessesInOrder() throws Exception {
    // Two relays below one: two sensors share each of them, and the others go straight to the root.
    List<Integer> entries = List.of(1, 1, 2, 2, 0, 0, 0, 0);
    try (RelayTree tree = RelayTree.start(List.of(-1, 0, 0), entries)) {
      Traffic traffic =
          Traffic.of(
              1,
              System.nanoTime(),
              Duration.ZERO,
              Duration.ofMillis(300),
              Traffic.PAPER_RATE * 10,
              1);
      Ledger ledger = new Ledger(traffic);
      tree.record(ledger);
      new Sender(ledger, tree).run();
      long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
      while (ledger.missing() > 0 && System.nanoTime() - deadline < 0) {
        Thread.sleep(5);
      }
      assertThat(ledger.missing()).isZero();
      assertThat(ledger.duplicated()).isZero();
      assertThat(ledger.reordered()).isZero();
      assertThat(ledger.corrupted()).isZero();
    }
  }
}
