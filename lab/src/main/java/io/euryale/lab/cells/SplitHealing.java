package io.euryale.lab.cells;

import io.euryale.kernel.Endpoint;
import io.euryale.kernel.Role;
import io.euryale.kernel.TrafficClass;
import io.euryale.kernel.trace.TraceSink;
import io.euryale.overlay.CellMember;
import io.euryale.overlay.CellView;
import io.euryale.overlay.OverlaySettings;
import io.euryale.overlay.OverlayStatus;
import io.euryale.simulation.Fault;
import io.euryale.simulation.FaultPlan;
import io.euryale.simulation.SimProcess;
import io.euryale.simulation.Simulation;
import io.euryale.simulation.SimulationSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/// Measures how long it takes until an overlay that was split into several parts is one tree again.
///
/// @param peers how many, 4 or more
/// @param parts into how many the network is split
/// @param settings of every peer
public record SplitHealing(int peers, int parts, OverlaySettings settings) {

  private static final long SECOND = CellPlan.SECOND;
  private static final long LOOK_NANOS = SECOND / 50;
  private static final long SPLIT_NANOS = 8 * SECOND;
  private static final long CUT_NANOS = 10 * SECOND;
  private static final long MOST_NANOS = 60 * SECOND;
  private static final int CONTACTS = 3;

  /// When a split overlay was one again, in nanoseconds from the end of the split;
  /// `Long.MAX_VALUE` for what did not come within a minute.
  ///
  /// @param oneRootNanos all peers know one root
  /// @param placedNanos all have a cell, and below the root a parent as well
  /// @param healedNanos the root knows them all besides
  public record Healed(long oneRootNanos, long placedNanos, long healedNanos) {}

  /// Runs the schedule of a seed: each part is large enough to form a tree of its own.
  ///
  /// @param sinks told every event
  public Healed heal(long seed, TraceSink... sinks) {
    Simulation simulation = new Simulation(seed, SimulationSettings.lan());
    for (TraceSink sink : sinks) {
      simulation.addSink(sink);
    }
    Map<String, CellMember> members = new TreeMap<>();
    List<List<String>> sides = new ArrayList<>();
    for (int part = 0; part < parts; part++) {
      sides.add(new ArrayList<>());
    }
    SplittableRandom random = simulation.stream("parts");
    for (int i = 0; i < peers; i++) {
      int index = i;
      sides.get(i < parts ? i : random.nextInt(parts)).add(name(i));
      simulation.addAt(
          i * SECOND / 20,
          name(i),
          Role.PEER,
          (process, _) -> members.put(process.name(), boot(simulation, process, index)));
    }
    List<Fault> cuts = new ArrayList<>();
    for (int a = 0; a < parts; a++) {
      for (int b = a + 1; b < parts; b++) {
        cuts.add(new Fault.Partition(sides.get(a), sides.get(b), SPLIT_NANOS, CUT_NANOS));
      }
    }
    simulation.inject(new FaultPlan(cuts));
    long end = SPLIT_NANOS + CUT_NANOS;
    simulation.runUntil(end);
    long oneRoot = Long.MAX_VALUE;
    long placed = Long.MAX_VALUE;
    while (simulation.now() < end + MOST_NANOS) {
      simulation.runFor(LOOK_NANOS);
      long since = simulation.now() - end;
      List<OverlayStatus> all = members.values().stream().map(CellMember::status).toList();
      // What was there may be lost again: a cell that gives way sends its members on.
      oneRoot = knowOneRoot(all) ? Math.min(oneRoot, since) : Long.MAX_VALUE;
      placed = arePlaced(all) ? Math.min(placed, since) : Long.MAX_VALUE;
      if (oneRoot < Long.MAX_VALUE && placed < Long.MAX_VALUE && isKnown(all)) {
        return new Healed(oneRoot, placed, since);
      }
    }
    return new Healed(oneRoot, placed, Long.MAX_VALUE);
  }

  private CellMember boot(Simulation simulation, SimProcess process, int index) {
    List<Endpoint> contacts = new ArrayList<>();
    for (int i = 0; i < CONTACTS && index > 0; i++) {
      SimProcess contact = simulation.process(name(i));
      if (i != index) {
        contacts.add(Endpoint.contact(contact.name(), contact.endpoint().controlPort()));
      }
    }
    return process.core(
        TrafficClass.CONTROL,
        home -> new CellMember(settings, process.ref(), contacts, home, _ -> {}, _ -> {}));
  }

  private static boolean knowOneRoot(List<OverlayStatus> all) {
    return all.stream().noneMatch(status -> status.own() == null)
        && all.stream().map(status -> status.cells().getFirst().term()).distinct().count() == 1;
  }

  private static boolean arePlaced(List<OverlayStatus> all) {
    return all.stream().allMatch(SplitHealing::isPlaced);
  }

  private static boolean isPlaced(OverlayStatus status) {
    CellView own = status.own();
    return own != null && (own.cell().isRoot() || status.parent() != null);
  }

  private boolean isKnown(List<OverlayStatus> all) {
    return all.stream()
        .filter(OverlayStatus::complete)
        .anyMatch(
            status ->
                status.cells().stream().mapToInt(cell -> cell.members().size()).sum() == peers);
  }

  private static String name(int index) {
    return "peer-" + index;
  }
}
