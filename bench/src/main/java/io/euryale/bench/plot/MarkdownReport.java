package io.euryale.bench.plot;

import io.euryale.peer.result.Environment;
import io.euryale.peer.result.Measurement;
import io.euryale.peer.result.Promise;
import io.euryale.peer.result.ResultDocument;

/// What Markdown reports of result documents have in common.
public final class MarkdownReport {

  private MarkdownReport() {}

  /// `text` with the tables in place of what stands between its lines `<!-- measured -->` and `<!--
  /// /measured -->`; just the tables when it has no such lines.
  public static String into(String text, String tables) {
    return into(text, tables, "measured");
  }

  /// The same between lines with another word than `measured`.
  public static String into(String text, String tables, String mark) {
    String from = "<!-- " + mark + " -->\n";
    int begin = text.indexOf(from);
    int end = text.indexOf("<!-- /" + mark + " -->\n", Math.max(0, begin));
    return begin < 0 || end < 0
        ? tables
        : text.substring(0, begin + from.length()) + tables + text.substring(end);
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

  /// The middle, and the smallest and largest where they differ.
  public static String number(Measurement result) {
    String middle = Bars.number(result.value());
    String least = Bars.number(result.min());
    String most = Bars.number(result.max());
    return least.equals(most) ? middle : middle + " (" + least + " – " + most + ")";
  }
}
