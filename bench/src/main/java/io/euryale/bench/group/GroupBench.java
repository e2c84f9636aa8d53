package io.euryale.bench.group;

import io.euryale.bench.BenchException;
import io.euryale.bench.Benchmark;
import io.euryale.bench.ProcReadings;
import io.euryale.bench.Progress;
import io.euryale.group.Service;
import io.euryale.peer.result.ResultDocument;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/// `bench group`. One object is one run, on one thread; [#stop] may come from any.
///
/// The crews of all systems live side by side while one size is measured, and take turns case by
/// case; in each run they begin with another one.
public final class GroupBench implements Benchmark {

  /// The clocks of two processes are the same if they differ by less than it takes to ask.
  private static final long CLOCK_NANOS = 5_000_000;

  private static final double NANOS_PER_MILLI = 1e6;

  private final GroupSettings settings;
  private final Progress progress;
  private final Findings findings = new Findings();
  private final List<String> notes = new ArrayList<>();
  private volatile boolean stopped;
  private double done;

  /// A run that has not begun.
  public GroupBench(GroupSettings settings, Progress progress) {
    this.settings = settings;
    this.progress = progress;
  }

  /// Ends the run soon; it then throws [InterruptedException].
  @Override
  public void stop() {
    stopped = true;
  }

  /// Runs everything.
  ///
  /// @throws BenchException when it cannot be run
  @Override
  public ResultDocument run() throws BenchException, InterruptedException {
    try {
      double loadBefore = ProcReadings.loadAverage();
      pingPong();
      for (int members : settings.sizes()) {
        measureLoads(members);
      }
      if (!settings.orders()) {
        GroupFaults faults = new GroupFaults(settings, findings, notes, this::step);
        for (int members : settings.sizes()) {
          faults.measure(members);
        }
        if (settings.watchesBusyGroup()) {
          faults.measureFalseSuspicions();
        }
      }
      return new GroupReport(settings, findings, notes).document(loadBefore);
    } catch (IOException _) {
      throw BenchException.environment(
          "There is no /proc to read processor time from: run on Linux.");
    }
  }

  private void step(String what) throws InterruptedException {
    if (stopped) {
      throw new InterruptedException("stopped");
    }
    progress.step(Math.min(0.99, done / settings.expectedSteps()), what);
    done++;
  }

  private void pingPong() throws BenchException, InterruptedException {
    for (int i = 0; i < settings.runs(); i++) {
      step("UDP ping-pong");
      PingPong.Result round = PingPong.measure(settings.quick() ? 1_000 : 3_000);
      findings.add(GroupReport.PING_SLEEPING + ", p50", "latency_ms", "ms", round.sleepingP50());
      findings.add(GroupReport.PING_SLEEPING + ", p99", "latency_ms", "ms", round.sleepingP99());
      findings.add(GroupReport.PING_BUSY + ", p50", "latency_ms", "ms", round.backToBackP50());
      findings.add(GroupReport.PING_BUSY + ", p99", "latency_ms", "ms", round.backToBackP99());
    }
  }

  private void measureLoads(int members) throws BenchException, InterruptedException {
    List<Crew> crews = new ArrayList<>();
    try {
      step("starting " + members + " members of each system");
      Crew.startAll(SystemUnderTest.measured(settings.orders()), members, crews);
      for (Crew crew : crews) {
        step("warming up " + crew.system().label());
        checkClocks(crew);
        warmUp(crew);
      }
      for (int run = 0; run < settings.runs(); run++) {
        for (Load load : loads()) {
          for (int turn = 0; turn < crews.size(); turn++) {
            Crew crew = crews.get((turn + run) % crews.size());
            if (crew.system().takes(load)) {
              step(
                  "run %d of %d: %s"
                      .formatted(
                          run + 1, settings.runs(), Load.label(members, crew.system(), load)));
              record(load, crew, crew.measure(load.plan(settings)));
            }
          }
        }
      }
    } finally {
      crews.forEach(Crew::close);
    }
  }

  private void checkClocks(Crew crew) throws BenchException, InterruptedException {
    for (int member : crew.everybody()) {
      long uncertainty = crew.clockUncertaintyNanos(member);
      if (uncertainty < 0 || uncertainty > CLOCK_NANOS) {
        throw BenchException.environment(
            "Processes here do not share one clock, so latencies between them mean nothing.");
      }
    }
  }

  private void warmUp(Crew crew) throws BenchException, InterruptedException {
    for (Service service : List.of(Service.AGREED, Service.SAFE)) {
      Load load = new Load(service, 200, true, 0, true);
      if (crew.system().takes(load)) {
        crew.measure(
            new RunPlan(
                service,
                load.bytes(),
                0,
                0,
                GroupSettings.WINDOW,
                java.time.Duration.ZERO,
                settings.warmUp()));
      }
    }
  }

  private List<Load> loads() {
    List<Load> loads = new ArrayList<>();
    for (Service service :
        settings.quick() ? List.of(Service.AGREED, Service.SAFE) : List.of(Service.values())) {
      loads.add(Load.latency(service));
    }
    for (Service service : List.of(Service.AGREED, Service.SAFE)) {
      for (int bytes : settings.floodBytes()) {
        for (int senders :
            settings.orders() || settings.quick() ? new int[] {0} : new int[] {0, 1}) {
          if (!settings.orders()) {
            loads.add(new Load(service, bytes, true, senders, true));
          }
          loads.add(new Load(service, bytes, true, senders, false));
        }
      }
    }
    return loads;
  }

  private void record(Load load, Crew crew, RunResult result) {
    String label = Load.label(crew.members(), crew.system(), load);
    if (!load.flood()) {
      latency(label + ", own", result.own());
      latency(label + ", remote", result.remote());
      latency(label + ", sender late", result.late());
    } else {
      findings.add(label, "throughput_per_second", "messages/s", result.throughput());
      findings.add(
          label + ", all members together",
          "throughput_per_second",
          "messages/s",
          result.throughputInAll());
      if (load.senders() == 0) {
        findings.add(label + ", slowest / fastest sender", "ratio", "times", result.fairness());
      }
    }
    findings.add(label, "cpu_micros_per_delivery", "µs", result.cpuMicros());
    if (result.packetsPerMessage() >= 0) {
      findings.add(label, "packets_per_message", "packets", result.packetsPerMessage());
    }
    findings.add(label, "lost", "deliveries", (double) result.missing());
    if (load.service().isOrdered() && !result.oneOrder() && result.missing() == 0) {
      notes.add(label + ": members were delivered different orders.");
    }
  }

  private void latency(String label, Histogram nanos) {
    double max = percentile(nanos, 100);
    findings.add(label + ", p50", "latency_ms", "ms", percentile(nanos, 50));
    findings.add(label + ", p99", "latency_ms", "ms", percentile(nanos, 99));
    findings.add(label + ", max", "latency_ms", "ms", max);
  }

  private static double percentile(Histogram nanos, double percent) {
    // Buckets end above the values in them, but no percentile is above the largest value.
    long atMost = nanos.getMaxValue();
    return Math.min(atMost, nanos.getValueAtPercentile(percent)) / NANOS_PER_MILLI;
  }
}
