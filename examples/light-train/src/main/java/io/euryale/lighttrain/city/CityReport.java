package io.euryale.lighttrain.city;

import io.euryale.kernel.TrafficClass;
import io.euryale.peer.result.Measurement;
import io.euryale.peer.result.Promise;
import io.euryale.peer.result.ResultDocument;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a city measured and which promises it kept. Immutable.
public final class CityReport {

  /// Events a second that the system has to sustain [1 §1].
  private static final double EVENTS_PER_SECOND = 200;

  /// What is promised of the start.
  public static final String STARTS_IN_TIME = "started within 30 s";

  /// The longest time from the start until every sensor is heard.
  private static final double START_SECONDS = 30;

  /// The longest time any operation may take [1 §1], in milliseconds.
  private static final double DEADLINE_MILLIS = 2000;

  /// The longest time that 999 of 1,000 alarms may take, in milliseconds.
  private static final double ALARM_MILLIS = 100;

  /// So much of the faults asked for must have been made: what had to wait is made up for later.
  private static final double FAULTS_SHARE = 0.9;

  /// Heap and open files may vary by this much from one third of a soak to the next.
  private static final double HEAP_PERCENT = 2;

  private static final int FILES_SLACK = 16;

  /// Everything that was counted.
  ///
  /// @param outstanding packets that were taken and never came
  /// @param latenessMillis the longest time that a packet was offered later than meant; the
  ///     latencies contain it
  /// @param failures why a class was not sent to the end
  /// @param faults made by themselves
  /// @param faultsAsked that should have been made in the time
  /// @param growth null when the city did not live long enough to say
  record Measured(
      double seconds,
      double startSeconds,
      Map<TrafficClass, CityReception.Figures> classes,
      Map<TrafficClass, Long> outstanding,
      double latenessMillis,
      List<String> failures,
      AlarmDesk.Account alarms,
      AlarmDesk.Audit audit,
      long alarmsRaised,
      Loudspeakers.Account announcements,
      StopDisplays.Account displays,
      long faults,
      long faultsAsked,
      boolean wholeAtEnd,
      long unexpectedEnds,
      CityResources.@Nullable Growth growth,
      double residentMebibytes,
      double cpuSeconds) {}

  private final Map<String, Object> settings;
  private final Measured measured;
  private final List<Promise> promises = new ArrayList<>();

  CityReport(Map<String, Object> settings, Measured measured, boolean withOperator) {
    this.settings = settings;
    this.measured = measured;
    judge(withOperator);
  }

  private void judge(boolean withOperator) {
    Measured m = measured;
    long received = m.classes().values().stream().mapToLong(CityReception.Figures::received).sum();
    List<CityReception.Figures> all = new ArrayList<>(m.classes().values());
    all.add(m.announcements().figures());
    long lost =
        m.outstanding().values().stream().mapToLong(Long::longValue).sum()
            + m.announcements().outstanding();
    double longest = all.stream().mapToDouble(CityReception.Figures::max).max().orElse(0);
    promise(STARTS_IN_TIME, m.startSeconds() <= START_SECONDS);
    promise(
        "at least 200 events per second from end to end",
        received / m.seconds() >= EVENTS_PER_SECOND);
    promise(
        "every packet within 2 s from the moment it was due to the control centre or loudspeaker",
        longest <= DEADLINE_MILLIS && lost == 0 && m.failures().isEmpty());
    CityReception.Figures alarms = m.classes().get(TrafficClass.ALARM);
    promise(
        "99.9 % of alarms within 100 ms, faults or not",
        alarms != null && alarms.p999() <= ALARM_MILLIS);
    promise("no alarm lost", m.outstanding().getOrDefault(TrafficClass.ALARM, 0L) == 0);
    promise("no packet of any class lost", lost == 0);
    promise(
        "every stream in order, each packet once, its content unchanged",
        all.stream().allMatch(f -> f.duplicated() + f.reordered() + f.corrupted() == 0));
    AlarmDesk.Audit audit = m.audit();
    promise(
        "every alarm is in the audit trail once, and acknowledged at most once",
        audit.raised() == m.alarmsRaised()
            && audit.wrong() == 0
            && m.alarms().repeated() == 0
            && m.alarms().failure().isEmpty());
    Loudspeakers.Account announcements = m.announcements();
    if (announcements.made() > 0) {
      promise(
          "every announcement played whole and once at its station, and in the audit trail once",
          announcements.packets() >= announcements.spoken() * Announcements.PACKETS
              && announcements.outstanding() == 0
              && announcements.figures().duplicated() == 0
              && announcements.stations().stream()
                  .allMatch(station -> station.played() == station.announced())
              && audit.announced() == announcements.made()
              && audit.wrong() == 0);
    }
    StopDisplays.Account displays = m.displays();
    promise(
        "no stop display went back, and each ends with its newest board",
        displays.boards() > 0 && displays.behind() + displays.back() + displays.corrupted() == 0);
    promise("a new board within 2 s on every stop display", displays.max() <= DEADLINE_MILLIS);
    if (withOperator) {
      promise(
          "every alarm acknowledged exactly once in the audit trail",
          audit.acknowledged() == m.alarmsRaised() && audit.wrong() == 0);
    }
    promise(
        "the overlay whole at the end, no process ended by itself",
        m.wholeAtEnd() && m.unexpectedEnds() == 0);
    if (m.faultsAsked() > 1) {
      promise(
          "at least 90 % of the faults asked for were made",
          m.faults() >= Math.floor(FAULTS_SHARE * m.faultsAsked()));
    }
    CityResources.Growth growth = m.growth();
    if (growth != null) {
      promise(
          "what the heap holds after a collection flat within 2 %",
          growth.heapPercent() <= HEAP_PERCENT);
      promise("no more and more open files", growth.openFiles() <= FILES_SLACK);
    }
  }

