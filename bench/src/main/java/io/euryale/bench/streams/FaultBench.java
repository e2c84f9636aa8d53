package io.euryale.bench.streams;

import io.euryale.bench.BenchException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// The segments with faults of [0 tables II to IV]: peers of one level get a SIGKILL while packets
/// are sent. For one thread.
///
/// The first faults of a segment hit one peer in each cell of the level. When each cell has lost
/// one, the killed peers are started again, and the next faults wait until the tree is whole: no
/// cell loses all its peers, and also a level of two peers can have eight faults.
final class FaultBench implements AutoCloseable {

  private static final Duration WARM_UP = Duration.ofMillis(500);
  private static final Duration LEAD_IN = Duration.ofMillis(500);
  private static final Duration BEFORE_FIRST = Duration.ofMillis(400);
  private static final Duration BETWEEN = Duration.ofMillis(400);
  private static final Duration TAIL = Duration.ofMillis(1_500);

  /// Longer than any segment lasts; it is ended when the faults are over.
  private static final Duration LONGEST = Duration.ofMinutes(8);

  private final Fleet peers;
  private final Segments segments;
  private final Duration measured;
  private int life;
  private @Nullable Edge edge;

  /// @param measured shortest length of a segment
  /// @param life of the next sensors and client
  FaultBench(Fleet peers, Segments segments, Duration measured, int life) {
    this.peers = peers;
    this.segments = segments;
    this.measured = measured;
    this.life = life;
  }

  /// Runs one segment, with all peers alive when it begins.
  ///
  /// @param round decides which peers are hit
  FaultRun run(FaultCase plan, int round) throws BenchException, InterruptedException {
    Topology topology = wholeAgain();
    Edge ends = connect(topology);
    ends.subscribe(plan.how());
    Segments.Way way = Segments.Way.through(ends);
    boolean isProtected = !plan.how().equals(Replicated.NONE);
    // Peers that were started again have compiled nothing yet.
    Ledger _ =
        segments.send(way, Duration.ZERO, WARM_UP, Traffic.PAPER_RATE * StreamsSettings.HIGH_RATE);
    Segments.Sending sending = segments.begin(way, LEAD_IN, LONGEST, Traffic.PAPER_RATE);
    boolean finished = false;
    try {
      Faults faults = new Faults(plan, round, topology, streams(topology, ends), sending.ledger());
      faults.inject();
      Ledger ledger = segments.finish(sending, isProtected);
      finished = true;
      return faults.result(ledger);
    } finally {
      if (!finished) {
        segments.abandon(sending);
      }
    }
  }

  private Topology wholeAgain() throws BenchException, InterruptedException {
    segments.checkStopped();
    peers.restart();
    return peers.awaitWhole();
  }

  /// Sensors and client connect anew: they have moved away from killed peers.
  private Edge connect(Topology topology) throws BenchException, InterruptedException {
    close();
    Edge fresh = Edge.open(topology, life++);
    edge = fresh;
    return fresh;
  }

  /// The streams that pass each peer.
  private static Map<String, List<Integer>> streams(Topology topology, Edge ends) {
    Map<String, List<Integer>> streams = new LinkedHashMap<>();
    for (int stream = 0; stream < Traffic.STREAMS; stream++) {
      for (String peer : topology.path(ends.entry(stream))) {
        streams.computeIfAbsent(peer, _ -> new ArrayList<>()).add(stream);
      }
    }
    return streams;
  }

  private static void sleepUntil(long nanos) throws InterruptedException {
    for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
      LockSupport.parkNanos(left);
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
    }
  }

  /// The faults of one segment.
  private final class Faults {
    private final FaultCase plan;
    private final Map<String, List<Integer>> streams;
    private final Ledger ledger;
    private final Victims victims;
    private Topology topology;
    private long firstKillNanos;
    private List<LevelUsage> usage = List.of();

    Faults(
        FaultCase plan,
        int round,
        Topology topology,
        Map<String, List<Integer>> streams,
        Ledger ledger) {
      this.plan = plan;
      this.topology = topology;
      this.streams = streams;
      this.ledger = ledger;
      this.victims = new Victims(topology, plan.level(), streams.keySet(), round);
    }

    void inject() throws BenchException, InterruptedException {
      long begin = ledger.traffic().measuredFromNanos();
      sleepUntil(begin);
      LevelMeter meter = new LevelMeter(topology, peers);
      sleepUntil(begin + BEFORE_FIRST.toNanos());
      for (int fault = 0; fault < plan.faults(); fault++) {
        if (fault > 0) {
          sleepUntil(System.nanoTime() + BETWEEN.toNanos());
        }
        if (victims.needWholeTree()) {
          topology = wholeAgain();
          sleepUntil(System.nanoTime() + BETWEEN.toNanos());
        }
        String victim = victims.next(topology);
        meter.beforeKill(victim);
        long now = System.nanoTime();
        peers.kill(victim);
        firstKillNanos = fault == 0 ? now : firstKillNanos;
      }
      long end = Math.max(System.nanoTime() + TAIL.toNanos(), begin + measured.toNanos());
      ledger.endAt(end);
      sleepUntil(end);
      usage = meter.read();
    }

    FaultRun result(Ledger ended) {
      SegmentResult segment = SegmentResult.of(ended, Usage.NONE);
      if (plan.faults() > 1) {
        return new FaultRun(plan, segment, List.of(), List.of());
      }
      List<Integer> hit = streams.getOrDefault(victims.first(), List.of());
      return new FaultRun(plan, segment, FaultRun.firstMillis(ended, firstKillNanos, hit), usage);
    }
  }

  @Override
  public void close() {
    Edge ends = edge;
    if (ends != null) {
      ends.close();
      edge = null;
    }
  }
}
