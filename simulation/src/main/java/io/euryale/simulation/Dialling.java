package io.euryale.simulation;

import io.euryale.kernel.Endpoint;
import io.euryale.kernel.Hello;
import io.euryale.kernel.TrafficClass;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// Brings links up: dial, accept, the two hellos, refusals, time-outs and the pauses between dials.
///
/// A dial takes two round trips as over TCP: connect, the dialler's hello, and the acceptor's hello
/// once the accepting loop gets to it. Whatever part of that a cut path swallows ends in the
/// dialler's time-out. Loss, repetition and reordering do not touch it: TCP hides them here.
final class Dialling {

  private static final long SHORTEST_TIMEOUT_NANOS = 500_000_000L;
  private static final long LONGEST_TIMEOUT_NANOS = 1_500_000_000L;

  private final Simulation simulation;
  private final Network network;

  Dialling(Simulation simulation, Network network) {
    this.simulation = simulation;
    this.network = network;
  }

  void dial(LinkEnd end, long pauseNanos) {
    int attempt = ++end.attempts;
    simulation.schedule(
        simulation.now() + pauseNanos,
        new Event() {
          @Override
          void fire() {
            connect(end, attempt);
          }
        });
  }

  /// Dials again after the pause that follows this many failures in a row.
  void redial(LinkEnd end) {
    SimulationSettings settings = simulation.settings();
    int doublings = Math.min(end.failures, 20);
    long pause = Math.min(settings.firstRedialNanos() << doublings, settings.longestRedialNanos());
    if (pause <= 0) {
      pause = settings.longestRedialNanos();
    }
    dial(end, pause / 2 + end.home.dialJitter(pause / 2 + 1));
  }

  void failed(LinkEnd end, String reason) {
    if (end.closed) {
      return;
    }
    end.connection = null;
    end.attempts++; // Whatever is still under way for the failed dial finds that it is stale.
    end.home.loop().enqueue(new DialFailed(end, end.attempts, reason));
  }

  private boolean isStale(LinkEnd end, int attempt) {
    return end.closed || end.attempts != attempt || end.home.loop().isDead();
  }

  private void connect(LinkEnd end, int attempt) {
    if (isStale(end, attempt)) {
      return;
    }
    SimProcess dialler = end.home.process();
    if (dialler.isPaused()) {
      end.attempts = attempt - 1;
      dial(end, simulation.settings().firstRedialNanos());
      return;
    }
    Endpoint target = target(end);
    TrafficClass trafficClass = end.home.loop().trafficClass();
    SimProcess acceptor = simulation.find(target.host());
    SplittableRandom stream =
        network.delays(dialler, acceptor == null ? dialler : acceptor, trafficClass);
    after(
        stream.nextLong(SHORTEST_TIMEOUT_NANOS, LONGEST_TIMEOUT_NANOS),
        end,
        attempt,
        () -> timedOut(end));
    if (acceptor == null) {
      refuse(end, attempt, "unknown host " + target.host(), 1);
    } else if (target.port(trafficClass) == 0) {
      refuse(end, attempt, "no " + trafficClass.label() + " port known", 1);
    } else if (!network.swallows(dialler, acceptor) && !network.swallows(acceptor, dialler)) {
      long out = network.delayNanos(stream, dialler, acceptor);
      SplittableRandom backStream = network.delays(acceptor, dialler, trafficClass);
      long back = network.delayNanos(backStream, acceptor, dialler);
      if (!listens(acceptor, target, trafficClass)) {
        refuse(end, attempt, "refused by " + target, out + back);
      } else {
        long helloOut = network.delayNanos(stream, dialler, acceptor);
        after(out + back + helloOut, end, attempt, () -> helloArrived(end, attempt, acceptor));
      }
    }
  }

  private void helloArrived(LinkEnd end, int attempt, SimProcess acceptor) {
    SimProcess dialler = end.home.process();
    TrafficClass trafficClass = end.home.loop().trafficClass();
    if (network.swallows(dialler, acceptor)) {
      return;
    }
    SplittableRandom backStream = network.delays(acceptor, dialler, trafficClass);
    Loop loop = Network.listener(acceptor, trafficClass);
    if (loop == null) {
      if (!network.swallows(acceptor, dialler)) {
        long back = network.delayNanos(backStream, acceptor, dialler);
        refuse(end, attempt, "reset by " + acceptor.name(), back);
      }
      return;
    }
    LinkEnd accepted = loop.home().accept();
    Connection connection =
        new Connection(end, accepted, network.delays(dialler, acceptor, trafficClass), backStream);
    end.connection = connection;
    accepted.connection = connection;
    connection.announced[Connection.ACCEPTOR] = true;
    loop.enqueue(new Accepted(accepted, connection, dialler.hello(trafficClass), attempt));
  }

