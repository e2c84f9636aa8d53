package io.euryale.bench.streams;

import io.euryale.bench.Spread;
import io.euryale.peer.result.Measurement;
import io.euryale.peer.result.Promise;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/// The part of the result document that is about faults: [0 tables II to IV] and the goals that
/// hold with them.
///
/// Every protected case promises the same: the sensors live, and no cell loses all its peers at
/// once, so nothing is lost. Without replication what is on its way through a killed peer is lost;
/// how much is a result and no goal.
final class FaultReport {

  static final double MEDIAN_MILLIS = 20;
  static final double MAX_MILLIS = 200;

  static final String LATENCY = "fault_latency_ms";
  static final String JITTER = "fault_jitter_ms";
  static final String LOST = "fault_lost";
  static final String LOST_PERCENT = "fault_lost_percent";
  static final String TWICE = "fault_duplicated";
  static final String SENT = "fault_sent";
  static final String CPU = "level_cpu_seconds";
  static final String RESIDENT = "level_resident_mib";
  static final String FAILOVER = "failover_ms";

  private final Findings findings;
  private final List<Measurement> results;
  private final List<Promise> promises;

  /// @param results of the document, to which is added
  /// @param promises of the document, to which is added
  FaultReport(Findings findings, List<Measurement> results, List<Promise> promises) {
    this.findings = findings;
    this.results = results;
    this.promises = promises;
  }

  /// What the usage of one level is called in a case.
  static String level(String label, int level) {
    return label + ", level " + level;
  }

  void add() {
    Map<Replicated, List<FaultRun>> single = new LinkedHashMap<>();
    List<FaultRun> several = new ArrayList<>();
    // Without any faults measured its promises are missed, not held.
    single.put(Replicated.ALL, new ArrayList<>());
    for (List<FaultRun> runs : findings.faults()) {
      FaultCase plan = runs.getFirst().plan();
      addCase(plan.label(), runs);
      if (plan.faults() == 1) {
        addOneFault(plan.label(), runs);
        single.computeIfAbsent(plan.how(), _ -> new ArrayList<>()).addAll(runs);
      } else if (!plan.how().equals(Replicated.NONE)) {
        several.addAll(runs);
      }
    }
    if (!findings.idleKillMillis().isEmpty()) {
      results.add(
          Spread.of(findings.idleKillMillis())
              .measurement("reference: idle JVM, SIGKILL to end of connection", FAILOVER, "ms"));
    }
    single.forEach(this::promise);
    for (String sentence : findings.broken()) {
      promises.add(new Promise("Every segment with faults is measured: " + sentence, false));
    }
    if (!several.isEmpty()) {
      promiseNothingLost("Two to eight peers of a level killed in turn, all active", several);
    }
  }

  private void addCase(String label, List<FaultRun> runs) {
    add(label + ", mean", LATENCY, "ms", runs, run -> run.segment().overall().mean());
    add(label + ", p50", LATENCY, "ms", runs, run -> run.segment().overall().p50());
    add(label + ", p99", LATENCY, "ms", runs, run -> run.segment().overall().p99());
    add(label + ", max", LATENCY, "ms", runs, run -> run.segment().overall().max());
    add(label, JITTER, "ms", runs, run -> run.segment().jitterMillis());
    add(label, LOST, "packets", runs, run -> run.segment().lost());
    add(
        label,
        LOST_PERCENT,
        "%",
        runs,
        run -> 100.0 * run.segment().lost() / Math.max(1, run.segment().sent()));
    add(label, TWICE, "packets", runs, run -> run.segment().duplicated());
    add(label, SENT, "packets", runs, run -> run.segment().sent());
  }

  private void addOneFault(String label, List<FaultRun> runs) {
    List<Double> first = firstMillis(runs);
    if (!first.isEmpty()) {
      results.add(Spread.of(first).measurement(label + ", first packet", FAILOVER, "ms"));
    }
    int levels = runs.stream().mapToInt(run -> run.usage().size()).min().orElse(0);
    for (int level = 0; level < levels; level++) {
      int at = level;
      add(level(label, at), CPU, "s", runs, run -> run.usage().get(at).cpuSeconds());
      add(level(label, at), RESIDENT, "MiB", runs, run -> run.usage().get(at).residentMebibytes());
    }
  }

  private void add(
      String situation,
      String metric,
      String unit,
      List<FaultRun> runs,
      ToDoubleFunction<FaultRun> value) {
    results.add(
        Spread.of(runs.stream().mapToDouble(value).toArray()).measurement(situation, metric, unit));
  }

  private static List<Double> firstMillis(List<FaultRun> runs) {
    return runs.stream().flatMap(run -> run.firstMillis().stream()).toList();
  }

  private void promise(Replicated how, List<FaultRun> runs) {
    List<Double> first = firstMillis(runs);
    Spread failover = first.isEmpty() ? Spread.of(Double.NaN) : Spread.of(first);
    results.add(
        failover.measurement(how.label() + ", 1 fault at any level, first packet", FAILOVER, "ms"));
    if (how.equals(Replicated.NONE)) {
      return;
    }
    String situation = "One peer killed at any level, " + how.label();
    promiseNothingLost(situation, runs);
    promises.add(
        new Promise(
            "%s: first packet at most %.0f ms after its schedule, median of all streams hit: %.2f ms"
                .formatted(situation, MEDIAN_MILLIS, failover.median()),
            failover.median() <= MEDIAN_MILLIS));
    promises.add(
        new Promise(
            "%s: first packet at most %.0f ms after its schedule, always: %.2f ms"
                .formatted(situation, MAX_MILLIS, failover.max()),
            failover.max() <= MAX_MILLIS));
  }

  private void promiseNothingLost(String situation, List<FaultRun> runs) {
    long lost = runs.stream().mapToLong(run -> run.segment().lost()).sum();
    long twice = runs.stream().mapToLong(run -> run.segment().duplicated()).sum();
    long sent = runs.stream().mapToLong(run -> run.segment().sent()).sum();
    int faults = runs.stream().mapToInt(run -> run.plan().faults()).sum();
    promises.add(
        new Promise(
            "%s: nothing lost and nothing twice: %d lost, %d twice of %d in %d faults"
                .formatted(situation, lost, twice, sent, faults),
            lost == 0 && twice == 0 && !runs.isEmpty()));
  }
}
