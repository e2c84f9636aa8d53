package io.euryale.bench.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.euryale.bench.plot.Page;
import io.euryale.peer.result.Promise;
import io.euryale.peer.result.ResultDocument;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TlsReportTest {

  private final Findings findings = new Findings();

  private void segment(String way, Replicated how, double p50, double cpu, long lost) {
    LatencySummary latency = new LatencySummary(p50, p50, p50 * 2, p50 * 3, p50 * 3);
    findings.segment(
        TlsReport.label(way, how),
        new SegmentResult(
            Map.of(), latency, 0.1, latency, 1_000, lost, 0, 0, new Usage(cpu, 60, 70)));
  }

  private void run(double plain, double tls) {
    for (Replicated how : TlsReport.CASES) {
      segment(TlsReport.PLAIN, how, plain, 1, 0);
      segment(TlsReport.TLS, how, tls, 1.5, 0);
    }
  }

  private ResultDocument document() throws Exception {
    return new TlsReport(StreamsSettings.of(true), findings).document(0.5);
  }

  private static List<String> missed(ResultDocument document) {
    return document.promises().stream()
        .filter(promise -> !promise.held())
        .map(Promise::text)
        .toList();
  }

  @Test
  void aSmallCostIsHeldAndRatiosAreThoseInsideTheRuns() throws Exception {
    run(0.2, 0.22);
    run(2.0, 2.2);
    ResultDocument document = document();
    assertThat(missed(document)).isEmpty();
    assertThat(document.promises()).hasSize(3);
    var ratio = Page.find(document, "TLS / plain, 8/0 active, p50", "ratio").orElseThrow();
    assertThat(ratio.min()).isCloseTo(1.1, within(1e-9));
    assertThat(ratio.max()).isCloseTo(1.1, within(1e-9));
    assertThat(ratio.runs()).isEqualTo(2);
    var cpu = Page.find(document, "TLS / plain, 0/8 none, CPU", "ratio").orElseThrow();
    assertThat(cpu.value()).isCloseTo(1.5, within(1e-9));
    var p50 = Page.find(document, "TLS, 0/8 none", "latency_p50").orElseThrow();
    assertThat(p50.max()).isCloseTo(2.2, within(1e-9));
  }

  @Test
  void aLargeCostIsMissedForEachCase() throws Exception {
    run(0.2, 0.24);
    assertThat(missed(document()))
        .satisfiesExactly(
            text -> assertThat(text).contains("0/8 none with TLS", "1.20"),
            text -> assertThat(text).contains("8/0 active with TLS", "1.20"));
  }

  @Test
  void aLostPacketIsMissed() throws Exception {
    run(0.2, 0.2);
    segment(TlsReport.TLS, Replicated.NONE, 0.2, 1, 1);
    assertThat(missed(document())).containsExactly("Nothing lost: 1 packets lost");
  }

  @Test
  void itsTablesHaveNoEmptyOnes() throws Exception {
    run(0.2, 0.22);
    assertThat(StreamsPage.markdown(document()))
        .contains("| ratio inside one run | |")
        .doesNotContain("| case |", "SIGKILL", "fault", "heap");
  }
}
