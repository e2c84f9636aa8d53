package io.euryale.bench.streams;

import io.euryale.bench.BenchException;
import io.euryale.kernel.TrafficClass;
import io.euryale.peer.Client;
import io.euryale.peer.EdgeSettings;
import io.euryale.peer.RefusedException;
import io.euryale.peer.Sensor;
import io.euryale.peer.StreamHandler;
import io.euryale.peer.StreamPublisher;
import io.euryale.peer.Subscription;
import io.euryale.platform.Loops;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The 8 sensors and the client, in this process so that one clock measures one way. Each side has
/// its own loops, as it would in a process of its own.
final class Edge implements Sender.Entry, StreamHandler, AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final Duration CLOSE_PATIENCE = Duration.ofMillis(300);
  private static final long LOOK_AGAIN_MILLIS = 5;

  private final Loops sensorLoops = new Loops();
  private final Loops clientLoops = new Loops();
  private final List<String> peers = new ArrayList<>();
  private final List<Sensor> sensors = new ArrayList<>();
  private final List<StreamPublisher> publishers = new ArrayList<>();
  private final List<Subscription> subscriptions = new ArrayList<>();
  private @Nullable Client client;
  private volatile @Nullable Ledger ledger;

  /// Connects the client to the root and a sensor to each peer of the lowest level.
  ///
  /// @param life tells the names of these sensors from those of earlier ones
  static Edge open(Topology topology, int life) throws BenchException, InterruptedException {
    return open(topology, life, "");
  }

  /// The same with keys.
  ///
  /// @param keyDirectory with the keys of [#names]; "" for none
  static Edge open(Topology topology, int life, String keyDirectory)
      throws BenchException, InterruptedException {
    Edge edge = new Edge();
    boolean opened = false;
    try {
      edge.connect(topology, life, keyDirectory);
      opened = true;
      return edge;
    } catch (RefusedException e) {
      throw BenchException.missed(String.valueOf(e.getMessage()));
    } finally {
      if (!opened) {
        edge.close();
      }
    }
  }

  /// The names of the client and the sensors of a life.
  static List<String> names(int life) {
    List<String> names = new ArrayList<>();
    names.add("bench-client-" + life);
    for (int stream = 0; stream < Traffic.STREAMS; stream++) {
      names.add("bench-sensor-" + stream + "-" + life);
    }
    return names;
  }

  private void connect(Topology topology, int life, String keyDirectory)
      throws InterruptedException {
    List<String> names = names(life);
    List<String> roots = topology.level(0).stream().map(Topology.Place::contact).toList();
    client =
        Client.connect(
            EdgeSettings.named(names.getFirst(), roots).withKeyDirectory(keyDirectory),
            clientLoops,
            null,
            PATIENCE);
    List<Topology.Place> leaves = topology.level(Topology.LEVELS - 1);
    for (int stream = 0; stream < Traffic.STREAMS; stream++) {
      Topology.Place leaf = leaves.get(stream);
      List<String> contacts = new ArrayList<>();
      contacts.add(leaf.contact());
      topology.cell(leaf.cell()).stream()
          .map(Topology.Place::contact)
          .filter(contact -> !contact.equals(leaf.contact()))
          .forEach(contacts::add);
      Sensor sensor =
          Sensor.connect(
              EdgeSettings.named(names.get(stream + 1), contacts).withKeyDirectory(keyDirectory),
              sensorLoops,
              null,
              PATIENCE);
      peers.add(leaf.name());
      sensors.add(sensor);
      publishers.add(sensor.open(name(stream, life), TrafficClass.NORMAL));
    }
  }

  private static String name(int stream, int life) {
    return "bench/" + stream + "." + life;
  }

  /// The peer that a stream enters at while that peer lives.
  String entry(int stream) {
    return peers.get(stream);
  }

  /// Subscribes to all streams as `wanted` says, in place of what was wanted before, and waits
  /// until every sensor knows.
  void subscribe(Replicated wanted) throws BenchException, InterruptedException {
    subscriptions.forEach(Subscription::close);
    subscriptions.clear();
    Client connected = client;
    if (connected == null) {
      return;
    }
    for (int stream = 0; stream < Traffic.STREAMS; stream++) {
      subscriptions.add(
          connected.subscribe(
              publishers.get(stream).name(), TrafficClass.NORMAL, wanted.of(stream), this));
    }
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    for (int stream = 0; stream < Traffic.STREAMS; stream++) {
      while (!wanted.of(stream).equals(publishers.get(stream).wanted())) {
        if (System.nanoTime() - deadline > 0) {
          throw BenchException.missed(
              "The subscription of case %s did not reach sensor %d within %d s."
                  .formatted(wanted.label(), stream, PATIENCE.toSeconds()));
        }
        Thread.sleep(LOOK_AGAIN_MILLIS);
      }
    }
  }

  /// Says where arrivals are recorded from now on.
  void record(Ledger into) {
    ledger = into;
  }

  @Override
  public boolean offer(int stream, ByteBuffer packet) {
    try {
      return publishers.get(stream).publish(packet).isAccepted();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  public void packet(String stream, long epoch, long sequence, ByteBuffer payload) {
    long nowNanos = System.nanoTime();
    Ledger current = ledger;
    if (current != null) {
      current.arrived(payload, nowNanos);
    }
  }

  @Override
  public void close() {
    try {
      for (Sensor sensor : sensors) {
        // What had to come was waited for; nothing is worth more time.
        boolean _ = sensor.close(CLOSE_PATIENCE);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      Client connected = client;
      if (connected != null) {
        connected.close();
      }
      sensorLoops.close();
      clientLoops.close();
    }
  }
}
