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
import org.jspecify.annotations.Nullable;

/// What one schedule of the cells scenario looks like, drawn from its seed: the tree, who joins
/// when, who leaves when, which settings change when, and what goes wrong.
///
/// @param peers how many peers, 3 to 14
/// @param settings of every peer
/// @param bootNanos when each peer boots first; the first one, which has no contacts, at 0, late or
/// never
/// @param leaves who leaves gracefully, and when
/// @param reloads other settings, in order of time
/// @param laggard a peer that answers but does not follow its cell, or null
/// @param finds who offers and looks for something, or null when nobody does
/// @param faults what goes wrong until [#QUIESCE_NANOS]; crashes without an end stay down
record CellPlan(
    int peers,
    OverlaySettings settings,
    List<Long> bootNanos,
    List<Departure> leaves,
    List<Reload> reloads,
    @Nullable Laggard laggard,
    @Nullable FindPlan finds,
    FaultPlan faults) {

  /// A graceful leave; the process stays silent until a fault restarts it.
  record Departure(String peer, long atNanos) {}

  /// All peers get other settings, those of the root cell first.
  record Reload(OverlaySettings settings, long atNanos) {}

  /// A timing fault of one peer: it takes no view of its cell for this while.
  record Laggard(String peer, long fromNanos, long untilNanos) {}

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
    Laggard laggard = drawLaggard(Seeds.stream(seed, "laggard"), peers);
    List<Fault> arranged = new ArrayList<>();
    if (laggard != null) {
      // Little else happens, or nobody would lag for long. Its cell has to change, for else there
      // is
      // nothing to follow: in cells of two, as they fill, a peer of the cell above, who is
      // somebody's
      // parent there, restarts.
      int pair = names.indexOf(laggard.peer()) / 2;
      String other = names.get(pair == 0 ? 0 : 2 * ((pair - 1) / 2));
      arranged.add(new Fault.Restart(other, laggard.fromNanos() + SECOND / 2));
    }
    CellFaults structural =
        new CellFaults(
            Seeds.stream(seed, "structure " + attempt),
            inBootOrder(names, boots),
            settings,
            FAULTS_FROM_NANOS,
            QUIESCE_NANOS);
    if (laggard == null) {
      arranged.addAll(structural.draw());
      arranged.addAll(structural.draw());
    }
    FaultPlan faults =
        FaultMenu.of(names, FAULTS_FROM_NANOS, QUIESCE_NANOS)
            .withCount(3, laggard == null ? 12 : 4)
            .withMostDown(peers - 1)
            .withPatterns(DEADLINES)
            .draw(seed, attempt);
    arranged.addAll(forGood(faults, Seeds.stream(seed, "for good")).faults());
    arranged.sort(Comparator.comparingLong(Fault::startNanos));
    OverlaySettings first =
        founderLate ? settings.withFoundingPatience(FOUNDING_PATIENCE) : settings;
    return new CellPlan(
        peers,
        first,
        boots,
        leaves,
        drawReloads(Seeds.stream(seed, "reloads"), first),
        laggard,
        FindPlan.draw(Seeds.stream(seed, "finds"), names),
        new FaultPlan(arranged));
  }

  /// Most schedules have none, some up to three: other periods and time-outs, and cells that may
  /// have one peer more than at first, or again no more than at first.
  private static List<Reload> drawReloads(SplittableRandom random, OverlaySettings first) {
    int count = Math.max(0, random.nextInt(8) - 4);
    long span = (QUIESCE_NANOS - FAULTS_FROM_NANOS) / Math.max(1, count);
    List<Integer> larger = first.peersPerCell().stream().map(size -> size + 1).toList();
    List<Reload> reloads = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Duration ping = Duration.ofMillis(100 + random.nextInt(250));
      Duration silence = Duration.ofMillis(750 + random.nextInt(500));
      reloads.add(
          new Reload(
              first
                  .withPeersPerCell(random.nextBoolean() ? larger : first.peersPerCell())
                  .withPings(ping, silence),
              FAULTS_FROM_NANOS + i * span + random.nextLong(span)));
    }
    return reloads;
  }

  private static @Nullable Laggard drawLaggard(SplittableRandom random, int peers) {
    long from = FAULTS_FROM_NANOS + random.nextLong(2 * SECOND);
    Laggard laggard = new Laggard(peer(random.nextInt(peers)), from, QUIESCE_NANOS);
    return random.nextInt(6) == 0 ? laggard : null;
  }

  /// The settings that count in the end.
  OverlaySettings lastSettings() {
    return reloads.isEmpty() ? settings : reloads.getLast().settings();
  }

  /// The first settings with the largest cells that were ever allowed: nobody is moved for a
  /// smaller cell.
  OverlaySettings widestSettings() {
    OverlaySettings widest = settings;
    for (Reload reload : reloads) {
      if (reload.settings().capacity(0) > widest.capacity(0)) {
        widest = widest.withPeersPerCell(reload.settings().peersPerCell());
      }
    }
    return widest;
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
    return new CellPlan(peers, settings, bootNanos, leaves, reloads, laggard, finds, other);
  }

  /// The same, and nobody offers or looks for anything.
  CellPlan withoutFinds() {
    return new CellPlan(peers, settings, bootNanos, leaves, reloads, laggard, null, faults);
  }

  /// The same joins and reloads without leaves and faults.
  CellPlan quiet() {
    return new CellPlan(
        peers, settings, bootNanos, List.of(), reloads, null, finds, FaultPlan.NONE);
  }

  static String peer(int index) {
    return "peer-" + (char) ('a' + index);
  }

  private static boolean isContact(String peer) {
    return peer.charAt(peer.length() - 1) < 'a' + CONTACTS;
  }
}
