package io.euryale.bench.streams;

import io.euryale.bench.BenchException;
import io.euryale.bench.Child;
import io.euryale.kernel.TrafficClass;
import io.euryale.peer.Client;
import io.euryale.peer.EdgeSettings;
import io.euryale.peer.RefusedException;
import io.euryale.peer.Sensor;
import io.euryale.peer.StreamHandler;
import io.euryale.peer.StreamPublisher;
import io.euryale.platform.Loops;
import io.euryale.service.stream.Replication;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A sensor at one leaf of an overlay and clients anywhere in it, in this process so that one clock
/// measures one way. Each side has its own loops.
final class OverlayFan implements FanoutWay {

  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final Duration CLOSE_PATIENCE = Duration.ofMillis(300);
  private static final String STREAM = "bench/fanout";

  private final Fleet peers;
  private final Topology topology;
  private final Loops sensorLoops = new Loops();
  private final Loops clientLoops = new Loops();
  private final List<Client> clients = new ArrayList<>();
  private final Audience audience = new Audience();
  private @Nullable Sensor sensor;
  private @Nullable StreamPublisher publisher;

  /// Tells the names of clients from those of earlier ones.
  private int life;

  private OverlayFan(Fleet peers, Topology topology) {
    this.peers = peers;
    this.topology = topology;
  }

  /// Connects the sensor to the first peer of the lowest level.
  static OverlayFan open(Fleet peers, Topology topology)
      throws BenchException, InterruptedException {
    OverlayFan fan = new OverlayFan(peers, topology);
    try {
      List<String> contacts = List.of(topology.lowest().getFirst().contact());
      Sensor sensor =
          Sensor.connect(
              EdgeSettings.named("bench-sensor", contacts), fan.sensorLoops, null, PATIENCE);
      fan.sensor = sensor;
      fan.publisher = sensor.open(STREAM, TrafficClass.NORMAL);
      return fan;
    } catch (RefusedException e) {
      fan.close();
      throw BenchException.missed(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public String label() {
    return FanoutReport.EURYALE;
  }

  @Override
  public Audience audience() {
    return audience;
  }

  @Override
  public List<Child> processes() {
    return peers.processes();
  }

  @Override
  public void attach(FanoutPlace place, int number) throws BenchException, InterruptedException {
    audience.expect(number);
    try {
      while (clients.size() < number) {
        int client = clients.size();
        EdgeSettings settings =
            EdgeSettings.named("bench-client-%d-%d".formatted(life, client), at(place, client))
                .withNear(place != FanoutPlace.ROOT);
        Client connected = Client.connect(settings, clientLoops, null, PATIENCE);
        clients.add(connected);
        StreamHandler records = (_, _, _, payload) -> audience.arrived(client, payload);
        var _ = connected.subscribe(STREAM, TrafficClass.NORMAL, Replication.ACTIVE, records);
      }
    } catch (RefusedException e) {
      throw BenchException.missed(String.valueOf(e.getMessage()));
    }
  }

  /// The contacts of a client.
  private List<String> at(FanoutPlace place, int client) {
    List<Topology.Place> lowest = topology.lowest();
    return switch (place) {
      case ROOT -> topology.level(0).stream().map(Topology.Place::contact).toList();
      case LEAF -> List.of(lowest.getLast().contact());
      case LEAVES -> List.of(lowest.get(client % lowest.size()).contact());
    };
  }

  @Override
  public void leave() {
    clients.forEach(Client::close);
    clients.clear();
    life++;
  }

  @Override
  public boolean offer(int stream, ByteBuffer packet) {
    StreamPublisher open = publisher;
    try {
      return open != null && open.publish(packet).isAccepted();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /// The peers' processes are not this object's.
  @Override
  public void close() {
    try {
      Sensor open = sensor;
      if (open != null) {
        boolean _ = open.close(CLOSE_PATIENCE);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      leave();
      sensorLoops.close();
      clientLoops.close();
    }
  }
}
