package io.euryale.console;

import io.euryale.bench.streams.FanoutBench;
import io.euryale.bench.streams.FanoutPage;
import io.euryale.bench.streams.FanoutSettings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `euryale bench fanout`.
@Command(
    name = "fanout",
    header = "One stream to many clients anywhere, beside bare TCP relays.",
    mixinStandardHelpOptions = true,
    description = {
      "Starts 14 peers and 16 bare relays, each in its own process, and sends one replicated stream"
          + " through both in turn: to clients at the root, at one leaf cell and at all of them.",
      "Counts what goes over the links between peers; packets must come down each once.",
      "Takes about twelve minutes, with --quick about two. Other work on the machine shows in the"
          + " results."
    })
final class BenchFanoutCommand implements Callable<Integer> {

  @Option(
      names = "--runs",
      paramLabel = "N",
      description = "How often each case is measured, 1 to 100; 3, or 1 with --quick.")
  private @Nullable Integer runs;

  @Option(
      names = "--clients",
      paramLabel = "N",
      split = ",",
      description = "How many clients in turn, each 1 to 1000; 1,8,32,128, or 1,8,32 with --quick.")
  private List<Integer> clients = new ArrayList<>();

  @Mixin private BenchOutput output = new BenchOutput();

  @Override
  public Integer call() throws IOException {
    Integer asked = runs;
    boolean quick = output.quick;
    return output.measure(
        new BenchOutput.Form("measured fanout", FanoutPage::markdown, FanoutPage::html),
        progress ->
            new FanoutBench(
                FanoutSettings.of(quick, asked != null ? asked : quick ? 1 : 3, clients),
                Main.class.getName(),
                progress));
  }
}
