package io.euryale.bench.plot;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.peer.result.Measurement;
import java.io.StringReader;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.xml.sax.InputSource;

class LinesTest {

  @Test
  void everySeriesIsALineThroughItsPointsWithItsName() throws Exception {
    Lines lines = new Lines("Lost & found", "faults", "ms");
    assertThat(lines.isEmpty()).isTrue();
    for (int faults = 1; faults <= 3; faults++) {
      lines.point("<none>", faults, Measurement.once("x", "latency_ms", "ms", faults));
      lines.point("active", faults, Measurement.once("x", "latency_ms", "ms", 0));
    }
    assertThat(lines.isEmpty()).isFalse();
    String html = lines.html();
    assertThat(html).contains("Lost &amp; found", "&lt;none&gt;").doesNotContain("NaN", "<none>");
    assertThat(html.split("<circle ", -1)).hasSize(7);
    String svg = html.substring(html.indexOf("<svg "), html.indexOf("</svg>") + 6);
    var parsed =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new InputSource(new StringReader(svg)));
    assertThat(parsed.getElementsByTagName("circle").getLength()).isEqualTo(6);
  }

  @Test
  void aPlotOfNothingButZerosIsDrawn() {
    Lines lines = new Lines("Lost", "faults", "%");
    lines.point("active", 1, Measurement.once("x", "lost", "%", 0));
    assertThat(lines.html()).doesNotContain("NaN", "Infinity");
  }
}
