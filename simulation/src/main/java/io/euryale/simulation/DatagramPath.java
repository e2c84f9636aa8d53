package io.euryale.simulation;

import io.euryale.kernel.TrafficClass;
import java.util.List;
import java.util.SplittableRandom;

/// The way of the datagrams of one class from one process to another, in all their lives.
final class DatagramPath {

  private static final ActiveFault[] NONE = {};

  final SimProcess from;
  final SimProcess to;
  final TrafficClass trafficClass;

  /// Delays of this direction; links have streams of their own.
  final SplittableRandom delays;

  long sent;
  private ActiveFault[] faults = NONE;
  private long version;

  DatagramPath(SimProcess from, SimProcess to, TrafficClass trafficClass, SplittableRandom delays) {
    this.from = from;
    this.to = to;
    this.trafficClass = trafficClass;
    this.delays = delays;
  }

  /// The active faults that touch this way. Kept until a fault begins or ends, because most
  /// datagrams meet none and should not pay for looking.
  ///
  /// @param present grows whenever `active` changes
  ActiveFault[] faults(List<ActiveFault> active, long present) {
    if (version != present) {
      version = present;
      faults = active.stream().filter(fault -> fault.touches(from, to)).toArray(ActiveFault[]::new);
    }
    return faults;
  }
}
