package io.euryale.console;

import io.euryale.bench.streams.FloodBench;
import io.euryale.bench.streams.FloodPage;
import io.euryale.bench.streams.FloodSettings;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `euryale bench flood`.
@Command(
    name = "flood",
    header = "What 100,000 garbage packets a second do to streams and cells.",
    mixinStandardHelpOptions = true,
    description = {
      "Starts 4 peers, each in its own process, and sends 100 packets a second through them, active and"
          + " active(agreed), in turn without and with a stranger that sends 100,000 garbage"
          + " datagrams and opens 1,000 connections a second to all their ports.",
      "Takes about four minutes, with --quick one."
    })
final class BenchFloodCommand implements Callable<Integer> {

  @Option(
      names = "--runs",
      paramLabel = "N",
      description = "How often each is measured, 1 to 100; 5, or 2 with --quick.")
  private @Nullable Integer runs;

  @Mixin private BenchOutput output = new BenchOutput();

  @Override
  public Integer call() throws IOException {
    Integer asked = runs;
    boolean quick = output.quick;
    return output.measure(
        new BenchOutput.Form("measured flood", FloodPage::markdown, FloodPage::html),
        progress ->
            new FloodBench(
                FloodSettings.of(quick, asked != null ? asked : quick ? 2 : 5),
                Main.class.getName(),
                progress));
  }
}
