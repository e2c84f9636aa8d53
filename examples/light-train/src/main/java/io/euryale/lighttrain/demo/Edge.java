package io.euryale.lighttrain.demo;

import io.euryale.kernel.TrafficClass;
import io.euryale.peer.Client;
import io.euryale.peer.EdgeSettings;
import io.euryale.peer.RefusedException;
import io.euryale.peer.Sensor;
import io.euryale.peer.StreamPublisher;
import io.euryale.platform.Loops;
import io.euryale.service.stream.Replication;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// The sensors and the client, all in this process as in [0 §IV], so that the latency of one way is
/// measured with one clock. Every byte between them and the peers goes through a socket of its
/// class.
final class Edge implements AutoCloseable {

  private static final Duration CONNECT_PATIENCE = Duration.ofSeconds(15);
  private static final Duration CLOSE_PATIENCE = Duration.ofMillis(500);
  private static final long LOOK_AGAIN_MILLIS = 10;
  private static final int WARM_UP_ROUNDS = 20;
  private static final Duration WARM_UP_PATIENCE = Duration.ofSeconds(10);

  private final Loops loops;
  private final List<Sensor> sensors = new ArrayList<>();
  private final List<StreamPublisher> publishers = new ArrayList<>();
  private @Nullable Client client;

  private Edge(Loops loops) {
    this.loops = loops;
  }

  /// Connects the client at the root and each sensor at its peer, opens all streams, and subscribes
  /// to all of them.
  ///
  /// @throws DemoException when no peer answers
  static Edge open(City city, StreamPlan plan, Reception reception, Replication replication)
      throws DemoException, InterruptedException {
    Edge edge = new Edge(new Loops());
    boolean opened = false;
    try {
      edge.connectClient(city, reception, replication);
      edge.connectSensors(city, plan);
      opened = true;
      return edge;
    } catch (RefusedException e) {
      throw DemoException.environment(String.valueOf(e.getMessage()));
    } finally {
      if (!opened) {
        edge.close();
      }
    }
  }

  private void connectClient(City city, Reception reception, Replication replication)
      throws InterruptedException {
    EdgeSettings settings = EdgeSettings.named("control-centre", city.contacts());
    Client connected = Client.connect(settings, loops, null, CONNECT_PATIENCE);
    client = connected;
    for (TrafficClass trafficClass :
        List.of(TrafficClass.ALARM, TrafficClass.CRITICAL, TrafficClass.NORMAL)) {
      connected.subscribe("*", trafficClass, replication, reception.handler(trafficClass));
    }
  }

  private void connectSensors(City city, StreamPlan plan) throws InterruptedException {
    for (int number = 0; number < Placement.SENSORS; number++) {
      int seat = Placement.seatOfSensor(number);
      EdgeSettings settings =
          EdgeSettings.named("sensor-" + Placement.name(seat), city.contactsOfCell(seat));
      Sensor sensor = Sensor.connect(settings, loops, null, CONNECT_PATIENCE);
      sensors.add(sensor);
      for (StreamSource stream : plan.streams()) {
        if (stream.sensor() == number) {
          StreamPublisher publisher = sensor.open(stream.name(), stream.kind().trafficClass());
          publishers.add(publisher);
          stream.connect(publisher::publish);
        }
      }
    }
  }

  /// Waits until every sensor knows that its streams are wanted.
  ///
  /// @throws DemoException when that takes too long
  void awaitSubscribed(Duration patience, BooleanSupplier stopped)
      throws DemoException, InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    for (StreamPublisher publisher : publishers) {
      while (publisher.wanted() == null && !stopped.getAsBoolean()) {
        if (System.nanoTime() - deadline > 0) {
          throw DemoException.environment(
              "The subscription to %s did not reach its sensor within %d s; is the machine very busy?"
                  .formatted(publisher.name(), patience.toSeconds()));
        }
        Thread.sleep(LOOK_AGAIN_MILLIS);
      }
    }
  }

  /// Sends some packets over every stream that are in nobody's account: what is measured is a city
  /// that runs, not processes that have just been started and have compiled nothing yet.
  void warmUp(StreamPlan plan, Reception reception, BooleanSupplier stopped)
      throws InterruptedException {
    Payload payload = new Payload(0);
    long sent = 0;
    long deadline = System.nanoTime() + WARM_UP_PATIENCE.toNanos();
    for (int round = 0; round < WARM_UP_ROUNDS && !stopped.getAsBoolean(); round++) {
      for (StreamSource stream : plan.streams()) {
        sent += stream.warmUp(payload) ? 1 : 0;
      }
      Thread.sleep(LOOK_AGAIN_MILLIS);
    }
    while (reception.warmUps() < sent
        && !stopped.getAsBoolean()
        && System.nanoTime() - deadline < 0) {
      Thread.sleep(LOOK_AGAIN_MILLIS);
    }
  }

  @Override
  public void close() {
    try {
      for (Sensor sensor : sensors) {
        // Everything that came was counted before; nothing is worth waiting for any more.
        boolean _ = sensor.close(CLOSE_PATIENCE);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      Client connected = client;
      if (connected != null) {
        connected.close();
      }
      loops.close();
    }
  }
}
