package io.euryale.bench.streams;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What a run of `bench fanout` measured. Owned by the thread of the run.
final class FanoutFindings {

  private final Map<FanoutCase, List<FanoutResult>> euryale = new LinkedHashMap<>();
  private final Map<FanoutCase, List<FanoutResult>> relays = new LinkedHashMap<>();
  private final List<Double> idleCpu = new ArrayList<>();

  /// @param way as it is called in results
  void segment(String way, FanoutCase which, FanoutResult result) {
    var into = way.equals(FanoutReport.EURYALE) ? euryale : relays;
    into.computeIfAbsent(which, _ -> new ArrayList<>()).add(result);
  }

  /// Processor time a second of all peers without any client.
  void idle(double cpuSecondsPerSecond) {
    idleCpu.add(cpuSecondsPerSecond);
  }

  Set<FanoutCase> cases() {
    return euryale.keySet();
  }

  /// One for each run, in their order.
  List<FanoutResult> results(String way, FanoutCase which) {
    var from = way.equals(FanoutReport.EURYALE) ? euryale : relays;
    return from.getOrDefault(which, List.of());
  }

  List<Double> idleCpu() {
    return idleCpu;
  }
}
