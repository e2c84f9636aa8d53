package io.euryale.bench.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.peer.result.Measurement;
import io.euryale.peer.result.Promise;
import io.euryale.peer.result.ResultDocument;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FloodPageTest {

  private static final ResultDocument DOCUMENT =
      ResultDocument.ofThisMachine(
          "bench flood",
          Map.of("date", "2026-01-31"),
          List.of(
              latency(Replicated.ALL, FloodReport.QUIET, 1.5),
              latency(Replicated.ALL, FloodReport.FLOOD, 2.5),
              latency(Replicated.AGREED, FloodReport.QUIET, 3.5),
              latency(Replicated.AGREED, FloodReport.FLOOD, 4.5)),
          List.of(new Promise("p99 at most doubled", true)));

  private static Measurement latency(Replicated how, String which, double millis) {
    return Measurement.once(
        FloodReport.situation(how, which) + ", p99", "latency_ms", "ms", millis);
  }

  @Test
  void theTableHasAllNumbers() {
    assertThat(FloodPage.markdown(DOCUMENT))
        .contains("| p99 at most doubled | held |")
        .contains("| 8/0 active, quiet, p99 | latency_ms | 1.5 ms |")
        .contains("| 8/0 active(agreed), flood, p99 | latency_ms | 4.5 ms |");
  }

  @Test
  void thePageSetsThemBesideEachOther() {
    String page = FloodPage.html(DOCUMENT);
    String plot = page.substring(page.indexOf("<svg"), page.indexOf("<table>"));
    assertThat(plot)
        .contains("Latency, p99")
        .contains("8/0 active, quiet", "8/0 active, flood")
        .contains("8/0 active(agreed), quiet", "8/0 active(agreed), flood");
  }
}
