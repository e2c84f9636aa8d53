package io.euryale.bench.city;

import io.euryale.bench.BenchException;
import io.euryale.bench.Benchmark;
import io.euryale.bench.ProcReadings;
import io.euryale.bench.Progress;
import io.euryale.bench.SmallJvm;
import io.euryale.bench.Spread;
import io.euryale.kernel.TrafficClass;
import io.euryale.lighttrain.city.CityBaseline;
import io.euryale.lighttrain.city.CityReport;
import io.euryale.lighttrain.city.CityRun;
import io.euryale.lighttrain.city.CitySettings;
import io.euryale.lighttrain.demo.DemoException;
import io.euryale.lighttrain.timetable.TimetableException;
import io.euryale.peer.result.Measurement;
import io.euryale.peer.result.Promise;
import io.euryale.peer.result.ResultDocument;
import java.io.IOException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Raises the load of a city step by step until two loads in a row are not carried, as a promise is
/// missed in two of three tries, with faults all the while, and sends the largest load that was
/// carried through one relay without an overlay. One load alone may be missed because of the
/// faults' moments, or other work on the machine.
public final class CityBench implements Benchmark {

  static final List<String> FIGURES =
      List.of("alarm p50", "alarm p999", "critical p999", "normal p50", "normal p999");

  private static final int[] LOADS = {1, 8, 12, 16, 20};

  /// So many loads that were not carried, one after the other, end the search.
  private static final int ENOUGH = 2;

  private static final String LARGEST = "largest";
  private static final int FAULTS_PER_MINUTE = 6;
  private static final double GOAL_EVENTS = 2000;
  private static final int GOAL_PEERS = 150;
  private static final int GOAL_STREAMS = 300;
  private static final List<TrafficClass> CLASSES =
      List.of(TrafficClass.ALARM, TrafficClass.CRITICAL, TrafficClass.NORMAL);

  private final List<String> euryale;
  private final Progress progress;
  private final boolean quick;
  private final List<Measurement> results = new ArrayList<>();
  private volatile @Nullable CityRun running;
  private volatile @Nullable Thread thread;
  private volatile boolean stopped;

  /// @param euryale the command that runs the `euryale` command line in a child process
  /// @param quick fewer steps and a smaller city
  public CityBench(List<String> euryale, Progress progress, boolean quick) {
    this.euryale = List.copyOf(euryale);
    this.progress = progress;
    this.quick = quick;
  }

  /// Ends the step that runs; nothing is reported. Any thread.
  @Override
  public void stop() {
    stopped = true;
    CityRun now = running;
    Thread measuring = thread;
    if (now != null) {
      now.stop();
    } else if (measuring != null) {
      measuring.interrupt(); // It waits for the relay's traffic to end.
    }
  }

  private long seconds() {
    return quick ? 10 : 120;
  }

  private CitySettings settings(int load) {
    return new CitySettings(
        null,
        null,
        10,
        Duration.ofSeconds(seconds()),
        FAULTS_PER_MINUTE,
        quick ? 4 : 6,
        quick ? 3 : 64,
        2,
        2,
        6,
        load,
        Duration.ofSeconds(2),
        1,
        null,
        null,
        -1);
  }

  /// What one try measured.
  ///
  /// @param values nothing when the city could not be run with the load
  /// @param missed what was not kept
  private record Try(
      Map<String, Double> values, int peers, int streams, int sensors, List<String> missed) {
    double value(String key) {
      return values.getOrDefault(key, 0.0);
    }

    double events() {
      return CLASSES.stream().mapToDouble(each -> value(each.label() + " events_per_second")).sum();
    }
  }

  /// What was measured with one load, so many times until it is known whether it is carried: twice
  /// out of three times.
  private record Step(int load, List<Try> tries, int needed) {
    long kept() {
      return tries.stream().filter(each -> each.missed().isEmpty()).count();
    }

    boolean isCarried() {
      return kept() >= needed;
    }

    boolean isOpen() {
      return !isCarried() && tries.size() - kept() < needed;
    }

    List<Try> measured() {
      return tries.stream().filter(each -> !each.values().isEmpty()).toList();
    }

    Measurement measurement(String situation, String metric, String unit, String key) {
      return Spread.of(measured().stream().map(each -> each.value(key)).toList())
          .measurement(situation, metric, unit);
    }

    Spread events() {
      return Spread.of(measured().stream().map(Try::events).toList());
    }

    List<String> missed() {
      return tries.stream().flatMap(each -> each.missed().stream()).distinct().toList();
    }
  }

  /// @throws BenchException when the machine cannot run even the usual load
  @Override
  public ResultDocument run() throws BenchException, InterruptedException {
    thread = Thread.currentThread();
    try {
      double loadBefore = ProcReadings.loadAverage();
      Map<String, List<String>> missed = new LinkedHashMap<>();
      Step largest = step(LOADS[0], 0);
      if (largest.measured().isEmpty()) {
        throw BenchException.environment(String.join(" ", largest.missed()));
      }
      note(largest, missed);
      boolean carriesUsual = largest.isCarried();
      int steps = quick ? 2 : LOADS.length;
      int missedLoads = largest.isCarried() ? 0 : 1;
      for (int i = 1; i < steps && missedLoads < ENOUGH; i++) {
        Step next = step(LOADS[i], (double) i / (steps + 1));
        note(next, missed);
        missedLoads = next.isCarried() ? 0 : missedLoads + 1;
        if (next.isCarried()) {
          largest = next;
        }
      }
      progress.step((double) steps / (steps + 1), "the same load through one relay");
      Map<String, Object> described = described(largest);
      results.add(largest.events().measurement(LARGEST, "events_per_second", "1/s"));
      described.put("relay", baseline(largest));
      described.put("loadAverageBefore", loadBefore);
      described.put("loadAverageAfter", ProcReadings.loadAverage());
      described.put("missed", missed);
      return ResultDocument.ofThisMachine(
          "bench city", described, results, promises(largest, carriesUsual));
    } catch (IOException e) {
      throw BenchException.environment("The load average cannot be read: " + e.getMessage());
    }
  }

