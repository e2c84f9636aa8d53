package io.euryale.bench.city;

import io.euryale.bench.BenchException;
import io.euryale.bench.JavaCommand;
import io.euryale.bench.Progress;
import io.euryale.bench.streams.BareRelay;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Raises the load of a city step by step until a promise is missed, with faults all the while, and
/// sends the last load that was carried through one relay without an overlay.
public final class CityBench {

  private static final int[] LOADS = {1, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20};
  private static final double DEADLINE_MILLIS = 2000;
  private static final double ALARM_DEADLINE_MILLIS = 100;
  private static final double GOAL_EVENTS = 2000;
  private static final int GOAL_PEERS = 150;
  private static final int GOAL_STREAMS = 300;

  private final List<String> euryale;
  private final Progress progress;
  private final boolean quick;
  private final List<Measurement> results = new ArrayList<>();
  private volatile @Nullable CityRun running;
  private volatile boolean stopped;

  /// @param euryale the command that runs the `euryale` command line in a child process
  /// @param quick fewer steps and a smaller city
  public CityBench(List<String> euryale, Progress progress, boolean quick) {
    this.euryale = List.copyOf(euryale);
    this.progress = progress;
    this.quick = quick;
  }

  /// Ends the step that runs; nothing is reported. Any thread.
  public void stop() {
    stopped = true;
    CityRun now = running;
    if (now != null) {
      now.stop();
    }
  }

  private long seconds() {
    return quick ? 10 : 40;
  }

  private CitySettings settings(int load) {
    return new CitySettings(
        null,
        null,
        10,
        Duration.ofSeconds(seconds()),
        6,
        quick ? 4 : 6,
        quick ? 3 : 14,
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

  /// What a step measured.
  private record Step(int load, Map<String, Double> values, int peers, int streams, boolean held) {
    double value(String key) {
      return values.getOrDefault(key, 0.0);
    }
  }

  /// Measures.
  ///
  /// @throws BenchException when the machine cannot run even the smallest step
  /// @throws InterruptedException when [#stop] was called
  public ResultDocument run() throws BenchException, InterruptedException {
    Step best = null;
    Step first = null;
    int done = 0;
    int steps = quick ? 2 : LOADS.length;
    for (int i = 0; i < steps; i++) {
      progress.step((double) done++ / (steps + 1), "load times " + LOADS[i]);
      Step step = step(LOADS[i]);
      note(step);
      first = first == null ? step : first;
      if (!step.held()) {
        break;
      }
      best = step;
    }
    if (first == null) {
      throw BenchException.missed("Nothing was measured.");
    }
    boolean carried = best != null;
    Step largest = best == null ? first : best; // What it costs is told all the same.
    progress.step((double) steps / (steps + 1), "the same load through one relay");
    baseline(largest);
    results.add(Measurement.once("largest", "events_per_second", "1/s", events(largest)));
    return ResultDocument.ofThisMachine(
        "bench city", described(largest), results, promises(largest, carried));
  }

  private Step step(int load) throws BenchException, InterruptedException {
    CityRun run = new CityRun(settings(load), euryale, _ -> {});
    running = run;
    if (stopped) {
      throw new InterruptedException();
    }
    try {
      CityReport report = run.run();
      if (stopped) {
        throw new InterruptedException();
      }
      return judged(load, report.document());
    } catch (DemoException | TimetableException e) {
      throw BenchException.environment(String.valueOf(e.getMessage()));
    } finally {
      running = null;
    }
  }

  private static Step judged(int load, ResultDocument document) {
    Map<String, Double> values = new LinkedHashMap<>();
    for (Measurement each : document.results()) {
      values.put(each.situation() + " " + each.metric(), each.value());
    }
    boolean held = document.allPromisesHeld();
    for (TrafficClass each :
        List.of(TrafficClass.ALARM, TrafficClass.CRITICAL, TrafficClass.NORMAL)) {
      double limit = each == TrafficClass.ALARM ? ALARM_DEADLINE_MILLIS : DEADLINE_MILLIS;
      held &= values.getOrDefault(each.label() + " p999 latency_ms", Double.MAX_VALUE) <= limit;
    }
    return new Step(
        load,
        values,
        number(document.settings().get("peers")),
        number(document.settings().get("streams")),
        held);
  }

  private static int number(@Nullable Object value) {
    return value instanceof Number number ? number.intValue() : 0;
  }

  private static double events(Step step) {
    return step.values().entrySet().stream()
        .filter(each -> each.getKey().endsWith(" events_per_second"))
        .mapToDouble(Map.Entry::getValue)
        .sum();
  }

  private void note(Step step) {
    String load = String.format(Locale.ROOT, "load x%02d ", step.load());
    results.add(Measurement.once(load + "all", "events_per_second", "1/s", events(step)));
    for (String each :
        List.of(
            "alarm p50 latency_ms",
            "alarm p999 latency_ms",
            "critical p999 latency_ms",
            "normal p50 latency_ms",
            "normal p999 latency_ms")) {
      String name = each.substring(0, each.lastIndexOf(' '));
      results.add(Measurement.once(load + name, "latency_ms", "ms", step.value(each)));
    }
    results.add(
        Measurement.once(load + "start", "recovery_ms", "ms", step.value("start recovery_ms")));
    results.add(
        Measurement.once(
            load + "all", "resident_mib", "MiB", step.value("all processes resident_mib")));
  }

  private void baseline(Step best) throws BenchException, InterruptedException {
    try {
      CityBaseline.Measured relay =
          new CityBaseline(
                  settings(best.load()),
                  JavaCommand.of(JavaCommand.SMALL, BareRelay.class.getName(), List.of()))
              .run();
      relay
          .classes()
          .forEach(
              (trafficClass, latency) -> {
                String name = "largest " + trafficClass.label();
                String own = trafficClass.label();
                results.add(
                    Measurement.once(
                            name + " p50", "latency_ms", "ms", best.value(own + " p50 latency_ms"))
                        .against(latency.p50()));
                results.add(
                    Measurement.once(
                            name + " p999",
                            "latency_ms",
                            "ms",
                            best.value(own + " p999 latency_ms"))
                        .against(latency.p999()));
              });
    } catch (DemoException | TimetableException e) {
      throw BenchException.environment(String.valueOf(e.getMessage()));
    }
  }

  private Map<String, Object> described(Step best) {
    Map<String, Object> described = new LinkedHashMap<>();
    described.put("quick", quick);
    described.put("secondsForEachLoad", seconds());
    described.put("faultsPerMinute", 6);
    described.put("processes", settings(1).processes());
    described.put("peers", best.peers());
    described.put("streams", best.streams());
    return described;
  }

  private List<Promise> promises(Step best, boolean carried) {
    if (quick) {
      return List.of(new Promise("the city is carried at its usual load", carried));
    }
    return List.of(
        new Promise("at least 150 peers on this machine", best.peers() >= GOAL_PEERS),
        new Promise("at least 300 sensors", best.streams() >= GOAL_STREAMS),
        new Promise(
            "2,000 events/s with faults: p99.9 within 2 s, of alarms within 100 ms, nothing lost",
            carried && events(best) >= GOAL_EVENTS));
  }
}
