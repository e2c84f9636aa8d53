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

/// Makes the result document of a run of `bench tls`.
final class TlsReport {

  static final double TLS_OVER_PLAIN = 1.15;
  static final String PLAIN = "plain";
  static final String TLS = "TLS";
  static final List<Replicated> CASES = List.of(Replicated.NONE, Replicated.ALL);

  private final StreamsSettings settings;
  private final Findings findings;

  TlsReport(StreamsSettings settings, Findings findings) {
    this.settings = settings;
    this.findings = findings;
  }

  /// What the segments of a case are called.
  ///
  /// @param way [#PLAIN] or [#TLS]
  static String label(String way, Replicated how) {
    return way + ", " + how.label();
  }

  /// @param loadBefore load average before the run
  /// @throws IOException when the load average cannot be read
  ResultDocument document(double loadBefore) throws IOException {
    List<Measurement> results = new ArrayList<>();
    List<Promise> promises = new ArrayList<>();
    for (String label : findings.labels()) {
      results.add(spread(label, s -> s.overall().p50()).measurement(label, "latency_p50", "ms"));
      results.add(spread(label, s -> s.overall().p99()).measurement(label, "latency_p99", "ms"));
      results.add(
          spread(label, s -> s.usage().cpuSeconds()).measurement(label, "cpu_seconds", "s"));
      results.add(spread(label, SegmentResult::lost).measurement(label, "lost", "packets"));
    }
    for (Replicated how : CASES) {
      Spread p50 = ratio(how, segment -> segment.overall().p50());
      results.add(p50.measurement("TLS / plain, " + how.label() + ", p50", "ratio", "times"));
      results.add(
          ratio(how, segment -> segment.overall().p99())
              .measurement("TLS / plain, " + how.label() + ", p99", "ratio", "times"));
      results.add(
          ratio(how, segment -> segment.usage().cpuSeconds())
              .measurement("TLS / plain, " + how.label() + ", CPU", "ratio", "times"));
      promises.add(
          new Promise(
              String.format(
                  Locale.ROOT,
                  "Median latency of %s with TLS at most %.2f times that without: %.2f (%.2f to"
                      + " %.2f)",
                  how.label(),
                  TLS_OVER_PLAIN,
                  p50.median(),
                  p50.min(),
                  p50.max()),
              p50.median() <= TLS_OVER_PLAIN));
    }
    long lost =
        findings.labels().stream()
            .flatMap(label -> findings.segments(label).stream())
            .mapToLong(SegmentResult::lost)
            .sum();
    promises.add(new Promise("Nothing lost: " + lost + " packets lost", lost == 0));
    Map<String, Object> asked = settings.asMap(SmallJvm.FLAGS);
    asked.put("date", LocalDate.now(ZoneOffset.UTC).toString());
    asked.put("loadAverageBefore", loadBefore);
    asked.put("loadAverageAfter", ProcReadings.loadAverage());
    return ResultDocument.ofThisMachine("bench tls", asked, results, promises);
  }

  private Spread spread(String label, ToDoubleFunction<SegmentResult> value) {
    return Spread.of(findings.segments(label).stream().mapToDouble(value).toArray());
  }

  /// TLS over plain, formed in each run: the machine is the same for both only there.
  private Spread ratio(Replicated how, ToDoubleFunction<SegmentResult> value) {
    List<SegmentResult> plain = findings.segments(label(PLAIN, how));
    List<SegmentResult> sealed = findings.segments(label(TLS, how));
    double[] ratios = new double[Math.min(plain.size(), sealed.size())];
    for (int run = 0; run < ratios.length; run++) {
      ratios[run] = value.applyAsDouble(sealed.get(run)) / value.applyAsDouble(plain.get(run));
    }
    return Spread.of(ratios);
  }
}
