package io.euryale.lab.real;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.List;

/// Notices that memory is about to run out. A collector that finds almost nothing to free tries
/// again and again for minutes before it gives up; a user should be told sooner.
final class Memory {

  private static final double FULL = 0.95;
  private static final int EVENTS_BETWEEN_LOOKS = 1 << 12;

  private final List<MemoryPoolMXBean> pools =
      ManagementFactory.getMemoryPoolMXBeans().stream()
          .filter(pool -> pool.getType() == MemoryType.HEAP && pool.isUsageThresholdSupported())
          .toList();
  private long events;

  /// Counts an event that is kept, and looks from time to time.
  void check() {
    if (++events % EVENTS_BETWEEN_LOOKS != 0) {
      return;
    }
    for (MemoryPoolMXBean pool : pools) {
      MemoryUsage kept = pool.getCollectionUsage();
      if (kept != null && kept.getMax() > 0 && kept.getUsed() > FULL * kept.getMax()) {
        throw new TracesTooLargeException();
      }
    }
  }
}
