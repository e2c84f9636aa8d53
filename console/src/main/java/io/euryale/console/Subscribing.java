package io.euryale.console;

import io.euryale.kernel.TrafficClass;
import io.euryale.peer.Client;
import io.euryale.platform.Loops;
import io.euryale.service.stream.StreamQos;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Runs a client until enough was received, time ran out or the command is told to end.
///
/// @param classes traffic classes to subscribe in
/// @param count packets to receive, or null for no limit
/// @param duration how long to receive, or null for no limit
record Subscribing(
    List<String> patterns,
    List<TrafficClass> classes,
    StreamQos qos,
    boolean print,
    @Nullable Long count,
    @Nullable Duration duration,
    @Nullable Path trace) {

  private static final Duration LOOK = Duration.ofMillis(50);
  private static final long PRINT_PATIENCE_SECONDS = 5;

  int run(EdgeOptions edge, boolean json, PrintWriter out, PrintWriter err) throws Exception {
    long limit = count == null ? Long.MAX_VALUE : count;
    Tail tail = new Tail(out, err, print, showsAge(), json, limit);
    try (Shutdown shutdown = new Shutdown();
        Loops loops = new Loops();
        Tracing tracing = Tracing.to(trace)) {
      // Printing may block; the loops must not.
      ExecutorService printing = Executors.newSingleThreadExecutor(Subscribing::daemon);
      long duplicates =
          receive(edge.client(loops, tracing.observations()), tail, printing, shutdown, err);
      printing.shutdown();
      if (!printing.awaitTermination(PRINT_PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw CommandException.missed(
            "The output did not take all lines within %d s of the end: not every packet that came is printed."
                .formatted(PRINT_PATIENCE_SECONDS));
      }
      tail.report(duplicates);
      return shutdown.finish(exitCode(tail));
    }
  }

  /// Subscribes and waits for the end.
  ///
  /// @return how many repetitions were discarded
  private long receive(
      Client client, Tail tail, Executor printing, Shutdown shutdown, PrintWriter err)
      throws InterruptedException {
    try (PeerWatch _ = new PeerWatch(client::silence, err, "nothing comes until one does")) {
      for (TrafficClass trafficClass : classes) {
        for (String pattern : patterns) {
          client.subscribe(pattern, trafficClass, qos, tail, printing);
        }
      }
      awaitEnd(tail, shutdown);
      if (!tail.refusal().isEmpty()) {
        throw CommandException.usage(tail.refusal());
      }
      long duplicates = 0;
      for (TrafficClass trafficClass : classes) {
        duplicates += client.duplicates(trafficClass);
      }
      return duplicates;
    } finally {
      client.close();
    }
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "euryale-output");
    thread.setDaemon(true);
    return thread;
  }

  private void awaitEnd(Tail tail, Shutdown shutdown) throws InterruptedException {
    long beganNanos = System.nanoTime();
    while (!shutdown.isRequested()) {
      if (tail.refused() > 0 && patterns.size() == 1 && !isPattern(patterns.getFirst())) {
        return; // Nothing else was asked for.
      }
      if (tail.limitReached().await(LOOK.toMillis(), TimeUnit.MILLISECONDS)
          || (duration != null && System.nanoTime() - beganNanos >= duration.toNanos())) {
        return;
      }
    }
  }

  /// Whoever asks for the newest or for a bound on ages wants to see how old packets are.
  private boolean showsAge() {
    return qos.conflated()
        || qos.lastValue()
        || !qos.maxLatency().isZero()
        || !qos.lifespan().isZero();
  }

  private static boolean isPattern(String text) {
    return text.contains("*") || text.contains("?");
  }

  private int exitCode(Tail tail) {
    boolean tooFew = count != null && tail.packets() < count;
    boolean gaps = qos.reliable() && tail.missing() > 0;
    return tooFew || gaps || tail.refused() > 0 ? ExitCode.MISSED : ExitCode.DONE;
  }
}
