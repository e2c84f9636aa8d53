package io.euryale.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.bench.BenchException;
import io.euryale.bench.Progress;
import io.euryale.bench.plot.Page;
import io.euryale.bench.streams.FanoutBench;
import io.euryale.bench.streams.FanoutSettings;
import io.euryale.peer.result.Promise;
import io.euryale.peer.result.ResultDocument;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A small run of `bench fanout`: six peers in processes of their own, two in the root cell, and
/// up to six clients at the root and below.
class FanoutTest {

  private static double find(ResultDocument document, String which, String metric) {
    return Page.find(document, "Euryale, " + which, metric).orElseThrow().value();
  }

  @Test
  void packetsComeDownEachLinkOnceForSixClientsBehindIt()
      throws BenchException, InterruptedException {
    FanoutSettings settings =
        new FanoutSettings(
            true, 1, 6, List.of(1, 6), Duration.ofSeconds(1), Duration.ZERO, Duration.ofSeconds(2));
    ResultDocument document;
    try (Progress silent =
            new Progress(
                new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8),
                false);
        FanoutBench bench = new FanoutBench(settings, Main.class.getName(), silent)) {
      document = bench.run();
    }
    assertThat(document.promises())
        .filteredOn(promise -> promise.text().startsWith("Every client"))
        .hasSize(1)
        .allMatch(Promise::held);
    for (String clients : List.of("1 client", "6 clients")) {
      assertThat(find(document, clients + " at the root", "links_per_packet")).isZero();
      for (String place : List.of(" at one leaf cell", " at all leaf cells")) {
        // On a busy machine a packet may be sent again, and the root cell says how many.
        double again = find(document, clients + place, "root_repeated_per_packet");
        assertThat(find(document, clients + place, "busiest_link_per_packet"))
            .isBetween(0.99, 1.001 + again);
      }
    }
    // Six packets leave at the root, and one to each peer of the leaf cell at most.
    assertThat(find(document, "6 clients at one leaf cell", "root_bytes_out_per_packet"))
        .isLessThan(find(document, "6 clients at the root", "root_bytes_out_per_packet"));
  }
}
