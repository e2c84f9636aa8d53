package io.euryale.console;

import io.euryale.bench.BenchException;
import io.euryale.bench.Benchmark;
import io.euryale.bench.Progress;
import io.euryale.bench.plot.MarkdownReport;
import io.euryale.peer.result.Promise;
import io.euryale.peer.result.ResultDocument;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// What all benchmarks have in common: how they are run, and where their results go.
final class BenchOutput {

  @Option(names = "--quick", description = "Fewer cases and shorter runs: for a first impression.")
  boolean quick;

  @Option(names = "--json", paramLabel = "FILE", description = "Write the results to FILE.")
  private @Nullable Path json;

  @Option(names = "--page", paramLabel = "FILE", description = "Write a page of plots to FILE.")
  private @Nullable Path page;

  @Option(
      names = "--markdown",
      paramLabel = "FILE",
      description =
          "Write the tables to FILE: a new one, or between its lines <!-- measured NAME --> and"
              + " <!-- /measured NAME -->. NAME is tls, fanout, flood or city, 18 for that topology"
              + " of streams; else there is none.")
  private @Nullable Path markdown;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  /// Makes the benchmark.
  interface Opening {
    Benchmark open(Progress progress) throws BenchException;
  }

  /// How results are told.
  ///
  /// @param mark of the lines in a Markdown file between which they belong
  record Form(
      String mark,
      Function<ResultDocument, String> tables,
      Function<ResultDocument, String> page) {}

  /// Runs a benchmark and tells what it measured.
  ///
  /// @return the exit code
  // Progress ends its line when it is closed; it leaves the stream open.
  @SuppressWarnings("ClosingStandardOutputStreams")
  int measure(Form form, Opening opening) throws IOException {
    OutputFiles.checkWritable("--json", json);
    OutputFiles.checkWritable("--page", page);
    OutputFiles.checkWritable("--markdown", markdown);
    if (!MarkdownReport.takes(markdownBefore(), form.mark())) {
      throw CommandException.usage(
          "--markdown %s has no place for the tables: give it the lines <!-- %s --> and <!-- /%s -->."
              .formatted(markdown, form.mark(), form.mark()));
    }
    try (Shutdown shutdown = new Shutdown()) {
      ResultDocument document;
      try (Progress progress = new Progress(System.err, Terminal.isPresent());
          Benchmark bench = opening.open(progress)) {
        shutdown.onRequest(bench::stop);
        document = bench.run();
      } catch (InterruptedException _) {
        throw CommandException.missed("The benchmark was interrupted; nothing is reported.");
      }
      if (json != null) {
        document.write(json); // Before anything else can go wrong.
      }
      print(document, form);
      write(document, form);
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

  private void print(ResultDocument document, Form form) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(form.tables().apply(document));
    if (quick) {
      out.println("Quick: few and short runs, fewer cases. Repeat without --quick to be sure.");
    }
    for (Promise promise : document.promises()) {
      if (!promise.held()) {
        out.println("Missed: " + promise.text());
      }
    }
    if (document.allPromisesHeld() && !document.promises().isEmpty()) {
      out.println("Every goal was met.");
    }
    out.flush();
  }

  private void write(ResultDocument document, Form form) throws IOException {
    if (page != null) {
      Files.writeString(page, form.page().apply(document));
    }
    if (markdown != null) {
      Files.writeString(
          markdown,
          MarkdownReport.into(markdownBefore(), form.tables().apply(document), form.mark()));
    }
  }

  private String markdownBefore() throws IOException {
    return markdown != null && Files.exists(markdown) ? Files.readString(markdown) : "";
  }
}
