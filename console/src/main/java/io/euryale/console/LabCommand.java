package io.euryale.console;

import io.euryale.lab.Scenario.Promised;
import io.euryale.lab.Violation;
import io.euryale.lab.group.GroupCheckers;
import io.euryale.lab.real.Ground;
import io.euryale.lab.real.LoopbackGround;
import io.euryale.lab.real.NamespaceGround;
import io.euryale.lab.real.RealPlan;
import io.euryale.lab.real.RealReport;
import io.euryale.lab.real.RealRun;
import io.euryale.lab.real.TraceFolder;
import io.euryale.lab.real.TraceFolder.Judgement;
import io.euryale.lab.real.TracesTooLargeException;
import io.euryale.peer.result.Measurement;
import io.euryale.peer.result.Promise;
import io.euryale.peer.result.ResultDocument;
import io.euryale.simulation.FaultPlan;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `euryale lab`: real processes under faults, judged by the checkers of the simulation.
@Command(
    name = "lab",
    header = "Hurt real processes and check their promises.",
    subcommands = {LabCommand.Group.class, LabCommand.Check.class})
final class LabCommand {

  private LabCommand() {}

  /// `euryale lab group`.
  @Command(
      name = "group",
      header = "Run group members in processes of their own under faults.",
      description = {
        "Starts the members, kills, stops and restarts them while they send; as root with iptables"
            + " also cuts them off and loses their packets, in network namespaces of its own. Then"
            + " everything is mended, comes to rest, and the checkers read the traces.",
        "A seed gives the same faults again, but not the same run. The traces of a failed run are"
            + " kept, and the command is printed that checks them again."
      },
      footer = {
        "",
        "Faults in --faults: crash, restart, pause; with packet faults also crash-host, partition,"
            + " one-way, isolate, lossy. Members are peer-a, peer-b, and so on.",
        "Example: euryale lab group --members 3 --seconds 10"
            + " --faults 'pause(peer-a)@1s+900ms;crash(peer-b)@4s+2s'"
      })
  static final class Group implements Callable<Integer> {

    @Option(
        names = "--members",
        paramLabel = "N",
        description = "How many members, 2 to 16 (default: 3).")
    private int members = 3;

    @Option(
        names = "--seconds",
        paramLabel = "N",
        description = "How long faults go on, 1 to 3600 (default: 10).")
    private int seconds = 10;

    @Option(
        names = "--rate",
        paramLabel = "N",
        description = "Messages a second of each member, 1 to 1000 (default: 100).")
    private int rate = 100;

    @Option(
        names = "--seed",
        paramLabel = "X",
        description = "What faults and messages are drawn from (default: 1).")
    private long seed = 1;

    @Option(
        names = "--faults",
        paramLabel = "LIST",
        description = "Faults in place of the drawn ones; '' for none.")
    private @Nullable String faults;

    @Option(
        names = "--loopback",
        description = "Hurt processes only, on loopback addresses, although packets could be lost.")
    private boolean loopback;

    @Option(
        names = "--traces",
        paramLabel = "DIR",
        description = "Keep the traces in DIR, which is made if need be and has to be empty.")
    private @Nullable Path traces;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the results to FILE.")
    private @Nullable Path json;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException, InterruptedException {
      checkRange("--members", members, RealPlan.FEWEST_MEMBERS, RealPlan.MOST_MEMBERS);
      checkRange("--seconds", seconds, 1, 3_600);
      checkRange("--rate", rate, 1, 1_000);
      OutputFiles.checkWritable("--json", json);
      PrintWriter err = spec.commandLine().getErr();
      String obstacle = loopback ? "" : NamespaceGround.obstacle();
      boolean packets = !loopback && obstacle.isEmpty();
      RealPlan plan = plan(packets, obstacle);
      Path folder = folder();
      if (!obstacle.isEmpty()) {
        err.println("euryale: " + obstacle);
      }
      try (Shutdown shutdown = new Shutdown();
          Ground ground = packets ? new NamespaceGround(members) : new LoopbackGround()) {
        shutdown.onRequest(Thread.currentThread()::interrupt);
        int _ = shutdown.finish(ExitCode.MISSED); // Unless it comes to its end.
        RealReport report = RealRun.run(plan, ground, folder, progress(err));
        boolean kept = traces != null || !report.passed();
        print(report, kept);
        if (json != null) {
          document(report, packets).write(json);
        }
        if (!kept) {
          delete(folder);
        }
        return shutdown.finish(report.passed() ? ExitCode.DONE : ExitCode.MISSED);
      } catch (InterruptedException _) {
        throw CommandException.missed("The run was interrupted; its traces are in " + folder + ".");
      }
    }

