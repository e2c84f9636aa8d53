package io.euryale.bench.city;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.peer.result.Measurement;
import io.euryale.peer.result.Promise;
import io.euryale.peer.result.ResultDocument;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CityPageTest {

  private static ResultDocument document() {
    List<Measurement> results = new ArrayList<>();
    for (String load : List.of("load x01", "load x02")) {
      results.add(new Measurement(load, "events_per_second", "1/s", 345, 340, 350, 2, null, null));
      double kept = load.endsWith("1") ? 2 : 0;
      results.add(new Measurement(load, "kept", "tries", kept, kept, kept, 3, null, null));
      for (String figure : CityBench.FIGURES) {
        results.add(Measurement.once(load + ", " + figure, "latency_ms", "ms", 7));
      }
      results.add(Measurement.once(load + ", start", "recovery_ms", "ms", 12_000));
      results.add(Measurement.once(load, "cpu_seconds", "s", 31));
      results.add(Measurement.once(load, "resident_mib", "MiB", 900));
    }
    results.add(Measurement.once("largest, alarm p50", "latency_ms", "ms", 1).against(0.5));
    results.add(Measurement.once("largest", "cpu_seconds", "s", 31).against(10));
    results.add(Measurement.once("relay", "lost", "packets", 3));
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("peers", 152);
    settings.put("processes", 6);
    settings.put("streams", 380);
    settings.put("sensorStreams", 310);
    settings.put("secondsOfEachTry", 40);
    settings.put("faultsPerMinute", 6);
    settings.put("largestLoad", 1);
    settings.put("missed", Map.of("load x02", List.of("no alarm lost")));
    return ResultDocument.ofThisMachine(
        "bench city", settings, results, List.of(new Promise("it is carried", true)));
  }

  @Test
  void theTablesHaveEachLoadWhatWasMissedAndTheRelay() {
    assertThat(CityPage.markdown(document()))
        .contains("152 peers in 6 processes, 380 streams, 310 of them of sensors,")
        .contains(" 40 s a try, 6 faults a minute.")
        .contains("| load x01 | 345 (340 – 350) | 2 of 3 | 31 | 900 | 12000 | 7 | 7 | 7 | 7 | 7 |")
        .contains("| load x02 | 345 (340 – 350) | 0 of 3 | ")
        .contains("| load x02 | [no alarm lost] |")
        .contains("| load x1 | overlay with faults | one Netty relay | times |")
        .contains("| largest, alarm p50, ms | 1 | 0.5 | 2 |")
        .contains("| largest, processor time, s | 31 | 10 | 3.1 |")
        .contains("The relay lost 3 packets.")
        .doesNotContain("–  |");
  }

  @Test
  void thePageHasAPlotOfEach() {
    assertThat(CityPage.html(document()))
        .contains("Latency, p99.9, with faults", "Events that arrived", "beside one Netty relay");
  }
}
