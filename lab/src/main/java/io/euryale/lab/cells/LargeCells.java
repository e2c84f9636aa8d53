package io.euryale.lab.cells;

import io.euryale.kernel.Core;
import io.euryale.kernel.Endpoint;
import io.euryale.kernel.Hello;
import io.euryale.kernel.Role;
import io.euryale.kernel.TrafficClass;
import io.euryale.kernel.trace.Trace;
import io.euryale.lab.Checker;
import io.euryale.lab.Violation;
import io.euryale.overlay.CellMember;
import io.euryale.overlay.OverlaySettings;
import io.euryale.simulation.Fault;
import io.euryale.simulation.FaultMenu;
import io.euryale.simulation.FaultPlan;
import io.euryale.simulation.SimProcess;
import io.euryale.simulation.Simulation;
import io.euryale.simulation.SimulationSettings;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// One long schedule with many peers: all join in a storm, then peers crash, restart, pause and are
/// cut off, then all has to be one tree again. Counts what control messages cost in quiet times.
///
/// @param peers how many, 4 or more
/// @param settings of every peer; the tree has to have room
/// @param stormNanos all peers boot within this time
/// @param faults how many hit the overlay within [#churnNanos] after the storm
/// @param churnNanos how long faults come; 0 for none
public record LargeCells(
    int peers, OverlaySettings settings, long stormNanos, int faults, long churnNanos) {

  private static final long SECOND = CellPlan.SECOND;
  private static final int CONTACTS = 3;

  /// Quiet time over which messages are counted.
  private static final long COUNTED_NANOS = 4 * SECOND;

  /// What came of it.
  ///
  /// @param joinedNanos when the last peer of the storm was a member
  /// @param perPeerAndMinute control frames that a peer handled in a quiet minute, on average
  /// @param busiestPerMinute the same of the peer that handled most
  /// @param violations what the checkers found
  public record Measured(
      long joinedNanos,
      double perPeerAndMinute,
      double busiestPerMinute,
      List<Violation> violations) {

    /// Whether every promise was kept.
    public boolean isSound() {
      return violations.isEmpty();
    }
  }

  /// Counts the frames that a core handles.
  private static final class Counting implements Core {
    private final Core core;
    private final long[] counts;
    private final int index;

    Counting(Core core, long[] counts, int index) {
      this.core = core;
      this.counts = counts;
      this.index = index;
    }

    @Override
    public void start(long nowNanos) {
      core.start(nowNanos);
    }

    @Override
    public void linkUp(long nowNanos, int link, Hello remote) {
      core.linkUp(nowNanos, link, remote);
    }

    @Override
    public void linkDown(long nowNanos, int link, String reason) {
      core.linkDown(nowNanos, link, reason);
    }

    @Override
    public void dialFailed(long nowNanos, int link, String reason) {
      core.dialFailed(nowNanos, link, reason);
    }

    @Override
    public void frame(long nowNanos, int link, ByteBuffer frame) {
      counts[index]++;
      core.frame(nowNanos, link, frame);
    }

    @Override
    public void timerDue(long nowNanos) {
      core.timerDue(nowNanos);
    }

    @Override
    public void idle(long nowNanos) {
      core.idle(nowNanos);
    }
  }

  /// Runs the schedule of a seed.
  public Measured run(long seed) {
    Simulation simulation =
        new Simulation(seed, SimulationSettings.lan().withMaxSteps(Long.MAX_VALUE));
    List<Checker> checkers = CellCheckers.all(settings, CellPlan.SETTLE_NANOS, CellPlan.HEAL_NANOS);
    checkers.forEach(simulation::addSink);
    Map<String, Trace> joined = new TreeMap<>();
    simulation.addSink(
        trace -> {
          if (trace.event().equals("MEMBER")) {
            joined.putIfAbsent(trace.proc(), trace);
          }
        });
    long[] counts = new long[peers];
    List<String> names = new ArrayList<>();
    for (int i = 0; i < peers; i++) {
      int index = i;
      names.add(peer(i));
      simulation.addAt(
          i == 0 ? 0 : 10_000_000 + stormNanos / peers * i,
          peer(i),
          Role.PEER,
          (process, _) -> boot(simulation, process, counts, index));
    }
    long quiet = 10_000_000 + stormNanos;
    if (churnNanos > 0) {
      long from = quiet + SECOND;
      quiet = from + churnNanos;
      FaultPlan plan =
          FaultMenu.of(names, from, quiet)
              .withKinds(EnumSet.range(Fault.Kind.CRASH, Fault.Kind.SLOW))
              .withCount(faults, faults)
              .draw(seed);
      simulation.inject(plan);
    }
    simulation.runUntil(quiet);
    simulation.quiesce(true);
    simulation.runFor(CellPlan.SETTLE_NANOS);
    long[] before = counts.clone();
    simulation.runFor(COUNTED_NANOS);
    simulation.end();
    List<Violation> violations = new ArrayList<>();
    checkers.forEach(checker -> violations.addAll(checker.finish()));
    long last = joined.values().stream().mapToLong(Trace::at).max().orElse(Long.MAX_VALUE);
    double minutes = COUNTED_NANOS / 60e9;
    long all = 0;
    long busiest = 0;
    for (int i = 0; i < peers; i++) {
      all += counts[i] - before[i];
      busiest = Math.max(busiest, counts[i] - before[i]);
    }
    return new Measured(
        joined.size() == peers ? last : Long.MAX_VALUE,
        all / minutes / peers,
        busiest / minutes,
        violations);
  }

  private void boot(Simulation simulation, SimProcess process, long[] counts, int index) {
    List<Endpoint> contacts = new ArrayList<>();
    for (int i = 0; i < CONTACTS && index > 0; i++) {
      SimProcess contact = simulation.process(peer(i));
      if (i != index) {
        contacts.add(Endpoint.contact(contact.name(), contact.endpoint().controlPort()));
      }
    }
    process.core(
        TrafficClass.CONTROL,
        home ->
            new Counting(
                new CellMember(settings, process.ref(), contacts, home, _ -> {}, _ -> {}),
                counts,
                index));
  }

  private static String peer(int index) {
    return "peer-" + index;
  }
}
