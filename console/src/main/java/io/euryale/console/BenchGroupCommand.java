package io.euryale.console;

import io.euryale.bench.BenchException;
import io.euryale.bench.Progress;
import io.euryale.bench.group.GroupBench;
import io.euryale.bench.group.GroupPage;
import io.euryale.bench.group.GroupSettings;
import io.euryale.bench.plot.MarkdownReport;
import io.euryale.peer.result.Promise;
import io.euryale.peer.result.ResultDocument;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `euryale bench group`.
@Command(
    name = "group",
    header = "Group communication beside JGroups: latency, throughput, faults.",
    mixinStandardHelpOptions = true,
    description = {
      "Starts groups of 3, 5 and 8 processes of each system, sends the same messages through all of"
          + " them in turn, then kills, stops and removes members.",
      "With --quick only 3 members and fewer cases, within a minute. Other work on the machine shows"
          + " in the results."
    },
    footer = {
      "",
      "Exit codes: 0 every goal was met, 1 one was missed, 2 wrong options,",
      "3 the environment lacks something."
    })
final class BenchGroupCommand implements Callable<Integer> {

  @Option(names = "--quick", description = "Fewer cases, shorter, within a minute.")
  private boolean quick;

  @Option(
      names = "--orders",
      description = "Compare bare ways to order messages instead of whole systems.")
  private boolean orders;

  @Option(
      names = "--runs",
      paramLabel = "N",
      description = "How often each case is measured, 1 to 100; 3, or 1 with --quick.")
  private @Nullable Integer runs;

  @Option(
      names = "--members",
      paramLabel = "N",
      split = ",",
      description =
          "How many members a group has, several separated by commas; 3,5,8, or 3 with --quick."
              + " The ten minutes beside busy threads belong to 3.")
  private List<Integer> members = List.of();

  @Option(names = "--json", paramLabel = "FILE", description = "Write the results to FILE.")
  private @Nullable Path json;

  @Option(names = "--page", paramLabel = "FILE", description = "Write a page of plots to FILE.")
  private @Nullable Path page;

  @Option(
      names = "--markdown",
      paramLabel = "FILE",
      description =
          "Write the tables to FILE; in a file with lines <!-- measured --> and"
              + " <!-- /measured --> only what is between them is replaced.")
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
      GroupSettings settings =
          runs == null ? GroupSettings.of(quick, orders) : GroupSettings.of(quick, orders, runs);
      if (!members.isEmpty()) {
        settings = settings.withSizes(members);
      }
      ResultDocument document;
      try (Progress progress = new Progress(System.err, Terminal.isPresent())) {
        GroupBench bench = new GroupBench(settings, progress);
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

  private void report(ResultDocument document) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    out.println(GroupPage.markdown(document));
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
    if (json != null) {
      document.write(json);
    }
    if (page != null) {
      Files.writeString(page, GroupPage.html(document));
    }
    if (markdown != null) {
      String before = Files.exists(markdown) ? Files.readString(markdown) : "";
      Files.writeString(markdown, MarkdownReport.into(before, GroupPage.markdown(document)));
    }
  }
}
