package io.euryale.bench.streams;

import io.euryale.bench.ProcReadings;
import io.euryale.bench.SmallJvm;
import io.euryale.bench.Spread;
import io.euryale.peer.result.Measurement;
import io.euryale.peer.result.Promise;
import io.euryale.peer.result.ResultDocument;
import java.io.IOException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/// Makes the result document of `bench fanout`.
final class FanoutReport {

  static final String EURYALE = "Euryale";
  static final String RELAYS = "bare relays";

  /// Times that a packet may come down a link, besides what the root cell sent again; a little more
  /// than once, as what was under way when the counters were read counts too.
  static final double MOST_TIMES = 1.005;

  static final String LATENCY = "latency_ms";
  static final String CPU = "cpu_us_per_delivery";
  static final String ROOT_BYTES = "root_bytes_out_per_packet";
  static final String ROOT_FRAMES_OUT = "root_frames_out_per_packet";
  static final String ROOT_FRAMES_IN = "root_frames_in_per_packet";
  static final String BUSIEST = "busiest_link_per_packet";
  static final String LINKS = "links_per_packet";
  static final String REPEATED = "root_repeated_per_packet";
  static final String LOST = "lost";

  private final FanoutSettings settings;
  private final FanoutFindings findings;
  private final List<Measurement> results = new ArrayList<>();
  private final List<Promise> promises = new ArrayList<>();

  FanoutReport(FanoutSettings settings, FanoutFindings findings) {
    this.settings = settings;
    this.findings = findings;
  }

  /// @param loadBefore load average before the run
  /// @throws IOException when the load average cannot be read
  ResultDocument document(double loadBefore) throws IOException {
    for (FanoutCase which : findings.cases()) {
      addWay(EURYALE, which);
      addWay(RELAYS, which);
      addLoad(which);
      addRatio(which);
    }
    results.add(
        Spread.of(findings.idleCpu())
            .measurement("all peers without clients", "cpu_seconds_per_second", "s"));
    promisePath();
    promiseDelivery();
    Map<String, Object> asked = settings.asMap(SmallJvm.FLAGS);
    asked.put("date", LocalDate.now(ZoneOffset.UTC).toString());
    asked.put("loadAverageBefore", loadBefore);
    asked.put("loadAverageAfter", ProcReadings.loadAverage());
    return ResultDocument.ofThisMachine("bench fanout", asked, results, promises);
  }

  private void add(
      String way,
      FanoutCase which,
      String part,
      String metric,
      String unit,
      ToDoubleFunction<FanoutResult> value) {
    double[] values = findings.results(way, which).stream().mapToDouble(value).toArray();
    results.add(Spread.of(values).measurement(which.label(way) + part, metric, unit));
  }

  private void addWay(String way, FanoutCase which) {
    add(way, which, ", p50", LATENCY, "ms", result -> result.latency().p50());
    add(way, which, ", p99", LATENCY, "ms", result -> result.latency().p99());
    add(way, which, ", max", LATENCY, "ms", result -> result.latency().max());
    add(way, which, ", last client, p50", LATENCY, "ms", result -> result.last().p50());
    add(way, which, "", CPU, "µs", FanoutResult::cpuMicrosPerDelivery);
    add(way, which, "", "sent", "packets", FanoutResult::sent);
    add(way, which, "", LOST, "packets", FanoutResult::lost);
    add(way, which, "", "duplicated", "packets", FanoutResult::duplicated);
    add(way, which, "", "reordered", "packets", FanoutResult::reordered);
  }

  private void addLoad(FanoutCase which) {
    add(EURYALE, which, "", ROOT_BYTES, "bytes", result -> result.load().rootBytesOut());
    add(EURYALE, which, "", ROOT_FRAMES_OUT, "frames", result -> result.load().rootFramesOut());
    add(EURYALE, which, "", ROOT_FRAMES_IN, "frames", result -> result.load().rootFramesIn());
    add(EURYALE, which, "", REPEATED, "packets", result -> result.load().repeated());
    add(EURYALE, which, "", BUSIEST, "times", result -> result.load().busiestLink());
    add(EURYALE, which, "", LINKS, "links", result -> result.load().links());
  }

  /// Formed in each run: the machine is the same for both only there.
  private void addRatio(FanoutCase which) {
    List<FanoutResult> overlay = findings.results(EURYALE, which);
    List<FanoutResult> bare = findings.results(RELAYS, which);
    double[] ratios = new double[overlay.size()];
    for (int run = 0; run < ratios.length; run++) {
      ratios[run] = overlay.get(run).latency().p50() / bare.get(run).latency().p50();
    }
    results.add(
        Spread.of(ratios)
            .measurement(
                "%s / %s, %s, p50".formatted(EURYALE, RELAYS, which.label()), "ratio", "times"));
  }

  private void promisePath() {
    double most =
        findings.cases().stream()
            .flatMap(which -> findings.results(EURYALE, which).stream())
            .mapToDouble(result -> result.load().busiestLink() - result.load().repeated())
            .max()
            .orElse(0);
    promises.add(
        new Promise(
            String.format(
                Locale.ROOT,
                "However many clients are behind a link, each packet comes down it once:"
                    + " at most %.2f times on any link, besides what is sent again",
                most),
            most > 0 && most <= MOST_TIMES));
  }

  private void promiseDelivery() {
    long wanted = 0;
    long lost = 0;
    long wrong = 0;
    for (FanoutCase which : findings.cases()) {
      for (FanoutResult result : findings.results(EURYALE, which)) {
        wanted += result.wanted();
        lost += result.lost();
        wrong += result.duplicated() + result.reordered();
      }
    }
    promises.add(
        new Promise(
            "Every client gets every packet once and in order: %d lost, %d twice or out of order of %d"
                .formatted(lost, wrong, wanted),
            lost == 0 && wrong == 0 && wanted > 0));
  }
}
