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
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/// Makes the result document of a run: every number, and every goal as a promise with its number.
///
/// Ratios are formed inside each run and then summarised, because the machine is the same for both
/// sides of a ratio only there.
final class StreamsReport {

  static final double FORWARDED_OVER_NONE = 1.3;
  static final double PASSIVE_OVER_NONE_CPU = 1.15;
  static final double NONE_OVER_RELAYS_P50 = 1.5;
  static final double NONE_OVER_RELAYS_P99 = 2.0;
  static final double RESIDENT_MEBIBYTES = 128;
  static final double BYTES_PER_PACKET = 64;

  private final StreamsSettings settings;
  private final Findings findings;
  private final List<Measurement> results = new ArrayList<>();
  private final List<Promise> promises = new ArrayList<>();

  StreamsReport(StreamsSettings settings, Findings findings) {
    this.settings = settings;
    this.findings = findings;
  }

  /// @param loadBefore load average before the run
  /// @throws IOException when the load average cannot be read
  ResultDocument document(double loadBefore) throws IOException {
    findings.labels().forEach(this::addCase);
    addRatios();
    new FaultReport(findings, results, promises).add();
    addMemory();
    addAllocation();
    Map<String, Object> asked = settings.asMap(SmallJvm.FLAGS);
    asked.put("date", LocalDate.now(ZoneOffset.UTC).toString());
    asked.put("loadAverageBefore", loadBefore);
    asked.put("loadAverageAfter", ProcReadings.loadAverage());
    return ResultDocument.ofThisMachine("bench streams", asked, results, promises);
  }

  private Spread spread(String label, ToDoubleFunction<SegmentResult> value) {
    return Spread.of(findings.segments(label).stream().mapToDouble(value).toArray());
  }

  private void add(
      String label,
      String what,
      String metric,
      String unit,
      ToDoubleFunction<SegmentResult> value) {
    String situation = what.isEmpty() ? label : label + ", " + what;
    results.add(spread(label, value).measurement(situation, metric, unit));
  }

  private void addCase(String label) {
    for (PacketKind kind : PacketKind.values()) {
      addLatencies(label, kind.bytes() + " B, ", segment -> segment.latency(kind));
    }
    addLatencies(label, "", SegmentResult::overall);
    add(label, "", "jitter_ms", "ms", SegmentResult::jitterMillis);
    add(label, "", "cpu_seconds", "s", segment -> segment.usage().cpuSeconds());
    add(
        label,
        "process in the middle",
        "resident_mib",
        "MiB",
        segment -> segment.usage().residentMedianMebibytes());
    add(
        label,
        "largest process",
        "resident_mib",
        "MiB",
        segment -> segment.usage().residentMaxMebibytes());
    add(label, "", "lost", "packets", SegmentResult::lost);
    add(label, "", "duplicated", "packets", SegmentResult::duplicated);
    add(label, "", "reordered", "packets", SegmentResult::reordered);
    add(label, "", "sent", "packets", SegmentResult::sent);
    add(label, "p50", "sender_late_ms", "ms", segment -> segment.sender().p50());
    add(label, "p99", "sender_late_ms", "ms", segment -> segment.sender().p99());
  }

  private interface Latency {
    LatencySummary of(SegmentResult segment);
  }

  private void addLatencies(String label, String prefix, Latency latency) {
    add(label, prefix + "mean", "latency_ms", "ms", segment -> latency.of(segment).mean());
    add(label, prefix + "p50", "latency_ms", "ms", segment -> latency.of(segment).p50());
    add(label, prefix + "p99", "latency_ms", "ms", segment -> latency.of(segment).p99());
    add(label, prefix + "p999", "latency_ms", "ms", segment -> latency.of(segment).p999());
    add(label, prefix + "max", "latency_ms", "ms", segment -> latency.of(segment).max());
  }

  // ---- comparisons ----

  private void addRatios() {
    String none = Replicated.NONE.label();
    String all = Replicated.ALL.label();
    // The forms that forward at once; the others wait for the cell, and that is what they cost.
    for (Replicated how :
        List.of(Replicated.ALL, Replicated.PASSIVE_SECOND, Replicated.PASSIVE_TENTH)) {
      if (how.equals(Replicated.ALL) || !findings.segments(how.label()).isEmpty()) {
        Spread p50 = ratio(how.label(), none, "p50", segment -> segment.overall().p50());
        promise(
            "Latency of %s at most %.1f times that of none, median: %s"
                .formatted(how.label(), FORWARDED_OVER_NONE, text(p50)),
            p50.median() <= FORWARDED_OVER_NONE);
      }
    }
    Spread p50 = ratio(none, StreamsBench.RELAYS, "p50", segment -> segment.overall().p50());
    promise(
        "Latency of none at most %.1f times that of the bare relays, median: %s"
            .formatted(NONE_OVER_RELAYS_P50, text(p50)),
        p50.median() <= NONE_OVER_RELAYS_P50);
    Spread p99 = ratio(none, StreamsBench.RELAYS, "p99", segment -> segment.overall().p99());
    promise(
        "Latency of none at most %.1f times that of the bare relays, 99th percentile: %s"
            .formatted(NONE_OVER_RELAYS_P99, text(p99)),
        p99.median() <= NONE_OVER_RELAYS_P99);
    String passive = Replicated.PASSIVE_SECOND.label();
    String tenth = Replicated.PASSIVE_TENTH.label();
    for (String label : findings.labels()) {
      if (!List.of(none, all, passive, tenth, StreamsBench.RELAYS).contains(label)) {
        Spread _ = ratio(label, none, "p50", segment -> segment.overall().p50());
      }
    }
    Spread _ = ratio(all, none, "p99", segment -> segment.overall().p99());
    Spread _ = ratio(all, none, "CPU", segment -> segment.usage().cpuSeconds());
    addPassive(none);
    addUndisturbed();
  }

