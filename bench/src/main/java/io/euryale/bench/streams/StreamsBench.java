package io.euryale.bench.streams;

import io.euryale.bench.BenchException;
import io.euryale.bench.Benchmark;
import io.euryale.bench.Child;
import io.euryale.bench.ProcReadings;
import io.euryale.bench.Progress;
import io.euryale.peer.result.ResultDocument;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `bench streams`. One object is one run, on one thread; [#stop] may come from any.
///
/// The peers and the bare relays live side by side all the time, the cases take turns, and in each
/// run begin with another case, so that a machine that drifts treats all alike.
public final class StreamsBench implements Benchmark {

  /// The baseline's name among the cases.
  static final String RELAYS = "bare relays";

  private static final Duration HIGH_RATE_TIME = Duration.ofSeconds(4);
  private static final int IDLE_KILLS = 5;
  private static final int MOST_BROKEN = 3;

  private final StreamsSettings settings;
  private final String mainClass;
  private final Progress progress;
  private final Segments segments = new Segments();
  private final Findings findings = new Findings();
  private final double steps;
  private int step;
  private @Nullable Fleet fleet;
  private @Nullable Edge edge;
  private @Nullable RelayTree relays;
  private @Nullable FaultBench faults;

  /// A run that has not begun.
  ///
  /// @param mainClass runs the `euryale` command line, from this process's class path
  public StreamsBench(StreamsSettings settings, String mainClass, Progress progress) {
    this.settings = settings;
    this.mainClass = mainClass;
    this.progress = progress;
    steps = 4 + settings.runs() * (settings.cases().size() + 1.0) + settings.faultCases().size();
  }

  /// Runs everything.
  ///
  /// @throws BenchException when it cannot be run, or the peers do not get as far as being measured
  @Override
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
    step("starting " + settings.shape().peers() + " peers");
    Fleet peers = Fleet.start(mainClass, settings.shape());
    fleet = peers;
    Topology topology = peers.awaitWhole();
    Edge ends = Edge.open(topology, 0);
    edge = ends;
    step("starting as many bare relays");
    RelayTree bare = startRelays(topology, ends);
    relays = bare;
    findings.idleKills(IdleKill.measure(settings.quick() ? 3 : IDLE_KILLS));
    warmUp(ends, bare);
    for (int run = 0; run < settings.runs(); run++) {
      measureCases(run, ends, bare, peers);
    }
    measureHighRate(ends, peers);
    bare.close();
    relays = null;
    measureFaults(peers, ends);
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

  private static Segments.Way through(RelayTree bare) {
    return new Segments.Way(bare, bare::record);
  }

  /// The same number of packets through the relays, unprotected, and protected: enough for the
  /// compilers of all processes.
  private void warmUp(Edge ends, RelayTree bare) throws BenchException, InterruptedException {
    step("warming up");
    double rate = Traffic.PAPER_RATE * StreamsSettings.HIGH_RATE;
    Duration each = settings.warmUp();
    Ledger _ = segments.send(through(bare), Duration.ZERO, each, rate);
    for (Replicated how : List.of(Replicated.ALL, Replicated.NONE)) {
      ends.subscribe(how);
      Ledger _ = segments.send(Segments.Way.through(ends), Duration.ZERO, each, rate);
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
        findings.segment(RELAYS, measure(through(bare), bare.processes()));
      } else {
        Replicated how = cases.get(index - 1);
        step(which + how.label());
        ends.subscribe(how);
        PeerCounts before = peers.counts();
        findings.segment(how.label(), measure(Segments.Way.through(ends), peers.processes()));
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
      Ledger _ =
          segments.send(
              Segments.Way.through(ends),
              Duration.ZERO,
              HIGH_RATE_TIME,
              Traffic.PAPER_RATE * StreamsSettings.HIGH_RATE);
      String rate = ", %d times the rate".formatted(StreamsSettings.HIGH_RATE);
      allocation(how, rate, peers.countsSince(before));
    }
  }

  private void allocation(Replicated how, String suffix, PeerCounts counts) {
    findings.allocation(how.label() + suffix, counts.bytesPerPacket());
  }

  private SegmentResult measure(Segments.Way way, List<Child> processes)
      throws InterruptedException {
    double cpuBefore = Usage.cpuSeconds(processes);
    Ledger ledger = segments.send(way, settings.leadIn(), settings.measured(), Traffic.PAPER_RATE);
    return SegmentResult.of(ledger, Usage.since(cpuBefore, processes));
  }

  private void measureFaults(Fleet peers, Edge ends) throws BenchException, InterruptedException {
    ends.close();
    edge = null;
    FaultBench bench = new FaultBench(peers, segments, settings.faulty(), 1);
    faults = bench;
    for (StreamsSettings.Fault fault : settings.faultCases()) {
      step(fault.plan().label());
      try {
        findings.fault(bench.run(fault.plan(), fault.round()));
      } catch (BenchException e) {
        // What was measured so far is not thrown away for it: it is a goal missed.
        findings.broken(fault.plan().label() + ": " + e.getMessage());
        if (findings.broken().size() > MOST_BROKEN) {
          return;
        }
        bench = startAnew(bench);
      }
    }
  }

  private FaultBench startAnew(FaultBench broken) throws BenchException, InterruptedException {
    broken.close();
    Fleet old = fleet;
    if (old != null) {
      old.close();
    }
    Fleet fresh = Fleet.start(mainClass, settings.shape());
    fleet = fresh;
    FaultBench bench = new FaultBench(fresh, segments, settings.faulty(), 1);
    faults = bench;
    return bench;
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
    FaultBench bench = faults;
    if (bench != null) {
      bench.close();
    }
    Fleet peers = fleet;
    if (peers != null) {
      peers.close();
    }
  }
}
