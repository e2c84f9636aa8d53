package io.euryale.simulation;

import io.euryale.kernel.LongMap;
import io.euryale.kernel.TrafficClass;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// What lies between the processes: delays, the faults that touch frames, and the sockets' view of
/// connections that end. Dialling is in [Dialling].
///
/// A path that is cut swallows frames; the sender's socket gives up after a drawn 0.3 to 3 s, as
/// TCP would with tight time-outs. A path healed before that leaves the link up with a gap half of
/// the times, and resets it the other half: both happen to real links across a firewall.
final class Network {

  private static final long SHORTEST_SILENCE_NANOS = 300_000_000L;
  private static final long LONGEST_SILENCE_NANOS = 3_000_000_000L;

  /// How far a reordered frame or a repetition stays behind, at most.
  private static final long LONGEST_DETOUR_NANOS = 10_000_000L;

  private final Simulation simulation;
  private final Dialling dialling;
  private final List<ActiveFault> active = new ArrayList<>();
  private final Datagrams datagrams;
  private final LongMap<SplittableRandom> delays = new LongMap<>();
  private long framesSent;
  private long framesDelivered;

  Network(Simulation simulation) {
    this.simulation = simulation;
    dialling = new Dialling(simulation, this);
    datagrams = new Datagrams(simulation, active);
  }

  long framesSent() {
    return framesSent;
  }

  long framesDelivered() {
    return framesDelivered;
  }

  Datagrams datagrams() {
    return datagrams;
  }

  void begin(ActiveFault fault) {
    active.add(fault);
    datagrams.faultsChanged();
  }

  void end(ActiveFault fault) {
    active.remove(fault);
    datagrams.faultsChanged();
  }

  void dialNow(LinkEnd end) {
    dialling.dial(end, 0);
  }

  void redial(LinkEnd end) {
    dialling.redial(end);
  }

  /// Whether frames from one process to another vanish now; counts the faults that make them.
  boolean swallows(SimProcess from, SimProcess to) {
    boolean swallowed = to.isHostSilent() || from.isHostSilent();
    for (int i = 0; i < active.size(); i++) {
      ActiveFault fault = active.get(i);
      boolean cuts =
          switch (fault.fault().kind()) {
            case PARTITION, ONE_WAY, ISOLATE -> from != to && fault.touches(from, to);
            default -> false;
          };
      if (cuts) {
        fault.tookEffect();
        swallowed = true;
      }
    }
    return swallowed;
  }

  /// The stream of delays of one direction between two processes in one class.
  SplittableRandom delays(SimProcess from, SimProcess to, TrafficClass trafficClass) {
    long key = ((long) from.index() << 34) | ((long) to.index() << 4) | trafficClass.code();
    SplittableRandom stream = delays.get(key);
    if (stream == null) {
      stream =
          simulation.stream("delay " + from.name() + ">" + to.name() + " " + trafficClass.label());
      delays.put(key, stream);
    }
    return stream;
  }

  /// One way, with the delays that active faults add.
  long delayNanos(SplittableRandom stream, SimProcess from, SimProcess to) {
    long nanos = usualDelayNanos(stream);
    for (int i = 0; i < active.size(); i++) {
      ActiveFault fault = active.get(i);
      if (fault.fault() instanceof Fault.Delaying delaying && fault.touches(from, to)) {
        fault.tookEffect();
        nanos += fault.draw(delaying.extraNanos());
      }
    }
    return nanos;
  }

  boolean send(Connection connection, int side, ByteBuffer frame) {
    if (!connection.open[side]
        || connection.outstanding[side] >= simulation.settings().linkQueueFrames()) {
      return false;
    }
    framesSent++;
    SimProcess from = connection.processes[side];
    SimProcess to = connection.other(side);
    if (swallows(from, to)) {
      noticeSilence(connection, side);
      return true;
    }
    long now = simulation.now();
    long arrival = now + delayNanos(connection.delays[side], from, to);
    ActiveFault overtaken = null;
    boolean repeated = false;
    long repetition = 0;
    for (int i = 0; i < active.size(); i++) {
      ActiveFault fault = active.get(i);
      if (!fault.touches(from, to)) {
        continue;
      }
      switch (fault.fault()) {
        case Fault.Lossy lossy when fault.hits(lossy.percent()) -> {
          fault.tookEffect();
          return true;
        }
        case Fault.Duplicating duplicating when fault.hits(duplicating.percent()) -> {
          fault.tookEffect();
          repeated = true;
          repetition = fault.draw(LONGEST_DETOUR_NANOS);
        }
        case Fault.Reordering reordering when fault.hits(reordering.percent()) -> {
          overtaken = fault;
          arrival += fault.draw(LONGEST_DETOUR_NANOS);
        }
        default -> {}
      }
    }
    arrival = Math.max(arrival, connection.lastArrivalNanos[side]);
    if (overtaken == null) {
      connection.lastArrivalNanos[side] = arrival;
    }
    byte[] bytes = Arrival.copy(frame);
    long number = ++connection.sent[side];
    deliver(new Arrival(this, connection, side, bytes, number, overtaken), arrival);
    if (repeated) {
      deliver(
          new Arrival(this, connection, side, bytes.clone(), number, null), arrival + repetition);
    }
    return true;
  }

  private void deliver(Arrival frame, long at) {
    frame.connection.outstanding[frame.side]++;
    simulation.schedule(at, frame);
  }

