package io.euryale.simulation;

import io.euryale.kernel.Role;
import io.euryale.kernel.TrafficClass;
import io.euryale.kernel.trace.Trace;
import io.euryale.kernel.trace.TraceEvent;
import io.euryale.kernel.trace.TraceSink;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// A run of many processes in virtual time, on the calling thread, repeatable from its seed.
///
/// Use: add processes and sinks, [#inject] a plan, [#runFor] the safety phase, [#quiesce],
/// [#runFor] the settle period, [#end]. Trace events of the harness have the process
/// `simulation`:
/// `FAULT` (`fault`, `phase` = `begin|end`), `QUIESCE` (`restarted`), `END`; those of a process are
/// `BOOT` (`role`) and `CRASH` (`host`). Not thread-safe; one thread owns a run.
public final class Simulation {

  /// Name of the harness in traces.
  public static final String HARNESS = "simulation";

  private final long seed;
  private final SimulationSettings settings;
  private final EventQueue events = new EventQueue();
  private final Network network = new Network(this);
  private final Faults faults = new Faults(this);
  private final Map<String, SimProcess> byName = new LinkedHashMap<>();
  private final List<SimProcess> processes = new ArrayList<>();
  private final List<TraceSink> sinks = new ArrayList<>();
  private final TraceHash hash = new TraceHash();
  private long now;
  private long traceSteps;
  private long fired;
  private long inputs;

  public Simulation(long seed, SimulationSettings settings) {
    this.seed = seed;
    this.settings = settings;
  }

  public long seed() {
    return seed;
  }

  public SimulationSettings settings() {
    return settings;
  }

  /// Virtual nanoseconds since the run began.
  public long now() {
    return now;
  }

  /// Adds a process and boots it at the present virtual time. Before [#inject].
  ///
  /// @param name also the name of its host
  public SimProcess add(String name, Role role, ProcessFactory factory) {
    SimProcess process = enlist(name, role, factory);
    process.boot();
    return process;
  }

  /// Adds a process that boots later. Before [#inject].
  ///
  /// @param bootNanos virtual time of its first boot
  public SimProcess addAt(long bootNanos, String name, Role role, ProcessFactory factory) {
    SimProcess process = enlist(name, role, factory);
    at(
        bootNanos,
        () -> {
          if (process.incarnation() == 0) {
            process.boot();
          }
        });
    return process;
  }

  private SimProcess enlist(String name, Role role, ProcessFactory factory) {
    SimProcess process = new SimProcess(this, processes.size(), name, role, factory);
    if (byName.putIfAbsent(name, process) != null) {
      throw new IllegalArgumentException("Two processes have the name " + name);
    }
    processes.add(process);
    return process;
  }

  /// In the order added.
  public List<SimProcess> processes() {
    return Collections.unmodifiableList(processes);
  }

  public SimProcess process(String name) {
    SimProcess process = byName.get(name);
    if (process == null) {
      throw new IllegalArgumentException("No process has the name " + name);
    }
    return process;
  }

  /// Every trace event from now on goes to `sink` too.
  public void addSink(TraceSink sink) {
    sinks.add(sink);
  }

  /// Schedules the faults of a plan; those whose start has passed begin at once.
  ///
  /// @throws IllegalArgumentException when a fault names a process that was not added
  public void inject(FaultPlan plan) {
    faults.inject(plan);
  }

  /// Calls `task` at a virtual time, outside every process: for workloads, which then use
  /// [SimProcess#execute].
  public void at(long atNanos, Runnable task) {
    schedule(
        Math.max(now, atNanos),
        new Event() {
          @Override
          void fire() {
            task.run();
          }
        });
  }

  /// Calls `task` every `periodNanos`, from `firstNanos` on and not after `lastNanos`.
  public void every(long firstNanos, long periodNanos, long lastNanos, Runnable task) {
    if (periodNanos <= 0) {
      throw new IllegalArgumentException("A period is positive");
    }
    if (firstNanos <= lastNanos) {
      at(
          firstNanos,
          () -> {
            task.run();
            every(firstNanos + periodNanos, periodNanos, lastNanos, task);
          });
    }
  }

