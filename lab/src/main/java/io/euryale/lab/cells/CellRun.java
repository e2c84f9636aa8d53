package io.euryale.lab.cells;

import io.euryale.kernel.Endpoint;
import io.euryale.kernel.Home;
import io.euryale.kernel.Role;
import io.euryale.kernel.TrafficClass;
import io.euryale.overlay.CellMember;
import io.euryale.overlay.OverlaySettings;
import io.euryale.simulation.SimProcess;
import io.euryale.simulation.Simulation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Runs one schedule of the cells scenario: peers with their control cores only.
final class CellRun {

  /// Makes the cores of the peers; tests plant bugs here.
  interface Cores {
    CellMember member(
        OverlaySettings settings, SimProcess process, List<Endpoint> contacts, Home home);
  }

  /// The shipped cores.
  static final Cores SHIPPED =
      (settings, process, contacts, home) ->
          new CellMember(settings, process.ref(), contacts, home, _ -> {}, _ -> {});

  private final Simulation simulation;
  private final CellPlan plan;
  private final Cores cores;
  private final Map<String, CellMember> members = new TreeMap<>();

  CellRun(Simulation simulation, CellPlan plan, Cores cores) {
    this.simulation = simulation;
    this.plan = plan;
    this.cores = cores;
  }

  /// Adds the processes and their joins and leaves, then runs everything to the end.
  void run() {
    for (int i = 0; i < plan.peers(); i++) {
      boolean first = i == 0;
      simulation.addAt(
          plan.bootNanos().get(i),
          CellPlan.peer(i),
          Role.PEER,
          (process, _) -> boot(process, first));
    }
    for (CellPlan.Departure leave : plan.leaves()) {
      simulation.at(leave.atNanos(), () -> leave(leave.peer()));
    }
    simulation.inject(plan.faults());
    simulation.runUntil(CellPlan.QUIESCE_NANOS);
    simulation.quiesce(false);
    simulation.runUntil(CellPlan.END_NANOS);
    simulation.end();
  }

  private void boot(SimProcess process, boolean founds) {
    List<Endpoint> contacts = new ArrayList<>();
    for (int i = 0; i < CellPlan.CONTACTS && !founds; i++) {
      SimProcess contact = simulation.process(CellPlan.peer(i));
      if (!contact.name().equals(process.name())) {
        contacts.add(Endpoint.contact(contact.name(), contact.endpoint().controlPort()));
      }
    }
    members.put(
        process.name(),
        process.core(
            TrafficClass.CONTROL, home -> cores.member(plan.settings(), process, contacts, home)));
  }

  private void leave(String name) {
    SimProcess process = simulation.process(name);
    CellMember member = members.get(name);
    if (process.isAlive() && member != null) {
      process.execute(TrafficClass.CONTROL, member::leave);
    }
  }
}
