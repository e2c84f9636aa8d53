package io.euryale.lighttrain.demo;

import io.euryale.kernel.TrafficClass;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// All that the sensors send: a thread for each traffic class, so that a class that is held up does
/// not hold up the others.
final class Traffic {

  private final List<TrafficSource> sources = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private final long startNanos;

  /// @param startNanos when the traffic begins, by `System.nanoTime`
  Traffic(StreamPlan plan, StationCalls calls, long startNanos, DemoSettings settings) {
    this.startNanos = startNanos;
    for (TrafficClass trafficClass :
        List.of(TrafficClass.ALARM, TrafficClass.CRITICAL, TrafficClass.NORMAL)) {
      TrafficSource source =
          new TrafficSource(
              trafficClass, plan, calls, startNanos, settings.duration(), settings.seed());
      Thread thread = new Thread(source, "demo-" + trafficClass.label());
      thread.setDaemon(true);
      sources.add(source);
      threads.add(thread);
    }
  }

  void start() {
    threads.forEach(Thread::start);
  }

  boolean isRunning() {
    return threads.stream().anyMatch(Thread::isAlive);
  }

  /// Ends the traffic before its time.
  void stop() {
    sources.forEach(TrafficSource::stop);
  }

  /// Ends the threads whatever they wait for.
  void interrupt() {
    stop();
    threads.forEach(Thread::interrupt);
  }

  /// Waits for the threads.
  void join(Duration patience) throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    for (Thread thread : threads) {
      thread.join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
    }
  }

  /// When it began.
  long startNanos() {
    return startNanos;
  }

  /// How long it lasted, once it has ended.
  long lengthNanos() {
    return sources.stream().mapToLong(TrafficSource::lengthNanos).max().orElse(1);
  }

  /// Whether something that was due was never taken, once it has ended.
  boolean isInDebt() {
    return sources.stream().anyMatch(TrafficSource::isInDebt);
  }

  /// Why a class ended early, a sentence each; usually none.
  List<String> failures() {
    return sources.stream().map(TrafficSource::failure).filter(why -> !why.isEmpty()).toList();
  }

  /// The longest time that a packet was offered later than meant; see [TrafficSource].
  long latenessNanos() {
    return sources.stream().mapToLong(TrafficSource::latenessNanos).max().orElse(0);
  }
}
