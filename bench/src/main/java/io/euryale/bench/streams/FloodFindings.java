package io.euryale.bench.streams;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What a run of `bench flood` measured. Owned by the thread of the run.
final class FloodFindings {

  private final Map<Replicated, List<SegmentResult>> quiet = new HashMap<>();
  private final Map<Replicated, List<SegmentResult>> flooded = new HashMap<>();
  private final List<Double> datagrams = new ArrayList<>();
  private final List<Double> connections = new ArrayList<>();
  private long configurations;
  private List<String> before = List.of();
  private List<String> after = List.of();

  void quiet(Replicated how, SegmentResult result) {
    quiet.computeIfAbsent(how, _ -> new ArrayList<>()).add(result);
  }

  void flooded(Replicated how, SegmentResult result) {
    flooded.computeIfAbsent(how, _ -> new ArrayList<>()).add(result);
  }

  /// What the flooding process said that it sent in a segment.
  void flood(JsonNode done) {
    datagrams.add(done.path("datagrams").asDouble());
    connections.add(done.path("connections").asDouble());
  }

  /// How many configurations the groups of cells installed in a segment with a flood.
  void configurations(long installed) {
    configurations += installed;
  }

  long configurations() {
    return configurations;
  }

  /// The views of all cells before the first segment and after the last.
  void views(List<String> first, List<String> last) {
    before = List.copyOf(first);
    after = List.copyOf(last);
  }

  List<SegmentResult> quiet(Replicated how) {
    return List.copyOf(quiet.getOrDefault(how, List.of()));
  }

  List<SegmentResult> flooded(Replicated how) {
    return List.copyOf(flooded.getOrDefault(how, List.of()));
  }

  /// Sent in each segment with a flood.
  List<Double> datagrams() {
    return List.copyOf(datagrams);
  }

  List<Double> connections() {
    return List.copyOf(connections);
  }

  List<String> before() {
    return before;
  }

  List<String> after() {
    return after;
  }
}
