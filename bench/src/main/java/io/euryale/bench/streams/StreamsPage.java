package io.euryale.bench.streams;

import io.euryale.bench.plot.Bars;
import io.euryale.bench.plot.Lines;
import io.euryale.bench.plot.MarkdownReport;
import io.euryale.bench.plot.Page;
import io.euryale.bench.plot.Plot;
import io.euryale.peer.result.Measurement;
import io.euryale.peer.result.ResultDocument;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The page of plots and the Markdown tables of a `bench streams` result document.
public final class StreamsPage {

  private static final Pattern FAULTS = Pattern.compile("(.*), ([0-9]+) faults? at level ([0-9]+)");

  private final ResultDocument document;
  private final List<Faulty> faulty = new ArrayList<>();

  /// A case with faults, as its situation in the document says.
  private record Faulty(String how, int faults, int level) {
    String label() {
      return FaultCase.label(how, level, faults);
    }
  }

  private StreamsPage(ResultDocument document) {
    this.document = document;
    for (Measurement result : document.results()) {
      Matcher matcher = FAULTS.matcher(result.situation());
      if (result.metric().equals(FaultReport.JITTER) && matcher.matches()) {
        faulty.add(
            new Faulty(
                matcher.group(1),
                Integer.parseInt(matcher.group(2)),
                Integer.parseInt(matcher.group(3))));
      }
    }
  }

  /// One file with plots and all numbers.
  public static String html(ResultDocument document) {
    return Page.of(document, new StreamsPage(document).plots());
  }

  /// Environment, goals and tables of the main numbers.
  public static String markdown(ResultDocument document) {
    return MarkdownReport.head(document) + new StreamsPage(document).tables();
  }

  private List<Integer> levels() {
    return faulty.stream().map(Faulty::level).distinct().sorted().toList();
  }

  // ---- plots ----

  private List<Plot> plots() {
    List<Plot> plots = new ArrayList<>();
    for (String part : List.of("p50", "p99", "p999", "max")) {
      plots.add(byCase("One-way latency, all packets, " + part, "latency_ms", ", " + part, "ms"));
    }
    for (String size : List.of("418 B", "1024 B", "4180 B")) {
      plots.add(
          byCase(
              "One-way latency, median, packets of " + size,
              "latency_ms",
              ", " + size + ", p50",
              "ms"));
    }
    plots.add(all("Ratios inside one run", "ratio", "times", Double.NaN));
    plots.add(byCase("Jitter", "jitter_ms", "", "ms"));
    plots.add(all("Delay after a SIGKILL", FaultReport.FAILOVER, "ms", FaultReport.MEDIAN_MILLIS));
    addFaults(plots);
    plots.add(byCase("Processor time of all processes, per segment", "cpu_seconds", "", "s"));
    plots.add(all("Resident memory of a process", "resident_mib", "MiB", 128));
    plots.add(
        all("Heap allocated for a forwarded packet", "allocated_bytes_per_packet", "bytes", 64));
    return plots;
  }

  /// Cases are what the jitter was measured for: each has one line of it.
  private List<String> cases() {
    return document.results().stream()
        .filter(result -> result.metric().equals("jitter_ms"))
        .map(Measurement::situation)
        .toList();
  }

  private Bars byCase(String title, String metric, String suffix, String unit) {
    Bars bars = new Bars(title, unit, Double.NaN);
    for (String label : cases()) {
      Page.find(document, label + suffix, metric).ifPresent(found -> bars.row(label, found));
    }
    return bars;
  }

  private Bars all(String title, String metric, String unit, double goal) {
    Bars bars = new Bars(title, unit, goal);
    document.results().stream()
        .filter(result -> result.metric().equals(metric))
        .filter(result -> Double.isFinite(result.value()))
        .forEach(result -> bars.row(result.situation(), result));
    return bars;
  }

