package io.euryale.service.stream;

import java.util.ArrayList;
import java.util.List;

/// Counts [Arrivals].
///
/// Owned by the relay's loop.
final class ArrivalRecord {

  private final long[] ages = new long[AgeScale.SIZE];
  private long jitterNanos;
  private long givenUp;

  /// A packet is here for the first time.
  void add(Flow flow, long ageNanos) {
    ages[AgeScale.magnitude(ageNanos)]++;
    if (flow.lastAgeNanos >= 0) {
      jitterNanos += Math.abs(ageNanos - flow.lastAgeNanos);
    }
    flow.lastAgeNanos = ageNanos;
  }

  /// A packet was sent for the last time, and was not confirmed.
  void gaveUp() {
    givenUp++;
  }

  Arrivals told() {
    List<Long> counts = new ArrayList<>();
    int end = ages.length;
    while (end > 0 && ages[end - 1] == 0) {
      end--;
    }
    for (int i = 0; i < end; i++) {
      counts.add(ages[i]);
    }
    return new Arrivals(counts, jitterNanos / 1_000, givenUp);
  }
}
