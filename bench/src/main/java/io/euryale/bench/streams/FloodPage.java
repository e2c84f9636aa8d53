package io.euryale.bench.streams;

import io.euryale.bench.plot.Bars;
import io.euryale.bench.plot.MarkdownReport;
import io.euryale.bench.plot.Page;
import io.euryale.bench.plot.Plot;
import io.euryale.peer.result.Measurement;
import io.euryale.peer.result.ResultDocument;
import java.util.ArrayList;
import java.util.List;

/// The page of plots and the Markdown table of a `bench flood` result document.
public final class FloodPage {

  private FloodPage() {}

  /// One file with plots and all numbers.
  public static String html(ResultDocument document) {
    List<Plot> plots = new ArrayList<>();
    for (String part : List.of("p50", "p99", "p999", "max")) {
      Bars bars = new Bars("Latency, " + part, "ms", Double.NaN);
      for (Replicated how : FloodSettings.CASES) {
        for (String which : List.of(FloodReport.QUIET, FloodReport.FLOOD)) {
          String situation = FloodReport.situation(how, which);
          Page.find(document, situation + ", " + part, "latency_ms")
              .ifPresent(found -> bars.row(situation, found));
        }
      }
      plots.add(bars);
    }
    return Page.of(document, plots);
  }

  /// Environment, goals and all numbers.
  public static String markdown(ResultDocument document) {
    StringBuilder text = new StringBuilder(MarkdownReport.head(document));
    text.append("\n| | | |\n|---|---|---|\n");
    for (Measurement result : document.results()) {
      text.append("| ").append(result.situation()).append(" | ");
      text.append(result.metric()).append(" | ").append(MarkdownReport.number(result));
      text.append(' ').append(result.unit()).append(" |\n");
    }
    return text.toString();
  }
}
