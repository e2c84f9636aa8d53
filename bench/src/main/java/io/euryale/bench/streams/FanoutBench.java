package io.euryale.bench.streams;

import com.fasterxml.jackson.databind.JsonNode;
import io.euryale.bench.BenchException;
import io.euryale.bench.Benchmark;
import io.euryale.bench.ProcReadings;
import io.euryale.bench.Progress;
import io.euryale.peer.result.ResultDocument;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// `bench fanout`: one stream to many clients, at the root, at one leaf cell and at all of them,
/// and the same packets by the same hops through bare relays. Overlay and relays take turns. One
/// object is one run, on one thread; [#stop] may come from any.
public final class FanoutBench implements Benchmark {

  private static final Duration SETTLE_PATIENCE = Duration.ofSeconds(60);
  private static final Duration SETTLING = Duration.ofMillis(500);
  private static final Duration SETTLED = Duration.ofMillis(500);
  private static final Duration DRAIN = Duration.ofSeconds(10);
  private static final long LOOK_AGAIN_MILLIS = 5;
  private static final double WARM_RATE = 10;

  private final FanoutSettings settings;
  private final String mainClass;
  private final Progress progress;
  private final Segments segments = new Segments(1);
  private final FanoutFindings findings = new FanoutFindings();
  private final List<Runnable> closings = new ArrayList<>();
  private final double steps;
  private int step;

  /// What is measured, once it has begun.
  private record Field(Fleet peers, Topology topology, List<FanoutWay> ways) {}

  /// A run that has not begun.
  ///
  /// @param mainClass runs the `euryale` command line, from this process's class path
  public FanoutBench(FanoutSettings settings, String mainClass, Progress progress) {
    this.settings = settings;
    this.mainClass = mainClass;
    this.progress = progress;
    int cases = FanoutPlace.values().length * settings.clients().size();
    steps = 2 + settings.runs() * (1 + 2.0 * cases);
  }

  /// Runs everything.
  ///
  /// @throws BenchException when it cannot be run, or the peers do not get as far as being measured
  @Override
  public ResultDocument run() throws BenchException, InterruptedException {
    try {
      double loadBefore = ProcReadings.loadAverage();
      Field field = open();
      step("warming up");
      warmUp(field);
      for (int run = 0; run < settings.runs(); run++) {
        idle(run, field);
        for (int turn = 0; turn < FanoutPlace.values().length; turn++) {
          FanoutPlace[] places = FanoutPlace.values();
          measure(run, field, places[(turn + run) % places.length]);
        }
      }
      return new FanoutReport(settings, findings).document(loadBefore);
    } catch (IOException _) {
      throw BenchException.environment(
          "There is no /proc to read processor time from: run on Linux.");
    }
  }

  /// Ends the run soon; it then throws [InterruptedException].
  @Override
  public void stop() {
    segments.stop();
  }

  private void step(String what) throws InterruptedException {
    segments.checkStopped();
    progress.step(step++ / steps, what);
  }

  private Field open() throws BenchException, InterruptedException {
    step("starting " + settings.peers() + " peers and as many relays");
    Fleet peers = Fleet.start(mainClass, settings.peers());
    closings.add(peers::close);
    Topology topology = peers.awaitWhole();
    OverlayFan overlay = OverlayFan.open(peers, topology);
    closings.add(overlay::close);
    FanTree relays = FanTree.start(topology);
    closings.add(relays::close);
    return new Field(peers, topology, List.of(overlay, relays));
  }

  private void warmUp(Field field) throws BenchException, InterruptedException {
    for (FanoutWay way : field.ways()) {
      way.attach(FanoutPlace.LEAVES, settings.clients().getFirst());
      settle(way, settings.clients().getFirst());
      var _ = send(way, Duration.ZERO, settings.warmUp(), Traffic.PAPER_RATE * WARM_RATE, DRAIN);
      way.leave();
    }
  }

