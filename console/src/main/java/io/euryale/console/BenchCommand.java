package io.euryale.console;

import io.euryale.bench.BenchException;
import io.euryale.bench.Progress;
import io.euryale.bench.plot.MarkdownReport;
import io.euryale.bench.streams.Shape;
import io.euryale.bench.streams.StreamsBench;
import io.euryale.bench.streams.StreamsPage;
import io.euryale.bench.streams.StreamsSettings;
import io.euryale.peer.result.Promise;
import io.euryale.peer.result.ResultDocument;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
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
        "Takes about twenty minutes, with --quick about one. Other work on the machine shows in"
            + " the results."
      },
      footer = {
        "",
        "Exit codes: 0 every goal was met, 1 one was missed, 2 wrong options,",
        "3 the environment lacks something."
      })
  static final class Streams implements Callable<Integer> {

    @Option(names = "--quick", description = "Fewer cases, shorter, within a minute.")
    private boolean quick;

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

    @Option(names = "--json", paramLabel = "FILE", description = "Write the results to FILE.")
    private @Nullable Path json;

    @Option(names = "--page", paramLabel = "FILE", description = "Write a page of plots to FILE.")
    private @Nullable Path page;

    @Option(
        names = "--markdown",
        paramLabel = "FILE",
        description =
            "Write the tables to FILE; in a file with lines <!-- measured --> and"
                + " <!-- /measured --> only what is between them is replaced; with --topology 18"
                + " between <!-- measured 18 --> and <!-- /measured 18 -->.")
    private @Nullable Path markdown;

    @Spec private CommandSpec spec = CommandSpec.create();

    // Progress ends its line when it is closed; it leaves the stream open.
    @SuppressWarnings("ClosingStandardOutputStreams")
    @Override
    public Integer call() throws InterruptedException, IOException {
      OutputFiles.checkWritable("--json", json);
      OutputFiles.checkWritable("--page", page);
      OutputFiles.checkWritable("--markdown", markdown);
      boolean terminal = Terminal.isPresent();
      try (Shutdown shutdown = new Shutdown()) {
        StreamsSettings settings = settings(quick, runs).with(Shape.of(topology));
        ResultDocument document;
        try (Progress progress = new Progress(System.err, terminal);
            StreamsBench bench = new StreamsBench(settings, Main.class.getName(), progress)) {
          shutdown.onRequest(bench::stop);
          document = bench.run();
        } catch (InterruptedException _) {
          throw CommandException.missed("The benchmark was interrupted; nothing is reported.");
        }
        report(document, settings.shape());
        return shutdown.finish(document.allPromisesHeld() ? ExitCode.DONE : ExitCode.MISSED);
      } catch (BenchException e) {
        throw exception(e);
      }
    }

    static CommandException exception(BenchException e) {
      String sentence = String.valueOf(e.getMessage());
      return switch (e.exitCode()) {
        case BenchException.BAD_USAGE -> CommandException.usage(sentence);
        case BenchException.ENVIRONMENT -> CommandException.environment(sentence);
        default -> CommandException.missed(sentence);
      };
    }

    static StreamsSettings settings(boolean quick, @Nullable Integer runs) throws BenchException {
      if (runs == null) {
        return StreamsSettings.of(quick);
      }
      return quick ? StreamsSettings.quick(runs) : StreamsSettings.full(runs);
    }

    private void report(ResultDocument document, Shape shape) throws IOException {
      PrintWriter out = spec.commandLine().getOut();
      out.println(StreamsPage.markdown(document));
      if (quick) {
        out.println("Quick: few and short runs, fewer cases. Repeat without --quick to be sure.");
      }
      long missed = document.promises().stream().filter(promise -> !promise.held()).count();
      for (Promise promise : document.promises()) {
        if (!promise.held()) {
          out.println("Missed: " + promise.text());
        }
      }
      if (missed == 0) {
        out.println("Every goal was met.");
      }
      out.flush();
      if (json != null) {
        document.write(json);
      }
      if (page != null) {
        Files.writeString(page, StreamsPage.html(document));
      }
      if (markdown != null) {
        String before = Files.exists(markdown) ? Files.readString(markdown) : "";
        String mark = shape.equals(Shape.PAPER) ? "measured" : "measured " + topology;
        Files.writeString(
            markdown, MarkdownReport.into(before, StreamsPage.markdown(document), mark));
      }
    }
  }
}
