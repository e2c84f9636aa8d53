package io.euryale.simulation;

import io.euryale.kernel.Core;
import io.euryale.kernel.DatagramHome;
import io.euryale.kernel.Endpoint;
import io.euryale.kernel.Hello;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.PeerRef;
import io.euryale.kernel.Role;
import io.euryale.kernel.TrafficClass;
import io.euryale.kernel.trace.TraceEvent;
import java.util.function.Function;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// A virtual process: a peer, sensor or client on a host of its own, whose name is the host's name.
///
/// It outlives its crashes; [#incarnation] tells its lives apart. Each life has up to one core per
/// traffic class, each with its own loop and home. Its clock has a drawn origin and drift, so that
/// code which compares the clocks of two machines shows itself.
public final class SimProcess {

  /// Control port of every listening process; the data classes follow it.
  public static final int FIRST_PORT = 7000;

  private final Simulation simulation;
  private final int index;
  private final PeerName name;
  private final Role role;
  private final ProcessFactory factory;
  private final Endpoint endpoint;
  private final long clockOrigin;
  private final long drift;
  private final @Nullable Loop[] loops = new @Nullable Loop[TrafficClass.count()];

  private final SimDisk disk = new SimDisk();

  /// The clock's last reading, and when that was.
  private long localNow;
  private long localAt = -1;
  private long incarnation;
  private boolean alive;
  private boolean hostSilent;
  private int pauses;
  private @Nullable ActiveFault slow;
  private int slowFactor = 1;
  private @Nullable ActiveFault crashedBy;

  SimProcess(Simulation simulation, int index, String name, Role role, ProcessFactory factory) {
    this.simulation = simulation;
    this.index = index;
    this.name = new PeerName(name);
    this.role = role;
    this.factory = factory;
    endpoint =
        role == Role.PEER
            ? new Endpoint(name, FIRST_PORT, FIRST_PORT + 1, FIRST_PORT + 2, FIRST_PORT + 3)
            : new Endpoint(name, 0, 0, 0, 0);
    var clock = simulation.stream("clock " + name);
    clockOrigin = clock.nextLong(1_000_000_000L, 1_000_000_000_000_000L);
    int ppm = simulation.settings().driftPpm();
    drift = clock.nextLong(-ppm, ppm + 1L);
  }

  public String name() {
    return name.value();
  }

  public Role role() {
    return role;
  }

  /// The present life, or the last one while the process is down; 0 before the first boot.
  public long incarnation() {
    return incarnation;
  }

  /// The present life and where it listens (ports 0 for sensors and clients).
  public PeerRef ref() {
    return new PeerRef(new PeerId(name, incarnation), endpoint);
  }

  public Endpoint endpoint() {
    return endpoint;
  }

  public boolean isAlive() {
    return alive;
  }

  public boolean isPaused() {
    return pauses > 0;
  }

  /// Inputs that wait in the loop of a class; 0 when the process is down or has no such core.
  public int backlogCount(TrafficClass trafficClass) {
    Loop loop = loops[trafficClass.code()];
    return loop == null ? 0 : loop.backlogCount();
  }

  /// The time on this process's clock, as its cores see it.
  public long localNow() {
    long now = simulation.now();
    if (now != localAt) {
      localAt = now;
      localNow = clockOrigin + now + Math.floorDiv(now * drift, 1_000_000L);
    }
    return localNow;
  }

  /// Virtual time of the run at which this process's clock shows `localNanos`; to the microsecond.
  public long globalTime(long localNanos) {
    return simulation.now() + (localNanos - localNow());
  }

  /// Builds the core of a traffic class; only from [ProcessFactory#boot], once for each class. The
  /// core's `start` is the first input of its loop.
  public <C extends Core> C core(
      TrafficClass trafficClass, Function<? super DatagramHome, C> make) {
    if (loops[trafficClass.code()] != null) {
      throw new IllegalStateException(name + " has a " + trafficClass.label() + " core already");
    }
    Loop loop = new Loop(simulation, this, trafficClass);
    loops[trafficClass.code()] = loop;
    C made = make.apply(loop.home());
    loop.adopt(made);
    return made;
  }

  /// Queues `task` on the loop of a class, behind the inputs that wait there; this is how cores of
  /// one process and the application call a core. Lost when the process is down or has no such
  /// core.
  ///
  /// @param task is given the time on this process's clock
  public void execute(TrafficClass trafficClass, LongConsumer task) {
    Loop loop = loops[trafficClass.code()];
    if (loop != null) {
      loop.execute(task);
    }
  }

  /// Writes an event of the application into the trace, in the name of this process.
  public void observe(TraceEvent event) {
    simulation.trace(name(), incarnation, event);
  }

  @Override
  public String toString() {
    return name + "#" + incarnation;
  }

  SimDisk disk() {
    return disk;
  }

  int index() {
    return index;
  }

  Hello hello(TrafficClass trafficClass) {
    return new Hello(simulation.settings().overlay(), role, trafficClass, ref());
  }

  @Nullable Loop loop(TrafficClass trafficClass) {
    return loops[trafficClass.code()];
  }

  boolean isHostSilent() {
    return hostSilent;
  }

  boolean isCrashedBy(ActiveFault fault) {
    return crashedBy == fault;
  }

  void boot() {
    incarnation++;
    alive = true;
    hostSilent = false;
    crashedBy = null;
    pauses = 0;
    disk.boot();
    simulation.trace(name(), incarnation, TraceEvent.of("BOOT", "role", role.name()));
    factory.boot(this, incarnation);
  }

  /// Ends the present life.
  ///
  /// @param silent a power cut: nobody is told; otherwise the kernel resets every connection
  void crash(@Nullable ActiveFault fault, boolean silent) {
    alive = false;
    hostSilent = silent;
    crashedBy = fault;
    pauses = 0;
    simulation.trace(name(), incarnation, TraceEvent.of("CRASH", "host", silent));
    for (int i = 0; i < loops.length; i++) {
      Loop loop = loops[i];
      if (loop != null) {
        loop.die();
      }
      loops[i] = null;
    }
  }

  void pause() {
    pauses++;
  }

  void resume() {
    if (--pauses > 0) {
      return;
    }
    for (Loop loop : loops) {
      if (loop != null) {
        loop.resume();
      }
    }
  }

  void slow(@Nullable ActiveFault fault, int factor) {
    slow = fault;
    slowFactor = factor;
  }

  boolean isSlowedBy(ActiveFault fault) {
    return slow == fault;
  }

  void slowDisk(ActiveFault fault) {
    disk.slow(fault);
  }

  /// What this fault slowed down goes on as usual.
  void normalDisk(ActiveFault fault) {
    if (disk.slow() != fault) {
      return;
    }
    disk.slow(null);
    for (Loop loop : loops) {
      if (loop != null) {
        loop.home().writer().hurry();
      }
    }
  }

  long slowed(long serviceNanos) {
    ActiveFault fault = slow;
    if (fault == null) {
      return serviceNanos;
    }
    fault.tookEffect();
    return serviceNanos * slowFactor;
  }
}