  private void helloBack(Connection connection, int attempt) {
    SimProcess acceptor = connection.processes[Connection.ACCEPTOR];
    SimProcess dialler = connection.processes[Connection.DIALLER];
    if (network.swallows(acceptor, dialler)) {
      return;
    }
    long delay = network.delayNanos(connection.delays[Connection.ACCEPTOR], acceptor, dialler);
    connection.lastArrivalNanos[Connection.ACCEPTOR] = simulation.now() + delay;
    LinkEnd end = connection.ends[Connection.DIALLER];
    Loop acceptorLoop = connection.ends[Connection.ACCEPTOR].home.loop();
    var hello = acceptor.hello(acceptorLoop.trafficClass());
    after(
        delay,
        end,
        attempt,
        () -> {
          if (connection.open[Connection.DIALLER]) {
            connection.announced[Connection.DIALLER] = true;
            end.attempts++; // Done: the time-out of this dial is stale.
            end.home.loop().enqueue(new Established(end, connection, hello));
          }
        });
  }

  private void timedOut(LinkEnd end) {
    Connection connection = end.connection;
    if (connection != null) {
      connection.open[Connection.DIALLER] = false;
      network.tell(connection, Connection.ACCEPTOR, "hello timed out");
    }
    failed(end, "timed out");
  }

  private void refuse(LinkEnd end, int attempt, String reason, long afterNanos) {
    after(afterNanos, end, attempt, () -> failed(end, reason));
  }

  /// Runs `step` unless the dial was given up or ended another way meanwhile.
  private void after(long nanos, LinkEnd end, int attempt, Runnable step) {
    simulation.schedule(
        simulation.now() + nanos,
        new Event() {
          @Override
          void fire() {
            if (!isStale(end, attempt)) {
              step.run();
            }
          }
        });
  }

  private static Endpoint target(LinkEnd end) {
    Endpoint target = end.target;
    if (target == null) {
      throw new IllegalStateException("Only a dialled link is dialled");
    }
    return target;
  }

  private static boolean listens(
      @Nullable SimProcess process, Endpoint target, TrafficClass trafficClass) {
    return process != null
        && Network.listener(process, trafficClass) != null
        && process.endpoint().port(trafficClass) == target.port(trafficClass);
  }

  private final class Accepted implements Input {
    private final LinkEnd end;
    private final Connection connection;
    private final Hello hello;
    private final int attempt;

    Accepted(LinkEnd end, Connection connection, Hello hello, int attempt) {
      this.end = end;
      this.connection = connection;
      this.hello = hello;
      this.attempt = attempt;
    }

    @Override
    public void handle(long nowNanos) {
      end.up = true;
      helloBack(connection, attempt);
      end.home.loop().core().linkUp(nowNanos, end.id, hello);
    }

    @Override
    public long digest() {
      return 6 + ((long) end.id << 8);
    }
  }

  private record Established(LinkEnd end, Connection connection, Hello hello) implements Input {
    @Override
    public void handle(long nowNanos) {
      if (end.connection != connection) {
        return; // The core gave the link up meanwhile.
      }
      end.up = true;
      end.failures = 0;
      end.home.loop().core().linkUp(nowNanos, end.id, hello);
    }

    @Override
    public long digest() {
      return 7 + ((long) end.id << 8);
    }
  }

  private final class DialFailed implements Input {
    private final LinkEnd end;
    private final int attempt;
    private final String reason;

    DialFailed(LinkEnd end, int attempt, String reason) {
      this.end = end;
      this.attempt = attempt;
      this.reason = reason;
    }

    @Override
    public void handle(long nowNanos) {
      if (isStale(end, attempt)) {
        return;
      }
      end.failures++;
      end.home.loop().core().dialFailed(nowNanos, end.id, reason);
      if (!end.closed) {
        redial(end);
      }
    }

    @Override
    public long digest() {
      return 8 + ((long) end.id << 8);
    }
  }
}
