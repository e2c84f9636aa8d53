package io.euryale.bench.streams;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(90)
class FanTreeTest {

  private final Map<String, Topology.Place> peers = new LinkedHashMap<>();

  private void peer(String name, String cell, int level, @Nullable String parent) {
    peers.put(name, new Topology.Place(name, cell, level, "", parent));
  }

  private static List<Ledger> send(FanTree tree, int segment, Duration patience)
      throws InterruptedException {
    Traffic traffic =
        Traffic.of(
            segment,
            System.nanoTime(),
            Duration.ZERO,
            Duration.ofMillis(300),
            Traffic.PAPER_RATE * 10,
            1,
            1);
    Ledger first = new Ledger(traffic);
    tree.audience().record(first);
    new Sender(first, tree).run();
    List<Ledger> ledgers = tree.audience().ledgers();
    long deadline = System.nanoTime() + patience.toNanos();
    while (Audience.isMissing(ledgers) && System.nanoTime() - deadline < 0) {
      Thread.sleep(5);
    }
    return ledgers;
  }

  @Test
  void clientsGetEverythingWhereverTheyAreAndAfterOthersHaveLeft() throws Exception {
    peer("root-a", "0", 0, null);
    peer("root-b", "0", 0, null);
    peer("low-a", "0.0", 1, "root-a");
    peer("low-b", "0.1", 1, "root-b");
    int segment = 0;
    try (FanTree tree = FanTree.start(new Topology(peers))) {
      assertThat(tree.processes()).hasSize(5); // One of them hands on from the sensor to the root.
      for (FanoutPlace place : FanoutPlace.values()) {
        tree.attach(place, 3);
        // What is sent before all are connected comes to some only.
        while (Audience.isMissing(send(tree, segment++, Duration.ofSeconds(1)))) {
          assertThat(segment).isLessThan(50);
        }
        List<Ledger> ledgers = send(tree, segment++, Duration.ofSeconds(20));
        assertThat(ledgers).hasSize(3);
        for (Ledger ledger : ledgers) {
          assertThat(ledger.count()).isGreaterThan(80);
          assertThat(ledger.missing()).isZero();
          assertThat(ledger.duplicated() + ledger.reordered() + ledger.corrupted()).isZero();
        }
        tree.leave();
      }
    }
  }
}