  /// Copies that nobody needs are never made, so passive replication costs little [0 table IV].
  private void addPassive(String none) {
    String passive = Replicated.PASSIVE_SECOND.label();
    if (!findings.segments(passive).isEmpty()) {
      Spread cpu = ratio(passive, none, "CPU", segment -> segment.usage().cpuSeconds());
      promise(
          "CPU time with all 8 streams passive(1s) at most %.2f times that of none: %s"
              .formatted(PASSIVE_OVER_NONE_CPU, text(cpu)),
          cpu.median() <= PASSIVE_OVER_NONE_CPU);
    }
  }

  /// The ratio of two cases in each run.
  private Spread ratio(
      String label, String baseline, String what, ToDoubleFunction<SegmentResult> value) {
    List<SegmentResult> over = findings.segments(label);
    List<SegmentResult> under = findings.segments(baseline);
    double[] ratios = new double[Math.min(over.size(), under.size())];
    for (int run = 0; run < ratios.length; run++) {
      double divisor = value.applyAsDouble(under.get(run));
      ratios[run] = divisor == 0 ? Double.NaN : value.applyAsDouble(over.get(run)) / divisor;
    }
    Spread spread = Spread.of(ratios);
    results.add(spread.measurement(label + " / " + baseline + ", " + what, "ratio", "times"));
    return spread;
  }

  /// Without a fault nothing may be lost or repeated either, whatever the replication.
  private void addUndisturbed() {
    long lost = 0;
    long duplicated = 0;
    long sent = 0;
    for (String label : findings.labels()) {
      for (SegmentResult segment : findings.segments(label)) {
        lost += segment.lost();
        duplicated += segment.duplicated();
        sent += segment.sent();
      }
    }
    promise(
        "Without faults nothing lost and nothing twice: %d lost, %d twice of %d"
            .formatted(lost, duplicated, sent),
        lost == 0 && duplicated == 0);
  }

  // ---- memory ----

  private void addMemory() {
    double largest = 0;
    for (String label : findings.labels()) {
      if (!label.equals(StreamsBench.RELAYS)) {
        largest =
            Math.max(
                largest, spread(label, segment -> segment.usage().residentMaxMebibytes()).max());
      }
    }
    for (List<FaultRun> runs : findings.faults()) {
      for (FaultRun run : runs) {
        for (LevelUsage usage : run.usage()) {
          largest = Math.max(largest, usage.largestMebibytes());
        }
      }
    }
    promise(
        "A peer's resident memory at most %.0f MiB: %.1f MiB for the largest"
            .formatted(RESIDENT_MEBIBYTES, largest),
        largest <= RESIDENT_MEBIBYTES);
  }

  private void addAllocation() {
    Map<String, Double> bytes = new TreeMap<>(findings.bytesPerPacket());
    bytes.forEach(
        (situation, value) ->
            results.add(Measurement.once(situation, "allocated_bytes_per_packet", "bytes", value)));
    // An agreed order is made by messages of a group beside the packets, and by more of them the
    // more peers agree; its memory is judged by itself.
    String agreed = Replicated.AGREED.label();
    promiseBytes("", worst(bytes, agreed, false));
    if (bytes.containsKey(agreed)) {
      promiseBytes(", " + agreed, worst(bytes, agreed, true));
    }
  }

  private static double worst(Map<String, Double> bytes, String prefix, boolean isOfPrefix) {
    return bytes.entrySet().stream()
        .filter(entry -> entry.getKey().startsWith(prefix) == isOfPrefix)
        .mapToDouble(Map.Entry::getValue)
        .max()
        .orElse(Double.NaN);
  }

  private void promiseBytes(String which, double worst) {
    promise(
        "At most %.0f bytes of heap allocated for a forwarded packet%s: %.1f bytes in the worst case"
            .formatted(BYTES_PER_PACKET, which, worst),
        worst <= BYTES_PER_PACKET);
  }

  private void promise(String text, boolean held) {
    promises.add(new Promise(text, held));
  }

  private static String text(Spread spread) {
    return String.format(
        Locale.ROOT, "%.2f (%.2f to %.2f)", spread.median(), spread.min(), spread.max());
  }
}
