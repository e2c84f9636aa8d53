package io.euryale.lab.cells;

import io.euryale.overlay.OverlaySettings;
import io.euryale.simulation.Fault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Faults that hit the structure of the tree: what single draws meet too rarely. Peers are given in
/// the order of their boots, which is the order in which cells fill, so that runs of them are cells
/// in most schedules.
public final class CellFaults {

  private static final long MILLI = Duration.ofMillis(1).toNanos();

  private final SplittableRandom random;
  private final List<String> peers;
  private final OverlaySettings settings;
  private final long fromNanos;
  private final long untilNanos;

  /// @param peers in the order of their boots
  /// @param settings of the tree
  /// @param fromNanos no fault begins earlier, nor in the last third of the time
  /// @param untilNanos all faults have ended
  public CellFaults(
      SplittableRandom random,
      List<String> peers,
      OverlaySettings settings,
      long fromNanos,
      long untilNanos) {
    this.random = random;
    this.peers = List.copyOf(peers);
    this.settings = settings;
    this.fromNanos = fromNanos;
    this.untilNanos = untilNanos;
  }

  /// One of the arrangements, and often none.
  List<Fault> draw() {
    return switch (random.nextInt(8)) {
      case 0 -> split(List.of());
      case 1 -> loss(cells().getFirst());
      case 2 -> loss(cells().get(random.nextInt(cells().size())));
      case 3 -> mutual(cells().get(random.nextInt(cells().size())));
      default -> List.of();
    };
  }

  /// The peers in cells as they fill.
  private List<List<String>> cells() {
    List<List<String>> cells = new ArrayList<>();
    int next = 0;
    long width = 1;
    for (int level = 0; next < peers.size(); level++, width *= settings.span()) {
      for (long cell = 0; cell < width && next < peers.size(); cell++) {
        int end = Math.min(peers.size(), next + settings.capacity(level));
        cells.add(peers.subList(next, end));
        next = end;
      }
    }
    return cells;
  }

  private long start() {
    return (fromNanos + random.nextLong((untilNanos - fromNanos) * 2 / 3)) / MILLI * MILLI;
  }

  private long length(long start) {
    return Math.min((1_500 + random.nextInt(6_000)) * MILLI, untilNanos - start);
  }

  /// How many cells the peers fill.
  public int count() {
    return cells().size();
  }

  /// All peers of one cell crash.
  ///
  /// @param cell 0 for the root cell, then level by level
  public List<Fault> loss(int cell) {
    return loss(cells().get(cell));
  }

  /// Three or four parts, each cut off from all others.
  ///
  /// @param others processes that are in some part too
  public List<Fault> split(List<String> others) {
    int parts = 3 + random.nextInt(2);
    List<List<String>> sides = new ArrayList<>();
    for (int part = 0; part < parts; part++) {
      sides.add(new ArrayList<>());
    }
    peers.forEach(peer -> sides.get(random.nextInt(parts)).add(peer));
    others.forEach(other -> sides.get(random.nextInt(parts)).add(other));
    sides.removeIf(List::isEmpty);
    long start = start();
    long length = length(start);
    List<Fault> faults = new ArrayList<>();
    for (int a = 0; a < sides.size(); a++) {
      for (int b = a + 1; b < sides.size(); b++) {
        faults.add(new Fault.Partition(sides.get(a), sides.get(b), start, length));
      }
    }
    return faults;
  }

  /// A whole cell, within 20 ms.
  private List<Fault> loss(List<String> cell) {
    long start = start();
    long length = length(start);
    boolean power = random.nextBoolean();
    List<Fault> faults = new ArrayList<>();
    for (String peer : cell) {
      long at = start + random.nextInt(20) * MILLI;
      long until = Math.max(MILLI, length - (at - start));
      faults.add(power ? new Fault.CrashHost(peer, at, until) : new Fault.Crash(peer, at, until));
    }
    return faults;
  }

  /// Two members of a cell that lose only each other.
  private List<Fault> mutual(List<String> cell) {
    if (cell.size() < 2) {
      return List.of();
    }
    long start = start();
    List<String> one = List.of(cell.getFirst());
    List<String> other = List.of(cell.getLast());
    return List.of(new Fault.Partition(one, other, start, length(start)));
  }
}
