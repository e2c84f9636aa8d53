package io.euryale.lab;

import io.euryale.simulation.FaultPlan;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Runs the schedules of a range of seeds, one simulation per thread, and reports what they met.
///
/// A schedule whose faults had too little effect is drawn again, up to [#MOST_ATTEMPTS] times; one
/// that stays thin is counted as such. Every hundredth seed runs twice and has to give the same
/// trace hash. The numbers do not depend on the number of threads, except schedules per minute.
public final class Campaign {

  /// From this many seeds on, every listed kind of fault and cell has to occur.
  public static final int COVERED_SEEDS = 200;

  /// Draws of one seed before it counts as thin.
  public static final int MOST_ATTEMPTS = 5;

  /// Failing schedules that are shrunk and reported; all are counted.
  public static final int MOST_FINDINGS = 5;

  private static final int REPEATED_ONE_IN = 100;

  /// Told after every schedule; called by several threads.
  @FunctionalInterface
  public interface Progress {
    void done(long schedules, long of, long failed);
  }

  private final Scenario scenario;
  private final long firstSeed;
  private final long lastSeed;
  private final int threads;
  private final int attempt;
  private final @Nullable FaultPlan faults;
  private final Duration shrinkBudget;

  /// A campaign over the seeds `firstSeed` to `lastSeed`, both included.
  ///
  /// @param threads schedules that run at the same time
  /// @param faults replays these faults in every schedule when it is not null
  /// @param shrinkBudget most time for shrinking one failing schedule
  public Campaign(
      Scenario scenario,
      long firstSeed,
      long lastSeed,
      int threads,
      @Nullable FaultPlan faults,
      Duration shrinkBudget) {
    this(scenario, firstSeed, lastSeed, threads, 0, faults, shrinkBudget);
  }

  /// The same for a certain draw of each seed: not only faults depend on it, but also who is
  /// drained and what else changes.
  ///
  /// @param attempt 0 to draw again what has too little effect; another draw is the only one
  public Campaign(
      Scenario scenario,
      long firstSeed,
      long lastSeed,
      int threads,
      int attempt,
      @Nullable FaultPlan faults,
      Duration shrinkBudget) {
    if (firstSeed > lastSeed || threads < 1) {
      throw new IllegalArgumentException(
          "Seeds are given from the lowest to the highest, and threads are at least 1");
    }
    this.scenario = scenario;
    this.firstSeed = firstSeed;
    this.lastSeed = lastSeed;
    this.threads = threads;
    this.attempt = attempt;
    this.faults = faults;
    this.shrinkBudget = shrinkBudget;
  }

  /// Runs everything; blocks.
  ///
  /// @throws InterruptedException when the caller is interrupted; schedules under way are dropped
  /// @throws IllegalArgumentException when the given faults name a process that the schedules lack
  public CampaignReport run(Progress progress) throws InterruptedException {
    Tally tally = new Tally(MOST_FINDINGS);
    AtomicLong next = new AtomicLong(firstSeed);
    AtomicLong busyNanos = new AtomicLong();
    long began = System.nanoTime();
    try (ExecutorService workers = Executors.newFixedThreadPool(threads, Campaign::thread)) {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        running.add(workers.submit(() -> work(next, tally, busyNanos, progress)));
      }
      try {
        for (Future<?> worker : running) {
          worker.get();
        }
      } catch (ExecutionException e) {
        workers.shutdownNow();
        throw unchecked(e.getCause());
      } catch (InterruptedException e) {
        workers.shutdownNow();
        throw e;
      }
    }
    double minutes = Math.max(1, System.nanoTime() - began) / 60e9;
    List<Finding> findings = new ArrayList<>();
    for (Tally.Failure failure : tally.failures()) {
      findings.add(Shrinker.shrink(scenario, failure.draw(), failure.outcome(), shrinkBudget));
    }
    return CampaignReport.of(
        scenario,
        firstSeed,
        lastSeed,
        faults,
        tally,
        findings,
        tally.schedules() / minutes,
        tally.allMessages() * 1e9 / Math.max(1, busyNanos.get()));
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "campaign");
    thread.setDaemon(true);
    return thread;
  }

  private static RuntimeException unchecked(@Nullable Throwable cause) {
    if (cause instanceof RuntimeException runtime) {
      return runtime;
    }
    return new IllegalStateException("A schedule could not run: " + cause, cause);
  }

  private void work(AtomicLong next, Tally tally, AtomicLong busyNanos, Progress progress) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long began = threads.getCurrentThreadCpuTime();
    while (!Thread.currentThread().isInterrupted()) {
      long seed = next.getAndIncrement();
      if (seed > lastSeed || seed < firstSeed) {
        break;
      }
      Draw draw = new Draw(seed, attempt, faults);
      Outcome outcome = run(draw, tally);
      while (isWorthRedrawing(draw, outcome)) {
        draw = new Draw(seed, draw.attempt() + 1, null);
        outcome = run(draw, tally);
      }
      tally.add(draw, outcome);
      if ((seed - firstSeed) % REPEATED_ONE_IN == 0) {
        tally.addRepetition(seed, run(draw, tally).traceHash() == outcome.traceHash());
      }
      progress.done(tally.schedules(), lastSeed - firstSeed + 1, tally.failed());
    }
    busyNanos.addAndGet(threads.getCurrentThreadCpuTime() - began);
  }

  private Outcome run(Draw draw, Tally tally) {
    Outcome outcome = scenario.run(draw);
    tally.addMessages(outcome.messages());
    return outcome;
  }

  /// A failing schedule is kept however thin it is.
  private boolean isWorthRedrawing(Draw draw, Outcome outcome) {
    return faults == null
        && attempt == 0
        && outcome.held()
        && outcome.isThin()
        && draw.attempt() + 1 < MOST_ATTEMPTS;
  }
}