  /// A frame reached the machine of the other side.
  void arrived(Arrival frame) {
    Connection connection = frame.connection;
    int receiver = 1 - frame.side;
    SimProcess process = connection.processes[receiver];
    if (process.isHostSilent()) {
      connection.outstanding[frame.side]--;
      noticeSilence(connection, frame.side);
    } else if (!connection.open[receiver]) {
      connection.outstanding[frame.side]--;
      tell(connection, frame.side, "reset by " + process.name());
    } else {
      framesDelivered++;
      if (connection.delivered[frame.side] > frame.number && frame.overtaken != null) {
        frame.overtaken.tookEffect();
      }
      connection.delivered[frame.side] = Math.max(connection.delivered[frame.side], frame.number);
      connection.ends[receiver].home.loop().enqueue(frame);
    }
  }

  /// The core gave a link up: what is queued still goes out, then the other side hears of the end.
  void close(LinkEnd end) {
    Connection connection = end.connection;
    end.connection = null;
    if (connection != null && connection.open[end.side()]) {
      connection.open[end.side()] = false;
      tell(connection, 1 - end.side(), "closed by " + end.home.process().name());
    }
  }

  /// A process died. Its kernel resets the connections, unless the machine lost power.
  void dropAll(SimHome home) {
    home.links()
        .forEach(
            end -> {
              end.closed = true;
              Connection connection = end.connection;
              if (connection != null && connection.open[end.side()]) {
                connection.open[end.side()] = false;
                tell(connection, 1 - end.side(), home.process().name() + " died");
              }
            });
  }

  /// Resets every connection between two processes; returns how many there were.
  int resetBetween(SimProcess left, SimProcess right) {
    List<Connection> found = new ArrayList<>();
    for (TrafficClass trafficClass : TrafficClass.values()) {
      Loop loop = left.loop(trafficClass);
      if (loop != null) {
        loop.home()
            .links()
            .forEach(
                end -> {
                  Connection connection = end.connection;
                  if (connection != null && connection.other(end.side()) == right) {
                    found.add(connection);
                  }
                });
      }
    }
    int count = 0;
    for (Connection connection : found) {
      if (connection.open[0] && connection.open[1]) {
        count++;
        gone(connection, 0, "reset");
        gone(connection, 1, "reset");
      }
    }
    return count;
  }

  /// Tells one side, after a delay and behind frames in flight, that the other side's socket ended.
  void tell(Connection connection, int side, String reason) {
    SimProcess from = connection.other(side);
    SimProcess to = connection.processes[side];
    if (!connection.open[side] || swallows(from, to)) {
      return;
    }
    long delay = delayNanos(connection.delays[1 - side], from, to);
    long at = Math.max(simulation.now() + delay, connection.lastArrivalNanos[1 - side]);
    connection.lastArrivalNanos[1 - side] = at;
    simulation.schedule(
        at,
        new Event() {
          @Override
          void fire() {
            gone(connection, side, reason);
          }
        });
  }

  /// One side's socket learns that the connection is over.
  private void gone(Connection connection, int side, String reason) {
    if (!connection.open[side]) {
      return;
    }
    connection.open[side] = false;
    LinkEnd end = connection.ends[side];
    if (connection.announced[side]) {
      end.home.loop().enqueue(new LinkEnded(end, connection, reason));
    } else if (!end.closed) {
      dialling.failed(end, reason);
    }
  }

  private void noticeSilence(Connection connection, int side) {
    if (connection.silenceTimed[side]) {
      return;
    }
    connection.silenceTimed[side] = true;
    SplittableRandom stream = connection.delays[side];
    long wait = stream.nextLong(SHORTEST_SILENCE_NANOS, LONGEST_SILENCE_NANOS);
    boolean resetsAfterHealing = stream.nextBoolean();
    simulation.schedule(
        simulation.now() + wait,
        new Event() {
          @Override
          void fire() {
            silenceOver(connection, side, resetsAfterHealing);
          }
        });
  }

  private void silenceOver(Connection connection, int side, boolean resetsAfterHealing) {
    connection.silenceTimed[side] = false;
    if (!connection.open[side]) {
      return;
    }
    if (swallows(connection.processes[side], connection.other(side))) {
      gone(connection, side, "timed out");
    } else if (resetsAfterHealing || !connection.open[1 - side]) {
      gone(connection, side, "reset after silence");
      tell(connection, 1 - side, "reset after silence");
    }
  }

  long usualDelayNanos(SplittableRandom stream) {
    SimulationSettings settings = simulation.settings();
    int draw = stream.nextInt(1000);
    if (draw < 950) {
      return between(stream, settings.shortestDelayNanos(), settings.usualDelayNanos());
    }
    return draw < 999
        ? between(stream, settings.usualDelayNanos(), settings.longestDelayNanos())
        : between(stream, settings.longestDelayNanos(), 10 * settings.longestDelayNanos());
  }

  private static long between(SplittableRandom stream, long least, long most) {
    return stream.nextLong(least, most + 1);
  }

  /// Queued for a core whose link was up.
  private record LinkEnded(LinkEnd end, Connection connection, String reason) implements Input {
    @Override
    public void handle(long nowNanos) {
      if (end.connection != connection) {
        return; // The core gave the link up before it heard of its end.
      }
      end.connection = null;
      boolean wasUp = end.up;
      end.up = false;
      SimHome home = end.home;
      if (end.target == null) {
        home.links().remove(end.id);
      }
      if (wasUp) {
        home.loop().core().linkDown(nowNanos, end.id, reason);
      }
      if (end.target != null && !end.closed) {
        home.redial(end);
      }
    }

    @Override
    public long digest() {
      return 4 + ((long) end.id << 8);
    }
  }

  static @Nullable Loop listener(@Nullable SimProcess process, TrafficClass trafficClass) {
    return process == null || !process.isAlive() ? null : process.loop(trafficClass);
  }
}
