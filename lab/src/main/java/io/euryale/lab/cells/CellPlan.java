package io.euryale.lab.cells;

import io.euryale.overlay.OverlaySettings;
import io.euryale.simulation.Fault;
import io.euryale.simulation.FaultMenu;
import io.euryale.simulation.FaultPattern;
import io.euryale.simulation.FaultPlan;
import io.euryale.simulation.Seeds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/// What one schedule of the cells scenario looks like, drawn from its seed: the tree, who joins
/// when, who leaves when, and what goes wrong.
///
/// @param peers how many peers, 3 to 14
/// @param settings of every peer
/// @param bootNanos when each peer boots first; the first one, which has no contacts, at 0, late or
/// never
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

  /// There is one root again this long after the faults ended, and a place for who was shunned.
  static final long HEAL_NANOS = 10 * SECOND;

  /// It has to stay quiet as long again.
  static final long END_NANOS = QUIESCE_NANOS + 2 * SETTLE_NANOS;

  /// Pauses about as long as the time-outs that shun or report somebody.
  private static final List<FaultPattern> DEADLINES =
      List.of(
          new FaultPattern.PauseAround(Duration.ofMillis(750).toNanos()),
          new FaultPattern.PauseAround(SECOND));

  /// Where the founder comes late, the others wait for it no longer than this.
  private static final Duration FOUNDING_PATIENCE = Duration.ofSeconds(4);

  /// A boot that the run does not see.
  private static final long NEVER = 2 * END_NANOS;

  /// Peers that every peer has as contacts; they come back from every crash.
  static final int CONTACTS = 3;

  /// @param attempt draws other faults for the same seed, when those before had too little effect
  static CellPlan draw(long seed, int attempt) {
    SplittableRandom shape = Seeds.stream(seed, "shape");
    int peers = 3 + shape.nextInt(12);
    OverlaySettings settings = drawSettings(shape, peers);
    SplittableRandom start = Seeds.stream(seed, "start");
    boolean storm = start.nextInt(6) == 0;
    boolean founderLate = start.nextInt(10) == 0;
    List<Long> boots = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (int i = 0; i < peers; i++) {
      boolean late = i >= CONTACTS && shape.nextInt(8) == 0;
      long span = late ? QUIESCE_NANOS : SECOND / 2;
      long boot = 10_000_000 + shape.nextLong(span);
      if (i == 0) {
        long comes =
            start.nextBoolean() ? NEVER : QUIESCE_NANOS / 2 + start.nextLong(QUIESCE_NANOS);
        boots.add(founderLate ? comes : 0);
      } else {
        boots.add(storm ? 10_000_000 + boot / 100 : boot);
      }
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
    List<Fault> arranged = new ArrayList<>();
    CellFaults structural =
        new CellFaults(
            Seeds.stream(seed, "structure " + attempt),
            inBootOrder(names, boots),
            settings,
            FAULTS_FROM_NANOS,
            QUIESCE_NANOS);
    arranged.addAll(structural.draw());
    arranged.addAll(structural.draw());
    FaultPlan faults =
        FaultMenu.of(names, FAULTS_FROM_NANOS, QUIESCE_NANOS)
            .withCount(3, 12)
            .withMostDown(peers - 1)
            .withPatterns(DEADLINES)
            .draw(seed, attempt);
    arranged.addAll(forGood(faults, Seeds.stream(seed, "for good")).faults());
    arranged.sort(Comparator.comparingLong(Fault::startNanos));
    return new CellPlan(
        peers,
        founderLate ? settings.withFoundingPatience(FOUNDING_PATIENCE) : settings,
        boots,
        leaves,
        new FaultPlan(arranged));
  }

  private static List<String> inBootOrder(List<String> names, List<Long> boots) {
    return names.stream()
        .sorted(Comparator.comparingLong(name -> boots.get(names.indexOf(name))))
        .toList();
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
