package io.euryale.lab.cells;

import io.euryale.kernel.Endpoint;
import io.euryale.kernel.Role;
import io.euryale.kernel.TrafficClass;
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

  /// Runs the schedule of a seed: each part is large enough to form a tree of its own.
  ///
  /// @return nanoseconds from the end of the split until all peers know one root, have their place,
  /// and the root knows them all; `Long.MAX_VALUE` when that does not come within a minute
  public long healNanos(long seed) {
    Simulation simulation = new Simulation(seed, SimulationSettings.lan());
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
    long healed = SPLIT_NANOS + CUT_NANOS;
    simulation.runUntil(healed);
    while (simulation.now() < healed + MOST_NANOS) {
      simulation.runFor(LOOK_NANOS);
      if (isOne(members)) {
        return simulation.now() - healed;
      }
    }
    return Long.MAX_VALUE;
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

  private boolean isOne(Map<String, CellMember> members) {
    CellView root = null;
    boolean known = false;
    for (CellMember member : members.values()) {
      OverlayStatus status = member.status();
      CellView own = status.own();
      if (own == null || (!own.cell().isRoot() && status.parent() == null)) {
        return false;
      }
      CellView here = status.cells().getFirst();
      root = root == null ? here : root;
      if (!here.term().equals(root.term())) {
        return false;
      }
      int all = status.cells().stream().mapToInt(cell -> cell.members().size()).sum();
      known |= status.complete() && all == peers;
    }
    return known;
  }

  private static String name(int index) {
    return "peer-" + index;
  }
}
