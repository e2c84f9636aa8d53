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
  private final Map<Replicated, List<Double>> datagrams = new HashMap<>();
  private final Map<Replicated, List<Double>> connections = new HashMap<>();
  private long configurations;
  private boolean hadGroups = true;
  private List<String> before = List.of();
  private List<String> after = List.of();

  void quiet(Replicated how, SegmentResult result) {
    add(quiet, how, result);
  }

  void flooded(Replicated how, SegmentResult result) {
    add(flooded, how, result);
  }

  private static <T> void add(Map<Replicated, List<T>> to, Replicated how, T what) {
    to.computeIfAbsent(how, _ -> new ArrayList<>()).add(what);
  }

  /// What the flooding process said that it sent in a segment.
  void flood(Replicated how, JsonNode done) {
    add(datagrams, how, done.path("datagrams").asDouble());
    add(connections, how, done.path("connections").asDouble());
  }

  /// How many configurations the groups of cells installed in a segment with a flood.
  ///
  /// @param before how many they had installed by then
  void configurations(Replicated how, long before, long installed) {
    configurations += installed;
    hadGroups &= !how.equals(Replicated.AGREED) || before > 0;
  }

  /// Whether there were groups in each segment that needs them: none changes either.
  boolean hadGroups() {
    return hadGroups;
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
  List<Double> datagrams(Replicated how) {
    return List.copyOf(datagrams.getOrDefault(how, List.of()));
  }

  List<Double> connections(Replicated how) {
    return List.copyOf(connections.getOrDefault(how, List.of()));
  }

  List<String> before() {
    return before;
  }

  List<String> after() {
    return after;
  }
}
