package io.euryale.simulation;

import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// A fault of the plan while the run goes on: whom it touches, and how often it took effect.
final class ActiveFault {

  private final Fault fault;
  private final SplittableRandom random;
  private final boolean[] from;
  private final boolean[] to;
  private final boolean bothWays;
  private final int percent;
  private @Nullable Stranger stranger;
  private long effects;

  /// Which life a pause or crash hit; a later life is not touched by its end.
  long incarnation;

  boolean started;
  boolean ended;

  /// Ended by the end of the safety phase: what it still has under way is void.
  boolean healed;

  ActiveFault(Simulation simulation, Fault fault, int occurrence) {
    this.fault = fault;
    // Keyed by the text, not the position: taking another fault out changes no draw of this one.
    random = simulation.stream("fault " + fault + " " + occurrence);
    from = new boolean[simulation.processCount()];
    to = new boolean[simulation.processCount()];
    bothWays = fault instanceof Fault.Partition || fault instanceof Fault.Isolate;
    percent =
        switch (fault) {
          case Fault.Lossy f -> f.percent();
          case Fault.Duplicating f -> f.percent();
          case Fault.Reordering f -> f.percent();
          case Fault.Corrupting f -> f.percent();
          case Fault.Replaying f -> f.percent();
          default -> 0;
        };
    switch (fault) {
      case Fault.Partition f -> mark(simulation, f.left(), f.right());
      case Fault.OneWay f -> mark(simulation, f.from(), f.to());
      case Fault.Isolate f -> mark(simulation, List.of(f.process()), List.of(Fault.ANY));
      case Fault.Lossy f -> mark(simulation, List.of(f.from()), List.of(f.to()));
      case Fault.Duplicating f -> mark(simulation, List.of(f.from()), List.of(f.to()));
      case Fault.Reordering f -> mark(simulation, List.of(f.from()), List.of(f.to()));
      case Fault.Delaying f -> mark(simulation, List.of(f.from()), List.of(f.to()));
      case Fault.Corrupting f -> mark(simulation, List.of(f.from()), List.of(f.to()));
      case Fault.Replaying f -> mark(simulation, List.of(f.from()), List.of(f.to()));
      case Fault.Garbage f -> {
        mark(simulation, List.of(Fault.ANY), List.of(f.process()));
        stranger = new Stranger(simulation, this, f);
      }
      case Fault.Crash _, Fault.CrashHost _, Fault.Restart _ -> {}
      case Fault.Pause _, Fault.Slow _, Fault.Reset _ -> {}
      case Fault.SlowDisk _, Fault.Wiped _ -> {}
    }
  }

  Fault fault() {
    return fault;
  }

  long effects() {
    return effects;
  }

  void tookEffect() {
    effects++;
  }

  SplittableRandom random() {
    return random;
  }

  /// The stranger of a [Fault.Garbage] begins to send.
  void sendGarbage() {
    Stranger sender = stranger;
    if (sender != null) {
      sender.goOn();
    }
  }

  /// The stranger of a [Fault.Garbage] sees a datagram pass by.
  void seen(byte[] array) {
    Stranger sender = stranger;
    if (sender != null) {
      sender.sees(array);
    }
  }

  boolean touches(SimProcess sender, SimProcess receiver) {
    int s = sender.index();
    int r = receiver.index();
    return (at(from, s) && at(to, r)) || (bothWays && at(to, s) && at(from, r));
  }

  /// Whether a drawn frame is among the `rate` percent.
  boolean hits(int rate) {
    return random.nextInt(100) < rate;
  }

  /// Whether a drawn datagram is among the percentage of this fault.
  boolean hits() {
    return hits(percent);
  }

  /// A number in `[1, bound]`.
  long draw(long bound) {
    return 1 + random.nextLong(bound);
  }

  private static boolean at(boolean[] set, int index) {
    // Processes added after the plan was injected are in no set.
    return index < set.length && set[index];
  }

  private void mark(Simulation simulation, List<String> senders, List<String> receivers) {
    markIn(simulation, senders, from);
    markIn(simulation, receivers, to);
  }

  private static void markIn(Simulation simulation, List<String> names, boolean[] set) {
    for (SimProcess process : simulation.processes()) {
      if (names.contains(Fault.ANY) || names.contains(process.name())) {
        set[process.index()] = true;
      }
    }
  }
}
