package io.euryale.lab.real;

import io.euryale.kernel.trace.Trace;
import io.euryale.lab.Checker;
import io.euryale.lab.Violation;
import io.euryale.lab.group.GroupCheckers;
import io.euryale.lab.group.GroupRules;
import io.euryale.lab.group.TraceFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// The traces of one run, one file for each life of a member, with what checkers have to know
/// about them in the file `run.txt`:
///
/// ```
/// euryale group traces 1
/// settled true
/// common-clock true
/// minimum-primary 1
/// member alpha 1
/// trace alpha.1.jsonl killed
/// trace alpha.2.jsonl whole
/// ```
///
/// @param settled whether the run ended in peace, so that checkers judge its end
/// @param commonClock whether times of all traces are those of one clock, so that their order is
/// that of the events, over processes too
/// @param minimumPrimary least weight of a primary component
/// @param weights of the declared members, by name
/// @param traces by name of the file: whether its process was killed
public record TraceFolder(
    boolean settled,
    boolean commonClock,
    long minimumPrimary,
    Map<String, Integer> weights,
    Map<String, Boolean> traces) {

  /// What the checkers say.
  ///
  /// @param violations of all promises, in the order of the checkers
  /// @param files read
  /// @param torn files whose end is missing
  /// @param sent messages
  /// @param delivered deliveries
  /// @param configurations regular ones installed, each counted at every member
  /// @param primaries primary components, each counted once
  /// @param lost events that members could not write: the traces are not whole
  public record Judgement(
      List<Violation> violations,
      int files,
      int torn,
      long sent,
      long delivered,
      long configurations,
      long primaries,
      long lost) {

    public boolean passed() {
      return violations.isEmpty() && lost == 0;
    }
  }

  private static final String MANIFEST = "run.txt";
  private static final String FIRST_LINE = "euryale group traces 1";

  /// Promises that need the order of events of different processes, and no time limits.
  private static final Set<String> CLOCKED = Set.of("EV-8b", "PC-4", "PC-5");

  private static final class Counts {
    private long sent;
    private long delivered;
    private long configurations;
    private long primaries;
    private long lost;

    void count(Trace trace) {
      switch (trace.event()) {
        case "SEND" -> sent++;
        case "DELIVER" -> delivered++;
        case "INSTALL" -> configurations += trace.body().text("kind").equals("REG") ? 1 : 0;
        case "PRIMARY" -> primaries = Math.max(primaries, trace.body().number("primaryIndex", 0));
        case "LOST" -> lost += trace.body().number("count", 1);
        default -> {}
      }
    }
  }

  void write(Path folder) throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add(FIRST_LINE);
    lines.add("settled " + settled);
    lines.add("common-clock " + commonClock);
    lines.add("minimum-primary " + minimumPrimary);
    weights.forEach((name, weight) -> lines.add("member " + name + " " + weight));
    traces.forEach((file, killed) -> lines.add("trace " + file + (killed ? " killed" : " whole")));
    Files.write(folder.resolve(MANIFEST), lines);
  }

  /// Reads what is known about the traces of a folder.
  ///
  /// @throws IOException when the folder has no traces of a run; the message is one sentence
  public static TraceFolder read(Path folder) throws IOException {
    Path manifest = folder.resolve(MANIFEST);
    if (!Files.isRegularFile(manifest)) {
      throw new IOException(
          "'%s' has no %s: give the folder in which a run left its traces"
              .formatted(folder, MANIFEST));
    }
    List<String> lines = Files.readAllLines(manifest);
    boolean settled = false;
    boolean commonClock = false;
    long minimumPrimary = 1;
    Map<String, Integer> weights = new TreeMap<>();
    Map<String, Boolean> traces = new TreeMap<>();
    for (int i = 0; i < lines.size(); i++) {
      String[] words = lines.get(i).split(" ", -1);
      String last = words[words.length - 1];
      boolean numbered = last.matches("\\d{1,9}");
      String key = i == 0 ? "" : words[0] + " " + words.length;
      if (key.equals("settled 2")) {
        settled = last.equals("true");
      } else if (key.equals("common-clock 2")) {
        commonClock = last.equals("true");
      } else if (key.equals("minimum-primary 2") && numbered) {
        minimumPrimary = Long.parseLong(last);
      } else if (key.equals("member 3") && numbered) {
        weights.put(words[1], Integer.parseInt(last));
      } else if (key.equals("trace 3")) {
        traces.put(words[1], last.equals("killed"));
      } else if (i > 0 || !lines.getFirst().equals(FIRST_LINE)) {
        throw new IOException(
            "Line %d of '%s' is not understood: leave the file as the run wrote it"
                .formatted(i + 1, manifest));
      }
    }
    return new TraceFolder(settled, commonClock, minimumPrimary, weights, traces);
  }

  /// Time limits of a simulation mean nothing on a machine that does other things as well.
  private GroupRules clockedRules() {
    long never = Long.MAX_VALUE;
    return new GroupRules(weights, minimumPrimary, true, never, never, never, never);
  }

  /// Merges the traces and runs all checkers: for a trace without an order of events of different
  /// processes, and with a common clock also those promises that are about such an order.
  ///
  /// @throws IOException when a trace cannot be read; the message is one sentence
  /// @throws TracesTooLargeException when they need more memory than there is
  public Judgement check(Path folder) throws IOException {
    List<TraceFiles.Source> sources = new ArrayList<>();
    traces.forEach(
        (file, killed) -> sources.add(new TraceFiles.Source(folder.resolve(file), killed)));
    GroupCheckers.Real real =
        GroupCheckers.real(
            GroupRules.real(weights, minimumPrimary), commonClock ? clockedRules() : null);
    List<Checker> checkers = real.all();
    List<Checker> clocked = real.clocked();
    Counts counts = new Counts();
    Memory memory = new Memory();
    TraceFiles.Merged merged =
        TraceFiles.merge(
            sources,
            settled,
            trace -> {
              counts.count(trace);
              memory.check();
              checkers.forEach(checker -> checker.accept(trace));
              clocked.forEach(checker -> checker.accept(trace));
            });
    List<Violation> violations = new ArrayList<>();
    checkers.forEach(checker -> violations.addAll(checker.finish()));
    for (Checker checker : clocked) {
      for (Violation violation : checker.finish()) {
        if (CLOCKED.contains(violation.checker())) {
          violations.add(violation);
        }
      }
    }
    return new Judgement(
        List.copyOf(violations),
        sources.size(),
        merged.torn(),
        counts.sent,
        counts.delivered,
        counts.configurations,
        counts.primaries,
        counts.lost);
  }
}