  private void promise(String text, boolean held) {
    promises.add(new Promise(text, held));
  }

  /// Whether the city did everything it promises; if not, the exit code is 1.
  public boolean allPromisesHeld() {
    return promises.stream().allMatch(Promise::held);
  }

  /// The report for programs.
  public ResultDocument document() {
    List<Measurement> results = new ArrayList<>();
    measured
        .classes()
        .forEach(
            (trafficClass, f) -> {
              String name = trafficClass.label() + " ";
              one(results, name + "p50", "latency_ms", "ms", f.p50());
              one(results, name + "p99", "latency_ms", "ms", f.p99());
              one(results, name + "p999", "latency_ms", "ms", f.p999());
              one(results, name + "max", "latency_ms", "ms", f.max());
              one(results, name.strip(), "jitter_ms", "ms", f.jitter());
              one(
                  results,
                  name.strip(),
                  "events_per_second",
                  "1/s",
                  f.received() / measured.seconds());
              one(results, name.strip(), "lost", "packets", (double) outstanding(trafficClass));
              one(results, name.strip(), "duplicated", "packets", (double) f.duplicated());
              one(results, name.strip(), "reordered", "packets", (double) f.reordered());
            });
    announcements(results);
    displays(results);
    one(results, "start", "recovery_ms", "ms", measured.startSeconds() * 1000);
    one(results, "all processes", "cpu_seconds", "s", measured.cpuSeconds());
    one(results, "all processes", "resident_mib", "MiB", measured.residentMebibytes());
    one(results, "faults", "throughput_per_second", "1/s", measured.faults() / measured.seconds());
    one(results, "city's own threads", "late_ms", "ms", measured.latenessMillis());
    CityResources.Growth growth = measured.growth();
    if (growth != null) {
      one(results, "heap after collection", "growth_percent", "%", growth.heapPercent());
      one(results, "open files", "growth", "files", growth.openFiles());
      for (int i = 0; i < growth.files().size(); i++) {
        one(
            results,
            "open files, " + CityResources.THIRDS.get(i),
            "files",
            "files",
            growth.files().get(i));
      }
      for (CityResources.Heap heap : growth.heaps()) {
        results.add(
            new Measurement(
                "heap of %s, %s".formatted(heap.process(), heap.third()),
                "heap_mib",
                "MiB",
                heap.middle(),
                heap.least(),
                heap.most(),
                heap.looks(),
                null,
                null));
      }
    }
    return ResultDocument.ofThisMachine("city", settings, results, promises);
  }

  private void announcements(List<Measurement> results) {
    Loudspeakers.Account account = measured.announcements();
    CityReception.Figures f = account.figures();
    one(results, "announcements", "made", "announcements", (double) account.made());
    one(results, "announcements", "announced", "packets", (double) account.packets());
    one(results, "announcements", "played", "packets", (double) account.played());
    one(results, "announcements", "lost", "packets", (double) account.outstanding());
    one(results, "announcements", "duplicated", "packets", (double) f.duplicated());
    one(results, "announcements", "reordered", "packets", (double) f.reordered());
    one(results, "announcements p50", "latency_ms", "ms", f.p50());
    one(results, "announcements p99", "latency_ms", "ms", f.p99());
    one(results, "announcements p999", "latency_ms", "ms", f.p999());
    one(results, "announcements max", "latency_ms", "ms", f.max());
    for (Loudspeakers.Station station : account.stations()) {
      String which = "loudspeaker " + station.slug();
      one(results, which, "announced", "packets", (double) station.announced());
      one(results, which, "played", "packets", (double) station.played());
    }
  }