  private Step step(int load, double done) throws InterruptedException {
    Step step = new Step(load, new ArrayList<>(), quick ? 1 : 2);
    while (step.isOpen()) {
      progress.step(done, "load times " + load + ", try " + (step.tries().size() + 1));
      step.tries().add(once(load));
    }
    return step;
  }

  /// A load that is too much for the machine to start a city is one that is not carried.
  private Try once(int load) throws InterruptedException {
    CityRun run = new CityRun(settings(load), euryale, _ -> {});
    running = run;
    requireGoingOn();
    try {
      ResultDocument document = run.run().document();
      requireGoingOn();
      return judged(document);
    } catch (DemoException | TimetableException e) {
      requireGoingOn();
      return new Try(Map.of(), 0, 0, 0, List.of(String.valueOf(e.getMessage())));
    } finally {
      running = null;
    }
  }

  private void requireGoingOn() throws InterruptedException {
    if (stopped) {
      throw new InterruptedException();
    }
  }

  /// How long the start takes is a result of its own.
  private static Try judged(ResultDocument document) {
    Map<String, Double> values = new LinkedHashMap<>();
    for (Measurement each : document.results()) {
      values.put(each.situation() + " " + each.metric(), each.value());
    }
    return new Try(
        values,
        number(document.settings().get("peers")),
        number(document.settings().get("streams")),
        number(document.settings().get("sensorStreams")),
        document.promises().stream()
            .filter(each -> !each.held() && !each.text().equals(CityReport.STARTS_IN_TIME))
            .map(Promise::text)
            .toList());
  }

  private static int number(@Nullable Object value) {
    return value instanceof Number number ? number.intValue() : 0;
  }

  private static String label(int load) {
    return String.format(Locale.ROOT, "load x%02d", load);
  }

  private void note(Step step, Map<String, List<String>> missed) {
    String load = label(step.load());
    if (!step.missed().isEmpty()) {
      missed.put(load, step.missed());
    }
    if (step.measured().isEmpty()) {
      return;
    }
    results.add(step.events().measurement(load, "events_per_second", "1/s"));
    double kept = step.kept();
    int tries = step.tries().size();
    results.add(new Measurement(load, "kept", "tries", kept, kept, kept, tries, null, null));
    for (String each : FIGURES) {
      results.add(step.measurement(load + ", " + each, "latency_ms", "ms", each + " latency_ms"));
    }
    results.add(step.measurement(load + ", start", "recovery_ms", "ms", "start recovery_ms"));
    results.add(step.measurement(load, "cpu_seconds", "s", "all processes cpu_seconds"));
    results.add(step.measurement(load, "resident_mib", "MiB", "all processes resident_mib"));
  }

  /// Sends the same load through one relay.
  ///
  /// @return an empty text, or why there is nothing to compare with
  private String baseline(Step best) throws InterruptedException {
    try {
      requireGoingOn();
      CityBaseline.Measured relay =
          new CityBaseline(
                  settings(best.load()), SmallJvm.command(NettyRelay.class.getName(), List.of()))
              .run();
      requireGoingOn();
      long[] lost = {0};
      relay
          .classes()
          .forEach(
              (trafficClass, latency) -> {
                String own = trafficClass.label();
                results.add(compared(best, own + " p50").against(latency.p50()));
                results.add(compared(best, own + " p999").against(latency.p999()));
                lost[0] += latency.lost();
              });
      results.add(
          best.measurement(LARGEST, "cpu_seconds", "s", "all processes cpu_seconds")
              .against(relay.cpuSeconds()));
      results.add(Measurement.once("relay", "lost", "packets", (double) lost[0]));
      return "";
    } catch (DemoException | TimetableException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private static Measurement compared(Step best, String figure) {
    return best.measurement(LARGEST + ", " + figure, "latency_ms", "ms", figure + " latency_ms");
  }

  private Map<String, Object> described(Step best) {
    Map<String, Object> described = new LinkedHashMap<>();
    described.put("date", LocalDate.now(ZoneOffset.UTC).toString());
    described.put("quick", quick);
    described.put("secondsOfEachTry", seconds());
    described.put("faultsPerMinute", FAULTS_PER_MINUTE);
    described.put("processes", settings(1).processes());
    described.put("largestLoad", best.load());
    described.put("largestLoadCarried", best.isCarried());
    described.put("peers", best.measured().getFirst().peers());
    described.put("streams", best.measured().getFirst().streams());
    described.put("sensorStreams", best.measured().getFirst().sensors());
    return described;
  }

  private List<Promise> promises(Step best, boolean carriesUsual) {
    if (quick) {
      return List.of(new Promise("the city is carried at its usual load", carriesUsual));
    }
    return List.of(
        new Promise(
            "at least 150 peers on this machine", best.measured().getFirst().peers() >= GOAL_PEERS),
        new Promise(
            "at least 300 streams of sensors",
            best.measured().getFirst().sensors() >= GOAL_STREAMS),
        new Promise(
            "2,000 events/s with faults: in two of three tries nothing lost, every packet within 2 s,"
                + " 99.9 % of alarms within 100 ms",
            best.isCarried() && best.events().median() >= GOAL_EVENTS));
  }
}
