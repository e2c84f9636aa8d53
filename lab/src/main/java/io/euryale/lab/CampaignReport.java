package io.euryale.lab;

import io.euryale.simulation.Fault;
import io.euryale.simulation.FaultPlan;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/// What a campaign met, in numbers and promises.
///
/// @param scenario its name
/// @param settings what was asked for: scenario, seeds, and faults when they were given
/// @param schedules how many ran, not counting repetitions and earlier draws
/// @param thin schedules with too few peers, messages or effective faults to mean much
/// @param failed schedules that broke a promise
/// @param schedulesPerMinute on all threads together
/// @param deliveriesPerSecond frames and datagrams that reached a core, in a second of processor
/// time of one thread, checking included
/// @param kinds for each kind of fault, how often it was planned and took effect
/// @param cells for each phase × event cell met, or listed and not met, how often
/// @param findings the failing schedules with the lowest seeds, shrunk
/// @param measurements all numbers, as `case`, `metric`, `unit`, `value`
/// @param promises each stated goal and whether it was held
public record CampaignReport(
    String scenario,
    Map<String, Object> settings,
    long schedules,
    long thin,
    long failed,
    double schedulesPerMinute,
    double deliveriesPerSecond,
    Map<Fault.Kind, KindReport> kinds,
    SortedMap<String, Long> cells,
    List<Finding> findings,
    List<Measured> measurements,
    List<Promise> promises) {

  /// How one kind of fault occurred.
  ///
  /// @param planned faults in all plans
  /// @param effective faults that took effect
  /// @param schedules schedules in which one did
  public record KindReport(long planned, long effective, long schedules) {}

  /// One number.
  public record Measured(String caseName, String metric, String unit, double value) {}

  /// A stated goal.
  public record Promise(String text, boolean held) {}

  /// Whether every promise was held: the exit code of the run.
  public boolean passed() {
    return promises.stream().allMatch(Promise::held);
  }

  /// `name`, `settings`, `results` and `promises` of the result document; the caller adds the
  /// environment.
  public Map<String, Object> document() {
    List<Map<String, Object>> results = new ArrayList<>();
    for (Measured m : measurements) {
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("case", m.caseName());
      result.put("metric", m.metric());
      result.put("unit", m.unit());
      result.put("value", m.value());
      result.put("min", m.value());
      result.put("max", m.value());
      result.put("runs", 1);
      results.add(result);
    }
    List<Map<String, Object>> goals = new ArrayList<>();
    for (Promise promise : promises) {
      Map<String, Object> goal = new LinkedHashMap<>();
      goal.put("text", promise.text());
      goal.put("held", promise.held());
      goals.add(goal);
    }
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("name", "simulate " + scenario);
    document.put("settings", settings);
    document.put("results", results);
    document.put("promises", goals);
    return document;
  }

  static CampaignReport of(
      Scenario scenario,
      long firstSeed,
      long lastSeed,
      @Nullable FaultPlan faults,
      Tally tally,
      List<Finding> findings,
      double schedulesPerMinute,
      double deliveriesPerSecond) {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("scenario", scenario.name());
    settings.put("seeds", firstSeed + ".." + lastSeed);
    if (faults != null) {
      settings.put("faults", faults.toString());
    }
    Map<Fault.Kind, KindReport> kinds = new LinkedHashMap<>();
    tally
        .kinds()
        .forEach(
            (k, c) -> {
              if (c.planned > 0 || scenario.kinds().contains(k)) {
                kinds.put(k, new KindReport(c.planned, c.effective, c.schedules));
              }
            });
    SortedMap<String, Long> cells = tally.cells();
    scenario.cells().forEach(cell -> cells.putIfAbsent(cell, 0L));
    boolean covers = faults == null && lastSeed - firstSeed + 1 >= Campaign.COVERED_SEEDS;
    return new CampaignReport(
        scenario.name(),
        settings,
        tally.schedules(),
        tally.thin(),
        tally.failed(),
        schedulesPerMinute,
        deliveriesPerSecond,
        kinds,
        cells,
        List.copyOf(findings),
        measurements(tally, kinds, cells, schedulesPerMinute, deliveriesPerSecond),
        promises(scenario, tally, kinds, cells, covers));
  }

  private static List<Promise> promises(
      Scenario scenario,
      Tally tally,
      Map<Fault.Kind, KindReport> kinds,
      Map<String, Long> cells,
      boolean covers) {
    List<Promise> promises = new ArrayList<>();
    Map<String, Long> failed = tally.failedByChecker();
    for (Scenario.Promised promised : scenario.promises()) {
      promises.add(
          new Promise(
              promised.checker() + ": " + promised.text(),
              !failed.containsKey(promised.checker())));
      failed.remove(promised.checker());
    }
    promises.add(
        new Promise(
            Schedule.CORE + ": no core throws and every schedule comes to rest",
            !failed.containsKey(Schedule.CORE)));
    failed.remove(Schedule.CORE);
    failed.keySet().forEach(checker -> promises.add(new Promise(checker, false)));
    promises.add(
        new Promise(
            unmet("equal seeds give equal traces", "not seeds", tally.unrepeatable()),
            tally.unrepeatable().isEmpty()));
    if (covers) {
      List<String> unseenKinds =
          scenario.kinds().stream()
              .filter(kind -> !isMet(kinds.get(kind)))
              .map(Fault.Kind::label)
              .sorted()
              .toList();
      promises.add(
          new Promise(
              unmet("every listed kind of fault took effect", "not", unseenKinds),
              unseenKinds.isEmpty()));
      List<String> unmet =
          scenario.cells().stream().filter(cell -> cells.getOrDefault(cell, 0L) == 0).toList();
      promises.add(
          new Promise(
              unmet("every listed phase met every listed event", "not", unmet), unmet.isEmpty()));
    }
    return promises;
  }

  private static boolean isMet(@Nullable KindReport report) {
    return report != null && report.effective() > 0;
  }

  private static String unmet(String text, String word, List<?> exceptions) {
    if (exceptions.isEmpty()) {
      return text;
    }
    StringBuilder out = new StringBuilder(text).append(" (").append(word).append(' ');
    for (int i = 0; i < exceptions.size(); i++) {
      out.append(i == 0 ? "" : ", ").append(exceptions.get(i));
    }
    return out.append(')').toString();
  }

  private static List<Measured> measurements(
      Tally tally,
      Map<Fault.Kind, KindReport> kinds,
      Map<String, Long> cells,
      double schedulesPerMinute,
      double deliveriesPerSecond) {
    List<Measured> numbers = new ArrayList<>();
    numbers.add(
        new Measured("all", "schedules_per_minute", "1/min", Math.round(schedulesPerMinute)));
    numbers.add(
        new Measured(
            "all", "deliveries_per_second_and_core", "1/s", Math.round(deliveriesPerSecond)));
    numbers.add(count("all", "schedules", tally.schedules()));
    numbers.add(count("all", "failed", tally.failed()));
    numbers.add(count("thin", "schedules", tally.thin()));
    numbers.add(count("redrawn", "schedules", tally.redrawn()));
    numbers.add(count("repeated", "schedules", tally.repeated()));
    numbers.add(count("all", "messages", tally.messages()));
    numbers.add(count("all", "events", tally.events()));
    numbers.add(count("all", "effective_faults", tally.effectiveFaults()));
    kinds.forEach(
        (kind, report) -> {
          numbers.add(count(kind.label(), "faults_planned", report.planned()));
          numbers.add(count(kind.label(), "faults_effective", report.effective()));
        });
    cells.forEach((cell, times) -> numbers.add(count(cell, "cell", times)));
    return numbers;
  }

  private static Measured count(String caseName, String metric, long value) {
    return new Measured(caseName, metric, "count", value);
  }

  /// Lines for people: the promises, the faults, what was not met, and the findings.
  public String summary() {
    return CampaignText.of(this);
  }
}
