package io.euryale.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.bench.BenchException;
import io.euryale.bench.Progress;
import io.euryale.bench.streams.FloodBench;
import io.euryale.bench.streams.FloodSettings;
import io.euryale.peer.result.Promise;
import io.euryale.peer.result.ResultDocument;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// Four peers in processes of their own carry 100 packets a second, first active and then agreed,
/// while a stranger sends 100,000 garbage datagrams and opens 1,000 connections a second to all
/// their ports, for ten seconds each.
class FloodOfGarbageTest {

  @Test
  void strangersChangeNoMembershipAndTakeNoPacket() throws BenchException, InterruptedException {
    FloodSettings settings =
        new FloodSettings(
            true,
            1,
            Duration.ofSeconds(2),
            Duration.ofMillis(500),
            Duration.ofSeconds(10),
            100_000,
            1_000);
    ResultDocument document;
    try (Progress silent =
            new Progress(
                new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8),
                false);
        FloodBench bench = new FloodBench(settings, Main.class.getName(), silent)) {
      document = bench.run();
    }
    assertThat(document.promises().stream().map(Promise::text))
        .anyMatch(text -> text.startsWith("With a flood nothing lost"))
        .contains("No cell has changed its view");
    // How much slower packets are is the benchmark's matter, not a test's.
    assertThat(document.promises())
        .filteredOn(promise -> !promise.text().startsWith("99th percentile"))
        .allMatch(Promise::held);
    assertThat(document.results())
        .filteredOn(result -> result.situation().endsWith(", garbage datagrams"))
        .allMatch(result -> result.value() > 10_000);
  }
}
