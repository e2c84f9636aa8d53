package io.euryale.console;

import io.euryale.bench.BenchException;
import io.euryale.bench.Progress;
import io.euryale.bench.plot.MarkdownReport;
import io.euryale.bench.streams.FanoutBench;
import io.euryale.bench.streams.FanoutPage;
import io.euryale.bench.streams.FanoutSettings;
import io.euryale.peer.result.Promise;
import io.euryale.peer.result.ResultDocument;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

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
    },
    footer = {
      "",
      "Exit codes: 0 every goal was met, 1 one was missed, 2 wrong options,",
      "3 the environment lacks something."
    })
final class BenchFanoutCommand implements Callable<Integer> {

  @Option(names = "--quick", description = "Shorter and fewer clients, within about two minutes.")
  private boolean quick;

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

  @Option(names = "--json", paramLabel = "FILE", description = "Write the results to FILE.")
  private @Nullable Path json;

  @Option(names = "--page", paramLabel = "FILE", description = "Write a page of plots to FILE.")
  private @Nullable Path page;

  @Option(
      names = "--markdown",
      paramLabel = "FILE",
      description =
          "Write the tables to FILE; in a file with lines <!-- measured fanout --> and"
              + " <!-- /measured fanout --> only what is between them is replaced.")
  private @Nullable Path markdown;

  @Spec private CommandSpec spec = CommandSpec.create();

  // Progress ends its line when it is closed; it leaves the stream open.
  @SuppressWarnings("ClosingStandardOutputStreams")
  @Override
  public Integer call() throws InterruptedException, IOException {
    OutputFiles.checkWritable("--json", json);
    OutputFiles.checkWritable("--page", page);
    OutputFiles.checkWritable("--markdown", markdown);
    try (Shutdown shutdown = new Shutdown()) {
      Integer asked = runs;
      FanoutSettings settings =
          FanoutSettings.of(quick, asked != null ? asked : quick ? 1 : 3, clients);
      ResultDocument document;
      try (Progress progress = new Progress(System.err, Terminal.isPresent());
          FanoutBench bench = new FanoutBench(settings, Main.class.getName(), progress)) {
        shutdown.onRequest(bench::stop);
        document = bench.run();
      } catch (InterruptedException _) {
        throw CommandException.missed("The benchmark was interrupted; nothing is reported.");
      }
      report(document);
      return shutdown.finish(document.allPromisesHeld() ? ExitCode.DONE : ExitCode.MISSED);
    } catch (BenchException e) {
      throw BenchCommand.Streams.exception(e);
    }
  }

  private void report(ResultDocument document) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    out.println(FanoutPage.markdown(document));
    for (Promise promise : document.promises()) {
      out.println((promise.held() ? "Met: " : "Missed: ") + promise.text());
    }
    if (quick) {
      out.println("Quick: few and short runs. Repeat without --quick to be sure.");
    }
    out.flush();
    if (json != null) {
      document.write(json);
    }
    if (page != null) {
      Files.writeString(page, FanoutPage.html(document));
    }
    if (markdown != null) {
      String before = Files.exists(markdown) ? Files.readString(markdown) : "";
      Files.writeString(
          markdown, MarkdownReport.into(before, FanoutPage.markdown(document), "measured fanout"));
    }
  }
}
