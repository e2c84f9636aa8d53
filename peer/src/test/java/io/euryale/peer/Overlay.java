package io.euryale.peer;

import io.euryale.kernel.trace.Trace;
import io.euryale.overlay.OverlaySettings;
import io.euryale.platform.Loops;
import io.euryale.platform.Observations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;

/// An overlay inside the JVM of a test.
final class Overlay implements AutoCloseable {

  static final Duration PATIENCE = Duration.ofSeconds(30);

  final Loops loops = new Loops();
  final List<Trace> traces = new CopyOnWriteArrayList<>();
  final Observations observations = new Observations(traces::add);
  final Map<String, EuryalePeer> peers = new LinkedHashMap<>();
  private final List<AutoCloseable> edges = new ArrayList<>();
  private final OverlaySettings overlaySettings;
  private final String keyDirectory;

  Overlay() {
    this("");
  }

  /// @param keyDirectory with keys for all names; "" for none
  Overlay(String keyDirectory) {
    this(OverlaySettings.defaults(), keyDirectory);
  }

  Overlay(OverlaySettings overlaySettings, String keyDirectory) {
    this.overlaySettings = overlaySettings;
    this.keyDirectory = keyDirectory;
  }

  /// Starts peers one after the other; all but the first know the first two.
  static Overlay of(String... names) throws InterruptedException {
    Overlay overlay = new Overlay();
    for (String name : names) {
      overlay.start(name);
    }
    return overlay;
  }

  EuryalePeer start(String name) throws InterruptedException {
    return start(PeerSettings.named(name));
  }

  /// Starts a peer to join by those that there are.
  EuryalePeer start(PeerSettings settings) throws InterruptedException {
    EuryalePeer peer =
        EuryalePeer.start(
            settings
                .withContacts(contacts())
                .withOverlay(overlaySettings)
                .withKeyDirectory(keyDirectory),
            loops,
            observations,
            PeerListener.SILENT);
    peers.put(settings.name(), peer);
    peer.awaitMember(PATIENCE);
    return peer;
  }

  List<String> contacts() {
    return peers.values().stream()
        .filter(peer -> !peer.isEnded())
        .map(peer -> peer.self().endpoint().toString())
        .limit(3)
        .toList();
  }

  Sensor sensor(String name) throws InterruptedException {
    return sensor(EdgeSettings.named(name, contacts()));
  }

  Sensor sensor(EdgeSettings settings) throws InterruptedException {
    Sensor sensor =
        Sensor.connect(settings.withKeyDirectory(keyDirectory), loops, observations, PATIENCE);
    edges.add(sensor);
    return sensor;
  }

  Client client(String name) throws InterruptedException {
    return client(EdgeSettings.named(name, contacts()));
  }

  Client client(EdgeSettings settings) throws InterruptedException {
    Client client =
        Client.connect(settings.withKeyDirectory(keyDirectory), loops, observations, PATIENCE);
    edges.add(client);
    return client;
  }

  static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("In vain: " + what);
      }
      Thread.sleep(5);
    }
  }

  @Override
  public void close() {
    edges
        .reversed()
        .forEach(
            edge -> {
              if (edge instanceof Sensor sensor) {
                sensor.kill();
              } else if (edge instanceof Client client) {
                client.kill();
              }
            });
    peers.values().forEach(EuryalePeer::kill);
    loops.close();
  }
}
