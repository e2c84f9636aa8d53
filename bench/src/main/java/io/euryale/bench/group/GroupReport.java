package io.euryale.bench.group;

import io.euryale.bench.ProcReadings;
import io.euryale.peer.result.Promise;
import io.euryale.peer.result.ResultDocument;
import java.io.IOException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Makes the result document of a run: every number, and every goal as a promise with its number.
final class GroupReport {

  static final String PING_SLEEPING = "UDP ping-pong, round trip, 200 a second";
  static final String PING_BUSY = "UDP ping-pong, round trip, back to back";

  private final GroupSettings settings;
  private final Findings findings;
  private final List<String> notes;
  private final List<Promise> promises = new ArrayList<>();

  GroupReport(GroupSettings settings, Findings findings, List<String> notes) {
    this.settings = settings;
    this.findings = findings;
    this.notes = notes;
  }

  /// @param loadBefore load average before the run
  /// @throws IOException when the load average cannot be read
  ResultDocument document(double loadBefore) throws IOException {
    if (!settings.orders()) {
      new GroupGoals(settings, findings, promises).add();
    }
    Map<String, Object> asked = settings.asMap();
    if (!settings.orders()) {
      Map<String, Object> stacks = new LinkedHashMap<>();
      for (SystemUnderTest system : SystemUnderTest.values()) {
        system
            .stack(Seat.onLoopback(system, 0, 3, 20_000))
            .ifPresent(text -> stacks.put(system.label(), text));
      }
      asked.put("jgroups", org.jgroups.Version.printVersion());
      asked.put("jgroupsStacks", stacks);
    }
    asked.put("notes", List.copyOf(notes));
    asked.put("date", LocalDate.now(ZoneOffset.UTC).toString());
    asked.put("loadAverageBefore", loadBefore);
    asked.put("loadAverageAfter", ProcReadings.loadAverage());
    return ResultDocument.ofThisMachine(
        settings.orders() ? "bench group orders" : "bench group",
        asked,
        findings.measurements(),
        promises);
  }
}
