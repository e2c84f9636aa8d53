package io.euryale.bench.streams;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Everything a run has measured so far. Owned by the thread of the run.
final class Findings {

  private final Map<String, List<SegmentResult>> segments = new LinkedHashMap<>();
  private final Map<String, Double> bytesPerPacket = new LinkedHashMap<>();
  private final Map<String, List<FaultRun>> faults = new LinkedHashMap<>();
  private final List<String> broken = new ArrayList<>();
  private List<Double> idleKillMillis = List.of();

  void segment(String label, SegmentResult result) {
    segments.computeIfAbsent(label, _ -> new ArrayList<>()).add(result);
  }

  /// The least of all measurements of a case counts: the others contain what happens once, such as
  /// pools that fill or a group that ends after the case before.
  void allocation(String label, double bytes) {
    bytesPerPacket.merge(label, bytes, Math::min);
  }

  void fault(FaultRun run) {
    faults.computeIfAbsent(run.plan().label(), _ -> new ArrayList<>()).add(run);
  }

  /// A segment with faults did not get as far as being measured.
  void broken(String sentence) {
    broken.add(sentence);
  }

  /// Why segments with faults are missing.
  List<String> broken() {
    return List.copyOf(broken);
  }

  void idleKills(List<Double> millis) {
    idleKillMillis = List.copyOf(millis);
  }

  /// The results of a case, one for each run, in the order of the runs; empty when not measured.
  List<SegmentResult> segments(String label) {
    return List.copyOf(segments.getOrDefault(label, List.of()));
  }

  /// Cases in the order in which they were first measured.
  List<String> labels() {
    return List.copyOf(segments.keySet());
  }

  /// Bytes allocated for each forwarded packet, by situation.
  Map<String, Double> bytesPerPacket() {
    return Map.copyOf(bytesPerPacket);
  }

  /// The segments with faults; those of one case together.
  List<List<FaultRun>> faults() {
    return faults.values().stream().map(List::copyOf).toList();
  }

  List<Double> idleKillMillis() {
    return idleKillMillis;
  }
}
