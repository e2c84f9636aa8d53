package io.euryale.lab.cells;

import io.euryale.kernel.Core;
import io.euryale.kernel.Endpoint;
import io.euryale.kernel.Home;
import io.euryale.kernel.Role;
import io.euryale.kernel.TrafficClass;
import io.euryale.overlay.CellMember;
import io.euryale.overlay.CellView;
import io.euryale.overlay.OverlaySettings;
import io.euryale.simulation.SimProcess;
import io.euryale.simulation.Simulation;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Runs one schedule of the cells scenario: peers with their control cores only, and a client that
/// looks for things.
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

  /// The wire types that bring views of the own cell: view, fenced, probe.
  private static final Set<Byte> VIEWS = Set.of((byte) 29, (byte) 32, (byte) 33);

  private static final long ROOT_FIRST_NANOS = CellPlan.SECOND / 10;

  private final Simulation simulation;
  private final CellPlan plan;
  private final Cores cores;
  private final Map<String, CellMember> members = new TreeMap<>();

  private final @Nullable Finders finders;

  /// What a peer that boots now is started with.
  private OverlaySettings settings;

  CellRun(Simulation simulation, CellPlan plan, Cores cores) {
    this.simulation = simulation;
    this.plan = plan;
    this.cores = cores;
    settings = plan.settings();
    FindPlan finds = plan.finds();
    finders = finds == null ? null : new Finders(simulation, finds);
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
    for (CellPlan.Reload reload : plan.reloads()) {
      simulation.at(reload.atNanos(), () -> reload(reload.settings(), true));
      simulation.at(reload.atNanos() + ROOT_FIRST_NANOS, () -> reload(reload.settings(), false));
    }
    if (finders != null) {
      finders.begin(contacts(FindPlan.CLIENT));
    }
    simulation.inject(plan.faults());
    simulation.runUntil(CellPlan.QUIESCE_NANOS);
    simulation.quiesce(false);
    simulation.runUntil(CellPlan.END_NANOS);
    simulation.end();
  }

  private void boot(SimProcess process, boolean founds) {
    List<Endpoint> contacts = founds ? List.of() : contacts(process.name());
    Core _ =
        process.core(
            TrafficClass.CONTROL,
            home -> {
              CellMember member = cores.member(settings, process, contacts, home);
              members.put(process.name(), member);
              return new Tapped(member, frame -> !isMissed(process.name(), frame));
            });
    CellMember member = members.get(process.name());
    if (finders != null && member != null) {
      finders.booted(process, member);
    }
  }

  private List<Endpoint> contacts(String name) {
    List<Endpoint> contacts = new ArrayList<>();
    for (int i = 0; i < CellPlan.CONTACTS; i++) {
      SimProcess contact = simulation.process(CellPlan.peer(i));
      if (!contact.name().equals(name)) {
        contacts.add(Endpoint.contact(contact.name(), contact.endpoint().controlPort()));
      }
    }
    return contacts;
  }

  private boolean isMissed(String peer, ByteBuffer frame) {
    CellPlan.Laggard laggard = plan.laggard();
    return laggard != null
        && laggard.peer().equals(peer)
        && simulation.now() >= laggard.fromNanos()
        && simulation.now() < laggard.untilNanos()
        && VIEWS.contains(frame.get(frame.position()));
  }

  /// As an operator does: the root cell first, then everybody.
  private void reload(OverlaySettings next, boolean rootCell) {
    settings = next;
    members.forEach(
        (name, member) -> {
          SimProcess process = simulation.process(name);
          CellView own = member.status().own();
          boolean isRoot = own != null && own.cell().isRoot();
          if (process.isAlive() && (isRoot || !rootCell)) {
            List<Endpoint> contacts = name.equals(CellPlan.peer(0)) ? List.of() : contacts(name);
            process.execute(TrafficClass.CONTROL, now -> member.reload(now, next, contacts));
          }
        });
  }

  private void leave(String name) {
    SimProcess process = simulation.process(name);
    CellMember member = members.get(name);
    if (process.isAlive() && member != null) {
      process.execute(TrafficClass.CONTROL, member::leave);
    }
  }
}
