package io.euryale.lighttrain.city;

import io.euryale.kernel.TrafficClass;
import io.euryale.peer.RefusedException;
import io.euryale.platform.LoopPriority;
import java.util.LinkedHashSet;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/// Publishes everything of one traffic class when it is due, on a thread of its own, so that a
/// class that is held up holds up no other. What it stands for, a sensor's own clock, is never busy
/// with what peers do, so it goes before other work as the class's loops do.
final class ClassTraffic implements Runnable {

  private static final long RETRY_NANOS = 2_000_000;
  private static final long LOOK_NANOS = 5_000_000;

  /// Something that will be due.
  private record Due(long dueNanos, long order, CityStream stream, String text)
      implements Comparable<Due> {
    @Override
    public int compareTo(Due other) {
      int byTime = Long.compare(dueNanos - other.dueNanos, 0);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
  }

  private final ConcurrentLinkedQueue<Due> arriving = new ConcurrentLinkedQueue<>();
  private final PriorityQueue<Due> due = new PriorityQueue<>();
  private final Set<CityStream> owing = new LinkedHashSet<>();
  private volatile boolean stopped;
  private volatile String failure = "";
  private volatile long latenessNanos;
  private volatile boolean idle = true;
  private final TrafficClass trafficClass;
  private long order;

  ClassTraffic(TrafficClass trafficClass) {
    this.trafficClass = trafficClass;
  }

  /// Plans a packet. One thread plans.
  void plan(long dueNanos, CityStream stream, String text) {
    idle = false;
    arriving.add(new Due(dueNanos, order++, stream, text));
  }

  /// Publishes what is planned and ends.
  void stop() {
    stopped = true;
  }

  /// Why it ended early, one sentence; empty when it did not.
  String failure() {
    return failure;
  }

  /// Whether everything planned was taken.
  boolean isIdle() {
    return idle;
  }

  /// The longest time that this thread came late: what the machine adds to the latencies.
  long latenessNanos() {
    return latenessNanos;
  }

  @Override
  public void run() {
    LoopPriority.raise(trafficClass);
    try {
      while (failure.isEmpty() && turn()) {
        // Goes on.
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (RefusedException e) {
      failure = String.valueOf(e.getMessage());
    }
  }

  private boolean turn() throws InterruptedException {
    for (Due next = arriving.poll(); next != null; next = arriving.poll()) {
      due.add(next);
    }
    long now = System.nanoTime();
    for (Due next = due.peek(); next != null && next.dueNanos() - now <= 0; next = due.peek()) {
      Due now1 = due.remove();
      latenessNanos = Math.max(latenessNanos, System.nanoTime() - now1.dueNanos());
      if (!now1.stream().add(now1.dueNanos(), now1.text())) {
        failure =
            "The stream %s was not taken for so long that %d packets wait."
                .formatted(now1.stream().name(), CityStream.MOST_WAITING);
        return false;
      }
      if (now1.stream().owes()) {
        owing.add(now1.stream());
      }
    }
    for (CityStream stream : Set.copyOf(owing)) {
      stream.flush();
      if (!stream.owes()) {
        owing.remove(stream);
      }
    }
    Due next = due.peek();
    idle = owing.isEmpty() && next == null && arriving.isEmpty();
    if (idle && stopped) {
      return false;
    }
    long pause = next == null ? LOOK_NANOS : next.dueNanos() - System.nanoTime();
    LockSupport.parkNanos(this, Math.clamp(pause, 1, owing.isEmpty() ? LOOK_NANOS : RETRY_NANOS));
    return !Thread.interrupted();
  }
}
