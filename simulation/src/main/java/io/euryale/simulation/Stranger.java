package io.euryale.simulation;

import io.euryale.kernel.TrafficClass;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// Somebody who is no process of the run and sends garbage to one, from the begin of its fault to
/// the end: random bytes, and what it saw pass by, changed.
final class Stranger {

  private static final int MOST_CAPTURED = 16;

  /// Of the datagrams that pass by, one in so many is kept once there are enough.
  private static final int KEPT_ONE_IN = 32;

  private final Simulation simulation;
  private final ActiveFault fault;
  private final SimProcess target;
  private final long longestPauseNanos;
  private final List<byte[]> captured = new ArrayList<>();
  private long number;

  Stranger(Simulation simulation, ActiveFault fault, Fault.Garbage garbage) {
    this.simulation = simulation;
    this.fault = fault;
    target = simulation.process(garbage.process());
    longestPauseNanos = 2_000_000_000L / garbage.perSecond();
  }

  /// Sends the next one after a drawn pause.
  void goOn() {
    simulation.schedule(
        simulation.now() + fault.draw(longestPauseNanos),
        new Event() {
          @Override
          void fire() {
            if (!fault.ended) {
              send();
              goOn();
            }
          }
        });
  }

  /// A datagram passes by on its way to the process.
  void sees(byte[] array) {
    if (captured.size() < MOST_CAPTURED) {
      captured.add(array.clone());
    } else if (fault.draw(KEPT_ONE_IN) == 1) {
      captured.set((int) fault.draw(MOST_CAPTURED) - 1, array.clone());
    }
  }

  private void send() {
    TrafficClass trafficClass = listening();
    if (trafficClass == null) {
      return;
    }
    SplittableRandom random = fault.random();
    byte[] array =
        captured.isEmpty() || random.nextInt(3) == 0
            ? Forgery.random(random)
            : Forgery.mutated(one(random), one(random), random);
    simulation
        .network()
        .datagrams()
        .forge(target, trafficClass, array, ++number, simulation.now(), fault);
  }

  private byte[] one(SplittableRandom random) {
    return captured.get(random.nextInt(captured.size()));
  }

  /// Whichever class: what was captured on one port also goes to another.
  private @Nullable TrafficClass listening() {
    int first = (int) fault.draw(TrafficClass.count());
    for (int i = 0; i < TrafficClass.count(); i++) {
      TrafficClass trafficClass = TrafficClass.ofCode((first + i) % TrafficClass.count());
      if (trafficClass != null && target.loop(trafficClass) != null) {
        return trafficClass;
      }
    }
    return null;
  }
}
