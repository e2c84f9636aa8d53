package io.euryale.bench;

import io.euryale.peer.result.Measurement;
import java.util.Arrays;
import java.util.Collection;

/// The smallest, middle and largest of several results.
///
/// @param min the smallest
/// @param median the middle one; of an even number of results the mean of the two in the middle
/// @param max the largest
/// @param runs how many results, from 1
public record Spread(double min, double median, double max, int runs) {

  /// The spread of some results.
  ///
  /// @throws IllegalArgumentException without values
  public static Spread of(double... values) {
    if (values.length == 0) {
      throw new IllegalArgumentException("A spread needs at least one value");
    }
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    double median =
        sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    return new Spread(sorted[0], median, sorted[sorted.length - 1], sorted.length);
  }

  /// See [#of(double...)].
  public static Spread of(Collection<Double> values) {
    return of(values.stream().mapToDouble(Double::doubleValue).toArray());
  }

  /// This spread as a line of a result document.
  public Measurement measurement(String situation, String metric, String unit) {
    return new Measurement(situation, metric, unit, median, min, max, runs, null, null);
  }
}
