package io.euryale.simulation;

import io.euryale.kernel.Core;
import io.euryale.kernel.Endpoint;
import io.euryale.kernel.Hello;
import io.euryale.kernel.Home;
import io.euryale.kernel.Role;
import io.euryale.kernel.TrafficClass;
import io.euryale.kernel.trace.TraceEvent;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/// Numbers frames to everybody it has a link with, on a timer, and writes down what it hears.
final class ToyCore implements Core {

  static final long MILLI = 1_000_000L;

  private final Home home;
  private final List<Endpoint> targets;
  private final long periodNanos;
  private final TreeMap<Integer, String> up = new TreeMap<>();
  private long number;

  final List<Long> received = new ArrayList<>();
  final List<String> events = new ArrayList<>();
  final List<ByteBuffer> kept = new ArrayList<>();
  int refusedCount;
  int idleCount;

  ToyCore(Home home, long periodNanos, Endpoint... targets) {
    this.home = home;
    this.periodNanos = periodNanos;
    this.targets = List.of(targets);
  }

  static Simulation mesh(long seed, int peers) {
    Simulation run = new Simulation(seed, SimulationSettings.lan());
    for (int i = 1; i <= peers; i++) {
      int self = i;
      run.add(
          "p" + i,
          Role.PEER,
          (process, incarnation) ->
              process.core(
                  TrafficClass.CONTROL,
                  home -> {
                    Endpoint[] others = new Endpoint[self - 1];
                    for (int j = 1; j < self; j++) {
                      others[j - 1] = Endpoint.contact("p" + j, SimProcess.FIRST_PORT);
                    }
                    return new ToyCore(home, 10 * MILLI, others);
                  }));
    }
    return run;
  }

  List<String> links() {
    return new ArrayList<>(up.values());
  }

  int sendTo(int link, long value) {
    ByteBuffer frame = ByteBuffer.allocate(8).putLong(value).flip();
    if (!home.send(link, frame)) {
      refusedCount++;
    }
    return refusedCount;
  }

  int firstLink() {
    return up.firstKey();
  }

  void disconnect(int link) {
    up.remove(link);
    home.disconnect(link);
  }

  @Override
  public void start(long nowNanos) {
    for (Endpoint target : targets) {
      home.connect(target);
    }
    if (periodNanos > 0) {
      home.wakeAt(nowNanos + periodNanos);
    }
  }

  @Override
  public void linkUp(long nowNanos, int link, Hello remote) {
    up.put(link, remote.self().id().toString());
    events.add("up " + remote.self().id());
    home.observe(TraceEvent.of("UP", "remote", remote.self().id().toString(), "link", link));
  }

  @Override
  public void linkDown(long nowNanos, int link, String reason) {
    String remote = up.remove(link);
    events.add("down " + remote + ": " + reason);
    home.observe(TraceEvent.of("DOWN", "link", link, "reason", reason));
  }

  @Override
  public void dialFailed(long nowNanos, int link, String reason) {
    events.add("failed: " + reason);
  }

  @Override
  public void frame(long nowNanos, int link, ByteBuffer frame) {
    kept.add(frame);
    long value = frame.getLong(frame.position());
    received.add(value);
    home.observe(TraceEvent.of("HEARD", "value", value));
  }

  @Override
  public void timerDue(long nowNanos) {
    number++;
    for (int link : up.keySet()) {
      sendTo(link, number);
    }
    home.wakeAt(nowNanos + periodNanos + home.jitter(MILLI));
  }

  @Override
  public void idle(long nowNanos) {
    idleCount++;
  }
}
