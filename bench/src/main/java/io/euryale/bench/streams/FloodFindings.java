package io.euryale.bench.streams;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/// What a run of `bench flood` measured. Owned by the thread of the run.
final class FloodFindings {

  private final List<SegmentResult> quiet = new ArrayList<>();
  private final List<SegmentResult> flooded = new ArrayList<>();
  private final List<Double> datagrams = new ArrayList<>();
  private final List<Double> connections = new ArrayList<>();
  private List<String> before = List.of();
  private List<String> after = List.of();

  void quiet(SegmentResult result) {
    quiet.add(result);
  }

  void flooded(SegmentResult result) {
    flooded.add(result);
  }

  /// What the flooding process said that it sent in a segment.
  void flood(JsonNode done) {
    datagrams.add(done.path("datagrams").asDouble());
    connections.add(done.path("connections").asDouble());
  }

  /// The views of all cells before the first segment and after the last.
  void views(List<String> first, List<String> last) {
    before = List.copyOf(first);
    after = List.copyOf(last);
  }

  List<SegmentResult> quiet() {
    return List.copyOf(quiet);
  }

  List<SegmentResult> flooded() {
    return List.copyOf(flooded);
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
