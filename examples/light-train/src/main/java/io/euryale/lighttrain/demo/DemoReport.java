package io.euryale.lighttrain.demo;

import io.euryale.kernel.TrafficClass;
import io.euryale.lighttrain.demo.Reception.Figures;
import io.euryale.peer.result.Measurement;
import io.euryale.peer.result.Promise;
import io.euryale.peer.result.ResultDocument;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What a demo measured and which promises it kept. Immutable.
public final class DemoReport {

  /// Events a second that the city's system has to sustain [1 §1].
  private static final double EVENTS_PER_SECOND = 200;

  /// The longest time any operation may take [1 §1], in milliseconds.
  private static final double DEADLINE_MILLIS = 2000;

  private static final List<TrafficClass> CLASSES =
      List.of(TrafficClass.ALARM, TrafficClass.CRITICAL, TrafficClass.NORMAL);

  private final Map<String, Object> settings;
  private final Measured measured;
  private final List<Promise> promises;

  /// Everything that was counted.
  ///
  /// @param trafficSeconds how long there was traffic
  /// @param corrupted packets whose content was wrong
  /// @param inDebt whether the middleware did not take something in time that was due
  /// @param latenessMillis the longest time that a packet was offered later than its thread meant
  ///     to: what the demo itself adds to the latencies when the machine is busy
  /// @param faultsPlanned how many faults there should have been
  /// @param wholeAtEnd whether the overlay was whole again before the end
  /// @param cpuSeconds of all processes, the demo's own included
  /// @param residentMebibytes the largest memory of all processes, the demo's own included
  record Measured(
      double trafficSeconds,
      Reception reception,
      long corrupted,
      boolean inDebt,
      double latenessMillis,
      List<Recovery> recoveries,
      int faultsPlanned,
      boolean wholeAtEnd,
      double cpuSeconds,
      double residentMebibytes) {
    Measured {
      recoveries = List.copyOf(recoveries);
    }
  }

  DemoReport(Map<String, Object> settings, Measured measured) {
    this.settings = settings;
    this.measured = measured;
    this.promises = judge(measured);
  }

  private static List<Promise> judge(Measured measured) {
    Figures all = measured.reception().total(true);
    Figures alarms = measured.reception().figures(TrafficClass.ALARM, true);
    List<Promise> promises = new ArrayList<>();
    promises.add(
        new Promise(
            "at least 200 events per second from end to end",
            all.received() / measured.trafficSeconds() >= EVENTS_PER_SECOND));
    promises.add(
        new Promise(
            "every packet within 2 s from its scheduled publication to the client's callback",
            all.max() <= DEADLINE_MILLIS && all.lost() == 0 && !measured.inDebt()));
    promises.add(new Promise("no alarm lost", alarms.lost() == 0));
    promises.add(new Promise("no alarm duplicated", alarms.duplicated() == 0));
    promises.add(new Promise("no packet of any class lost", all.lost() == 0));
    promises.add(
        new Promise(
            "every stream in order, each packet once, its content unchanged",
            all.reordered() == 0 && all.duplicated() == 0 && measured.corrupted() == 0));
    if (measured.faultsPlanned() > 0) {
      promises.add(
          new Promise(
              "all %d faults injected, and the overlay whole again at the end"
                  .formatted(measured.faultsPlanned()),
              measured.recoveries().size() == measured.faultsPlanned() && measured.wholeAtEnd()));
    }
    return List.copyOf(promises);
  }

  /// Whether the run did everything it promises; if not, the exit code is 1.
  public boolean allPromisesHeld() {
    return promises.stream().allMatch(Promise::held);
  }

  /// The report for programs.
  public ResultDocument document() {
    List<Measurement> results = new ArrayList<>();
    Figures all = measured.reception().total(true);
    add(results, "", all);
    for (TrafficClass trafficClass : CLASSES) {
      add(results, trafficClass.label() + " ", measured.reception().figures(trafficClass, true));
    }
    for (PacketKind kind : PacketKind.values()) {
      add(results, kind.label() + " ", measured.reception().figures(kind, true));
    }
    for (Recovery recovery : measured.recoveries()) {
      String which =
          "fault %d: %s of %s, level %d"
              .formatted(
                  recovery.number(),
                  recovery.kind(),
                  String.join(" and ", recovery.peers()),
                  recovery.level());
      results.add(
          Measurement.once(which, "failover_ms", "ms", rounded(recovery.longestDelayMillis())));
      Double whole = recovery.wholeAfterMillis();
      if (whole != null) {
        results.add(Measurement.once(which, "recovery_ms", "ms", rounded(whole)));
      }
    }
    results.add(
        Measurement.once("all processes", "cpu_seconds", "s", rounded(measured.cpuSeconds())));
    results.add(
        Measurement.once(
            "all processes", "resident_mib", "MiB", rounded(measured.residentMebibytes())));
    return ResultDocument.ofThisMachine("demo", settings, results, promises);
  }