    private static void checkRange(String option, int value, int least, int most) {
      if (value < least || value > most) {
        throw CommandException.usage(
            "%s is %,d to %,d, not %,d.".formatted(option, least, most, value));
      }
    }

    private RealPlan plan(boolean packets, String obstacle) {
      RealPlan drawn = RealPlan.draw(seed, members, rate, Duration.ofSeconds(seconds), packets);
      String text = faults;
      if (text == null) {
        return drawn;
      }
      try {
        return drawn.withFaults(FaultPlan.parse(text), packets);
      } catch (IllegalArgumentException e) {
        throw CommandException.usage(
            ("--faults cannot be used: " + e.getMessage() + " " + obstacle).strip());
      }
    }

    private Path folder() throws IOException {
      Path asked = traces;
      if (asked == null) {
        return Files.createTempDirectory("euryale-lab-");
      }
      try {
        Files.createDirectories(asked);
        try (Stream<Path> entries = Files.list(asked)) {
          if (entries.findAny().isEmpty()) {
            return asked;
          }
        }
      } catch (IOException _) {
        // Said below.
      }
      throw CommandException.usage(
          "--traces " + asked + " cannot be used: name a folder that is empty and writable.");
    }

    private static RealRun.Progress progress(PrintWriter err) {
      boolean terminal = Terminal.isPresent();
      return what -> {
        if (terminal) {
          err.println(what + " ...");
          err.flush();
        }
      };
    }

    private void print(RealReport report, boolean kept) {
      PrintWriter out = spec.commandLine().getOut();
      Judgement judgement = report.judgement();
      out.printf(
          Locale.ROOT,
          "%d members, %d lives, seed %d: %,d messages sent, %,d deliveries, %,d configurations"
              + " installed, %,d primary components%n",
          report.plan().weights().size(),
          report.lives(),
          seed,
          judgement.sent(),
          judgement.delivered(),
          judgement.configurations(),
          judgement.primaries());
      report
          .reactionMillis()
          .forEach(
              (event, millis) ->
                  out.printf(
                      Locale.ROOT,
                      "%s to the next configuration: %s ms%n",
                      event,
                      String.join(
                          ", ",
                          millis.stream()
                              .map(value -> String.format(Locale.ROOT, "%.1f", value))
                              .toList())));
      if (!report.settled()) {
        out.println("Failed: members did not come to rest together after the last fault.");
      }
      report.failures().forEach(failure -> out.println("Failed: " + failure));
      printViolations(out, judgement);
      if (report.passed()) {
        out.println("Every promise was kept.");
      } else {
        out.println("Faults: " + report.plan().faults());
        out.println("Check the traces again: ./euryale lab check " + report.traces());
      }
      if (kept && report.passed()) {
        out.println("Traces: " + report.traces());
      }
      out.flush();
    }

    private ResultDocument document(RealReport report, boolean packets) {
      Map<String, Object> settings = new LinkedHashMap<>();
      settings.put("members", members);
      settings.put("seconds", seconds);
      settings.put("rate", rate);
      settings.put("seed", seed);
      settings.put("network", packets ? "namespaces" : "loopback");
      settings.put("faults", report.plan().faults().toString());
      List<Measurement> results = new ArrayList<>(measurements(report.judgement()));
      results.add(count("lives", report.lives()));
      report
          .reactionMillis()
          .forEach(
              (event, millis) -> {
                List<Double> sorted = millis.stream().sorted().toList();
                results.add(
                    new Measurement(
                        event,
                        "failover_ms",
                        "ms",
                        sorted.get(sorted.size() / 2),
                        sorted.getFirst(),
                        sorted.getLast(),
                        sorted.size(),
                        null,
                        null));
              });
      List<Promise> promises = new ArrayList<>(promises(report.judgement()));
      promises.add(
          new Promise("after the last fault all members come to rest together", report.settled()));
      promises.add(
          new Promise("no member stops because of a mistake", report.failures().isEmpty()));
      return ResultDocument.ofThisMachine("lab group", settings, results, promises);
    }

