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
              Measurement.once("quiet, p99", "latency_ms", "ms", 1.5),
              Measurement.once("flood, p99", "latency_ms", "ms", 2.5)),
          List.of(new Promise("p99 at most doubled", true)));

  @Test
  void theTableHasAllNumbers() {
    assertThat(FloodPage.markdown(DOCUMENT))
        .contains("| p99 at most doubled | held |")
        .contains("| quiet, p99 | latency_ms | 1.5 ms |")
        .contains("| flood, p99 | latency_ms | 2.5 ms |");
  }

  @Test
  void thePageSetsBothBesideEachOther() {
    assertThat(FloodPage.html(DOCUMENT)).contains("Latency, p99", "quiet", "flood");
  }
}
