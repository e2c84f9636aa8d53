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

/// Makes the result document of `bench flood`.
final class FloodReport {

  static final String QUIET = "quiet";
  static final String FLOOD = "flood";
  static final double MOST_SLOWER = 2;

  private final FloodSettings settings;
  private final FloodFindings findings;
  private final List<Measurement> results = new ArrayList<>();
  private final List<Promise> promises = new ArrayList<>();

  FloodReport(FloodSettings settings, FloodFindings findings) {
    this.settings = settings;
    this.findings = findings;
  }

  /// @param loadBefore load average before the run
  /// @throws IOException when the load average cannot be read
  ResultDocument document(double loadBefore) throws IOException {
    for (Replicated how : FloodSettings.CASES) {
      addCase(situation(how, QUIET), findings.quiet(how));
      addCase(situation(how, FLOOD), findings.flooded(how));
      addRate(situation(how, "garbage datagrams"), findings.datagrams(how));
      addRate(situation(how, "connections of strangers"), findings.connections(how));
    }
    FloodSettings.CASES.forEach(this::addPromises);
    addViews();
    Map<String, Object> asked = settings.asMap(SmallJvm.FLAGS);
    asked.put("date", LocalDate.now(ZoneOffset.UTC).toString());
    asked.put("loadAverageBefore", loadBefore);
    asked.put("loadAverageAfter", ProcReadings.loadAverage());
    return ResultDocument.ofThisMachine("bench flood", asked, results, promises);
  }

  static String situation(Replicated how, String which) {
    return how.label() + ", " + which;
  }

  private void add(
      String situation,
      String metric,
      String unit,
      List<SegmentResult> segments,
      ToDoubleFunction<SegmentResult> value) {
    results.add(
        Spread.of(segments.stream().mapToDouble(value).toArray())
            .measurement(situation, metric, unit));
  }

  private void addCase(String label, List<SegmentResult> segments) {
    add(label + ", p50", "latency_ms", "ms", segments, segment -> segment.overall().p50());
    add(label + ", p99", "latency_ms", "ms", segments, segment -> segment.overall().p99());
    add(label + ", p999", "latency_ms", "ms", segments, segment -> segment.overall().p999());
    add(label + ", max", "latency_ms", "ms", segments, segment -> segment.overall().max());
    add(label, "cpu_seconds", "s", segments, segment -> segment.usage().cpuSeconds());
    add(label, "lost", "packets", segments, SegmentResult::lost);
    add(label, "duplicated", "packets", segments, SegmentResult::duplicated);
    add(label, "sent", "packets", segments, SegmentResult::sent);
  }

  private void addRate(String what, List<Double> counts) {
    double seconds = settings.leadIn().plus(settings.measured()).toMillis() / 1000.0;
    results.add(
        Spread.of(counts.stream().mapToDouble(count -> count / seconds).toArray())
            .measurement(what, "events_per_second", "1/s"));
  }

  private void addPromises(Replicated how) {
    List<SegmentResult> quiet = findings.quiet(how);
    List<SegmentResult> flooded = findings.flooded(how);
    double[] ratios = new double[quiet.size()];
    long lost = 0;
    long duplicated = 0;
    long sent = 0;
    for (int run = 0; run < ratios.length; run++) {
      double divisor = quiet.get(run).overall().p99();
      ratios[run] = divisor == 0 ? Double.NaN : flooded.get(run).overall().p99() / divisor;
      lost += flooded.get(run).lost();
      duplicated += flooded.get(run).duplicated();
      sent += flooded.get(run).sent();
    }
    Spread ratio = Spread.of(ratios);
    results.add(ratio.measurement(how.label() + ", flood / quiet, p99", "ratio", "times"));
    promises.add(
        new Promise(
            String.format(
                Locale.ROOT,
                "99th percentile of the latency of %s with a flood at most %.0f times that without: "
                    + "%.2f (%.2f to %.2f)",
                how.label(),
                MOST_SLOWER,
                ratio.median(),
                ratio.min(),
                ratio.max()),
            ratio.median() <= MOST_SLOWER));
    promises.add(
        new Promise(
            "With a flood nothing lost and nothing twice, %s: %d lost, %d twice of %d"
                .formatted(how.label(), lost, duplicated, sent),
            lost == 0 && duplicated == 0));
  }

  private void addViews() {
    boolean same = findings.before().equals(findings.after()) && !findings.before().isEmpty();
    promises.add(
        new Promise(
            same
                ? "No cell has changed its view"
                : "No cell has changed its view: before "
                    + findings.before()
                    + ", after "
                    + findings.after(),
            same));
    long installed = findings.configurations();
    promises.add(
        new Promise(
            "With a flood no group of a cell has changed its configuration: %d installed"
                .formatted(installed),
            installed == 0 && findings.hadGroups()));
  }
}
