package io.euryale.peer.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class MetricsPageTest {

  private final MetricsPage page = new MetricsPage();

  @Test
  void samplesOfAMetricStandTogetherHoweverTheyCome() {
    page.counter("a_total", "Of a.", 1, "peer", "x");
    page.gauge("b_seconds", "Of b.", 0.25);
    page.counter("a_total", "Of a.", 1L << 53, "peer", "y\"\\\n");
    assertThat(page)
        .hasToString(
            """
            # HELP a_total Of a.
            # TYPE a_total counter
            a_total{peer="x"} 1
            a_total{peer="y\\"\\\\\\n"} 9007199254740992
            # HELP b_seconds Of b.
            # TYPE b_seconds gauge
            b_seconds 0.25
            """);
    assertThat(new MetricsText(page.toString()).samples()).hasSize(3);
  }

  @Test
  void namesThatPrometheusWouldMisreadAreOurMistake() {
    assertThatThrownBy(() -> page.counter("a", "Of a.", 1)).hasMessageContaining("_total");
    assertThatThrownBy(() -> page.gauge("a_total", "Of a.", 1)).hasMessageContaining("_total");
    assertThatThrownBy(() -> page.gauge("a-b", "Of a.", 1)).hasMessageContaining("a-b");
    page.gauge("c", "Of c.", 1);
    assertThatThrownBy(() -> page.gauge("c", "Of c.", 2)).hasMessageContaining("already");
  }
}
