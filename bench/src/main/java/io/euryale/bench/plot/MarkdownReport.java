package io.euryale.bench.plot;

import io.euryale.peer.result.Environment;
import io.euryale.peer.result.Measurement;
import io.euryale.peer.result.Promise;
import io.euryale.peer.result.ResultDocument;
import java.util.List;

/// The tables of a `bench streams` result document as Markdown, as they stand in
/// `docs/performance.md`.
public final class MarkdownReport {

  private static final String BEGIN = "<!-- measured -->\n";
  private static final String END = "<!-- /measured -->\n";

  private MarkdownReport() {}

  /// `text` with the tables in place of what stands between its lines `<!-- measured -->` and `<!--
  /// /measured -->`; just the tables when it has no such lines.
  public static String into(String text, ResultDocument document) {
    return into(text, of(document));
  }

  /// The same with tables that are made already.
  public static String into(String text, String tables) {
    int begin = text.indexOf(BEGIN);
    int end = text.indexOf(END, Math.max(0, begin));
    return begin < 0 || end < 0
        ? tables
        : text.substring(0, begin + BEGIN.length()) + tables + text.substring(end);
  }

  /// Where the run took place, in one line.
  public static String environmentLine(ResultDocument document) {
    Environment on = document.environment();
    return "%d cores, %d MiB memory, %s, JDK %s, commit %s, load average %s before the run and %s after."
        .formatted(
            on.cores(),
            on.memory() >> 20,
            on.kernel(),
            on.jdk(),
            on.commit().substring(0, Math.min(12, on.commit().length())),
            document.settings().getOrDefault("loadAverageBefore", "?"),
            document.settings().getOrDefault("loadAverageAfter", "?"));
  }

  /// Where and when, and the goals.
  public static String head(ResultDocument document) {
    StringBuilder text = new StringBuilder();
    text.append("Measured on ").append(document.settings().getOrDefault("date", "?")).append(": ");
    text.append(environmentLine(document)).append("\n\n");
    if (!document.promises().isEmpty()) {
      text.append("| goal | |\n|---|---|\n");
    }
    for (Promise promise : document.promises()) {
      text.append("| ").append(promise.text()).append(" | ");
      text.append(promise.held() ? "held" : "**missed**").append(" |\n");
    }
    return text.toString();
  }

  /// Environment, goals and main numbers.
  public static String of(ResultDocument document) {
    StringBuilder text = new StringBuilder(head(document));
    text.append(
        "\n| case | p50 ms | p99 ms | p99.9 ms | max ms | jitter ms | CPU s | MiB | lost |");
    text.append(" twice | out of order |\n|---|---|---|---|---|---|---|---|---|---|---|\n");
    for (Measurement jitter : document.results()) {
      if (jitter.metric().equals("jitter_ms")) {
        caseRow(text, document, jitter.situation());
      }
    }
    text.append("\n| case, p50 ms | 418 B | 1,024 B | 4,180 B |\n|---|---|---|---|\n");
    for (Measurement jitter : document.results()) {
      if (jitter.metric().equals("jitter_ms")) {
        String label = jitter.situation();
        text.append("| ").append(label);
        for (String size : List.of("418 B", "1024 B", "4180 B")) {
          cell(text, document, label + ", " + size + ", p50", "latency_ms");
        }
        text.append(" |\n");
      }
    }
    list(text, document, "ratio", "\n| ratio inside one run | |\n|---|---|\n");
    list(text, document, "failover_ms", "\n| delay after a SIGKILL | ms |\n|---|---|\n");
    list(
        text,
        document,
        "allocated_bytes_per_packet",
        "\n| heap allocated for a forwarded packet | bytes |\n|---|---|\n");
    return text.toString();
  }

  private static void caseRow(StringBuilder text, ResultDocument document, String label) {
    text.append("| ").append(label);
    for (String part : List.of("p50", "p99", "p999", "max")) {
      cell(text, document, label + ", " + part, "latency_ms");
    }
    cell(text, document, label, "jitter_ms");
    cell(text, document, label, "cpu_seconds");
    cell(text, document, label + ", largest process", "resident_mib");
    for (String metric : List.of("lost", "duplicated", "reordered")) {
      cell(text, document, label, metric);
    }
    text.append(" |\n");
  }

  private static void cell(
      StringBuilder text, ResultDocument document, String situation, String metric) {
    text.append(" | ")
        .append(Page.find(document, situation, metric).map(MarkdownReport::number).orElse("–"));
  }

  private static void list(
      StringBuilder text, ResultDocument document, String metric, String heading) {
    text.append(heading);
    for (Measurement result : document.results()) {
      if (result.metric().equals(metric)) {
        text.append("| ").append(result.situation()).append(" | ");
        text.append(number(result)).append(" |\n");
      }
    }
  }

  /// The middle, and the smallest and largest where they differ.
  public static String number(Measurement result) {
    String middle = Bars.number(result.value());
    String least = Bars.number(result.min());
    String most = Bars.number(result.max());
    return least.equals(most) ? middle : middle + " (" + least + " – " + most + ")";
  }
}
