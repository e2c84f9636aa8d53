package io.euryale.lighttrain.city;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Whether the city needs more and more: looks from time to time at what heaps hold after a
/// collection and at how many files are open. The heaps are those of the two processes that live as
/// long as the city: this one, with sensors and control centre, and the first of those with peers,
/// which no fault kills by itself; looked at while all peers are there and have been for a while.
/// Each collection stops its process for as long as some alarms may take, so there are few, and
/// none when they cannot make a statement. The files are those of all processes together, as after
/// a fault links may be in another one. Belongs to one thread.
final class CityResources {

  /// So many looks make a statement about growth: a third is warm-up, two are compared.
  static final int LEAST_LOOKS = 9;

  /// The first look only asks, the last may come too late, and a process may stand still when it is
  /// asked.
  private static final int MISSED_LOOKS = 4;

  private static final Duration SHORTEST_PERIOD = Duration.ofSeconds(20);
  static final Duration SHORTEST_LIFE = SHORTEST_PERIOD.multipliedBy(LEAST_LOOKS + MISSED_LOOKS);
  private static final Duration LONGEST_PERIOD = Duration.ofMinutes(2);
  private static final int LOOKS = 30;

  /// Buffers that a burst needed go when nothing has needed them for so long, and a peer that has
  /// just begun anew has not heard of all streams.
  private static final Duration SETTLING = Duration.ofSeconds(30);

  /// Faults make links by the hundred that go again, and where peers are mended to differs by some
  /// dozen more. So many moments are averaged, of those at which all peers are there.
  private static final Duration FILES_PERIOD = Duration.ofSeconds(1);

  private static final double MEBIBYTE = 1 << 20;
  static final List<String> THIRDS = List.of("first third", "second third", "last third");

  /// What a heap held after the collections of a third of the looks, in MiB.
  ///
  /// @param most compared between thirds, as what is never let go is there too when all peers have
  ///     heard of all streams. The least says less: a peer of the control centre that has begun
  ///     anew holds up to a tenth less and fills for minutes, so the least tells how soon after
  ///     such a fault one of a few looks came
  record Heap(String process, String third, double least, double middle, double most, int looks) {}

  /// What grew from the second third of the looks to the last.
  ///
  /// @param heapPercent of the most that a heap held, the larger of both processes
  /// @param openFiles of all processes together
  /// @param heaps of each process in each third
  /// @param files open on the average of each third, in all processes together
  record Growth(double heapPercent, double openFiles, List<Heap> heaps, List<Double> files) {}

  private final CityOverlay overlay;
  private final @Nullable Duration period;
  private long dueNanos;
  private long nextNanos;
  private final List<Double> here = new ArrayList<>();
  private final List<Double> peers = new ArrayList<>();
  private final List<Double> files = new ArrayList<>();
  private long nextFilesNanos;

  /// What was open since the last look, at so many moments together.
  private double open;

  private int moments;

  /// @param length of the city's life; null when nobody knows
  CityResources(CityOverlay overlay, @Nullable Duration length, long startNanos) {
    this.overlay = overlay;
    period = period(length);
    dueNanos = startNanos + (period == null ? 0 : period.toNanos());
    nextNanos = dueNanos;
    nextFilesNanos = startNanos;
  }

  /// The time between two looks; null for none.
  static @Nullable Duration period(@Nullable Duration length) {
    if (length == null) {
      return LONGEST_PERIOD;
    }
    long wanted = length.dividedBy(LOOKS).toNanos();
    Duration period =
        Duration.ofNanos(Math.clamp(wanted, SHORTEST_PERIOD.toNanos(), LONGEST_PERIOD.toNanos()));
    return length.compareTo(period.multipliedBy(LEAST_LOOKS + MISSED_LOOKS)) >= 0 ? period : null;
  }

  /// Looks when it is time to.
  void tick(long nowNanos) {
    if (period == null) {
      return;
    }
    if (nowNanos - nextFilesNanos >= 0) {
      nextFilesNanos = nowNanos + FILES_PERIOD.toNanos();
      double now = openFiles();
      open += now;
      moments += now > 0 ? 1 : 0;
    }
    // A process with a peer less holds less, by as much as that needs.
    if (nowNanos - nextNanos < 0 || !overlay.isWholeAndFirstLives(SETTLING, nowNanos)) {
      return;
    }
    // What waited is made up for, but not all at once.
    dueNanos += period.toNanos();
    nextNanos = Math.max(dueNanos, nowNanos + period.toNanos() / 2);
    // The answer to the question before; a look later does not matter.
    long answered = overlay.heapOfFirst();
    overlay.askHeapOfFirst();
    if (answered > 0 && moments > 0) {
      System.gc();
      here.add((double) ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
      peers.add((double) answered);
      files.add(open / moments);
      open = 0;
      moments = 0;
    }
  }

  /// Open files of all processes; 0 while a peer is missing.
  private double openFiles() {
    if (!overlay.isWhole()) {
      return 0;
    }
    List<Long> pids = new ArrayList<>(overlay.pids());
    pids.add(ProcessHandle.current().pid());
    List<Double> open =
        pids.stream().map(CityResources::openFiles).filter(count -> count > 0).toList();
    return open.size() == overlay.processes() + 1
        ? open.stream().mapToDouble(Double::doubleValue).sum()
        : 0;
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
    return growth(here, peers, files);
  }

  static @Nullable Growth growth(List<Double> here, List<Double> peers, List<Double> files) {
    if (here.size() < LEAST_LOOKS) {
      return null;
    }
    List<Heap> heaps = new ArrayList<>();
    double ratio = Math.max(heaps("city", here, heaps), heaps("first peers", peers, heaps));
    List<Double> open = new ArrayList<>();
    for (int i = 0; i < THIRDS.size(); i++) {
      open.add(third(files, i).stream().mapToDouble(Double::doubleValue).average().orElse(0));
    }
    double moreFiles = open.get(2) - open.get(1);
    return new Growth((ratio - 1) * 100, moreFiles, List.copyOf(heaps), List.copyOf(open));
  }

  /// @return the last third to the second
  private static double heaps(String process, List<Double> looks, List<Heap> heaps) {
    for (int i = 0; i < THIRDS.size(); i++) {
      List<Double> sorted = third(looks, i).stream().sorted().map(used -> used / MEBIBYTE).toList();
      heaps.add(
          new Heap(
              process,
              THIRDS.get(i),
              sorted.getFirst(),
              sorted.get(sorted.size() / 2),
              sorted.getLast(),
              sorted.size()));
    }
    return Collections.max(third(looks, 2)) / Collections.max(third(looks, 1));
  }

  private static List<Double> third(List<Double> looks, int which) {
    int size = looks.size() / 3;
    int from = which == 0 ? 0 : looks.size() - (3 - which) * size;
    return looks.subList(from, from + size);
  }
}
