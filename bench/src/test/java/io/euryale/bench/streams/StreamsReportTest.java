package io.euryale.bench.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.euryale.bench.plot.MarkdownReport;
import io.euryale.bench.plot.Page;
import io.euryale.peer.result.Measurement;
import io.euryale.peer.result.ResultDocument;
import java.io.StringReader;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.xml.sax.InputSource;

class StreamsReportTest {

  private final Findings findings = new Findings();

  private static SegmentResult segment(double p50, double p99, long lost) {
    LatencySummary latency = new LatencySummary(p50, p99, p99, p99);
    Map<PacketKind, LatencySummary> kinds = new EnumMap<>(PacketKind.class);
    for (PacketKind kind : PacketKind.values()) {
      kinds.put(kind, latency);
    }
    return new SegmentResult(
        kinds, latency, 0.1, latency, 1_000, lost, 0, 0, new Usage(1.5, 60, 70));
  }

  private void run(double relays, double none, double active) {
    findings.segment(StreamsBench.RELAYS, segment(relays, relays * 2, 0));
    findings.segment(Replicated.NONE.label(), segment(none, none * 2, 0));
    findings.segment(Replicated.ALL.label(), segment(active, active * 2, 0));
  }

  private void goodFaults() {
    findings.kill(new Kill(0, List.of(5.0, 8.0), 9, 0, 0, 0, 500));
    findings.idleKills(List.of(3.0));
    findings.allocation(Replicated.NONE.label(), 12);
  }

  private ResultDocument document() throws Exception {
    return new StreamsReport(StreamsSettings.of(true), findings).document(0.5);
  }

  private static List<String> missed(ResultDocument document) {
    return document.promises().stream()
        .filter(promise -> !promise.held())
        .map(promise -> promise.text())
        .toList();
  }

  @Test
  void goodNumbersHoldAllPromises() throws Exception {
    run(0.2, 0.28, 0.3);
    goodFaults();
    assertThat(missed(document())).isEmpty();
  }

  @Test
  void ratiosAreFormedInsideEachRunBeforeTheMiddleIsTaken() throws Exception {
    run(0.2, 0.2, 0.24);
    run(2.0, 2.0, 2.4);
    run(1.0, 1.0, 1.2);
    goodFaults();
    Measurement ratio =
        document().results().stream()
            .filter(result -> result.situation().equals("8/0 active / 0/8 none, p50"))
            .findFirst()
            .orElseThrow();
    assertThat(ratio.min()).isCloseTo(1.2, within(1e-9));
    assertThat(ratio.value()).isCloseTo(1.2, within(1e-9));
    assertThat(ratio.max()).isCloseTo(1.2, within(1e-9));
    assertThat(ratio.runs()).isEqualTo(3);
  }

  @Test
  void aSlowActiveCaseMissesItsPromiseAndNoOther() throws Exception {
    run(0.2, 0.28, 0.5);
    goodFaults();
    assertThat(missed(document())).hasSize(1).first().asString().contains("(active)", "1.79");
  }

  @Test
  void aLossWithoutAFaultIsMissed() throws Exception {
    run(0.2, 0.28, 0.3);
    findings.segment(Replicated.ALL.label(), segment(0.3, 0.6, 1));
    goodFaults();
    assertThat(missed(document())).hasSize(1).first().asString().contains("1 lost");
  }

  @Test
  void aFaultThatLosesAPacketIsMissed() throws Exception {
    run(0.2, 0.28, 0.3);
    goodFaults();
    findings.kill(new Kill(2, List.of(5.0), 9, 1, 0, 0, 500));
    assertThat(missed(document())).hasSize(1).first().asString().contains("1 lost", "2 faults");
  }

  @Test
  void withoutAnyFaultOrAllocationMeasuredThosePromisesAreMissedAndNotHeld() throws Exception {
    run(0.2, 0.28, 0.3);
    assertThat(missed(document())).hasSize(4);
  }

  @Test
  void thePageIsOneWellFormedFileThatLoadsNothing() throws Exception {
    run(0.2, 0.28, 0.3);
    goodFaults();
    String page = Page.of(document());
    assertThat(page).doesNotContain("<script", "http", "url(", "@import", " src=");
    for (String svg : page.split("(?=<svg )")) {
      if (svg.startsWith("<svg ")) {
        String one = svg.substring(0, svg.indexOf("</svg>") + "</svg>".length());
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new InputSource(new StringReader(one)));
      }
    }
    assertThat(page.split("<svg ")).hasSizeGreaterThan(8);
  }

  @Test
  void theTablesNameEveryCaseAndGoal() throws Exception {
    run(0.2, 0.28, 0.3);
    goodFaults();
    ResultDocument document = document();
    String text = MarkdownReport.of(document);
    document.promises().forEach(promise -> assertThat(text).contains(promise.text()));
    assertThat(text)
        .contains("| bare relays | 0.2 |", "| 0/8 none | 0.28 |", "| 8/0 active | 0.3 |");
  }

  @Test
  void tablesReplaceTheOnesOfTheLastRunAndNothingElse() throws Exception {
    run(0.2, 0.28, 0.3);
    goodFaults();
    ResultDocument document = document();
    String page = "Before\n<!-- measured -->\nold\n<!-- /measured -->\nAfter\n";
    String filled = MarkdownReport.into(page, document);
    assertThat(filled)
        .startsWith("Before\n<!-- measured -->\nMeasured on ")
        .endsWith("<!-- /measured -->\nAfter\n")
        .doesNotContain("old");
    assertThat(MarkdownReport.into(filled, document)).isEqualTo(filled);
    assertThat(MarkdownReport.into("no marks", document)).isEqualTo(MarkdownReport.of(document));
  }
}
