package io.euryale.console;

import io.euryale.kernel.trace.Trace;
import io.euryale.kernel.trace.TraceJson;
import io.euryale.lab.Campaign;
import io.euryale.lab.CampaignReport;
import io.euryale.lab.Draw;
import io.euryale.lab.Scenario;
import io.euryale.lab.cells.CellScenario;
import io.euryale.lab.group.GroupScenario;
import io.euryale.lab.streams.StreamScenario;
import io.euryale.peer.result.Measurement;
import io.euryale.peer.result.Promise;
import io.euryale.peer.result.ResultDocument;
import io.euryale.simulation.FaultPlan;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `euryale simulate`: schedules of a scenario under seeded faults, with checkers.
@Command(
    name = "simulate",
    header = "Run protocols under seeded faults and check their promises.",
    mixinStandardHelpOptions = true,
    description = {
      "Each seed is a schedule of its own: a tree of peers, what they do, what goes wrong. The same"
          + " seed gives the same run.",
      "On failure it prints the seed, a reduced list of faults and the command that replays it."
    },
    footer = {
      "",
      "Exit code 1 means that a promise was broken, or that a listed fault or event never occurred"
          + " in 200 schedules or more.",
      "Example: euryale simulate streams --seeds 1..3000 --json streams.json"
    })
final class SimulateCommand implements Callable<Integer> {

  private static final List<Scenario> SCENARIOS =
      List.of(new CellScenario(), new StreamScenario(), new GroupScenario());
  private static final Duration SHRINK_BUDGET = Duration.ofMinutes(1);
  private static final long PROGRESS_PERIOD_NANOS = 1_000_000_000L;

  @Parameters(paramLabel = "SCENARIO", description = "cells, streams or group.")
  private String scenario = "";

  @Option(
      names = "--seeds",
      paramLabel = "A..B",
      defaultValue = "1..300",
      description = "Seeds to run, both included; one number for one seed (default: 1..300).")
  private String seeds = "";

  @Option(
      names = "--faults",
      paramLabel = "LIST",
      description = "Faults in place of the drawn ones, as a failure prints them; '' for none.")
  private @Nullable String faults;

  @Option(
      names = "--attempt",
      paramLabel = "N",
      description =
          "Which draw of each seed, as a failure prints it: one whose faults had too little effect is"
              + " drawn again (default: 0).")
  private int attempt;

  @Option(
      names = "--large",
      description = "Schedules of up to 100 peers that take seconds each; group only.")
  private boolean large;

  @Option(
      names = "--peers",
      paramLabel = "N",
      split = ",",
      description =
          "cells only: one long schedule for each of these numbers of peers, with a join storm,"
              + " churn and quiet minutes; tells what control messages cost.")
  private List<Integer> peers = List.of();

