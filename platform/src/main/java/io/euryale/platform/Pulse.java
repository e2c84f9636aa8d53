package io.euryale.platform;

import io.euryale.kernel.TrafficClass;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Tells whether the loops of a process turn, by giving each of them something to do that is
/// nothing. At most one such task waits in a loop, however many ask. Safe for several threads, but
/// not for loops.
public final class Pulse {

  private final Map<TrafficClass, Beat> beats = new EnumMap<>(TrafficClass.class);

  public Pulse(Loops loops) {
    for (TrafficClass trafficClass : TrafficClass.values()) {
      beats.put(trafficClass, new Beat(loops.of(trafficClass)));
    }
  }

  /// The classes whose loop does not come to a new task in time, or has ended.
  ///
  /// @param patience for all of them together
  /// @return empty when all loops turn
  public List<TrafficClass> stuck(Duration patience) throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    Map<TrafficClass, CountDownLatch> asked = new EnumMap<>(TrafficClass.class);
    beats.forEach((trafficClass, beat) -> asked.put(trafficClass, beat.ask()));
    List<TrafficClass> stuck = new ArrayList<>();
    for (Map.Entry<TrafficClass, CountDownLatch> one : asked.entrySet()) {
      long left = Math.max(0, deadline - System.nanoTime());
      if (!one.getValue().await(left, TimeUnit.NANOSECONDS)) {
        stuck.add(one.getKey());
      }
    }
    return stuck;
  }

  private static final class Beat {
    private final ClassLoop loop;
    private @Nullable CountDownLatch waiting;

    Beat(ClassLoop loop) {
      this.loop = loop;
    }

    synchronized CountDownLatch ask() {
      CountDownLatch last = waiting;
      if (last != null && last.getCount() > 0) {
        return last;
      }
      CountDownLatch next = new CountDownLatch(1);
      try {
        loop.eventLoop().execute(next::countDown);
      } catch (RejectedExecutionException _) {
        // The loop has ended, so nobody counts down.
      }
      waiting = next;
      return next;
    }
  }
}
