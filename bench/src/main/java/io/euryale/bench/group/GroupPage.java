package io.euryale.bench.group;

import io.euryale.bench.plot.Bars;
import io.euryale.bench.plot.MarkdownReport;
import io.euryale.bench.plot.Page;
import io.euryale.peer.result.Measurement;
import io.euryale.peer.result.ResultDocument;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The page of plots and the Markdown tables of a `bench group` result document.
public final class GroupPage {

  private static final String CPU = "cpu_micros_per_delivery";
  private static final String THROUGHPUT = "throughput_per_second";
  private static final String TOGETHER = ", all members together";
  static final String FAIRNESS = ", slowest / fastest sender";

  private final ResultDocument document;
  private final Map<String, Measurement> byLine = new LinkedHashMap<>();

  private GroupPage(ResultDocument document) {
    this.document = document;
    document.results().forEach(found -> byLine.put(key(found.situation(), found.metric()), found));
  }

  /// One file with plots and all numbers.
  public static String html(ResultDocument document) {
    return Page.of(document, new GroupPage(document).plots());
  }

  /// Tables of the main numbers.
  public static String markdown(ResultDocument document) {
    return MarkdownReport.head(document) + new GroupPage(document).tables();
  }

  private static String key(String situation, String metric) {
    return metric + "/" + situation;
  }

  private @Nullable Measurement find(String situation, String metric) {
    return byLine.get(key(situation, metric));
  }

  // ---- plots ----

  private List<Bars> plots() {
    // Rows with the same beginning ("3 members") and the same end ("agreed, remote, p50") are
    // compared with each other.
    Map<String, Bars> plots = new LinkedHashMap<>();
    for (Measurement found : document.results()) {
      String[] parts = found.situation().split(", ");
      String what = what(found);
      if (parts.length < 2 || !parts[0].endsWith(" members") || what.isEmpty()) {
        continue;
      }
      String system = system(found.situation());
      String rest = found.situation().substring(parts[0].length() + 2 + system.length());
      String title = parts[0] + rest + ": " + what;
      plots
          .computeIfAbsent(title, _ -> new Bars(title, found.unit(), Double.NaN))
          .row(system, found);
    }
    return List.copyOf(plots.values());
  }

  /// The measured system's label, or what stands in its place.
  private static String system(String situation) {
    String rest = situation.substring(situation.indexOf(", ") + 2);
    String best = "";
    for (SystemUnderTest system : SystemUnderTest.values()) {
      if (rest.startsWith(system.label()) && system.label().length() > best.length()) {
        best = system.label();
      }
    }
    return best.isEmpty() ? rest.split(", ")[0] : best;
  }

  private static String what(Measurement found) {
    return switch (found.metric()) {
      case "latency_ms" -> found.situation().contains("sender late") ? "" : "latency";
      case THROUGHPUT ->
          found.situation().endsWith(TOGETHER) ? "" : "messages a second at a member";
      case "failover_ms" -> "time to the next regular configuration or view";
      case "recovery_ms" -> "time to the configuration with everybody";
      case CPU -> "processor time for a delivered message";
      case "packets_per_message" -> "packets for a message";
      default -> "";
    };
  }

  // ---- tables ----

  private String tables() {
    StringBuilder text = new StringBuilder();
    Set<String> slow = new LinkedHashSet<>();
    Set<String> floods = new LinkedHashSet<>();
    for (Measurement found : document.results()) {
      if (found.metric().equals(CPU)) {
        boolean flood = find(found.situation(), THROUGHPUT) != null;
        (flood ? floods : slow).add(found.situation());
      }
    }
    reference(text);
    latencies(text, slow);
    throughputs(text, floods);
    list(
        text,
        "failover_ms",
        "\n| time to the next regular configuration or view | ms |\n|---|---|\n");
    list(text, "recovery_ms", "\n| time to the configuration with everybody | ms |\n|---|---|\n");
    list(text, "ratio", "\n| ratio inside one run | |\n|---|---|\n");
    return text.toString();
  }

  private void reference(StringBuilder text) {
    text.append("\n| reference | p50 ms | p99 ms |\n|---|---|---|\n");
    for (String line : List.of(GroupReport.PING_SLEEPING, GroupReport.PING_BUSY)) {
      text.append("| ").append(line);
      cell(text, line + ", p50", "latency_ms");
      cell(text, line + ", p99", "latency_ms");
      text.append(" |\n");
    }
  }

  private void latencies(StringBuilder text, Set<String> labels) {
    text.append("\n| 200 messages a second, 64 B | own p50 ms | own p99 | own max | remote p50 |");
    text.append(" remote p99 | remote max | CPU µs | packets | lost |\n");
    text.append("|---|---|---|---|---|---|---|---|---|---|\n");
    for (String label : labels) {
      text.append("| ").append(label);
      for (String side : List.of("own", "remote")) {
        for (String part : List.of("p50", "p99", "max")) {
          cell(text, label + ", " + side + ", " + part, "latency_ms");
        }
      }
      cell(text, label, CPU);
      cell(text, label, "packets_per_message");
      cell(text, label, "lost");
      text.append(" |\n");
    }
  }

  private void throughputs(StringBuilder text, Set<String> labels) {
    text.append("\n| as fast as it goes | messages/s at a member | at all together | CPU µs |");
    text.append(" slowest / fastest sender | packets | lost |\n|---|---|---|---|---|---|---|\n");
    for (String label : labels) {
      text.append("| ").append(label);
      cell(text, label, THROUGHPUT);
      cell(text, label + TOGETHER, THROUGHPUT);
      cell(text, label, CPU);
      cell(text, label + FAIRNESS, "ratio");
      cell(text, label, "packets_per_message");
      cell(text, label, "lost");
      text.append(" |\n");
    }
  }

  private void cell(StringBuilder text, String situation, String metric) {
    Measurement found = find(situation, metric);
    text.append(" | ").append(found == null ? "–" : MarkdownReport.number(found));
  }

  private void list(StringBuilder text, String metric, String heading) {
    List<String> rows = new ArrayList<>();
    for (Measurement found : document.results()) {
      if (found.metric().equals(metric) && !found.situation().endsWith(FAIRNESS)) {
        rows.add("| " + found.situation() + " | " + MarkdownReport.number(found) + " |\n");
      }
    }
    if (!rows.isEmpty()) {
      text.append(heading);
      rows.forEach(text::append);
    }
  }
}
