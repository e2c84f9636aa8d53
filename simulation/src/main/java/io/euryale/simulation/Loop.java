package io.euryale.simulation;

import io.euryale.kernel.Core;
import io.euryale.kernel.TrafficClass;
import java.util.ArrayDeque;
import java.util.SplittableRandom;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// The loop of one traffic class in one life of a process: inputs wait in its queue, and each takes
/// a drawn service time before it has its effect, so that a slow or flooded class falls behind.
final class Loop {

  private final Simulation simulation;
  private final SimProcess process;
  private final TrafficClass trafficClass;
  private final SplittableRandom service;
  private final ArrayDeque<Input> inputs = new ArrayDeque<>();
  private final SimHome home;
  private @Nullable Core core;
  private boolean dead;
  private boolean turnPending;
  private final Event turn =
      new Event() {
        @Override
        void fire() {
          turn();
        }
      };

  Loop(Simulation simulation, SimProcess process, TrafficClass trafficClass) {
    this.simulation = simulation;
    this.process = process;
    this.trafficClass = trafficClass;
    String life = process.name() + "#" + process.incarnation() + " " + trafficClass.label();
    service = simulation.stream("service " + life);
    home = new SimHome(simulation, process, this, simulation.stream("jitter " + life));
  }

  TrafficClass trafficClass() {
    return trafficClass;
  }

  SimHome home() {
    return home;
  }

  Core core() {
    Core present = core;
    if (present == null) {
      throw new IllegalStateException("The core is still being built");
    }
    return present;
  }

  boolean isDead() {
    return dead;
  }

  int backlogCount() {
    return inputs.size();
  }

  void adopt(Core newCore) {
    core = newCore;
    enqueue(new Call(newCore::start, 1));
  }

  void execute(LongConsumer task) {
    enqueue(new Call(task, 2));
  }

  void enqueue(Input input) {
    if (!dead) {
      inputs.add(input);
      scheduleTurn();
    }
  }

  void die() {
    dead = true;
    inputs.clear();
    home.die();
  }

  /// Takes up work again after a pause.
  void resume() {
    scheduleTurn();
  }

  private void scheduleTurn() {
    if (turnPending || dead || inputs.isEmpty() || process.isPaused()) {
      return;
    }
    turnPending = true;
    SimulationSettings settings = simulation.settings();
    long nanos =
        service.nextLong(settings.shortestServiceNanos(), settings.longestServiceNanos() + 1);
    simulation.schedule(simulation.now() + process.slowed(nanos), turn);
  }

  private void turn() {
    turnPending = false;
    if (dead || process.isPaused()) {
      return;
    }
    Input input = inputs.poll();
    if (input == null) {
      return;
    }
    long now = process.localNow();
    simulation.countInput(process, trafficClass, input);
    try {
      input.handle(now);
      if (!dead && inputs.isEmpty()) {
        core().idle(now);
      }
    } catch (RuntimeException | StackOverflowError e) {
      throw simulation.broken(process, trafficClass, e);
    }
    scheduleTurn();
  }

  private record Call(LongConsumer task, long digest) implements Input {
    @Override
    public void handle(long nowNanos) {
      task.accept(nowNanos);
    }
  }
}
