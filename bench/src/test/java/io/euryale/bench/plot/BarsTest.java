package io.euryale.bench.plot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.euryale.peer.result.Measurement;
import org.junit.jupiter.api.Test;

class BarsTest {

  @Test
  void ticksAreRoundNumbers() {
    assertThat(Bars.tick(5)).isCloseTo(1, within(1e-9));
    assertThat(Bars.tick(0.37)).isCloseTo(0.1, within(1e-9));
    assertThat(Bars.tick(128)).isCloseTo(50, within(1e-9));
    assertThat(Bars.tick(0)).isPositive();
  }

  @Test
  void numbersShowThreeDigitsThatMatter() {
    assertThat(Bars.number(0)).isEqualTo("0");
    assertThat(Bars.number(0.1234)).isEqualTo("0.123");
    assertThat(Bars.number(2.5)).isEqualTo("2.5");
    assertThat(Bars.number(70)).isEqualTo("70");
    assertThat(Bars.number(1200)).isEqualTo("1200");
  }

  @Test
  void textOfTheDocumentCannotBecomeMarkup() {
    Bars bars = new Bars("<b>", "ms", Double.NaN);
    bars.row("<i>&\"", Measurement.once("x", "latency_ms", "ms", 1));
    assertThat(bars.html()).doesNotContain("<b>", "<i>").contains("&lt;i&gt;&amp;&quot;");
  }
}
