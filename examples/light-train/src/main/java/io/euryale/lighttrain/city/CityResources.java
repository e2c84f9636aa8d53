package io.euryale.lighttrain.city;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Whether the city needs more and more: looks from time to time at what the heaps of two processes
/// hold after a collection and at how many files they have open. The two live as long as the city:
/// this one, with sensors and control centre, and the first of those with peers, which no fault
/// kills by itself. Belongs to one thread.
final class CityResources {

  /// So many looks make a statement about growth: a third is warm-up, two are compared.
  private static final int LEAST_LOOKS = 9;

  private static final Duration SHORTEST_PERIOD = Duration.ofSeconds(10);
  private static final Duration LONGEST_PERIOD = Duration.ofMinutes(2);
  private static final int LOOKS = 30;

  /// What grew from the second third of the looks to the last.
  ///
  /// @param heapPercent of the heap after a collection, the larger of both processes
  /// @param openFiles of both processes together
  record Growth(double heapPercent, double openFiles) {}

  private final CityOverlay overlay;
  private final long periodNanos;
  private long nextNanos;
  private final List<Double> here = new ArrayList<>();
  private final List<Double> peers = new ArrayList<>();
  private final List<Double> files = new ArrayList<>();

  /// @param length of the city's life; null when nobody knows
  CityResources(CityOverlay overlay, @Nullable Duration length, long startNanos) {
    this.overlay = overlay;
    long wanted = length == null ? LONGEST_PERIOD.toNanos() : length.toNanos() / LOOKS;
    periodNanos = Math.clamp(wanted, SHORTEST_PERIOD.toNanos(), LONGEST_PERIOD.toNanos());
    nextNanos = startNanos + periodNanos;
  }

  /// Looks when it is time to.
  void tick(long nowNanos) {
    if (nowNanos - nextNanos < 0) {
      return;
    }
    nextNanos += periodNanos;
    // The answer to the question before; a look later does not matter.
    long answered = overlay.heapOfFirst();
    overlay.askHeapOfFirst();
    long pid = overlay.pidOfFirst();
    double open = openFiles(ProcessHandle.current().pid()) + openFiles(pid);
    if (answered > 0 && pid > 0 && open > 0) {
      System.gc();
      here.add((double) ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
      peers.add((double) answered);
      files.add(open);
    }
  }

  /// Open files of a process; 0 when the system does not say.
  private static double openFiles(long pid) {
    int count = 0;
    try (DirectoryStream<Path> open =
        Files.newDirectoryStream(Path.of("/proc", Long.toString(pid), "fd"))) {
      for (Path _ : open) {
        count++;
      }
    } catch (IOException _) {
      return 0;
    }
    return count;
  }

  /// What grew; null when the city did not live long enough to say.
  @Nullable Growth growth() {
    if (here.size() < LEAST_LOOKS) {
      return null;
    }
    double heap = Math.max(ratio(here), ratio(peers));
    return new Growth((heap - 1) * 100, least(files, 2) - least(files, 1));
  }

  private static double ratio(List<Double> looks) {
    return third(looks, 2) / third(looks, 1);
  }

  /// The median of a third of the looks.
  private static double third(List<Double> looks, int which) {
    List<Double> sorted = sortedThird(looks, which);
    return sorted.get(sorted.size() / 2);
  }

  /// The least of a third of the looks. Links that faults make needed for a while come and go by
  /// the hundred; what is never closed is there at the quietest moment too.
  private static double least(List<Double> looks, int which) {
    return sortedThird(looks, which).getFirst();
  }

  private static List<Double> sortedThird(List<Double> looks, int which) {
    int size = looks.size() / 3;
    int from = looks.size() - (3 - which) * size;
    return looks.subList(from, from + size).stream().sorted().toList();
  }
}
