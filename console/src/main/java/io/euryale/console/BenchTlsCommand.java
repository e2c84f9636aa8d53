package io.euryale.console;

import io.euryale.bench.BenchException;
import io.euryale.bench.Progress;
import io.euryale.bench.plot.MarkdownReport;
import io.euryale.bench.streams.StreamsPage;
import io.euryale.bench.streams.StreamsSettings;
import io.euryale.bench.streams.TlsBench;
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
import picocli.CommandLine.Spec;

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
    },
    footer = {
      "",
      "Exit codes: 0 every goal was met, 1 one was missed, 2 wrong options,",
      "3 the environment lacks something."
    })
final class BenchTlsCommand implements Callable<Integer> {

  @Option(names = "--quick", description = "Shorter, within about a minute.")
  private boolean quick;

  @Option(
      names = "--runs",
      paramLabel = "N",
      description = "How often each case is measured, 1 to 100; 5, or 2 with --quick.")
  private @Nullable Integer runs;

  @Option(names = "--json", paramLabel = "FILE", description = "Write the results to FILE.")
  private @Nullable Path json;

  @Option(
      names = "--markdown",
      paramLabel = "FILE",
      description =
          "Write the tables to FILE; in a file with lines <!-- measured tls --> and"
              + " <!-- /measured tls --> only what is between them is replaced.")
  private @Nullable Path markdown;

  @Spec private CommandSpec spec = CommandSpec.create();

  // Progress ends its line when it is closed; it leaves the stream open.
  @SuppressWarnings("ClosingStandardOutputStreams")
  @Override
  public Integer call() throws InterruptedException, IOException {
    OutputFiles.checkWritable("--json", json);
    OutputFiles.checkWritable("--markdown", markdown);
    try (Shutdown shutdown = new Shutdown()) {
      StreamsSettings settings = BenchCommand.Streams.settings(quick, runs);
      ResultDocument document;
      try (Progress progress = new Progress(System.err, Terminal.isPresent());
          TlsBench bench = new TlsBench(settings, Main.class.getName(), progress)) {
        shutdown.onRequest(bench::stop);
        document = bench.run();
      } catch (InterruptedException _) {
        throw CommandException.missed("The benchmark was interrupted; nothing is reported.");
      }
      PrintWriter out = spec.commandLine().getOut();
      out.println(StreamsPage.markdown(document));
      for (Promise promise : document.promises()) {
        out.println((promise.held() ? "Met: " : "Missed: ") + promise.text());
      }
      out.flush();
      if (json != null) {
        document.write(json);
      }
      if (markdown != null) {
        String before = Files.exists(markdown) ? Files.readString(markdown) : "";
        Files.writeString(
            markdown, MarkdownReport.into(before, StreamsPage.markdown(document), "measured tls"));
      }
      return shutdown.finish(document.allPromisesHeld() ? ExitCode.DONE : ExitCode.MISSED);
    } catch (BenchException e) {
      throw BenchCommand.Streams.exception(e);
    }
  }
}
