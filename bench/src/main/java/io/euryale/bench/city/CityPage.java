package io.euryale.bench.city;

import io.euryale.bench.plot.Bars;
import io.euryale.bench.plot.Lines;
import io.euryale.bench.plot.MarkdownReport;
import io.euryale.bench.plot.Page;
import io.euryale.bench.plot.Plot;
import io.euryale.peer.result.Measurement;
import io.euryale.peer.result.ResultDocument;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The page of plots and the Markdown tables of a `bench city` result document.
public final class CityPage {

  private final ResultDocument document;

  /// As measured, loads growing.
  private final List<String> loads;

  private CityPage(ResultDocument document) {
    this.document = document;
    loads =
        document.results().stream()
            .filter(result -> result.metric().equals("kept"))
            .map(Measurement::situation)
            .toList();
  }

  /// One file with plots and all numbers.
  public static String html(ResultDocument document) {
    return Page.of(document, new CityPage(document).plots());
  }

  /// Environment, goals and tables of the main numbers.
  public static String markdown(ResultDocument document) {
    return MarkdownReport.head(document) + new CityPage(document).tables();
  }

  private List<Plot> plots() {
    Lines late = new Lines("Latency, p99.9, with faults", "times the usual load", "ms");
    Lines events = new Lines("Events that arrived", "times the usual load", "1/s");
    for (String load : loads) {
      int times = Integer.parseInt(load.substring(load.indexOf('x') + 1));
      for (String figure : CityBench.FIGURES) {
        if (figure.endsWith("p999")) {
          find(load + ", " + figure, "latency_ms")
              .ifPresent(found -> late.point(figure.replace(" p999", ""), times, found));
        }
      }
      find(load, "events_per_second").ifPresent(found -> events.point("all", times, found));
    }
    Bars ratios = new Bars(largest() + " beside one Netty relay", "times", Double.NaN);
    for (Measurement result : compared()) {
      Double ratio = result.ratio();
      if (ratio != null) {
        ratios.row(result.situation(), Measurement.once("", "ratio", "times", ratio));
      }
    }
    return List.of(late, events, ratios);
  }

  private String largest() {
    String load = "load x%s".formatted(document.settings().get("largestLoad"));
    boolean isCarried = !Boolean.FALSE.equals(document.settings().get("largestLoadCarried"));
    return isCarried ? load : load + ", which was not carried,";
  }

  private List<Measurement> compared() {
    List<Measurement> compared = new ArrayList<>();
    for (Measurement result : document.results()) {
      if (result.baseline() != null) {
        compared.add(result);
      }
    }
    return compared;
  }

  private Optional<Measurement> find(String situation, String metric) {
    return Page.find(document, situation, metric);
  }

  private String tables() {
    StringBuilder text = new StringBuilder();
    text.append(
        ("\n%s peers in %s processes, %s streams, %s of them of sensors, %s s a try,"
                + " %s faults a minute.\n")
            .formatted(
                document.settings().get("peers"),
                document.settings().get("processes"),
                document.settings().get("streams"),
                document.settings().get("sensorStreams"),
                document.settings().get("secondsOfEachTry"),
                document.settings().get("faultsPerMinute")));
    text.append("\n| | events/s | tries kept | CPU s | MiB | start, ms");
    CityBench.FIGURES.forEach(figure -> text.append(" | ").append(figure).append(", ms"));
    text.append(" |\n|---|---|---|---|---|---")
        .append("|---".repeat(CityBench.FIGURES.size()))
        .append("|\n");
    for (String load : loads) {
      text.append("| ").append(load);
      cell(text, load, "events_per_second");
      find(load, "kept")
          .ifPresent(kept -> text.append(" | %.0f of %d".formatted(kept.value(), kept.runs())));
      cell(text, load, "cpu_seconds");
      cell(text, load, "resident_mib");
      cell(text, load + ", start", "recovery_ms");
      CityBench.FIGURES.forEach(figure -> cell(text, load + ", " + figure, "latency_ms"));
      text.append(" |\n");
    }
    if (document.settings().get("missed") instanceof Map<?, ?> missed && !missed.isEmpty()) {
      text.append("\n| | missed in at least one try |\n|---|---|\n");
      missed.forEach(
          (load, what) -> text.append("| ").append(load).append(" | ").append(what).append(" |\n"));
    }
    text.append("\n| ").append(largest());
    text.append(" | overlay with faults | one Netty relay | times |\n");
    text.append("|---|---|---|---|\n");
    for (Measurement result : compared()) {
      Double baseline = result.baseline();
      Double ratio = result.ratio();
      String what = result.metric().equals("cpu_seconds") ? ", processor time, " : ", ";
      text.append("| ").append(result.situation()).append(what).append(result.unit()).append(" | ");
      text.append(MarkdownReport.number(result)).append(" | ");
      text.append(baseline == null ? "–" : Bars.number(baseline)).append(" | ");
      text.append(ratio == null ? "–" : Bars.number(ratio)).append(" |\n");
    }
    find("relay", "lost")
        .ifPresent(lost -> text.append("\nThe relay lost %.0f packets.\n".formatted(lost.value())));
    return text.toString();
  }

  private void cell(StringBuilder text, String situation, String metric) {
    text.append(" | ").append(find(situation, metric).map(MarkdownReport::number).orElse("–"));
  }
}
