package io.euryale.lighttrain.city;

import io.euryale.kernel.TrafficClass;
import io.euryale.lighttrain.city.CityStream.Kind;
import io.euryale.lighttrain.demo.DemoException;
import io.euryale.peer.Client;
import io.euryale.peer.EdgeSettings;
import io.euryale.peer.PublisherListener;
import io.euryale.peer.RefusedException;
import io.euryale.peer.Sensor;
import io.euryale.peer.StreamHandler;
import io.euryale.peer.StreamPublisher;
import io.euryale.peer.Subscription;
import io.euryale.platform.Loops;
import io.euryale.service.stream.Replication;
import io.euryale.service.stream.StreamOffer;
import io.euryale.service.stream.StreamQos;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The sensors, the control centre's client, the loudspeakers and the displays, all in this process
/// as in [0 §IV], so that one clock measures the way of a packet. Every byte between them and the
/// peers goes through a socket of its class.
final class CityEdge implements AutoCloseable {

  private static final Duration CONNECT_PATIENCE = Duration.ofSeconds(60);
  private static final Duration CLOSE_PATIENCE = Duration.ofMillis(300);
  private static final long LOOK_AGAIN_MILLIS = 20;
  /// Frames of video that are older are failures [1 §1.1].
  private static final Duration OLDEST_PICTURE = Duration.ofSeconds(10);

  private static final int MOST_CAMERAS = 4;

  private final Loops loops = new Loops();
  private final List<Sensor> sensors = new ArrayList<>();
  private final List<Client> stations = new ArrayList<>();
  private final List<StreamPublisher> publishers = new ArrayList<>();
  private final Map<String, Subscription> cameras = new LinkedHashMap<>();
  private final StreamHandler normal;
  private @Nullable Client client;

  private CityEdge(StreamHandler normal) {
    this.normal = normal;
  }