  /// What the peers take when nobody wants anything.
  private void idle(int run, Field field) throws InterruptedException {
    step("run %d of %d: idle".formatted(run + 1, settings.runs()));
    double before = Usage.cpuSeconds(field.peers().processes());
    long from = System.nanoTime();
    long until = from + settings.measured().toNanos();
    while (System.nanoTime() - until < 0) {
      segments.checkStopped();
      Thread.sleep(LOOK_AGAIN_MILLIS);
    }
    double seconds = (System.nanoTime() - from) / 1e9;
    findings.idle((Usage.cpuSeconds(field.peers().processes()) - before) / seconds);
  }

  private void measure(int run, Field field, FanoutPlace place)
      throws BenchException, InterruptedException {
    for (int clients : settings.clients()) {
      FanoutCase which = new FanoutCase(place, clients);
      for (int turn = 0; turn < field.ways().size(); turn++) {
        FanoutWay way = field.ways().get((turn + run) % field.ways().size());
        step("run %d of %d: %s".formatted(run + 1, settings.runs(), which.label(way.label())));
        way.attach(place, clients);
        settle(way, clients);
        findings.segment(way.label(), which, measure(way, field));
      }
    }
    field.ways().forEach(FanoutWay::leave);
  }

  /// Sends until all clients get everything: a client that is new gets nothing of before.
  private void settle(FanoutWay way, int clients) throws BenchException, InterruptedException {
    long deadline = System.nanoTime() + SETTLE_PATIENCE.toNanos();
    double rate = Traffic.PAPER_RATE * Math.max(1, WARM_RATE / clients);
    while (true) {
      List<Ledger> ledgers = send(way, Duration.ZERO, SETTLING, rate, SETTLED);
      if (!Audience.isMissing(ledgers)) {
        return;
      }
      if (System.nanoTime() - deadline > 0) {
        throw BenchException.missed(
            "After %d s only %d of %d clients of %s get the packets; is the machine very busy?"
                .formatted(
                    SETTLE_PATIENCE.toSeconds(),
                    ledgers.stream().filter(ledger -> ledger.missing() == 0).count(),
                    clients,
                    way.label()));
      }
    }
  }

  private FanoutResult measure(FanoutWay way, Field field)
      throws BenchException, InterruptedException {
    boolean isOverlay = way.label().equals(FanoutReport.EURYALE);
    Map<String, JsonNode> before = isOverlay ? field.peers().statuses() : Map.of();
    double cpu = Usage.cpuSeconds(way.processes());
    List<Ledger> ledgers =
        send(way, settings.leadIn(), settings.measured(), Traffic.PAPER_RATE, DRAIN);
    cpu = Usage.cpuSeconds(way.processes()) - cpu;
    FanoutLoad load =
        isOverlay
            ? FanoutLoad.between(
                field.topology(), before, field.peers().statuses(), ledgers.getFirst().count())
            : FanoutLoad.NONE;
    return FanoutResult.of(ledgers, cpu, load);
  }

  /// @param drain longest wait for what has not come when all is sent
  private List<Ledger> send(
      FanoutWay way, Duration leadIn, Duration measured, double rate, Duration drain)
      throws InterruptedException {
    Segments.Sending sending =
        segments.begin(new Segments.Way(way, way.audience()::record), leadIn, measured, rate);
    try {
      List<Ledger> ledgers = way.audience().ledgers();
      long deadline = sending.ledger().endNanos() + drain.toNanos();
      while (Audience.isMissing(ledgers) && System.nanoTime() - deadline < 0) {
        segments.checkStopped();
        Thread.sleep(LOOK_AGAIN_MILLIS);
      }
      // What is sent twice comes a little later than what is sent once.
      Thread.sleep(LOOK_AGAIN_MILLIS * 10);
      return ledgers;
    } finally {
      segments.abandon(sending);
    }
  }

  /// Ends every process that was started.
  @Override
  public void close() {
    closings.reversed().forEach(Runnable::run);
  }
}
