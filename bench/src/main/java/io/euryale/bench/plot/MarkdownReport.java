package io.euryale.bench.plot;

import io.euryale.peer.result.Environment;
import io.euryale.peer.result.Measurement;
import io.euryale.peer.result.Promise;
import io.euryale.peer.result.ResultDocument;

/// What Markdown reports of result documents have in common.
public final class MarkdownReport {

  private MarkdownReport() {}

  /// Whether a text has a place for tables: it is blank, or has a line `<!-- mark -->` and after it
  /// a line `<!-- /mark -->`.
  public static boolean takes(String text, String mark) {
    int begin = text.indexOf(first(mark));
    return text.isBlank() || (begin >= 0 && text.indexOf(last(mark), begin) >= 0);
  }

  /// A text with the tables in place of what stands between its two lines for them ([#takes]); just
  /// the tables when it is blank.
  ///
  /// @throws IllegalArgumentException when it has no place for them
  public static String into(String text, String tables, String mark) {
    if (!takes(text, mark)) {
      throw new IllegalArgumentException("The text has no lines for " + mark);
    }
    if (text.isBlank()) {
      return tables;
    }
    int begin = text.indexOf(first(mark)) + first(mark).length();
    return text.substring(0, begin) + tables + text.substring(text.indexOf(last(mark), begin));
  }

  private static String first(String mark) {
    return "<!-- " + mark + " -->\n";
  }

  private static String last(String mark) {
    return "<!-- /" + mark + " -->\n";
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
