package io.euryale.peer.result;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/// Where a run took place.
///
/// @param cores processors that the JVM may use
/// @param memory bytes of main memory
/// @param kernel name and release of the operating system's kernel
/// @param jdk the Java runtime
/// @param commit of the sources, or `unknown`
public record Environment(int cores, long memory, String kernel, String jdk, String commit) {

  /// The facts of this process; the commit is looked up below `EURYALE_HOME`.
  public static Environment ofThisMachine() {
    return new Environment(
        Runtime.getRuntime().availableProcessors(),
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize(),
        System.getProperty("os.name") + " " + System.getProperty("os.version"),
        System.getProperty("java.vendor.version", "") + " " + Runtime.version(),
        SourceCommit.of(System.getenv("EURYALE_HOME")));
  }
}
