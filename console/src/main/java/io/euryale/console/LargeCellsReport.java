package io.euryale.console;

import io.euryale.lab.Violation;
import io.euryale.lab.cells.LargeCells;
import io.euryale.overlay.OverlaySettings;
import io.euryale.peer.result.Measurement;
import io.euryale.peer.result.Promise;
import io.euryale.peer.result.ResultDocument;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Runs the long schedules of cells for several numbers of peers, and tells what control messages
/// cost in quiet times against the number of peers.
final class LargeCellsReport {

  /// Levels, child cells and peers of a cell: room for 43,688 peers.
  private static final OverlaySettings SETTINGS = OverlaySettings.shaped(7, 4, List.of(8));

  /// Peers join so many a second.
  private static final int JOINS_PER_SECOND = 2_000;

  private static final long SECOND = 1_000_000_000L;

  /// Above this number of peers nothing is broken: the schedule would take too long.
  private static final int MOST_WITH_CHURN = 2_000;

  private final PrintWriter out;
  private final @Nullable Path json;

  LargeCellsReport(PrintWriter out, @Nullable Path json) {
    this.out = out;
    this.json = json;
  }

  int run(List<Integer> numbers, long seed) throws IOException {
    List<Measurement> measurements = new ArrayList<>();
    List<Promise> promises = new ArrayList<>();
    out.println("  peers   joined s   frames/peer/min   busiest/min   faults   broken promises");
    out.flush();
    for (int number : numbers) {
      boolean churn = number <= MOST_WITH_CHURN;
      int faults = churn ? number / 4 : 0;
      LargeCells.Measured measured =
          new LargeCells(
                  number,
                  SETTINGS,
                  Math.max(SECOND / 2, SECOND * number / JOINS_PER_SECOND),
                  faults,
                  churn ? 5 * SECOND : 0)
              .run(seed);
      boolean joined = measured.joinedNanos() < Long.MAX_VALUE;
      out.printf(
          Locale.ROOT,
          "%7d   %8s   %15.0f   %11.0f   %6d   %d%n",
          number,
          joined ? String.format(Locale.ROOT, "%.2f", measured.joinedNanos() / 1e9) : "never",
          measured.perPeerAndMinute(),
          measured.busiestPerMinute(),
          faults,
          measured.violations().size());
      for (Violation violation : measured.violations().stream().limit(5).toList()) {
        out.println("        " + violation.checker() + ": " + violation.sentence());
      }
      out.flush();
      String name = number + " peers";
      measurements.add(
          Measurement.once(
              name, "control_frames_per_peer_minute", "1/min", measured.perPeerAndMinute()));
      measurements.add(
          Measurement.once(
              name, "control_frames_busiest_minute", "1/min", measured.busiestPerMinute()));
      if (joined) {
        measurements.add(
            Measurement.once(name, "all_joined_ms", "ms", measured.joinedNanos() / 1e6));
      }
      promises.add(new Promise(name + ": all join", joined));
      promises.add(new Promise(name + ": no promise of cells is broken", measured.isSound()));
    }
    if (json != null) {
      Map<String, Object> settings = new LinkedHashMap<>();
      settings.put("seed", seed);
      settings.put("depth", SETTINGS.depth());
      settings.put("span", SETTINGS.span());
      settings.put("peersPerCell", SETTINGS.peersPerCell().toString());
      ResultDocument.ofThisMachine("simulate cells --peers", settings, measurements, promises)
          .write(json);
    }
    return promises.stream().allMatch(Promise::held) ? ExitCode.DONE : ExitCode.MISSED;
  }
}