  /// @param prefix what the figures are of, with a space behind; empty for everything
  private void add(List<Measurement> results, String prefix, Figures figures) {
    String what = prefix.isEmpty() ? "all" : prefix.strip();
    results.add(Measurement.once(what, "events_per_second", "1/s", rounded(perSecond(figures))));
    results.add(Measurement.once(prefix + "p50", "latency_ms", "ms", rounded(figures.p50())));
    results.add(Measurement.once(prefix + "p99", "latency_ms", "ms", rounded(figures.p99())));
    results.add(Measurement.once(prefix + "p999", "latency_ms", "ms", rounded(figures.p999())));
    results.add(Measurement.once(prefix + "max", "latency_ms", "ms", rounded(figures.max())));
    results.add(Measurement.once(what, "jitter_ms", "ms", rounded(figures.jitter())));
    results.add(Measurement.once(what, "lost", "packets", (double) figures.lost()));
    results.add(Measurement.once(what, "duplicated", "packets", (double) figures.duplicated()));
    results.add(Measurement.once(what, "reordered", "packets", (double) figures.reordered()));
  }

  private double perSecond(Figures figures) {
    return figures.received() / measured.trafficSeconds();
  }

  private static double rounded(double value) {
    return Math.rint(value * 1000) / 1000;
  }

  /// The report for people: a row per class and kind, the faults, the promises.
  public String table() {
    StringBuilder out = new StringBuilder();
    out.append(
        String.format(
            Locale.ROOT,
            "%-10s %8s %8s %8s %8s %8s %8s %8s %6s %6s %6s\n",
            "",
            "packets",
            "/s",
            "p50 ms",
            "p99 ms",
            "p99.9",
            "max ms",
            "jitter",
            "lost",
            "again",
            "disord"));
    for (TrafficClass trafficClass : CLASSES) {
      out.append(row(trafficClass.label(), measured.reception().figures(trafficClass, true)));
      for (PacketKind kind : PacketKind.values()) {
        if (kind.trafficClass() == trafficClass) {
          out.append(row("  " + kind.label(), measured.reception().figures(kind, true)));
        }
      }
    }
    out.append(row("all", measured.reception().total(true)));
    if (!measured.recoveries().isEmpty()) {
      out.append('\n');
      out.append(
          String.format(
              Locale.ROOT,
              "%5s %7s %6s %-8s %12s %11s  %s\n",
              "fault",
              "at",
              "level",
              "kind",
              "longest",
              "whole",
              "peers"));
      out.append(
          String.format(
              Locale.ROOT, "%5s %7s %6s %-8s %12s %11s\n", "", "", "", "", "delay", "again"));
    }
    for (Recovery recovery : measured.recoveries()) {
      Double whole = recovery.wholeAfterMillis();
      out.append(
          String.format(
              Locale.ROOT,
              "%5d %5.1f s %6d %-8s %9.0f ms %11s  %s\n",
              recovery.number(),
              recovery.after().toMillis() / 1000.0,
              recovery.level(),
              recovery.kind(),
              recovery.longestDelayMillis(),
              whole == null ? "not" : String.format(Locale.ROOT, "%.2f s", whole / 1000),
              String.join(", ", recovery.peers())));
    }
    out.append('\n');
    for (Promise promise : promises) {
      out.append(promise.held() ? "kept    " : "BROKEN  ").append(promise.text()).append('\n');
    }
    out.append(
        """

        Latency counts from the scheduled publication to the client's callback; jitter is the mean
        absolute difference of successive latencies of a stream. "again" are duplicated packets,
        "disord" those that came after a later one of their stream.
        """);
    out.append(
        String.format(
            Locale.ROOT,
            "The demo's own publishing ran at most %.0f ms late, which the latencies include.\n",
            measured.latenessMillis()));
    return out.toString();
  }

  private String row(String label, Figures figures) {
    return String.format(
        Locale.ROOT,
        "%-10s %8d %8.1f %8.2f %8.2f %8.2f %8.2f %8.2f %6d %6d %6d\n",
        label,
        figures.received(),
        perSecond(figures),
        figures.p50(),
        figures.p99(),
        figures.p999(),
        figures.max(),
        figures.jitter(),
        figures.lost(),
        figures.duplicated(),
        figures.reordered());
  }
}
