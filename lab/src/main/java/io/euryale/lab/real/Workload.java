package io.euryale.lab.real;

import io.euryale.group.Service;
import io.euryale.kernel.TrafficClass;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/// What a member sends, drawn from a seed: all classes, most services, single messages and bursts.
/// When they leave depends on the machine, so equal seeds give like runs and not equal ones.
final class Workload {

  /// Takes what is due.
  interface Target {
    void submit(TrafficClass trafficClass, Service service, byte[] payload);
  }

  private static final int MOST_IN_BURST = 20;
  private static final double MEAN_OF_STEP = 0.75 + 0.25 * (MOST_IN_BURST + 1) / 2;

  private final SplittableRandom random;
  private final long meanPauseNanos;
  private volatile boolean quiet;

  /// @param perSecond messages on average, at least 1
  Workload(long seed, int perSecond) {
    random = new SplittableRandom(seed);
    meanPauseNanos = (long) (MEAN_OF_STEP * TimeUnit.SECONDS.toNanos(1) / perSecond);
  }

  void quiet(boolean now) {
    quiet = now;
  }

  void start(Target target) {
    Thread.ofPlatform().daemon().name("workload").start(() -> run(target));
  }

  private void run(Target target) {
    List<Service> services = new ArrayList<>(List.of(Service.values()));
    // Some are left out: a run with safe messages only finds other bugs than one with all.
    services.removeIf(service -> service != Service.AGREED && random.nextInt(4) == 0);
    try {
      while (true) {
        TimeUnit.NANOSECONDS.sleep(random.nextLong(2 * meanPauseNanos + 1));
        int burst = random.nextInt(4) == 0 ? 1 + random.nextInt(MOST_IN_BURST) : 1;
        for (int i = 0; i < burst; i++) {
          TrafficClass trafficClass = Member.DATA.get(random.nextInt(Member.DATA.size()));
          Service service = services.get(random.nextInt(services.size()));
          int bytes = random.nextInt(20) == 0 ? random.nextInt(6_000) : random.nextInt(64);
          byte[] payload = new byte[service == Service.UNRELIABLE ? Math.min(bytes, 1_000) : bytes];
          random.nextBytes(payload);
          if (!quiet) {
            target.submit(trafficClass, service, payload);
          }
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
