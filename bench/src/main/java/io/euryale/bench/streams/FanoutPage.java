package io.euryale.bench.streams;

import io.euryale.bench.plot.Bars;
import io.euryale.bench.plot.MarkdownReport;
import io.euryale.bench.plot.Page;
import io.euryale.bench.plot.Plot;
import io.euryale.peer.result.Measurement;
import io.euryale.peer.result.ResultDocument;
import java.util.ArrayList;
import java.util.List;

/// The page of plots and the Markdown tables of a `bench fanout` result document.
public final class FanoutPage {

  private static final List<String> WAYS = List.of(FanoutReport.EURYALE, FanoutReport.RELAYS);

  private final ResultDocument document;

  /// As measured: places in their order, each with clients growing.
  private final List<String> cases = new ArrayList<>();

  private FanoutPage(ResultDocument document) {
    this.document = document;
    String prefix = FanoutReport.EURYALE + ", ";
    for (FanoutPlace place : FanoutPlace.values()) {
      document.results().stream()
          .filter(result -> result.metric().equals(FanoutReport.BUSIEST))
          .map(Measurement::situation)
          .filter(situation -> situation.endsWith(place.label()))
          .forEach(situation -> cases.add(situation.substring(prefix.length())));
    }
  }

  /// One file with plots and all numbers.
  public static String html(ResultDocument document) {
    return Page.of(document, new FanoutPage(document).plots());
  }

  /// Environment, goals and tables of the main numbers.
  public static String markdown(ResultDocument document) {
    return MarkdownReport.head(document) + new FanoutPage(document).tables();
  }

  private List<Plot> plots() {
    List<Plot> plots = new ArrayList<>();
    plots.add(
        bars(
            "Bytes that the root cell sends for a packet",
            FanoutReport.ROOT_BYTES,
            "",
            "bytes",
            List.of(FanoutReport.EURYALE)));
    plots.add(
        bars(
            "Links between peers that a packet comes down",
            FanoutReport.LINKS,
            "",
            "links",
            List.of(FanoutReport.EURYALE)));
    for (String part : List.of("p50", "p99", "max")) {
      plots.add(bars("Latency, " + part, FanoutReport.LATENCY, ", " + part, "ms", WAYS));
    }
    plots.add(bars("Processor time for a delivery", FanoutReport.CPU, "", "µs", WAYS));
    return plots;
  }

  private Bars bars(String title, String metric, String suffix, String unit, List<String> ways) {
    Bars bars = new Bars(title, unit, Double.NaN);
    for (String which : cases) {
      for (String way : ways) {
        String label = ways.size() == 1 ? which : way + ", " + which;
        Page.find(document, way + ", " + which + suffix, metric)
            .ifPresent(found -> bars.row(label, found));
      }
    }
    return bars;
  }

  private String tables() {
    StringBuilder text = new StringBuilder();
    text.append("\n| for each packet of the sensor | down the busiest link, times | links down |");
    text.append(
        " the root cell sends, bytes | frames | again | gets, frames |\n|---|---|---|---|---|---|---|\n");
    for (String which : cases) {
      text.append("| ").append(which);
      for (String metric :
          List.of(
              FanoutReport.BUSIEST,
              FanoutReport.LINKS,
              FanoutReport.ROOT_BYTES,
              FanoutReport.ROOT_FRAMES_OUT,
              FanoutReport.REPEATED,
              FanoutReport.ROOT_FRAMES_IN)) {
        cell(text, FanoutReport.EURYALE + ", " + which, metric);
      }
      text.append(" |\n");
    }
    text.append("\n| | p50 ms | p99 ms | max ms | last client, p50 ms | CPU µs for a delivery |");
    text.append(" lost |\n|---|---|---|---|---|---|---|\n");
    for (String which : cases) {
      for (String way : WAYS) {
        String label = way + ", " + which;
        text.append("| ").append(label);
        for (String part : List.of("p50", "p99", "max", "last client, p50")) {
          cell(text, label + ", " + part, FanoutReport.LATENCY);
        }
        cell(text, label, FanoutReport.CPU);
        cell(text, label, FanoutReport.LOST);
        text.append(" |\n");
      }
    }
    text.append("\n| ratio inside one run | |\n|---|---|\n");
    for (Measurement result : document.results()) {
      if (result.metric().equals("ratio")) {
        text.append("| ").append(result.situation()).append(" | ");
        text.append(MarkdownReport.number(result)).append(" |\n");
      }
    }
    return text.toString();
  }

  private void cell(StringBuilder text, String situation, String metric) {
    text.append(" | ")
        .append(Page.find(document, situation, metric).map(MarkdownReport::number).orElse("–"));
  }
}
