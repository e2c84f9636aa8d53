package io.euryale.console;

import io.euryale.bench.BenchException;
import io.euryale.bench.streams.Shape;
import io.euryale.bench.streams.StreamsBench;
import io.euryale.bench.streams.StreamsPage;
import io.euryale.bench.streams.StreamsSettings;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `euryale bench`: measures Euryale on this machine against something simpler.
@Command(
    name = "bench",
    header = "Measure Euryale on this machine.",
    mixinStandardHelpOptions = true,
    subcommands = {
      BenchCommand.Streams.class,
      BenchFanoutCommand.class,
      BenchTlsCommand.class,
      BenchGroupCommand.class,
      BenchFloodCommand.class,
      BenchCityCommand.class
    })
final class BenchCommand implements Runnable {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "Say what to measure: euryale bench streams, fanout, tls, group, flood or city");
  }

  /// `euryale bench streams`.
  @Command(
      name = "streams",
      header = "Latency, cost and fail-over of streams, beside bare TCP relays.",
      mixinStandardHelpOptions = true,
      description = {
        "Starts 14 or 18 peers and as many bare relays, each in its own process, and sends the"
            + " same packets from 8 sensors through both in turn. Then it kills peers.",
        "Takes about half an hour, with --quick about one. Other work on the machine shows in"
            + " the results."
      })
  static final class Streams implements Callable<Integer> {

    @Option(
        names = "--runs",
        paramLabel = "N",
        description = "How often each case is measured, 1 to 100; 5, or 2 with --quick.")
    private @Nullable Integer runs;

    @Option(
        names = "--topology",
        paramLabel = "PEERS",
        defaultValue = "14",
        description = "14: 2 peers in each cell; 18: 4, 3 and 2, by level. Both have 7 cells.")
    private int topology;

    @Mixin private BenchOutput output = new BenchOutput();

    @Override
    public Integer call() throws IOException {
      String mark = topology == Shape.PAPER.peers() ? "measured" : "measured " + topology;
      return output.measure(
          new BenchOutput.Form(mark, StreamsPage::markdown, StreamsPage::html),
          progress ->
              new StreamsBench(
                  settings(output.quick, runs).with(Shape.of(topology)),
                  Main.class.getName(),
                  progress));
    }

    static StreamsSettings settings(boolean quick, @Nullable Integer runs) throws BenchException {
      if (runs == null) {
        return StreamsSettings.of(quick);
      }
      return quick ? StreamsSettings.quick(runs) : StreamsSettings.full(runs);
    }
  }
}
