package io.euryale.simulation;

import io.euryale.kernel.TrafficClass;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// What a process has on disk: one small record for each class and number. It outlives the process,
/// until a fault wipes it.
final class SimDisk {

  static final int RECORDS = 16;

  private final @Nullable ByteBuffer[] records =
      new @Nullable ByteBuffer[RECORDS * TrafficClass.count()];
  private @Nullable ActiveFault wiping;
  private @Nullable ActiveFault slow;

  @Nullable ByteBuffer read(TrafficClass trafficClass, int record) {
    return records[slot(trafficClass, record)];
  }

  /// Replaces a whole record: nobody ever finds half of a value.
  void replace(TrafficClass trafficClass, int record, ByteBuffer value) {
    records[slot(trafficClass, record)] = value;
  }

  /// The next boot finds nothing.
  void wipeAtBoot(ActiveFault fault) {
    wiping = fault;
  }

  void boot() {
    ActiveFault fault = wiping;
    if (fault == null) {
      return;
    }
    wiping = null;
    boolean had = false;
    for (int i = 0; i < records.length; i++) {
      had |= records[i] != null;
      records[i] = null;
    }
    if (had) {
      fault.tookEffect();
    }
  }

  @Nullable ActiveFault slow() {
    return slow;
  }

  void slow(@Nullable ActiveFault fault) {
    slow = fault;
  }

  private static int slot(TrafficClass trafficClass, int record) {
    return trafficClass.code() * RECORDS + record;
  }
}
