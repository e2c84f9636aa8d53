package io.euryale.console;

import io.euryale.bench.streams.StreamsPage;
import io.euryale.bench.streams.TlsBench;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `euryale bench tls`: what keys cost.
@Command(
    name = "tls",
    header = "Latency and cost of streams with TLS, beside the same without.",
    mixinStandardHelpOptions = true,
    description = {
      "Starts 14 peers with keys and 14 without, each in its own process, and sends the same packets"
          + " from 8 sensors through both in turn.",
      "Takes about six minutes, with --quick about one. Other work on the machine shows in the"
          + " results."
    })
final class BenchTlsCommand implements Callable<Integer> {

  @Option(
      names = "--runs",
      paramLabel = "N",
      description = "How often each case is measured, 1 to 100; 5, or 2 with --quick.")
  private @Nullable Integer runs;

  @Mixin private BenchOutput output = new BenchOutput();

  @Override
  public Integer call() throws IOException {
    return output.measure(
        new BenchOutput.Form("measured tls", StreamsPage::markdown, StreamsPage::html),
        progress ->
            new TlsBench(
                BenchCommand.Streams.settings(output.quick, runs), Main.class.getName(), progress));
  }
}