  /// Connects everything and subscribes.
  ///
  /// @param receptions for each class of data
  /// @param gauges get what sensors of others say
  /// @param loudspeaker gets what is announced
  /// @param display gets what displays show
  /// @throws DemoException when no peer answers
  static CityEdge open(
      CityOverlay overlay,
      CityPlan plan,
      CityStreams streams,
      Map<TrafficClass, ? extends StreamHandler> receptions,
      StreamHandler gauges,
      StreamHandler loudspeaker,
      StreamHandler display)
      throws DemoException, InterruptedException {
    StreamHandler normal = receptions.get(TrafficClass.NORMAL);
    if (normal == null) {
      throw new IllegalArgumentException("Every class of data is received");
    }
    CityEdge edge = new CityEdge(normal);
    boolean opened = false;
    try {
      edge.connectClient(overlay, plan, receptions, gauges);
      edge.connectSensors(overlay, plan, streams);
      edge.connectStations(overlay, plan, streams, loudspeaker, display);
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

  private void connectClient(
      CityOverlay overlay,
      CityPlan plan,
      Map<TrafficClass, ? extends StreamHandler> receptions,
      StreamHandler gauges)
      throws InterruptedException {
    EdgeSettings settings =
        CityOverlay.edge("control-room", overlay.contacts(plan.cells().subList(0, 1)));
    Client connected = Client.connect(settings, loops, null, CONNECT_PATIENCE);
    client = connected;
    for (Map.Entry<TrafficClass, ? extends StreamHandler> each : receptions.entrySet()) {
      List<String> patterns =
          each.getKey() == TrafficClass.NORMAL
              ? List.of("position/*", "counter/*", "audio/*")
              : List.of("*");
      for (String pattern : patterns) {
        connected.subscribe(pattern, each.getKey(), Replication.ACTIVE, each.getValue());
      }
    }
    connected.subscribe(Gauges.PATTERN, TrafficClass.NORMAL, Replication.ACTIVE, gauges);
  }

  private void connectSensors(CityOverlay overlay, CityPlan plan, CityStreams streams)
      throws InterruptedException {
    for (Map.Entry<CityPlan.Cell, List<CityStream>> each : streams.byCell().entrySet()) {
      CityPlan.Cell cell = each.getKey();
      EdgeSettings settings =
          CityOverlay.edge("sensors-" + cell.label(), overlay.contacts(plan.upwards(cell)));
      Sensor sensor = Sensor.connect(settings, loops, null, CONNECT_PATIENCE);
      sensors.add(sensor);
      for (CityStream stream : each.getValue()) {
        StreamPublisher publisher =
            stream.kind() == Kind.BOARD
                ? sensor.open(
                    stream.name(),
                    stream.trafficClass(),
                    StreamOffer.DEFAULT.keepingLast(),
                    PublisherListener.SILENT)
                : sensor.open(stream.name(), stream.trafficClass());
        stream.connect(outlet(publisher));
        if (stream.kind() != Kind.CAMERA) {
          publishers.add(publisher);
        }
      }
    }
  }

  /// One client for each station cell, near a peer of it, with the loudspeakers and displays of all
  /// its stations: what is said to them comes down the tree to that cell alone. A display wants the
  /// newest board only.
  private void connectStations(
      CityOverlay overlay,
      CityPlan plan,
      CityStreams streams,
      StreamHandler loudspeaker,
      StreamHandler display)
      throws InterruptedException {
    StreamQos newest = StreamQos.of(Replication.ACTIVE).withLastValue().newestOnly();
    for (CityPlan.Cell cell : plan.cells()) {
      if (!cell.stops().isEmpty()) {
        EdgeSettings settings =
            CityOverlay.edge("station-" + cell.label(), overlay.contacts(plan.upwards(cell)));
        Client client = Client.connect(settings.withNear(true), loops, null, CONNECT_PATIENCE);
        stations.add(client);
        for (String stop : cell.stops()) {
          CityStream stream = streams.of(Kind.ANNOUNCEMENT, stop);
          Subscription _ =
              client.subscribe(
                  stream.name(), stream.trafficClass(), Replication.ACTIVE, loudspeaker);
          CityStream board = streams.of(Kind.BOARD, stop);
          Subscription _ =
              client.subscribe(board.name(), board.trafficClass(), newest, display, null);
        }
      }
    }
  }

  private static CityStream.Outlet outlet(StreamPublisher publisher) {
    return new CityStream.Outlet() {
      @Override
      public boolean isWanted() {
        return publisher.wanted() != null;
      }

      @Override
      public void offer(byte[] packet, Consumer<Boolean> answer) {
        publisher.publishLater(
            ByteBuffer.wrap(packet), admission -> answer.accept(admission.isAccepted()));
      }
    };
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

  /// How many processes at the edge there are.
  int sensors() {
    return sensors.size();
  }

  /// How many clients play what is announced and show boards.
  int stations() {
    return stations.size();
  }

  private Client client() {
    Client connected = client;
    if (connected == null) {
      throw new IllegalStateException("Not connected");
    }
    return connected;
  }

  /// Looks through a camera; the one looked through longest is left when there are too many.
  synchronized void look(String stream) throws InterruptedException {
    if (cameras.containsKey(stream)) {
      return;
    }
    if (cameras.size() == MOST_CAMERAS) {
      Map.Entry<String, Subscription> oldest = cameras.entrySet().iterator().next();
      cameras.remove(oldest.getKey());
      oldest.getValue().close();
    }
    StreamQos qos = StreamQos.of(Replication.ACTIVE).withLifespan(OLDEST_PICTURE);
    cameras.put(stream, client().subscribe(stream, TrafficClass.NORMAL, qos, normal, null));
  }

  /// Another client, beside the control centre's; whoever asks closes it.
  Client connect(String name, CityOverlay overlay, CityPlan plan)
      throws DemoException, InterruptedException {
    EdgeSettings settings = CityOverlay.edge(name, overlay.contacts(plan.cells().subList(0, 1)));
    try {
      return Client.connect(settings, loops, null, CONNECT_PATIENCE);
    } catch (RefusedException e) {
      throw DemoException.environment(String.valueOf(e.getMessage()));
    }
  }

  /// The client, for those who only ask.
  Client asking() {
    return client();
  }

  @Override
  public void close() {
    try {
      for (Sensor sensor : sensors) {
        boolean _ = sensor.close(CLOSE_PATIENCE);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      stations.forEach(Client::close);
      Client connected = client;
      if (connected != null) {
        connected.close();
      }
      loops.close();
    }
  }
}