  @Option(
      names = "--splits",
      paramLabel = "N",
      description =
          "cells only: N schedules each of an overlay split into two, three and four parts; tells"
              + " how long it takes until it is one tree again.")
  private @Nullable Integer splits;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Schedules at the same time; as many as there are processors when not given.")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--trace",
      paramLabel = "FILE",
      description = "Write every event of the one seed given to FILE, as JSON Lines.")
  private @Nullable Path trace;

  @Option(names = "--json", paramLabel = "FILE", description = "Write the results to FILE.")
  private @Nullable Path json;

  @Option(
      names = "--page",
      paramLabel = "FILE",
      description = "With --peers: write a page of plots to FILE.")
  private @Nullable Path page;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws InterruptedException, IOException {
    Scenario chosen = chosen();
    long[] range = range();
    FaultPlan plan = plan();
    OutputFiles.checkWritable("--json", json);
    OutputFiles.checkWritable("--trace", trace);
    OutputFiles.checkWritable("--page", page);
    if (threads < 1) {
      throw CommandException.usage("--threads is at least 1, not " + threads + ".");
    }
    if (attempt < 0 || attempt >= Campaign.MOST_ATTEMPTS) {
      throw CommandException.usage(
          "--attempt is 0 to " + (Campaign.MOST_ATTEMPTS - 1) + ", not " + attempt + ".");
    }
    if (!peers.isEmpty()) {
      if (!scenario.equals("cells") || peers.stream().anyMatch(n -> n < 4 || n > 100_000)) {
        throw CommandException.usage("--peers is for cells, with 4 to 100000 peers.");
      }
      return new LargeCellsReport(spec.commandLine().getOut(), json, page).run(peers, range[0]);
    }
    Integer schedules = splits;
    if (schedules != null) {
      if (!scenario.equals("cells") || schedules < 1 || schedules > 100_000) {
        throw CommandException.usage("--splits is for cells, with 1 to 100000 schedules.");
      }
      return new SplitReport(spec.commandLine().getOut(), json, threads).run(schedules, range[0]);
    }
    if (trace != null) {
      if (range[0] != range[1]) {
        throw CommandException.usage("--trace writes one run: give one seed, as in --seeds 7..7.");
      }
      writeTrace(chosen, new Draw(range[0], attempt, plan), trace);
    }
    CampaignReport report;
    try {
      report =
          new Campaign(chosen, range[0], range[1], threads, attempt, plan, SHRINK_BUDGET)
              .run(progress());
    } catch (IllegalArgumentException e) {
      throw CommandException.usage("The faults do not fit: " + e.getMessage());
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println(report.summary());
    out.flush();
    if (json != null) {
      document(report).write(json);
    }
    return report.passed() ? ExitCode.DONE : ExitCode.MISSED;
  }

  private Scenario chosen() {
    if (large && !scenario.equals("group")) {
      throw CommandException.usage("--large is for the scenario group only.");
    }
    if (large) {
      return GroupScenario.large();
    }
    for (Scenario known : SCENARIOS) {
      if (known.name().equals(scenario)) {
        return known;
      }
    }
    String names = SCENARIOS.stream().map(Scenario::name).collect(Collectors.joining(" or "));
    throw CommandException.usage("There is no scenario '" + scenario + "': choose " + names + ".");
  }

  private long[] range() {
    String[] ends = seeds.split("\\.\\.", -1);
    try {
      long first = Long.parseLong(ends[0]);
      long last = ends.length == 1 ? first : Long.parseLong(ends[1]);
      if (ends.length <= 2 && first <= last) {
        return new long[] {first, last};
      }
    } catch (NumberFormatException _) {
      // Said below, for all that is no range.
    }
    throw CommandException.usage("'" + seeds + "' is no range of seeds: write it as 1..300.");
  }

  private @Nullable FaultPlan plan() {
    String text = faults;
    if (text == null) {
      return null;
    }
    try {
      return FaultPlan.parse(text);
    } catch (IllegalArgumentException e) {
      throw CommandException.usage("--faults cannot be read: " + e.getMessage());
    }
  }

  private static void writeTrace(Scenario scenario, Draw draw, Path file) throws IOException {
    try (BufferedWriter out = Files.newBufferedWriter(file)) {
      StringBuilder line = new StringBuilder();
      scenario.run(draw, event -> write(out, line, event));
    } catch (UncheckedIOException e) {
      throw CommandException.environment(
          "The trace file '" + file + "' cannot be written to its end: free some space.");
    }
  }

  private static void write(BufferedWriter out, StringBuilder line, Trace event) {
    line.setLength(0);
    TraceJson.append(line, event);
    try {
      out.append(line);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// One line that counts up on a terminal, and nothing in a log but the end.
  private static Campaign.Progress progress() {
    boolean terminal = Terminal.isPresent();
    AtomicLong next = new AtomicLong(System.nanoTime() + PROGRESS_PERIOD_NANOS);
    return (done, of, failed) -> {
      long due = next.get();
      long now = System.nanoTime();
      if (terminal && (done == of || now - due >= 0)) {
        if (next.compareAndSet(due, now + PROGRESS_PERIOD_NANOS) || done == of) {
          System.err.printf(
              "\r%,d of %,d schedules, %,d failed%s", done, of, failed, done == of ? "\n" : "");
        }
      }
    };
  }

  private static ResultDocument document(CampaignReport report) {
    return ResultDocument.ofThisMachine(
        "simulate " + report.scenario(),
        report.settings(),
        report.measurements().stream()
            .map(m -> Measurement.once(m.caseName(), m.metric(), m.unit(), m.value()))
            .toList(),
        report.promises().stream().map(p -> new Promise(p.text(), p.held())).toList());
  }
}
