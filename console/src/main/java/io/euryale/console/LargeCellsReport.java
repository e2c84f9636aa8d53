package io.euryale.console;

import io.euryale.bench.plot.Bars;
import io.euryale.bench.plot.Page;
import io.euryale.lab.Violation;
import io.euryale.lab.cells.LargeCells;
import io.euryale.overlay.OverlaySettings;
import io.euryale.peer.result.Measurement;
import io.euryale.peer.result.Promise;
import io.euryale.peer.result.ResultDocument;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
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

  /// What is plotted, by metric.
  private static final Map<String, String> TITLES = new LinkedHashMap<>();

  static {
    TITLES.put("control_frames_per_peer_minute", "Control frames of a peer in a quiet minute");
    TITLES.put("control_frames_busiest_minute", "Control frames of the busiest peer in a minute");
    TITLES.put("control_kib_busiest_minute", "KiB of control frames it handles in a minute");
    TITLES.put("all_joined_ms", "All have joined, ms after the first");
  }

  /// Above this number of peers nothing is broken: the schedule would take too long.
  private static final int MOST_WITH_CHURN = 2_000;

  private final PrintWriter out;
  private final @Nullable Path json;
  private final @Nullable Path page;

  LargeCellsReport(PrintWriter out, @Nullable Path json, @Nullable Path page) {
    this.out = out;
    this.json = json;
    this.page = page;
  }

  int run(List<Integer> numbers, long seed) throws IOException {
    List<Measurement> measurements = new ArrayList<>();
    List<Promise> promises = new ArrayList<>();
    out.println(
        "  peers   joined s   frames/peer/min   busiest/min   KiB/min   faults   broken promises");
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
          "%7d   %8s   %15.0f   %11.0f   %7.0f   %6d   %d%n",
          number,
          joined ? String.format(Locale.ROOT, "%.2f", measured.joinedNanos() / 1e9) : "never",
          measured.perPeerAndMinute(),
          measured.busiestPerMinute(),
          measured.busiestKibPerMinute(),
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
      measurements.add(
          Measurement.once(
              name, "control_kib_busiest_minute", "KiB/min", measured.busiestKibPerMinute()));
      if (joined) {
        measurements.add(
            Measurement.once(name, "all_joined_ms", "ms", measured.joinedNanos() / 1e6));
      }
      promises.add(new Promise(name + ": all join", joined));
      promises.add(new Promise(name + ": no promise of cells is broken", measured.isSound()));
    }
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("seed", seed);
    settings.put("depth", SETTINGS.depth());
    settings.put("span", SETTINGS.span());
    settings.put("peersPerCell", SETTINGS.peersPerCell().toString());
    ResultDocument document =
        ResultDocument.ofThisMachine("simulate cells --peers", settings, measurements, promises);
    if (json != null) {
      document.write(json);
    }
    if (page != null) {
      Files.writeString(page, Page.of(document, plots(measurements)));
    }
    return promises.stream().allMatch(Promise::held) ? ExitCode.DONE : ExitCode.MISSED;
  }

  /// One plot for each thing measured, a bar for each number of peers.
  private static List<Bars> plots(List<Measurement> measurements) {
    Map<String, Bars> plots = new LinkedHashMap<>();
    TITLES.forEach((metric, title) -> plots.put(metric, new Bars(title, "", Double.NaN)));
    for (Measurement measured : measurements) {
      Bars plot = plots.get(measured.metric());
      if (plot != null) {
        plot.row(measured.situation(), measured);
      }
    }
    return List.copyOf(plots.values());
  }
}