  /// Works off everything up to and including a virtual time.
  ///
  /// @throws SimulationException when a core throws, or after more steps than the settings allow
  public void runUntil(long untilNanos) {
    while (events.nextAt() <= untilNanos) {
      Event event = events.poll();
      if (event == null) {
        break;
      }
      now = event.at;
      if (++fired > settings.maxSteps()) {
        throw new SimulationException(
            "Seed %d: no rest after %d steps, at %.3f s".formatted(seed, fired, now / 1e9));
      }
      event.fire();
    }
    now = Math.max(now, untilNanos);
  }

  public void runFor(long nanos) {
    runUntil(now + nanos);
  }

  /// Ends the safety phase: every fault ends, those not begun are dropped, paused processes go on.
  ///
  /// @param restartCrashed whether processes that are down boot again
  public void quiesce(boolean restartCrashed) {
    faults.healAll();
    if (restartCrashed) {
      for (SimProcess process : processes) {
        if (!process.isAlive()) {
          process.boot();
        }
      }
    }
    harness(TraceEvent.of("QUIESCE", "restarted", restartCrashed));
  }

  /// Writes the last trace event.
  public void end() {
    harness(TraceEvent.of("END"));
  }

  /// A hash of everything that happened; equal for equal seeds, plans and code.
  public long traceHash() {
    return hash.value();
  }

  /// For each planned fault, in plan order, how often it took effect so far.
  public List<FaultEffect> faultEffects() {
    return faults.effects();
  }

  public long framesSent() {
    return network.framesSent();
  }

  public long framesDelivered() {
    return network.framesDelivered();
  }

  public long datagramsSent() {
    return network.datagrams().sentCount();
  }

  /// Datagrams that a core was called with.
  public long datagramsDelivered() {
    return network.datagrams().deliveredCount();
  }

  /// Datagrams dropped because the receiving core's socket buffer was full.
  public long datagramsOverflowed() {
    return network.datagrams().overflowedCount();
  }

  /// Frames and datagrams delivered.
  public long messagesDelivered() {
    return framesDelivered() + datagramsDelivered();
  }

  /// Inputs that loops have handled: frames, datagrams, timers, link changes, calls.
  public long inputs() {
    return inputs;
  }

  /// A random stream of the run for one concern of a scenario or workload.
  public SplittableRandom stream(String concern) {
    return Seeds.stream(seed, concern);
  }

  /// Writes an event of the scenario itself into the trace.
  public void harness(TraceEvent event) {
    trace(HARNESS, 0, event);
  }

  int processCount() {
    return processes.size();
  }

  @Nullable SimProcess find(String name) {
    return byName.get(name);
  }

  Network network() {
    return network;
  }

  void schedule(long at, Event event) {
    events.add(at, event);
  }

  /// Like [#schedule], for an event that may be waiting for a later time already.
  void scheduleOrHasten(long at, Event event) {
    if (event.place < 0) {
      events.add(at, event);
    } else {
      events.hasten(at, event);
    }
  }

  void trace(String proc, long incarnation, TraceEvent event) {
    Trace trace = new Trace(traceSteps++, now, proc, incarnation, event);
    hash.add(trace);
    for (int i = 0; i < sinks.size(); i++) {
      sinks.get(i).accept(trace);
    }
  }

  void countInput(SimProcess process, TrafficClass trafficClass, Input input) {
    inputs++;
    hash.add(now);
    hash.add(((long) process.index() << 8 | trafficClass.code()) ^ (input.digest() << 16));
  }

  SimulationException broken(SimProcess process, TrafficClass trafficClass, Throwable cause) {
    return new SimulationException(
        "Seed %d: the %s core of %s threw at %.6f s: %s"
            .formatted(seed, trafficClass.label(), process, now / 1e9, cause),
        cause);
  }
}
