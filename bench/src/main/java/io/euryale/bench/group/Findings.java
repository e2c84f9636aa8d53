package io.euryale.bench.group;

import io.euryale.bench.Spread;
import io.euryale.peer.result.Measurement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The numbers of a run, in the order in which they were measured first.
final class Findings {

  private record Line(String situation, String metric) {}

  private final Map<Line, List<Double>> values = new LinkedHashMap<>();
  private final Map<String, String> units = new LinkedHashMap<>();

  void add(String situation, String metric, String unit, double value) {
    values.computeIfAbsent(new Line(situation, metric), _ -> new ArrayList<>()).add(value);
    units.put(metric, unit);
  }

  /// The values of the runs, in their order; empty when nothing was measured.
  List<Double> values(String situation, String metric) {
    return List.copyOf(values.getOrDefault(new Line(situation, metric), List.of()));
  }

  Optional<Spread> spread(String situation, String metric) {
    List<Double> found = values(situation, metric);
    return found.isEmpty() ? Optional.empty() : Optional.of(Spread.of(found));
  }

  /// Adds, for each run, how many times the second value the first is.
  void addRatio(String situation, String over, String under, String metric) {
    List<Double> above = values(over, metric);
    List<Double> below = values(under, metric);
    for (int i = 0; i < Math.min(above.size(), below.size()); i++) {
      if (below.get(i) > 0) {
        add(situation, "ratio", "times", above.get(i) / below.get(i));
      }
    }
  }

  List<Measurement> measurements() {
    List<Measurement> all = new ArrayList<>();
    values.forEach(
        (line, found) ->
            all.add(
                Spread.of(found)
                    .measurement(
                        line.situation(), line.metric(), units.getOrDefault(line.metric(), ""))));
    return all;
  }
}
