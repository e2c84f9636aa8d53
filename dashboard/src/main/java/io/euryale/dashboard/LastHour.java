package io.euryale.dashboard;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What was measured of each traffic class over the last hour, in steps of ten seconds, and what
/// failed meanwhile: the part `hour` of [Facts]. Holds 360 steps and 1,200 faults at most, however
/// long it lives. Belongs to one thread.
public final class LastHour {

  private static final Duration STEP = Duration.ofSeconds(10);
  private static final Duration KEPT = Duration.ofHours(1);
  private static final int MOST_STEPS = (int) KEPT.dividedBy(STEP);

  /// Twenty a minute, the most that a city makes by itself.
  private static final int MOST_FAULTS = 1200;

  /// One class in one step.
  private static final class Figures {
    long packets;
    @Nullable Double p99Millis;
    @Nullable Double longestMillis;
    long missing;

    void add(long more, double p99, double longest, long nowMissing) {
      packets += more;
      missing = nowMissing;
      if (more > 0) {
        p99Millis = p99Millis == null ? p99 : Math.max(p99Millis, p99);
        longestMillis = longestMillis == null ? longest : Math.max(longestMillis, longest);
      }
    }
  }

  private record Step(Instant at, double seconds, Map<String, Figures> classes) {}

  private final Deque<Step> steps = new ArrayDeque<>();
  private final TreeMap<Long, Map<String, Object>> faults = new TreeMap<>();
  private Map<String, Figures> filling = new LinkedHashMap<>();
  private Instant began;
  private long beganNanos;

  /// Begins with nothing.
  public LastHour(long nowNanos, Instant now) {
    beganNanos = nowNanos;
    began = now;
  }

  /// Some more was measured, usually of one second.
  ///
  /// @param packets that came
  /// @param p99Millis their 99th percentile; of several in a step the worst counts. Means nothing
  ///     without packets, as does the next
  /// @param longestMillis the longest that one of them took
  /// @param missing packets that are missing now
  public void measured(
      String trafficClass, long packets, double p99Millis, double longestMillis, long missing) {
    filling
        .computeIfAbsent(trafficClass, _ -> new Figures())
        .add(packets, p99Millis, longestMillis, missing);
  }

  /// Ends the step when it is over.
  ///
  /// @param recoveries what failed lately
  /// @return whether [#told] tells something new
  public boolean tick(long nowNanos, Instant now, Recoveries recoveries) {
    long took = nowNanos - beganNanos;
    if (took < STEP.toNanos()) {
      return false;
    }
    steps.addLast(new Step(began, took / 1e9, filling));
    Instant oldest = now.minus(KEPT);
    while (steps.size() > MOST_STEPS || steps.getFirst().at().isBefore(oldest)) {
      steps.removeFirst();
    }
    for (Map<String, Object> story : recoveries.told()) {
      if (story.get("id") instanceof Long id && story.get("peers") instanceof List<?> peers) {
        if (!peers.isEmpty() && !at(story).isBefore(oldest)) {
          faults.put(id, fault(story));
        }
      }
    }
    while (!faults.isEmpty()
        && (faults.size() > MOST_FAULTS || at(faults.firstEntry().getValue()).isBefore(oldest))) {
      faults.pollFirstEntry();
    }
    filling = new LinkedHashMap<>();
    began = now;
    beganNanos = nowNanos;
    return true;
  }

  private static Instant at(Map<String, Object> story) {
    return Instant.parse(String.valueOf(story.get("at")));
  }

  private static Map<String, Object> fault(Map<String, Object> story) {
    Map<String, Object> fault = new LinkedHashMap<>();
    for (String key : List.of("at", "what", "tookOverMillis", "backMillis")) {
      fault.put(key, story.get(key));
    }
    return fault;
  }

  /// The hour as columns, for the page. `at` has the beginning of each step in milliseconds since
  /// 1970, `seconds` how long it was; `classes` has for each class `perSecond`, `p99` (of the worst
  /// second, in ms), `longest` (in ms) and `missing`, null where nothing was measured; `faults` are
  /// in their order.
  public Map<String, Object> told() {
    List<Long> at = new ArrayList<>();
    List<Double> seconds = new ArrayList<>();
    Map<String, Map<String, List<@Nullable Object>>> classes = new LinkedHashMap<>();
    for (Step step : steps) {
      step.classes().keySet().forEach(each -> classes.putIfAbsent(each, new LinkedHashMap<>()));
    }
    for (Step step : steps) {
      at.add(step.at().toEpochMilli());
      seconds.add(rounded(step.seconds()));
      classes.forEach(
          (name, columns) -> {
            Figures of = step.classes().get(name);
            add(columns, "perSecond", of == null ? null : of.packets / step.seconds());
            add(columns, "p99", of == null ? null : of.p99Millis);
            add(columns, "longest", of == null ? null : of.longestMillis);
            columns
                .computeIfAbsent("missing", _ -> new ArrayList<>())
                .add(of == null ? null : of.missing);
          });
    }
    Map<String, Object> told = new LinkedHashMap<>();
    told.put("at", at);
    told.put("seconds", seconds);
    told.put("classes", classes);
    told.put("faults", List.copyOf(faults.values()));
    return told;
  }

  private static void add(
      Map<String, List<@Nullable Object>> columns, String column, @Nullable Double value) {
    columns
        .computeIfAbsent(column, _ -> new ArrayList<>())
        .add(value == null ? null : rounded(value));
  }

  private static double rounded(double value) {
    return Math.round(value * 100) / 100.0;
  }
}
