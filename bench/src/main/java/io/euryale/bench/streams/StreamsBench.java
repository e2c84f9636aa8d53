package io.euryale.bench.streams;

import io.euryale.bench.BenchException;
import io.euryale.bench.Child;
import io.euryale.bench.ProcReadings;
import io.euryale.bench.Progress;
import io.euryale.peer.result.ResultDocument;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// `bench streams`. One object is one run, on one thread; [#stop] may come from any.
///
/// The peers and the bare relays live side by side all the time, the cases take turns, and in each
/// run begin with another case, so that a machine that drifts treats all alike.
public final class StreamsBench implements AutoCloseable {

  /// The baseline's name among the cases.
  static final String RELAYS = "bare relays";

  private static final Duration DRAIN = Duration.ofSeconds(10);
  private static final long DRAIN_LOOK_MILLIS = 5;
  private static final long START_DELAY_NANOS = 20_000_000;
  private static final Duration FAULT_LEAD = Duration.ofMillis(700);
  private static final Duration FAULT_TAIL = Duration.ofMillis(1_500);
  private static final Duration HIGH_RATE_TIME = Duration.ofSeconds(4);
  private static final int IDLE_KILLS = 5;

  private final StreamsSettings settings;
  private final String mainClass;
  private final Progress progress;
  private final Findings findings = new Findings();
  private final double steps;
  private int step;
  private int segment;
  private int life;
  private volatile boolean stopped;
  private @Nullable Fleet fleet;
  private @Nullable Edge edge;
  private @Nullable RelayTree relays;

  /// Where packets are sent and recorded, and whose processes are watched.
  private record Way(Sender.Entry entry, Recorder recorder, List<Child> processes) {}

  private interface Recorder {
    void record(Ledger ledger);
  }

  /// A run that has not begun.
  ///
  /// @param mainClass runs the `euryale` command line, from this process's class path
  public StreamsBench(StreamsSettings settings, String mainClass, Progress progress) {
    this.settings = settings;
    this.mainClass = mainClass;
    this.progress = progress;
    steps =
        4
            + settings.runs() * (settings.cases().size() + 1.0)
            + settings.faultRounds() * Topology.LEVELS;
  }

  /// Runs everything.
  ///
  /// @throws BenchException when it cannot be run, or the peers do not get as far as being measured
  public ResultDocument run() throws BenchException, InterruptedException {
    try {
      double loadBefore = ProcReadings.loadAverage();
      measure();
      return new StreamsReport(settings, findings).document(loadBefore);
    } catch (IOException _) {
      throw BenchException.environment(
          "There is no /proc to read processor time and memory from: run on Linux.");
    }
  }

  private void measure() throws BenchException, InterruptedException {
    step("starting " + Topology.PEERS + " peers");
    Fleet peers = Fleet.start(mainClass);
    fleet = peers;
    Topology topology = peers.awaitWhole();
    Edge ends = Edge.open(topology, life++);
    edge = ends;
    step("starting as many bare relays");
    RelayTree bare = startRelays(topology, ends);
    relays = bare;
    findings.idleKills(IdleKill.measure(settings.quick() ? 3 : IDLE_KILLS));
    warmUp(ends, bare, peers);
    for (int run = 0; run < settings.runs(); run++) {
      measureCases(run, ends, bare, peers);
    }
    measureHighRate(ends, peers);
    bare.close();
    relays = null;
    measureFaults(peers);
  }

  /// Ends the run soon; it then throws [InterruptedException].
  public void stop() {
    stopped = true;
  }

  private void step(String what) throws InterruptedException {
    if (stopped) {
      throw new InterruptedException("stopped");
    }
    progress.step(step++ / steps, what);
  }

