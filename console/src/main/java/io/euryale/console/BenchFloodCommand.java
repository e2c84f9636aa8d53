package io.euryale.console;

import io.euryale.bench.BenchException;
import io.euryale.bench.Progress;
import io.euryale.bench.streams.FloodBench;
import io.euryale.bench.streams.FloodSettings;
import io.euryale.peer.result.Measurement;
import io.euryale.peer.result.Promise;
import io.euryale.peer.result.ResultDocument;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `euryale bench flood`.
@Command(
    name = "flood",
    header = "What 100,000 garbage packets a second do to streams and cells.",
    mixinStandardHelpOptions = true,
    description = {
      "Starts 4 peers, each in its own process, and sends 100 packets a second through them, in turn"
          + " without and with a stranger that sends 100,000 garbage datagrams and opens 1,000"
          + " connections a second to all their ports.",
      "Takes about two minutes, with --quick half a minute."
    },
    footer = {
      "",
      "Exit codes: 0 every goal was met, 1 one was missed, 2 wrong options,",
      "3 the environment lacks something."
    })
final class BenchFloodCommand implements Callable<Integer> {

  @Option(names = "--quick", description = "Shorter, within a minute.")
  private boolean quick;

  @Option(
      names = "--runs",
      paramLabel = "N",
      description = "How often each is measured, 1 to 100; 5, or 2 with --quick.")
  private @Nullable Integer runs;

  @Option(names = "--json", paramLabel = "FILE", description = "Write the results to FILE.")
  private @Nullable Path json;

  @Spec private CommandSpec spec = CommandSpec.create();

  // Progress ends its line when it is closed; it leaves the stream open.
  @SuppressWarnings("ClosingStandardOutputStreams")
  @Override
  public Integer call() throws InterruptedException, IOException {
    OutputFiles.checkWritable("--json", json);
    boolean terminal = Terminal.isPresent();
    try (Shutdown shutdown = new Shutdown()) {
      Integer asked = runs;
      FloodSettings settings = FloodSettings.of(quick, asked != null ? asked : quick ? 2 : 5);
      ResultDocument document;
      try (Progress progress = new Progress(System.err, terminal);
          FloodBench bench = new FloodBench(settings, Main.class.getName(), progress)) {
        shutdown.onRequest(bench::stop);
        document = bench.run();
      } catch (InterruptedException _) {
        throw CommandException.missed("The benchmark was interrupted; nothing is reported.");
      }
      report(document);
      return shutdown.finish(document.allPromisesHeld() ? ExitCode.DONE : ExitCode.MISSED);
    } catch (BenchException e) {
      String sentence = String.valueOf(e.getMessage());
      throw switch (e.exitCode()) {
        case BenchException.BAD_USAGE -> CommandException.usage(sentence);
        case BenchException.ENVIRONMENT -> CommandException.environment(sentence);
        default -> CommandException.missed(sentence);
      };
    }
  }

  private static String rounded(double value) {
    return String.format(Locale.ROOT, value < 100 ? "%.2f" : "%.0f", value);
  }

  private void report(ResultDocument document) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    TextTable table = new TextTable("CASE", "METRIC", "UNIT", "MEDIAN", "MIN", "MAX");
    for (Measurement result : document.results()) {
      table.row(
          result.situation(),
          result.metric(),
          result.unit(),
          rounded(result.value()),
          rounded(result.min()),
          rounded(result.max()));
    }
    out.print(table);
    for (Promise promise : document.promises()) {
      out.println((promise.held() ? "Held: " : "Missed: ") + promise.text());
    }
    out.flush();
    if (json != null) {
      document.write(json);
    }
  }
}
