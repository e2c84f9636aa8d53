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
    LatencySummary latency = new LatencySummary(p50, p50, p99, p99, p99);
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

  private static FaultRun fault(Replicated how, int level, int faults, double first, long lost) {
    List<LevelUsage> usage =
        List.of(new LevelUsage(0, 0.5, 120, 61), new LevelUsage(1, 0.75, 240, 62));
    return new FaultRun(
        new FaultCase(how, level, faults),
        segment(0.3, 9, lost),
        faults == 1 ? List.of(first) : List.of(),
        faults == 1 ? usage : List.of());
  }

  private void goodFaults() {
    findings.fault(fault(Replicated.ALL, 0, 1, 8, 0));
    findings.idleKills(List.of(3.0));
    findings.allocation(Replicated.NONE.label(), 12);
  }

  private static Measurement find(ResultDocument document, String situation, String metric) {
    return Page.find(document, situation, metric).orElseThrow();
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
    assertThat(missed(document())).hasSize(1).first().asString().contains("8/0 active", "1.79");
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
    findings.fault(fault(Replicated.ALL, 2, 1, 5, 1));
    assertThat(missed(document())).hasSize(1).first().asString().contains("1 lost", "2 faults");
  }

  @Test
  void severalFaultsThatLoseAPacketAreMissedByThemselves() throws Exception {
    run(0.2, 0.28, 0.3);
    goodFaults();
    findings.fault(fault(Replicated.ALL, 2, 8, 0, 1));
    assertThat(missed(document()))
        .hasSize(1)
        .first()
        .asString()
        .contains("Two to eight", "1 lost", "8 faults");
  }

  @Test
  void theMemoryOfAnAgreedOrderIsJudgedByItself() throws Exception {
    run(0.2, 0.28, 0.3);
    goodFaults();
    findings.allocation(Replicated.AGREED.label(), 6_000);
    assertThat(missed(document()))
        .hasSize(1)
        .first()
        .asString()
        .contains("At most 64 bytes", "8/0 active(agreed)", "6000.0");
    findings.allocation(Replicated.ALL.label(), 65);
    assertThat(missed(document())).hasSize(2);
  }

  @Test
  void whatARunAllocatesOnceIsNotCountedForItsPackets() throws Exception {
    run(0.2, 0.28, 0.3);
    goodFaults();
    findings.allocation(Replicated.ALL.label(), 54);
    findings.allocation(Replicated.ALL.label(), 350);
    ResultDocument document = document();
    assertThat(missed(document)).isEmpty();
    assertThat(find(document, Replicated.ALL.label(), "allocated_bytes_per_packet").value())
        .isEqualTo(54);
  }

  @Test
  void whatIsLostWithoutReplicationIsReportedAndNotPromised() throws Exception {
    run(0.2, 0.28, 0.3);
    goodFaults();
    findings.fault(fault(Replicated.NONE, 1, 1, 5, 10));
    findings.fault(fault(Replicated.NONE, 1, 8, 0, 20));
    ResultDocument document = document();
    assertThat(missed(document)).isEmpty();
    assertThat(find(document, "0/8 none, 1 fault at level 1", "fault_lost").value()).isEqualTo(10);
    assertThat(find(document, "0/8 none, 8 faults at level 1", "fault_lost_percent").value())
        .isCloseTo(2.0, within(1e-9));
  }

  @Test
  void everyProtectedCaseMakesThePromisesOfFailOver() throws Exception {
    run(0.2, 0.28, 0.3);
    goodFaults();
    findings.fault(fault(Replicated.PASSIVE_SECOND, 1, 1, 250, 0));
    findings.fault(fault(Replicated.AGREED, 1, 1, 5, 1));
    assertThat(missed(document()))
        .satisfiesExactly(
            text -> assertThat(text).contains("passive(1s)", "at most 20 ms", "250.00"),
            text -> assertThat(text).contains("passive(1s)", "at most 200 ms"),
            text -> assertThat(text).contains("active(agreed)", "1 lost"));
  }

  @Test
  void aSegmentThatCouldNotBeMeasuredIsMissedWithItsReason() throws Exception {
    run(0.2, 0.28, 0.3);
    goodFaults();
    findings.broken("8/0 active, 1 fault at level 0: the peers do not form a tree.");
    assertThat(missed(document())).hasSize(1).first().asString().contains("do not form a tree");
  }

  @Test
  void slowPassiveCasesAreMissedAsTheActiveOneIs() throws Exception {
    run(0.2, 0.28, 0.3);
    findings.segment(Replicated.PASSIVE_SECOND.label(), segment(0.5, 0.6, 0));
    findings.segment(Replicated.AGREED.label(), segment(5, 6, 0));
    goodFaults();
    assertThat(missed(document())).hasSize(1).first().asString().contains("passive(1s)", "1.79");
  }

  @Test
  void aPeerThatIsTooLargeWithFaultsIsMissed() throws Exception {
    run(0.2, 0.28, 0.3);
    findings.fault(
        new FaultRun(
            new FaultCase(Replicated.ALL, 0, 1),
            segment(0.3, 9, 0),
            List.of(5.0),
            List.of(new LevelUsage(0, 0.5, 260, 130))));
    findings.allocation(Replicated.NONE.label(), 12);
    assertThat(missed(document())).hasSize(1).first().asString().contains("130.0 MiB");
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
    findings.fault(fault(Replicated.ALL, 0, 2, 0, 0));
    String page = StreamsPage.html(document());
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
    findings.fault(fault(Replicated.NONE, 0, 1, 5, 3));
    findings.fault(fault(Replicated.ALL, 0, 2, 0, 0));
    findings.fault(fault(Replicated.NONE, 0, 2, 0, 4));
    ResultDocument document = document();
    String text = StreamsPage.markdown(document);
    document.promises().forEach(promise -> assertThat(text).contains(promise.text()));
    assertThat(text)
        .contains("| bare relays | 0.2 |", "| 0/8 none | 0.28 |", "| 8/0 active | 0.3 |");
    assertThat(text)
        .contains(
            "| 1 at level 0 | 0.3 | 9 | 0.1 | 0 | 0.3 | 9 | 0.1 | 0.3 |",
            "| 2 at level 0 | 0.3 | 9 | 0.1 | 0 | 0.3 | 9 | 0.1 | 0.4 |",
            "| level 0 | 0/8 none | 0.3 | 9 | 9 | 0.1 | 3 | 0 | 5 |",
            "| level 0 | 8/0 active | 0.5 | 120 |");
  }

  @Test
  void tablesReplaceTheOnesOfTheLastRunAndNothingElse() throws Exception {
    run(0.2, 0.28, 0.3);
    goodFaults();
    ResultDocument document = document();
    String page = "Before\n<!-- measured -->\nold\n<!-- /measured -->\nAfter\n";
    String tables = StreamsPage.markdown(document);
    String filled = MarkdownReport.into(page, tables, "measured");
    assertThat(filled)
        .startsWith("Before\n<!-- measured -->\nMeasured on ")
        .endsWith("<!-- /measured -->\nAfter\n")
        .doesNotContain("old");
    assertThat(MarkdownReport.into(filled, tables, "measured")).isEqualTo(filled);
    assertThat(MarkdownReport.into("\n", tables, "measured")).isEqualTo(tables);
    assertThat(MarkdownReport.takes("no marks", "measured")).isFalse();
    assertThat(MarkdownReport.takes(filled, "measured 18")).isFalse();
    String other = filled + "<!-- measured 18 -->\nold\n<!-- /measured 18 -->\n";
    assertThat(MarkdownReport.into(other, "new\n", "measured 18"))
        .isEqualTo(filled + "<!-- measured 18 -->\nnew\n<!-- /measured 18 -->\n");
  }
}