  private void displays(List<Measurement> results) {
    StopDisplays.Account account = measured.displays();
    one(results, "displays", "boards", "boards", (double) account.boards());
    one(results, "displays", "gave_way", "boards", (double) account.gaveWay());
    one(results, "displays", "behind", "displays", (double) account.behind());
    one(results, "displays", "back", "boards", (double) account.back());
    one(results, "displays", "corrupted", "boards", (double) account.corrupted());
    one(results, "displays p50", "latency_ms", "ms", account.p50());
    one(results, "displays p99", "latency_ms", "ms", account.p99());
    one(results, "displays p999", "latency_ms", "ms", account.p999());
    one(results, "displays max", "latency_ms", "ms", account.max());
  }

  private long outstanding(TrafficClass trafficClass) {
    return measured.outstanding().getOrDefault(trafficClass, 0L);
  }

  private static void one(
      List<Measurement> results, String which, String metric, String unit, double value) {
    results.add(Measurement.once(which, metric, unit, value));
  }

  private void row(StringBuilder text, String name, CityReception.Figures f, long lost) {
    text.append(
        String.format(
            Locale.ROOT,
            "%-10s %9d %8.1f %8.2f %8.2f %8.2f %8.2f %8.2f %6d %6d%n",
            name,
            f.received(),
            f.received() / measured.seconds(),
            f.p50(),
            f.p99(),
            f.p999(),
            f.max(),
            f.jitter(),
            lost,
            f.duplicated()));
  }

  /// The report for people.
  public String table() {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%-10s %9s %8s %8s %8s %8s %8s %8s %6s %6s%n",
            "",
            "packets",
            "/s",
            "p50 ms",
            "p99 ms",
            "p99.9",
            "max ms",
            "jitter",
            "lost",
            "again"));
    measured
        .classes()
        .forEach(
            (trafficClass, f) -> row(text, trafficClass.label(), f, outstanding(trafficClass)));
    Loudspeakers.Account announcements = measured.announcements();
    row(text, "announced", announcements.figures(), announcements.outstanding());
    text.append(
        String.format(
            Locale.ROOT,
            "%n%d announcements at %d stations: %d packets, of which their loudspeakers played %d.%n",
            announcements.made(),
            announcements.stations().size(),
            announcements.packets(),
            announcements.played()));
    for (Loudspeakers.Station station : announcements.stations()) {
      if (station.played() != station.announced()) {
        text.append(
            String.format(
                Locale.ROOT,
                "The loudspeakers of %s played %d of %d packets.%n",
                station.slug(),
                station.played(),
                station.announced()));
      }
    }
    StopDisplays.Account displays = measured.displays();
    text.append(
        String.format(
            Locale.ROOT,
            "Stop displays: %d boards, p50 %.2f ms, p99.9 %.2f ms, at most %.2f ms; %d gave way to newer ones.%n",
            displays.boards(),
            displays.p50(),
            displays.p999(),
            displays.max(),
            displays.gaveWay()));
    text.append(
        String.format(
            Locale.ROOT,
            "%d of %d faults, %d alarms raised and %d acknowledged; started in %.1f s; %.0f s of processor"
                + " time, %.0f MiB; the city's own threads ran at most %.0f ms late.%n%n",
            measured.faults(),
            measured.faultsAsked(),
            measured.alarms().raised(),
            measured.alarms().acknowledged(),
            measured.startSeconds(),
            measured.cpuSeconds(),
            measured.residentMebibytes(),
            measured.latenessMillis()));
    CityResources.Growth growth = measured.growth();
    if (growth != null) {
      text.append(
          String.format(
              Locale.ROOT,
              "From the second third to the last: heap after collection %+.1f %%, open files %+.0f.%n",
              growth.heapPercent(),
              growth.openFiles()));
      for (CityResources.Heap heap : growth.heaps()) {
        text.append(
            String.format(
                Locale.ROOT,
                "Heap of %s, %s: %.2f to %.2f MiB after %d collections, half of them up to %.2f.%n",
                heap.process(),
                heap.third(),
                heap.least(),
                heap.most(),
                heap.looks(),
                heap.middle()));
      }
      text.append('\n');
    } else {
      text.append(
          String.format(
              Locale.ROOT,
              "Nothing is said of memory and files: that takes %d looks at quiet moments in %d s or more.%n%n",
              CityResources.LEAST_LOOKS,
              CityResources.SHORTEST_LIFE.toSeconds()));
    }
    measured.failures().forEach(why -> text.append(why).append('\n'));
    for (Promise promise : promises) {
      text.append(promise.held() ? "kept    " : "BROKEN  ").append(promise.text()).append('\n');
    }
    return text.toString();
  }
}
