package io.euryale.dashboard;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/// What was measured of each traffic class over the last hour, in steps of ten seconds, and what
/// failed meanwhile: the part `hour` of [Facts]. Holds 360 steps and 1,200 faults at most, however
/// long it lives, and has room for all steps from the beginning: what it needs does not grow.
/// Belongs to one thread.
public final class LastHour {

  private static final Duration STEP = Duration.ofSeconds(10);
  private static final Duration KEPT = Duration.ofHours(1);
  private static final int MOST_STEPS = (int) KEPT.dividedBy(STEP);

  /// Twenty a minute, the most that a city makes by itself.
  private static final int MOST_FAULTS = 1200;

  /// One class: the step that is being filled, and the steps before by their place.
  private static final class Figures {
    private final double[] perSecond = new double[MOST_STEPS];
    private final double[] p99 = new double[MOST_STEPS];
    private final double[] longest = new double[MOST_STEPS];
    private final double[] missing = new double[MOST_STEPS];
    private boolean measured;
    private long packets;
    private double worstP99 = Double.NaN;
    private double worstLongest = Double.NaN;
    private long nowMissing;

    Figures() {
      List.of(perSecond, p99, longest, missing).forEach(each -> Arrays.fill(each, Double.NaN));
    }

    void add(long more, double p99Millis, double longestMillis, long missingNow) {
      measured = true;
      packets += more;
      nowMissing = missingNow;
      if (more > 0) {
        worstP99 = packets == more ? p99Millis : Math.max(worstP99, p99Millis);
        worstLongest = packets == more ? longestMillis : Math.max(worstLongest, longestMillis);
      }
    }

    void endStep(int place, double seconds) {
      perSecond[place] = measured ? packets / seconds : Double.NaN;
      p99[place] = worstP99;
      longest[place] = worstLongest;
      missing[place] = measured ? nowMissing : Double.NaN;
      measured = false;
      packets = 0;
      worstP99 = Double.NaN;
      worstLongest = Double.NaN;
    }
  }

  private record Fault(
      Instant at, String what, @Nullable Object tookOverMillis, @Nullable Object backMillis) {}

  private final long[] at = new long[MOST_STEPS];
  private final double[] seconds = new double[MOST_STEPS];
  private final Map<String, Figures> classes = new LinkedHashMap<>();

  /// Steps from the first kept one to the one being filled; a step has its place by its number.
  private long firstStep;

  private long step;
  private final TreeMap<Long, Fault> faults = new TreeMap<>();
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
    classes
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
    int place = place(step);
    at[place] = began.toEpochMilli();
    seconds[place] = took / 1e9;
    classes.values().forEach(each -> each.endStep(place, took / 1e9));
    step++;
    Instant oldest = now.minus(KEPT);
    while (step - firstStep > MOST_STEPS
        || (firstStep < step && at[place(firstStep)] < oldest.toEpochMilli())) {
      firstStep++;
    }
    note(recoveries, oldest);
    began = now;
    beganNanos = nowNanos;
    return true;
  }

  private static int place(long step) {
    return (int) (step % MOST_STEPS);
  }

  private void note(Recoveries recoveries, Instant oldest) {
    for (Map<String, Object> story : recoveries.told()) {
      if (story.get("id") instanceof Long id && story.get("peers") instanceof List<?> peers) {
        Fault fault =
            new Fault(
                Instant.parse(String.valueOf(story.get("at"))),
                String.valueOf(story.get("what")),
                story.get("tookOverMillis"),
                story.get("backMillis"));
        if (!peers.isEmpty() && !fault.at().isBefore(oldest)) {
          faults.put(id, fault);
        }
      }
    }
    while (!faults.isEmpty()
        && (faults.size() > MOST_FAULTS || faults.firstEntry().getValue().at().isBefore(oldest))) {
      faults.pollFirstEntry();
    }
  }

  /// The hour as columns, for the page. `at` has the beginning of each step in milliseconds since
  /// 1970, `seconds` how long it was; `classes` has for each class `perSecond`, `p99` (of the worst
  /// second, in ms), `longest` (in ms) and `missing`, null where nothing was measured; `faults` are
  /// in their order.
  public Map<String, Object> told() {
    List<Long> began = new ArrayList<>();
    List<@Nullable Double> took = new ArrayList<>();
    kept().forEach(place -> began.add(at[place]));
    kept().forEach(place -> took.add(rounded(seconds[place])));
    Map<String, Map<String, Object>> columns = new LinkedHashMap<>();
    classes.forEach((name, of) -> columns.put(name, columns(of)));
    List<Map<String, Object>> failed = new ArrayList<>();
    faults.values().forEach(fault -> failed.add(told(fault)));
    Map<String, Object> told = new LinkedHashMap<>();
    told.put("at", began);
    told.put("seconds", took);
    told.put("classes", columns);
    told.put("faults", failed);
    return told;
  }

  private IntStream kept() {
    return LongStream.range(firstStep, step).mapToInt(LastHour::place);
  }

  private Map<String, Object> columns(Figures of) {
    Map<String, Object> columns = new LinkedHashMap<>();
    columns.put("perSecond", column(of.perSecond));
    columns.put("p99", column(of.p99));
    columns.put("longest", column(of.longest));
    List<@Nullable Long> missing = new ArrayList<>();
    kept()
        .mapToDouble(place -> of.missing[place])
        .forEach(count -> missing.add(Double.isNaN(count) ? null : (Long) (long) count));
    columns.put("missing", missing);
    return columns;
  }

  private List<@Nullable Double> column(double[] values) {
    List<@Nullable Double> column = new ArrayList<>();
    kept().forEach(place -> column.add(rounded(values[place])));
    return column;
  }

  private static Map<String, Object> told(Fault fault) {
    Map<String, Object> told = new LinkedHashMap<>();
    told.put("at", fault.at().toString());
    told.put("what", fault.what());
    told.put("tookOverMillis", fault.tookOverMillis());
    told.put("backMillis", fault.backMillis());
    return told;
  }

  private static @Nullable Double rounded(double value) {
    return Double.isNaN(value) ? null : (Double) (Math.round(value * 100) / 100.0);
  }
}
