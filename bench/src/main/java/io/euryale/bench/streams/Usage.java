package io.euryale.bench.streams;

import io.euryale.bench.Child;
import io.euryale.bench.ProcReadings;
import io.euryale.bench.Spread;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// What a set of processes took during a segment.
///
/// @param cpuSeconds of all of them together
/// @param residentMedianMebibytes of the process in the middle, at the end of the segment
/// @param residentMaxMebibytes of the largest
record Usage(double cpuSeconds, double residentMedianMebibytes, double residentMaxMebibytes) {

  static final Usage NONE = new Usage(0, 0, 0);

  /// Processor time of all of `processes` since they started; of those that are gone none.
  static double cpuSeconds(List<Child> processes) {
    double sum = 0;
    for (Child process : processes) {
      try {
        sum += ProcReadings.cpuSeconds(process.pid());
      } catch (IOException _) {
        // Killed on purpose: what it took is gone with it.
      }
    }
    return sum;
  }

  /// @param cpuBefore from [#cpuSeconds] at the beginning of the segment
  static Usage since(double cpuBefore, List<Child> processes) {
    List<Double> resident = new ArrayList<>();
    for (Child process : processes) {
      try {
        resident.add(ProcReadings.residentMebibytes(process.pid()));
      } catch (IOException _) {
        // As above.
      }
    }
    if (resident.isEmpty()) {
      return NONE;
    }
    Spread spread = Spread.of(resident);
    return new Usage(cpuSeconds(processes) - cpuBefore, spread.median(), spread.max());
  }
}
