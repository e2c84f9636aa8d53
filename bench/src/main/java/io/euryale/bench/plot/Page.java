package io.euryale.bench.plot;

import io.euryale.peer.result.Measurement;
import io.euryale.peer.result.Promise;
import io.euryale.peer.result.ResultDocument;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The page of a result document: its promises, plots of the main numbers, and all
/// numbers in a table.
public final class Page {

  private static final String STYLE =
      """
      :root { color-scheme: light dark; --ink: #1b1f24; --soft: #68717d; --line: #d9dee4;
        --bar: #4178be; --goal: #c0392b; --good: #1e7d46; --paper: #ffffff; }
      @media (prefers-color-scheme: dark) { :root { --ink: #e6e9ed; --soft: #9aa4b0;
        --line: #363d46; --bar: #6f9fdc; --goal: #ef7d70; --good: #62c48c; --paper: #14181d; } }
      body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
        max-width: 900px; margin: 2rem auto; padding: 0 1rem; }
      h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2.2rem; }
      h3 { font-size: 1rem; margin: 1.4rem 0 .3rem; }
      svg { width: 100%; height: auto; font: 12px system-ui, sans-serif; }
      .label { text-anchor: end; fill: var(--ink); } .value { fill: var(--ink); }
      .tick, .unit { fill: var(--soft); } .tick { text-anchor: middle; }
      .grid { stroke: var(--line); } .bar { fill: var(--bar); }
      .range { stroke: var(--ink); stroke-width: 1.3; fill: none; }
      .goal { stroke: var(--goal); stroke-width: 1.5; stroke-dasharray: 5 4; }
      .line { fill: none; stroke-width: 1.8; } .s0 { stroke: var(--bar); }
      .s1 { stroke: var(--good); } .s2 { stroke: var(--goal); } .dot { stroke-width: 1.8; fill: var(--paper); }
      ul { list-style: none; padding: 0; } li { padding-left: 5.2em; text-indent: -5.2em; }
      b { display: inline-block; width: 5.2em; text-indent: 0; }
      .held { color: var(--good); } .missed { color: var(--goal); }
      p, dl { color: var(--soft); } table { border-collapse: collapse; width: 100%; }
      th, td { text-align: left; padding: .15rem .5rem; border-bottom: 1px solid var(--line); }
      td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
      """;

  private final ResultDocument document;
  private final List<Plot> plots;

  private Page(ResultDocument document, List<Plot> plots) {
    this.document = document;
    this.plots = plots;
  }

  /// The page of a document, complete: one file, no script, nothing loaded.
  ///
  /// @param plots those without anything to draw are left out
  public static String of(ResultDocument document, List<? extends Plot> plots) {
    return new Page(document, List.copyOf(plots)).html();
  }

  private String html() {
    StringBuilder page = new StringBuilder();
    page.append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n");
    page.append("<meta name=\"viewport\" content=\"width=device-width\">\n<title>");
    page.append(Bars.escape("Euryale " + document.name())).append("</title>\n<style>\n");
    page.append(STYLE).append("</style></head><body>\n<h1>");
    page.append(Bars.escape("Euryale " + document.name())).append("</h1>\n<p>");
    page.append(Bars.escape(MarkdownReport.environmentLine(document))).append("</p>\n");
    page.append("<h2>Goals</h2>\n<ul>\n");
    for (Promise promise : document.promises()) {
      page.append(promise.held() ? "<li><b class=\"held\">held" : "<li><b class=\"missed\">missed");
      page.append("</b>").append(Bars.escape(promise.text())).append("</li>\n");
    }
    page.append(
        "</ul>\n<h2>Plots</h2>\n<p>Bars and points are the middle of the runs, the lines through ");
    page.append("them go from the smallest to the largest run, dashed lines are goals.</p>\n");
    plots.stream().filter(plot -> !plot.isEmpty()).map(Plot::html).forEach(page::append);
    page.append("<h2>All numbers</h2>\n");
    table(page);
    return page.append("</body></html>\n").toString();
  }

  /// The measurement of a situation, if there is one.
  public static Optional<Measurement> find(
      ResultDocument document, String situation, String metric) {
    return document.results().stream()
        .filter(result -> result.situation().equals(situation) && result.metric().equals(metric))
        .findFirst();
  }

  private void table(StringBuilder page) {
    Map<String, List<Measurement>> metrics = new LinkedHashMap<>();
    for (Measurement result : document.results()) {
      metrics.computeIfAbsent(result.metric(), _ -> new ArrayList<>()).add(result);
    }
    page.append("<table>\n<tr><th>metric</th><th>case</th><th class=\"n\">middle</th>");
    page.append("<th class=\"n\">least</th><th class=\"n\">most</th><th class=\"n\">runs</th>");
    page.append("<th>unit</th></tr>\n");
    metrics.forEach(
        (metric, results) -> {
          for (Measurement result : results) {
            page.append("<tr><td>").append(Bars.escape(metric)).append("</td><td>");
            page.append(Bars.escape(result.situation())).append("</td>");
            for (double value : new double[] {result.value(), result.min(), result.max()}) {
              page.append("<td class=\"n\">").append(Bars.number(value)).append("</td>");
            }
            page.append("<td class=\"n\">").append(result.runs()).append("</td><td>");
            page.append(Bars.escape(result.unit())).append("</td></tr>\n");
          }
        });
    page.append("</table>\n");
  }
}
