package io.euryale.console;

import io.euryale.lab.cells.SplitHealing;
import io.euryale.overlay.OverlaySettings;
import io.euryale.peer.result.Measurement;
import io.euryale.peer.result.Promise;
import io.euryale.peer.result.ResultDocument;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/// Tells how long overlays of several sizes take to become one tree again after splits, by the
/// number of peers and parts, and holds that against the goal.
final class SplitReport {

  /// Of the default shape, with as many peers as there are places and a few less, and larger ones;
  /// all else is as by default.
  private static final List<Sized> OVERLAYS =
      List.of(
          new Sized(12, OverlaySettings.defaults()),
          new Sized(14, OverlaySettings.defaults()),
          new Sized(40, OverlaySettings.shaped(3, 3, List.of(4, 3, 3))),
          new Sized(99, OverlaySettings.shaped(3, 5, List.of(4, 4, 3))));

  private record Sized(int peers, OverlaySettings settings) {}

  private static final List<Integer> PARTS = List.of(2, 3, 4);

  /// How long a split into three may take to heal, in the median of its schedules.
  private static final double GOAL_MILLIS = 2_000;

  private final PrintWriter out;
  private final @Nullable Path json;
  private final int threads;

  SplitReport(PrintWriter out, @Nullable Path json, int threads) {
    this.out = out;
    this.json = json;
    this.threads = threads;
  }

  int run(int schedules, long firstSeed) throws IOException, InterruptedException {
    List<Measurement> measurements = new ArrayList<>();
    List<Promise> promises = new ArrayList<>();
    out.println("  peers   parts   one root s   all placed s   healed s: median   90 %   longest");
    out.flush();
    for (Sized overlay : OVERLAYS) {
      int peers = overlay.peers();
      for (int parts : PARTS) {
        SplitHealing split = new SplitHealing(peers, parts, overlay.settings());
        List<SplitHealing.Healed> all = heal(split, schedules, firstSeed);
        double[] root = millis(all.stream().mapToLong(SplitHealing.Healed::oneRootNanos).toArray());
        double[] placed =
            millis(all.stream().mapToLong(SplitHealing.Healed::placedNanos).toArray());
        double[] healed =
            millis(all.stream().mapToLong(SplitHealing.Healed::healedNanos).toArray());
        out.printf(
            Locale.ROOT,
            "%7d   %5d   %10.2f   %12.2f   %16.2f   %4.2f   %7.2f%n",
            peers,
            parts,
            at(root, 0.5) / 1e3,
            at(placed, 0.5) / 1e3,
            at(healed, 0.5) / 1e3,
            at(healed, 0.9) / 1e3,
            at(healed, 1) / 1e3);
        out.flush();
        String name = peers + " peers, " + parts + " parts";
        measurements.add(Measurement.once(name + ", one root", "heal_ms", "ms", at(root, 0.5)));
        measurements.add(Measurement.once(name + ", all placed", "heal_ms", "ms", at(placed, 0.5)));
        measurements.add(Measurement.once(name + ", p50", "heal_ms", "ms", at(healed, 0.5)));
        measurements.add(Measurement.once(name + ", p90", "heal_ms", "ms", at(healed, 0.9)));
        measurements.add(Measurement.once(name + ", max", "heal_ms", "ms", at(healed, 1)));
        if (parts == 3) {
          promises.add(
              new Promise(
                  name + ": one tree again within 2 s, median", at(healed, 0.5) <= GOAL_MILLIS));
        }
      }
    }
    for (Promise promise : promises) {
      out.println((promise.held() ? "held    " : "missed  ") + promise.text());
    }
    out.flush();
    if (json != null) {
      Map<String, Object> settings = new LinkedHashMap<>();
      settings.put("seed", firstSeed);
      settings.put("schedules", schedules);
      ResultDocument.ofThisMachine("simulate cells --splits", settings, measurements, promises)
          .write(json);
    }
    return promises.stream().allMatch(Promise::held) ? ExitCode.DONE : ExitCode.MISSED;
  }

  private List<SplitHealing.Healed> heal(SplitHealing split, int schedules, long firstSeed)
      throws InterruptedException {
    List<Callable<SplitHealing.Healed>> tasks = new ArrayList<>();
    for (int i = 0; i < schedules; i++) {
      long seed = firstSeed + i;
      tasks.add(() -> split.heal(seed));
    }
    List<SplitHealing.Healed> all = new ArrayList<>();
    try (ExecutorService workers = Executors.newFixedThreadPool(threads)) {
      for (Future<SplitHealing.Healed> each : workers.invokeAll(tasks)) {
        all.add(each.get());
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("A schedule failed", e);
    }
    return all;
  }

  private static double[] millis(long[] nanos) {
    return Arrays.stream(nanos).mapToDouble(each -> each / 1e6).sorted().toArray();
  }

  private static double at(double[] sorted, double share) {
    return sorted[(int) Math.min(sorted.length - 1, Math.round(share * sorted.length))];
  }
}