  /// [0 tables II to IV] as plots.
  private void addFaults(List<Plot> plots) {
    for (int level : levels()) {
      plots.add(over("Mean latency", FaultReport.LATENCY, "latency_ms", ", mean", level, "ms"));
      plots.add(over("Jitter", FaultReport.JITTER, "jitter_ms", "", level, "ms"));
      plots.add(over("Packets lost", FaultReport.LOST_PERCENT, "", "", level, "%"));
    }
    plots.add(oneFault("Mean latency with one fault", FaultReport.LATENCY, ", mean", "ms"));
    plots.add(oneFault("Jitter with one fault", FaultReport.JITTER, "", "ms"));
    plots.add(oneFault("Packets lost with one fault", FaultReport.LOST, "", "packets"));
    for (int level : levels()) {
      String of = ", peers of level " + level;
      String what = FaultReport.level("", level);
      plots.add(oneFault("Processor time with one fault" + of, FaultReport.CPU, what, "s"));
      plots.add(oneFault("Resident memory with one fault" + of, FaultReport.RESIDENT, what, "MiB"));
    }
  }

  /// @param without the metric of the case without faults; "" for none
  private Lines over(
      String title, String metric, String without, String suffix, int level, String unit) {
    Lines lines = new Lines(title + ", faults at level " + level, "faults", unit);
    for (String how : several().stream().map(Faulty::how).distinct().toList()) {
      Page.find(document, how + suffix, without).ifPresent(found -> lines.point(how, 0, found));
    }
    for (Faulty each : several()) {
      if (each.level() == level) {
        Page.find(document, each.label() + suffix, metric)
            .ifPresent(found -> lines.point(each.how(), each.faults(), found));
      }
    }
    return lines;
  }

  /// The cases that were also measured with several faults, from few faults to many.
  private List<Faulty> several() {
    List<String> cases =
        faulty.stream().filter(each -> each.faults() > 1).map(Faulty::how).distinct().toList();
    return faulty.stream()
        .filter(each -> cases.contains(each.how()))
        .sorted((one, other) -> Integer.compare(one.faults(), other.faults()))
        .toList();
  }

  private Bars oneFault(String title, String metric, String suffix, String unit) {
    Bars bars = new Bars(title, unit, Double.NaN);
    for (int level : levels()) {
      for (Faulty each : faulty) {
        if (each.level() == level && each.faults() == 1) {
          Page.find(document, each.label() + suffix, metric)
              .ifPresent(found -> bars.row(each.how() + ", fault at level " + level, found));
        }
      }
    }
    return bars;
  }

  // ---- tables ----

  private String tables() {
    StringBuilder text = new StringBuilder();
    if (!cases().isEmpty()) {
      withoutFaults(text);
    }
    list(text, "ratio", "\n| ratio inside one run | |\n|---|---|\n");
    severalFaults(text);
    oneFault(text);
    levelUsage(text);
    list(text, FaultReport.FAILOVER, "\n| delay after a SIGKILL | ms |\n|---|---|\n");
    list(
        text,
        "allocated_bytes_per_packet",
        "\n| heap allocated for a forwarded packet | bytes |\n|---|---|\n");
    return text.toString();
  }

  /// [0 table I].
  private void withoutFaults(StringBuilder text) {
    text.append(
        "\n| case | p50 ms | p99 ms | p99.9 ms | max ms | jitter ms | CPU s | MiB | lost |");
    text.append(" twice | out of order |\n|---|---|---|---|---|---|---|---|---|---|---|\n");
    cases().forEach(label -> caseRow(text, label));
    text.append("\n| case, p50 ms | 418 B | 1,024 B | 4,180 B |\n|---|---|---|---|\n");
    for (String label : cases()) {
      text.append("| ").append(label);
      for (String size : List.of("418 B", "1024 B", "4180 B")) {
        cell(text, label + ", " + size + ", p50", "latency_ms");
      }
      text.append(" |\n");
    }
  }