  private static RelayTree startRelays(Topology topology, Edge ends)
      throws BenchException, InterruptedException {
    List<Topology.Place> order =
        topology.peers().values().stream()
            .sorted(Comparator.comparingInt(Topology.Place::level))
            .toList();
    List<String> names = order.stream().map(Topology.Place::name).toList();
    List<Integer> parents = new ArrayList<>();
    for (Topology.Place place : order) {
      parents.add(place.parent() == null ? -1 : names.indexOf(place.parent()));
    }
    List<Integer> entries = new ArrayList<>();
    for (int stream = 0; stream < Traffic.STREAMS; stream++) {
      entries.add(names.indexOf(ends.entry(stream)));
    }
    return RelayTree.start(parents, entries);
  }

  private static Way through(Edge ends, Fleet peers) {
    return new Way(ends, ends::record, peers.processes());
  }

  private static Way through(RelayTree bare) {
    return new Way(bare, bare::record, bare.processes());
  }

  /// The same number of packets through the relays, unprotected, and protected: enough for the
  /// compilers of all processes.
  private void warmUp(Edge ends, RelayTree bare, Fleet peers)
      throws BenchException, InterruptedException {
    step("warming up");
    double rate = Traffic.PAPER_RATE * StreamsSettings.HIGH_RATE;
    Duration each = settings.warmUp();
    send(through(bare), Duration.ZERO, each, rate);
    for (Replicated how : List.of(Replicated.ALL, Replicated.NONE)) {
      ends.subscribe(how);
      send(through(ends, peers), Duration.ZERO, each, rate);
    }
  }

  private void measureCases(int run, Edge ends, RelayTree bare, Fleet peers)
      throws BenchException, InterruptedException {
    List<Replicated> cases = settings.cases();
    int all = cases.size() + 1;
    for (int turn = 0; turn < all; turn++) {
      int index = (turn + run) % all;
      String which = "run %d of %d: ".formatted(run + 1, settings.runs());
      if (index == 0) {
        step(which + RELAYS);
        findings.segment(RELAYS, measure(through(bare)));
      } else {
        Replicated how = cases.get(index - 1);
        step(which + how.label());
        ends.subscribe(how);
        PeerCounts before = peers.counts();
        findings.segment(how.label(), measure(through(ends, peers)));
        allocation(how, "", peers.countsSince(before));
      }
    }
  }

  private void measureHighRate(Edge ends, Fleet peers) throws BenchException, InterruptedException {
    if (settings.quick()) {
      return;
    }
    step("allocation at %d times the rate".formatted(StreamsSettings.HIGH_RATE));
    for (Replicated how : List.of(Replicated.NONE, Replicated.ALL)) {
      ends.subscribe(how);
      PeerCounts before = peers.counts();
      send(
          through(ends, peers),
          Duration.ZERO,
          HIGH_RATE_TIME,
          Traffic.PAPER_RATE * StreamsSettings.HIGH_RATE);
      String rate = ", %d times the rate".formatted(StreamsSettings.HIGH_RATE);
      allocation(how, rate, peers.countsSince(before));
    }
  }

  /// The last measurement of a case counts: by then everything is compiled and every pool is full.
  private void allocation(Replicated how, String suffix, PeerCounts counts) {
    findings.allocation(how.label() + suffix, counts.bytesPerPacket());
  }

  private SegmentResult measure(Way path) throws InterruptedException {
    double cpuBefore = Usage.cpuSeconds(path.processes());
    Ledger ledger = send(path, settings.leadIn(), settings.measured(), Traffic.PAPER_RATE);
    return SegmentResult.of(ledger, Usage.since(cpuBefore, path.processes()));
  }

  private Ledger send(Way path, Duration leadIn, Duration measured, double rate)
      throws InterruptedException {
    Ledger ledger = prepare(path, leadIn, measured, rate);
    finish(path, ledger, start(path, ledger));
    return ledger;
  }

  private Ledger prepare(Way path, Duration leadIn, Duration measured, double rate) {
    int id = segment++;
    Traffic traffic =
        Traffic.of(
            id, System.nanoTime() + START_DELAY_NANOS, leadIn, measured, rate, /* seed= */ id);
    Ledger ledger = new Ledger(traffic);
    path.recorder().record(ledger);
    return ledger;
  }