    private static void delete(Path folder) throws IOException {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  /// `euryale lab check`.
  @Command(
      name = "check",
      header = "Check the traces that a run of group members left.",
      description =
          "Merges the files of all processes and gives them to every checker that needs no common"
              + " clock.",
      footer = {"", "Example: euryale lab check /tmp/euryale-lab-1"})
  static final class Check implements Callable<Integer> {

    @Parameters(paramLabel = "DIR", description = "Folder with run.txt and the trace files.")
    private Path folder = Path.of("");

    @Option(names = "--json", paramLabel = "FILE", description = "Write the results to FILE.")
    private @Nullable Path json;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException {
      OutputFiles.checkWritable("--json", json);
      TraceFolder traces;
      Judgement judgement;
      try {
        traces = TraceFolder.read(folder);
        judgement = traces.check(folder);
      } catch (NoSuchFileException e) {
        throw e; // Named as every file that is missing.
      } catch (IOException e) {
        throw CommandException.environment(e.getMessage() + ".");
      } catch (TracesTooLargeException | OutOfMemoryError _) {
        throw CommandException.environment(tooLarge());
      }
      PrintWriter out = spec.commandLine().getOut();
      out.printf(
          Locale.ROOT,
          "%d files, %d of killed processes: %,d messages sent, %,d deliveries, %,d configurations"
              + " installed, %,d primary components%n",
          judgement.files(),
          judgement.torn(),
          judgement.sent(),
          judgement.delivered(),
          judgement.configurations(),
          judgement.primaries());
      if (!traces.settled()) {
        out.println("The run did not come to rest: what only its end shows is not checked.");
      }
      printViolations(out, judgement);
      out.println(judgement.passed() ? "Every promise was kept." : "A promise was broken.");
      out.flush();
      if (json != null) {
        ResultDocument.ofThisMachine(
                "lab check",
                Map.of("folder", folder.toString()),
                measurements(judgement),
                promises(judgement))
            .write(json);
      }
      return judgement.passed() ? ExitCode.DONE : ExitCode.MISSED;
    }
  }

  /// Checkers keep what every member delivered until the end, so memory grows with the traces.
  private static String tooLarge() {
    long mebibytes = Math.ceilDiv(Runtime.getRuntime().maxMemory(), 1L << 20);
    return String.format(
        Locale.ROOT,
        "The traces need more memory than the %,d MiB that this command may use: run it with"
            + " EURYALE_JAVA_OPTS=-Xmx%dm, or more.",
        mebibytes,
        2 * mebibytes);
  }

  private static void printViolations(PrintWriter out, Judgement judgement) {
    if (judgement.lost() > 0) {
      out.printf(Locale.ROOT, "Failed: %,d events are missing in the traces.%n", judgement.lost());
    }
    for (Violation violation : judgement.violations()) {
      out.println(violation.checker() + ": " + violation.sentence());
      violation.evidence().forEach(event -> out.println("    " + event));
    }
  }

  private static List<Measurement> measurements(Judgement judgement) {
    return List.of(
        count("messages", judgement.sent()),
        count("deliveries", judgement.delivered()),
        count("configurations", judgement.configurations()),
        count("primaries", judgement.primaries()),
        count("violations", judgement.violations().size()));
  }

  private static Measurement count(String metric, long value) {
    return Measurement.once("all", metric, "", (double) value);
  }

  private static List<Promise> promises(Judgement judgement) {
    List<Promise> promises = new ArrayList<>();
    for (Promised promised : GroupCheckers.promises()) {
      promises.add(
          new Promise(
              promised.checker() + ": " + promised.text(),
              judgement.violations().stream()
                  .noneMatch(violation -> violation.checker().equals(promised.checker()))));
    }
    promises.add(new Promise("the traces are whole", judgement.lost() == 0));
    return promises;
  }
}
