package io.euryale.service.cell;

import io.euryale.kernel.TrafficClass;
import io.euryale.service.stream.Shed;
import java.util.Set;

/// In which order a peer with more work than it can do sheds classes of data: best effort of class
/// normal, all of class normal, best effort of class critical, all of class critical; never alarms
/// and never the control class. One step with each look while a class is overloaded, and one back
/// with each look when none is. A class sheds for itself and for those above it.
final class Overload {

  private static final int ALL_OF_NORMAL = 2;
  private static final int ALL_OF_CRITICAL = 4;

  private int steps;

  /// Looks once.
  ///
  /// @param overloaded classes whose loops are late
  /// @return whether anything changed
  boolean review(Set<TrafficClass> overloaded) {
    int before = steps;
    boolean higher =
        overloaded.contains(TrafficClass.CRITICAL) || overloaded.contains(TrafficClass.ALARM);
    int most =
        higher ? ALL_OF_CRITICAL : overloaded.contains(TrafficClass.NORMAL) ? ALL_OF_NORMAL : 0;
    if (steps < most) {
      steps++;
    } else if (steps > most) {
      steps--;
    }
    return steps != before;
  }

  /// What a class sheds now.
  Shed of(TrafficClass trafficClass) {
    int taken =
        switch (trafficClass) {
          case NORMAL -> steps;
          case CRITICAL -> steps - ALL_OF_NORMAL;
          case ALARM, CONTROL -> 0;
        };
    return taken <= 0 ? Shed.NOTHING : taken == 1 ? Shed.BEST_EFFORT : Shed.ALL;
  }
}