  private void caseRow(StringBuilder text, String label) {
    text.append("| ").append(label);
    for (String part : List.of("p50", "p99", "p999", "max")) {
      cell(text, label + ", " + part, "latency_ms");
    }
    cell(text, label, "jitter_ms");
    cell(text, label, "cpu_seconds");
    cell(text, label + ", largest process", "resident_mib");
    for (String metric : List.of("lost", "duplicated", "reordered")) {
      cell(text, label, metric);
    }
    text.append(" |\n");
  }

  private void cell(StringBuilder text, String situation, String metric) {
    text.append(" | ")
        .append(Page.find(document, situation, metric).map(MarkdownReport::number).orElse("–"));
  }

  private void list(StringBuilder text, String metric, String heading) {
    boolean first = true;
    for (Measurement result : document.results()) {
      if (result.metric().equals(metric)) {
        text.append(first ? heading : "");
        first = false;
        text.append("| ").append(result.situation()).append(" | ");
        text.append(MarkdownReport.number(result)).append(" |\n");
      }
    }
  }

  /// [0 table II].
  private void severalFaults(StringBuilder text) {
    List<Faulty> several = several();
    List<String> cases = several.stream().map(Faulty::how).distinct().toList();
    if (cases.isEmpty()) {
      return;
    }
    text.append("\n| faults |");
    for (String how : cases) {
      text.append(' ').append(how).append(": mean ms | p99 ms | jitter ms | lost % |");
    }
    text.append("\n|---|").append("---|---|---|---|".repeat(cases.size())).append('\n');
    for (int level : levels()) {
      for (int faults = 1; faults <= FaultCase.MOST; faults++) {
        text.append("| ").append(faults).append(" at level ").append(level);
        for (String how : cases) {
          String label = FaultCase.label(how, level, faults);
          cell(text, label + ", mean", FaultReport.LATENCY);
          cell(text, label + ", p99", FaultReport.LATENCY);
          cell(text, label, FaultReport.JITTER);
          cell(text, label, FaultReport.LOST_PERCENT);
        }
        text.append(" |\n");
      }
    }
  }

  /// [0 table III].
  private void oneFault(StringBuilder text) {
    if (faulty.isEmpty()) {
      return;
    }
    text.append("\n| one fault at | case | mean ms | p99 ms | max ms | jitter ms | lost | twice |");
    text.append(" first packet after it, ms |\n|---|---|---|---|---|---|---|---|---|\n");
    for (int level : levels()) {
      for (Faulty each : faulty) {
        if (each.level() != level || each.faults() != 1) {
          continue;
        }
        String label = each.label();
        text.append("| level ").append(level).append(" | ").append(each.how());
        for (String part : List.of("mean", "p99", "max")) {
          cell(text, label + ", " + part, FaultReport.LATENCY);
        }
        for (String metric : List.of(FaultReport.JITTER, FaultReport.LOST, FaultReport.TWICE)) {
          cell(text, label, metric);
        }
        cell(text, label + ", first packet", FaultReport.FAILOVER);
        text.append(" |\n");
      }
    }
  }

  /// [0 table IV].
  private void levelUsage(StringBuilder text) {
    if (faulty.isEmpty()) {
      return;
    }
    text.append("\n| one fault at | case |");
    for (int level : levels()) {
      text.append(" level %d: CPU s | MiB |".formatted(level));
    }
    text.append("\n|---|---|").append("---|---|".repeat(levels().size())).append('\n');
    for (int level : levels()) {
      for (Faulty each : faulty) {
        if (each.level() != level || each.faults() != 1) {
          continue;
        }
        text.append("| level ").append(level).append(" | ").append(each.how());
        for (int of : levels()) {
          cell(text, FaultReport.level(each.label(), of), FaultReport.CPU);
          cell(text, FaultReport.level(each.label(), of), FaultReport.RESIDENT);
        }
        text.append(" |\n");
      }
    }
  }
}
