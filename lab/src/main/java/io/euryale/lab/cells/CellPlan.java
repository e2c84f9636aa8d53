package io.euryale.lab.cells;

import io.euryale.overlay.OverlaySettings;
import io.euryale.simulation.Fault;
import io.euryale.simulation.FaultMenu;
import io.euryale.simulation.FaultPlan;
import io.euryale.simulation.Seeds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// What one schedule of the cells scenario looks like, drawn from its seed: the tree, who joins
/// when, who leaves when, and what goes wrong.
///
/// @param peers how many peers, 3 to 14
/// @param settings of every peer
/// @param bootNanos when each peer boots first; the first one at 0
/// @param leaves who leaves gracefully, and when
/// @param faults what goes wrong until [#QUIESCE_NANOS]; crashes without an end stay down
record CellPlan(
    int peers,
    OverlaySettings settings,
    List<Long> bootNanos,
    List<Departure> leaves,
    FaultPlan faults) {

  /// A graceful leave; the process stays silent until a fault restarts it.
  record Departure(String peer, long atNanos) {}

  static final long SECOND = Duration.ofSeconds(1).toNanos();

  /// The overlay forms undisturbed until here, where few peers boot later.
  static final long FAULTS_FROM_NANOS = SECOND;

  /// Faults end.
  static final long QUIESCE_NANOS = 12 * SECOND;

  /// The tree has to be whole, and quiet, this long after the faults ended.
  static final long SETTLE_NANOS = 15 * SECOND;

  /// It has to stay quiet as long again.
  static final long END_NANOS = QUIESCE_NANOS + 2 * SETTLE_NANOS;

  /// Peers that every peer has as contacts; they come back from every crash.
  static final int CONTACTS = 3;

  /// @param attempt draws other faults for the same seed, when those before had too little effect
  static CellPlan draw(long seed, int attempt) {
    SplittableRandom shape = Seeds.stream(seed, "shape");
    int peers = 3 + shape.nextInt(12);
    OverlaySettings settings = drawSettings(shape, peers);
    List<Long> boots = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (int i = 0; i < peers; i++) {
      boolean late = i >= CONTACTS && shape.nextInt(8) == 0;
      long span = late ? QUIESCE_NANOS : SECOND / 2;
      boots.add(i == 0 ? 0 : 10_000_000 + shape.nextLong(span));
      names.add(peer(i));
    }
    List<Departure> leaves = new ArrayList<>();
    // The founder stays: were it to leave before the others got in, nobody would be entitled to
    // found the overlay again.
    for (int i = 1; i < peers; i++) {
      if (shape.nextInt(10) == 0) {
        long at = FAULTS_FROM_NANOS + shape.nextLong(QUIESCE_NANOS - FAULTS_FROM_NANOS);
        leaves.add(new Departure(peer(i), at));
      }
    }
    FaultPlan faults =
        FaultMenu.of(names, FAULTS_FROM_NANOS, QUIESCE_NANOS)
            .withCount(3, 12)
            .withMostDown(peers - 1)
            .draw(seed, attempt);
    return new CellPlan(
        peers, settings, boots, leaves, forGood(faults, Seeds.stream(seed, "for good")));
  }

  private static OverlaySettings drawSettings(SplittableRandom shape, int peers) {
    List<OverlaySettings> fitting = new ArrayList<>();
    fitting.add(OverlaySettings.defaults());
    fitting.add(OverlaySettings.shaped(4, 1, List.of(3, 4, 4, 4)));
    fitting.add(OverlaySettings.shaped(3, 3, List.of(3, 2, 1)));
    if (peers <= 12) {
      fitting.add(OverlaySettings.shaped(4, 2, List.of(1, 2, 2, 1)));
    }
    return fitting.get(shape.nextInt(fitting.size()));
  }

  /// Some crashes last for good.
  private static FaultPlan forGood(FaultPlan faults, SplittableRandom shape) {
    FaultPlan changed = faults;
    for (int i = 0; i < faults.size(); i++) {
      Fault fault = faults.faults().get(i);
      boolean lasting =
          switch (fault) {
            case Fault.Crash f -> !isContact(f.process()) && shape.nextInt(3) == 0;
            case Fault.CrashHost f -> !isContact(f.process()) && shape.nextInt(3) == 0;
            default -> false;
          };
      if (lasting) {
        changed = changed.with(i, fault.withDuration(Fault.UNTIL_HEALED));
      }
    }
    return changed;
  }

  CellPlan with(FaultPlan other) {
    return new CellPlan(peers, settings, bootNanos, leaves, other);
  }

  /// The same joins without leaves and faults.
  CellPlan quiet() {
    return new CellPlan(peers, settings, bootNanos, List.of(), FaultPlan.NONE);
  }

  static String peer(int index) {
    return "peer-" + (char) ('a' + index);
  }

  private static boolean isContact(String peer) {
    return peer.charAt(peer.length() - 1) < 'a' + CONTACTS;
  }
}
