package io.euryale.peer.operation;

import com.sun.management.UnixOperatingSystemMXBean;
import io.euryale.kernel.TrafficClass;
import io.euryale.platform.Loops;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.util.List;

/// What a process costs its machine, by the names that exporters of other programs use too.
final class ProcessProbe {

  private final Loops loops;

  ProcessProbe(Loops loops) {
    this.loops = loops;
  }

  /// @param stuck classes whose loop does not turn
  void measure(MetricsPage page, List<TrafficClass> stuck) {
    for (TrafficClass trafficClass : TrafficClass.values()) {
      page.gauge(
          "euryale_loop_turning",
          "Whether the loop of a traffic class comes to new work in time (1) or not (0).",
          stuck.contains(trafficClass) ? 0 : 1,
          "class",
          trafficClass.label());
    }
    for (TrafficClass trafficClass : TrafficClass.values()) {
      page.counter(
          "euryale_loop_allocated_bytes_total",
          "Heap that the loop of a traffic class has allocated.",
          Math.max(0, loops.allocatedBytes(trafficClass)),
          "class",
          trafficClass.label());
    }
    system(page);
    MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
    page.gauge("jvm_heap_used_bytes", "Heap in use, garbage included.", heap.getUsed());
    page.gauge("jvm_heap_max_bytes", "Heap at most.", heap.getMax());
    long pauses = 0;
    long millis = 0;
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      pauses += Math.max(0, collector.getCollectionCount());
      millis += Math.max(0, collector.getCollectionTime());
    }
    page.counter("jvm_gc_collections_total", "Garbage collections.", pauses);
    page.counter("jvm_gc_collection_seconds_total", "Time of garbage collections.", millis / 1e3);
  }

  private static void system(MetricsPage page) {
    page.gauge(
        "process_start_time_seconds",
        "Start of the process, since 1970.",
        ManagementFactory.getRuntimeMXBean().getStartTime() / 1e3);
    if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix) {
      page.counter(
          "process_cpu_seconds_total",
          "Processor time, user and system.",
          Math.max(0, unix.getProcessCpuTime()) / 1e9);
      page.gauge("process_open_fds", "Open file descriptors.", unix.getOpenFileDescriptorCount());
      page.gauge("process_max_fds", "File descriptors at most.", unix.getMaxFileDescriptorCount());
    }
  }
}
