package io.euryale.console;

import io.euryale.bench.BenchException;
import io.euryale.bench.Progress;
import io.euryale.bench.city.CityBench;
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

/// `euryale bench city`.
@Command(
    name = "city",
    header = "How large a city this machine carries, with faults.",
    description = {
      "Runs the city of 152 peers with 6 faults a minute and raises its load until a promise is"
          + " missed; then sends the largest load through one bare relay. Takes about ten minutes,"
          + " with --quick one. Other work on the machine shows in the results."
    })
final class BenchCityCommand implements Callable<Integer> {

  @Option(names = "--quick", description = "A smaller city and two steps only.")
  private boolean quick;

  @Option(names = "--json", paramLabel = "FILE", description = "Write the results to FILE.")
  private @Nullable Path json;

  @Spec private CommandSpec spec = CommandSpec.create();

  // Progress ends its line when it is closed; it leaves the stream open.
  @SuppressWarnings("ClosingStandardOutputStreams")
  @Override
  public Integer call() throws IOException {
    OutputFiles.checkWritable("--json", json);
    try (Shutdown shutdown = new Shutdown()) {
      ResultDocument document;
      try (Progress progress = new Progress(System.err, Terminal.isPresent())) {
        CityBench bench = new CityBench(SmallDemoCommand.euryale("192m"), progress, quick);
        shutdown.onRequest(bench::stop);
        document = bench.run();
      } catch (InterruptedException _) {
        throw CommandException.missed("The benchmark was interrupted; nothing is reported.");
      }
      PrintWriter out = spec.commandLine().getOut();
      TextTable table = new TextTable("CASE", "METRIC", "VALUE", "UNIT", "TIMES ONE RELAY");
      for (Measurement each : document.results()) {
        Double ratio = each.ratio();
        table.row(
            each.situation(),
            each.metric(),
            String.format(Locale.ROOT, "%.2f", each.value()),
            each.unit(),
            ratio == null ? "" : String.format(Locale.ROOT, "%.2f", ratio));
      }
      out.print(table);
      for (Promise promise : document.promises()) {
        out.println((promise.held() ? "kept    " : "MISSED  ") + promise.text());
      }
      out.flush();
      if (json != null) {
        document.write(json);
      }
      return shutdown.finish(document.allPromisesHeld() ? ExitCode.DONE : ExitCode.MISSED);
    } catch (BenchException e) {
      String sentence = String.valueOf(e.getMessage());
      throw e.exitCode() == BenchException.ENVIRONMENT
          ? CommandException.environment(sentence)
          : CommandException.missed(sentence);
    }
  }
}
