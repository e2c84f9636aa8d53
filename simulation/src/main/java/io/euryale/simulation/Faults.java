package io.euryale.simulation;

import io.euryale.kernel.trace.TraceEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Begins and ends the faults of the plan, and heals what is left of them.
final class Faults {

  private final Simulation simulation;
  private final List<ActiveFault> planned = new ArrayList<>();

  Faults(Simulation simulation) {
    this.simulation = simulation;
  }

  void inject(FaultPlan plan) {
    Map<Fault, Integer> occurrences = new HashMap<>();
    for (Fault fault : plan.faults()) {
      for (String name : FaultText.names(fault)) {
        if (simulation.find(name) == null) {
          throw new IllegalArgumentException(
              "The fault '%s' names '%s', but no such process runs here".formatted(fault, name));
        }
      }
      int occurrence = occurrences.merge(fault, 1, Integer::sum);
      ActiveFault active = new ActiveFault(simulation, fault, occurrence);
      planned.add(active);
      simulation.schedule(Math.max(simulation.now(), fault.startNanos()), at(() -> begin(active)));
    }
  }

  List<FaultEffect> effects() {
    return planned.stream().map(f -> new FaultEffect(f.fault(), f.effects())).toList();
  }

  /// Ends what is active and forgets what has not begun.
  void healAll() {
    for (ActiveFault fault : planned) {
      if (fault.started) {
        end(fault, false);
      }
      fault.ended = true;
      fault.healed = true;
    }
  }

  private void begin(ActiveFault active) {
    if (active.ended) {
      return;
    }
    active.started = true;
    Fault fault = active.fault();
    simulation.harness(TraceEvent.of("FAULT", "fault", fault.toString(), "phase", "begin"));
    switch (fault) {
      case Fault.Crash f -> crash(active, f.process(), false);
      case Fault.CrashHost f -> crash(active, f.process(), true);
      case Fault.Restart f -> {
        if (crash(active, f.process(), false)) {
          simulation.process(f.process()).boot();
        }
      }
      case Fault.Pause f -> {
        SimProcess process = simulation.process(f.process());
        if (process.isAlive()) {
          active.incarnation = process.incarnation();
          active.tookEffect();
          process.pause();
        }
      }
      case Fault.Slow f -> simulation.process(f.process()).slow(active, f.factor());
      case Fault.Reset f -> {
        int count =
            simulation
                .network()
                .resetBetween(simulation.process(f.left()), simulation.process(f.right()));
        for (int i = 0; i < count; i++) {
          active.tookEffect();
        }
      }
      case Fault.Partition _, Fault.OneWay _, Fault.Isolate _ -> simulation.network().begin(active);
      case Fault.Lossy _, Fault.Duplicating _ -> simulation.network().begin(active);
      case Fault.Reordering _, Fault.Delaying _ -> simulation.network().begin(active);
      case Fault.Corrupting _, Fault.Replaying _ -> simulation.network().begin(active);
      case Fault.Garbage _ -> {
        simulation.network().begin(active);
        active.sendGarbage();
      }
      case Fault.SlowDisk f -> simulation.process(f.process()).slowDisk(active);
      case Fault.Wiped f -> simulation.process(f.process()).disk().wipeAtBoot(active);
    }
    if (FaultText.isInstant(fault.kind())) {
      active.ended = true;
    } else if (fault.durationNanos() != Fault.UNTIL_HEALED) {
      simulation.schedule(simulation.now() + fault.durationNanos(), at(() -> end(active, true)));
    }
  }

  private boolean crash(ActiveFault active, String name, boolean silent) {
    SimProcess process = simulation.process(name);
    if (!process.isAlive()) {
      return false;
    }
    active.tookEffect();
    process.crash(active, silent);
    return true;
  }

  /// @param boots whether what crashed boots again; healing decides that by itself
  private void end(ActiveFault active, boolean boots) {
    if (active.ended) {
      return;
    }
    active.ended = true;
    Fault fault = active.fault();
    simulation.harness(TraceEvent.of("FAULT", "fault", fault.toString(), "phase", "end"));
    switch (fault) {
      case Fault.Crash f -> bootAgain(active, f.process(), boots);
      case Fault.CrashHost f -> bootAgain(active, f.process(), boots);
      case Fault.Pause f -> {
        SimProcess process = simulation.process(f.process());
        if (process.isAlive()
            && process.isPaused()
            && active.incarnation == process.incarnation()) {
          process.resume();
        }
      }
      case Fault.Slow f -> {
        SimProcess process = simulation.process(f.process());
        if (process.isSlowedBy(active)) {
          process.slow(null, 1);
        }
      }
      case Fault.SlowDisk f -> simulation.process(f.process()).normalDisk(active);
      case Fault.Restart _, Fault.Reset _, Fault.Wiped _ -> {}
      default -> simulation.network().end(active);
    }
  }

  private void bootAgain(ActiveFault active, String name, boolean boots) {
    SimProcess process = simulation.process(name);
    if (boots && !process.isAlive() && process.isCrashedBy(active)) {
      process.boot();
    }
  }

  private static Event at(Runnable step) {
    return new Event() {
      @Override
      void fire() {
        step.run();
      }
    };
  }
}
