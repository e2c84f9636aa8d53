package io.euryale.platform;

import com.sun.management.ThreadMXBean;
import io.euryale.kernel.TrafficClass;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// The four event loops of a process, one thread for each traffic class: `euryale-control`,
/// `euryale-alarm`, `euryale-critical` and `euryale-normal` [1 §1.1]. All peers of a process share
/// them. A fifth thread, `euryale-handshakes`, computes what new links with keys need.
///
/// The threads are daemons: whoever starts peers decides how long the process lives.
public final class Loops implements AutoCloseable {

  private static final long ORIGIN_NANOS = System.nanoTime();
  private static final long CLOSE_MILLIS = 5_000;
  private static final Duration MOST_SPIN = Duration.ofMillis(1);

  private final Map<TrafficClass, ClassLoop> loops = new EnumMap<>(TrafficClass.class);
  private final ThreadPoolExecutor handshakes = handshakes();

  /// Loops that sleep as soon as there is nothing to do.
  public Loops() {
    this(Duration.ZERO);
  }

  /// Loops that look for more for a while before they sleep. That saves the time of waking up,
  /// some 10 µs and more, where inputs follow each other closely and processors are free; it costs
  /// up to `spin` of processor time for each input, and delays others where they are not.
  ///
  /// @param spin 0 to 1 ms
  public Loops(Duration spin) {
    if (spin.isNegative() || spin.compareTo(MOST_SPIN) > 0) {
      throw new IllegalArgumentException("A loop spins for 0 to 1 ms, not " + spin);
    }
    for (TrafficClass trafficClass : TrafficClass.values()) {
      loops.put(trafficClass, new ClassLoop(trafficClass, spin.toNanos(), handshakes));
    }
  }

  /// One thread, while there is something to compute.
  private static ThreadPoolExecutor handshakes() {
    ThreadPoolExecutor executor =
        new ThreadPoolExecutor(
            1,
            1,
            CLOSE_MILLIS,
            TimeUnit.MILLISECONDS,
            new LinkedBlockingQueue<>(),
            work -> {
              Thread thread = new Thread(work, "euryale-handshakes");
              thread.setDaemon(true);
              return thread;
            },
            new ThreadPoolExecutor.DiscardPolicy());
    executor.allowCoreThreadTimeOut(true);
    return executor;
  }

  /// Nanoseconds since about the start of the process: monotonic, the time every core is given.
  public static long nowNanos() {
    return System.nanoTime() - ORIGIN_NANOS;
  }

  /// Ends the loops; peers that still live on them end without a farewell. Waits up to 5 s. Not
  /// from a loop thread.
  @Override
  public void close() {
    List<Runnable> _ = handshakes.shutdownNow();
    loops.values().stream()
        .map(loop -> loop.group().shutdownGracefully(0, CLOSE_MILLIS, TimeUnit.MILLISECONDS))
        .toList()
        .forEach(ending -> ending.awaitUninterruptibly(CLOSE_MILLIS));
  }

  /// Heap that the loop of a class has allocated since it started, in bytes: what tells whether
  /// steady traffic makes garbage. -1 where the JVM does not count it.
  public long allocatedBytes(TrafficClass trafficClass) {
    return ManagementFactory.getThreadMXBean() instanceof ThreadMXBean threads
            && threads.isThreadAllocatedMemorySupported()
        ? threads.getThreadAllocatedBytes(of(trafficClass).threadId())
        : -1;
  }

  ClassLoop of(TrafficClass trafficClass) {
    ClassLoop loop = loops.get(trafficClass);
    if (loop == null) {
      throw new IllegalArgumentException("No loop for " + trafficClass);
    }
    return loop;
  }
}