  private static Thread start(Way path, Ledger ledger) {
    return Thread.ofPlatform()
        .daemon()
        .name("bench-sender")
        .start(new Sender(ledger, path.entry()));
  }

  private void finish(Way path, Ledger ledger, Thread sender) throws InterruptedException {
    try {
      while (!sender.join(Duration.ofMillis(200))) {
        if (stopped) {
          throw new InterruptedException("stopped");
        }
      }
      long deadline = System.nanoTime() + DRAIN.toNanos();
      while (ledger.missing() > 0 && System.nanoTime() - deadline < 0 && !stopped) {
        Thread.sleep(DRAIN_LOOK_MILLIS);
      }
      // What is sent twice comes a little later than what is sent once.
      Thread.sleep(DRAIN_LOOK_MILLIS * 10);
    } finally {
      sender.interrupt();
      sender.join();
      path.recorder().record(new Ledger(Traffic.none(segment++)));
    }
  }

  // ---- faults ----

  private void measureFaults(Fleet peers) throws BenchException, InterruptedException {
    for (int round = 0; round < settings.faultRounds(); round++) {
      for (int level = Topology.LEVELS - 1; level >= 0; level--) {
        step("fault %d of %d at level %d".formatted(round + 1, settings.faultRounds(), level));
        Topology topology = settle(peers);
        Edge ends = edge;
        if (ends != null) {
          findings.kill(killOne(level, round, topology, ends, peers));
        }
      }
    }
  }

  /// A quick run kills its three peers one after the other, each in another cell; a full one starts
  /// a killed peer again and connects sensors and client anew before the next.
  private Topology settle(Fleet peers) throws BenchException, InterruptedException {
    if (settings.quick()) {
      Edge ends = edge;
      if (ends != null) {
        ends.subscribe(Replicated.ALL);
      }
      return peers
          .topology()
          .orElseThrow(() -> BenchException.missed("The root cell does not answer."));
    }
    peers.restart();
    Topology topology = peers.awaitWhole();
    Edge old = edge;
    if (old != null) {
      old.close();
    }
    Edge fresh = Edge.open(topology, life++);
    edge = fresh;
    fresh.subscribe(Replicated.ALL);
    return topology;
  }

  private Kill killOne(int level, int round, Topology topology, Edge ends, Fleet peers)
      throws BenchException, InterruptedException {
    List<List<String>> paths = new ArrayList<>();
    for (int stream = 0; stream < Traffic.STREAMS; stream++) {
      paths.add(topology.path(ends.entry(stream)));
    }
    List<String> victims =
        topology.level(level).stream()
            .filter(place -> topology.cell(place.cell()).size() == Topology.CELL_MEMBERS)
            .map(Topology.Place::name)
            .filter(name -> paths.stream().anyMatch(path -> path.contains(name)))
            .toList();
    if (victims.isEmpty()) {
      throw BenchException.missed("No peer of level " + level + " carries a stream to be hit.");
    }
    String victim = victims.get(round % victims.size());
    List<Integer> hit = new ArrayList<>();
    for (int stream = 0; stream < Traffic.STREAMS; stream++) {
      if (paths.get(stream).contains(victim)) {
        hit.add(stream);
      }
    }
    Way path = through(ends, peers);
    Ledger ledger = prepare(path, FAULT_LEAD, FAULT_TAIL, Traffic.PAPER_RATE);
    Thread sender = start(path, ledger);
    while (ledger.traffic().measuredFromNanos() - System.nanoTime() > 0) {
      LockSupport.parkNanos(ledger.traffic().measuredFromNanos() - System.nanoTime());
    }
    long killNanos = System.nanoTime();
    peers.kill(victim);
    finish(path, ledger, sender);
    return Kill.of(level, ledger, killNanos, hit);
  }

  /// Ends every process that was started.
  @Override
  public void close() {
    RelayTree bare = relays;
    if (bare != null) {
      bare.close();
    }
    Edge ends = edge;
    if (ends != null) {
      ends.close();
    }
    Fleet peers = fleet;
    if (peers != null) {
      peers.close();
    }
  }
}
