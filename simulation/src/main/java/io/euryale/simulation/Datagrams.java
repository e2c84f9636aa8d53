package io.euryale.simulation;

import io.euryale.kernel.Endpoint;
import io.euryale.kernel.LongMap;
import io.euryale.kernel.TrafficClass;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Carries datagrams between processes: each with a delay of its own, so that they overtake each
/// other; lost without a word where a path is cut, a socket's buffer is full or nobody listens.
final class Datagrams {

  /// How far a reordered datagram or a repetition stays behind, at most.
  private static final long LONGEST_DETOUR_NANOS = 10_000_000L;

  /// How long after it was sent a datagram is sent again by somebody who kept it, at most.
  private static final long LATEST_REPLAY_NANOS = 5_000_000_000L;

  private final Simulation simulation;
  private final List<ActiveFault> active;
  private final LongMap<DatagramPath> paths = new LongMap<>();

  /// Counts beginnings and ends of faults.
  private long version;

  private long sent;
  private long delivered;
  private long overflowed;

  /// @param active the faults of the network, kept up to date there; see [#faultsChanged]
  Datagrams(Simulation simulation, List<ActiveFault> active) {
    this.simulation = simulation;
    this.active = active;
  }

  long sentCount() {
    return sent;
  }

  long deliveredCount() {
    return delivered;
  }

  long overflowedCount() {
    return overflowed;
  }

  void delivered() {
    delivered++;
  }

  void overflowed() {
    overflowed++;
  }

  void faultsChanged() {
    version++;
  }

  /// The way to the port of a class at `remote`, or null when no process listens there.
  @Nullable DatagramPath path(SimProcess from, Endpoint remote, TrafficClass trafficClass) {
    SimProcess to = simulation.find(remote.host());
    int port = remote.port(trafficClass);
    if (to == null || port == 0 || port != to.endpoint().port(trafficClass)) {
      return null;
    }
    long key = ((long) from.index() << 34) | ((long) to.index() << 4) | trafficClass.code();
    DatagramPath path = paths.get(key);
    if (path == null) {
      path =
          new DatagramPath(
              from,
              to,
              trafficClass,
              simulation.stream(
                  "datagram " + from.name() + ">" + to.name() + " " + trafficClass.label()));
      paths.put(key, path);
    }
    return path;
  }

  void send(DatagramPath path, ByteBuffer datagram) {
    sent++;
    long number = ++path.sent;
    long arrival = simulation.now() + simulation.network().usualDelayNanos(path.delays);
    ActiveFault[] faults = path.faults(active, version);
    if (faults.length == 0) {
      arrive(path, DatagramArrival.copy(datagram), number, arrival);
    } else if (!vanishes(path, faults)) {
      disturb(path, DatagramArrival.copy(datagram), number, arrival, faults);
    }
  }

  private void arrive(DatagramPath path, byte[] bytes, long number, long at) {
    simulation.schedule(
        at, new DatagramArrival(this, path.to, path.trafficClass, bytes, number, null));
  }

  /// Something that the sender did not send, or not now; it comes whatever paths are cut, and
  /// counts as an effect of its fault when it reaches a socket.
  void forge(
      SimProcess to,
      TrafficClass trafficClass,
      byte[] bytes,
      long number,
      long at,
      ActiveFault forger) {
    simulation.schedule(at, new DatagramArrival(this, to, trafficClass, bytes, number, forger));
  }

  private static boolean vanishes(DatagramPath path, ActiveFault[] faults) {
    boolean vanishes = false;
    for (ActiveFault fault : faults) {
      boolean hit =
          switch (fault.fault().kind()) {
            case PARTITION, ONE_WAY, ISOLATE -> path.from != path.to;
            case LOSSY -> fault.hits();
            default -> false;
          };
      if (hit) {
        fault.tookEffect();
        vanishes = true;
      }
    }
    return vanishes;
  }

  private void disturb(
      DatagramPath path, byte[] copy, long number, long usualArrival, ActiveFault[] faults) {
    byte[] bytes = copy;
    long arrival = usualArrival;
    long repetition = 0;
    for (ActiveFault fault : faults) {
      switch (fault.fault()) {
        case Fault.Delaying delaying -> {
          fault.tookEffect();
          arrival += fault.draw(delaying.extraNanos());
        }
        case Fault.Duplicating _ when fault.hits() -> {
          fault.tookEffect();
          repetition = fault.draw(LONGEST_DETOUR_NANOS);
        }
        case Fault.Reordering _ when fault.hits() -> {
          fault.tookEffect();
          arrival += fault.draw(LONGEST_DETOUR_NANOS);
        }
        case Fault.Replaying _ when fault.hits() -> {
          long later = simulation.now() + fault.draw(LATEST_REPLAY_NANOS);
          forge(path.to, path.trafficClass, copy.clone(), number, later, fault);
        }
        case Fault.Garbage _ -> fault.seen(copy);
        default -> {}
      }
    }
    for (ActiveFault fault : faults) {
      // Last, because it changes the bytes that the others copy.
      if (fault.fault() instanceof Fault.Corrupting && fault.hits()) {
        fault.tookEffect();
        bytes = Forgery.corrupted(bytes, fault.random());
      }
    }
    if (repetition > 0) {
      arrive(path, bytes.clone(), number, arrival + repetition);
    }
    arrive(path, bytes, number, arrival);
  }
}
