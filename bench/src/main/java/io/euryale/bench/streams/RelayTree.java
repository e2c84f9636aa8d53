package io.euryale.bench.streams;

import io.euryale.bench.BenchException;
import io.euryale.bench.Child;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A tree of bare relays, each in a process of its own, in the shape of the overlay beside it: one
/// relay for each peer, connected as that peer is to its parent.
final class RelayTree implements Sender.Entry, AutoCloseable {

  private final ServerSocketChannel client;
  private final List<RelayProcess> relays = new ArrayList<>();
  private final List<SocketChannel> sensors = new ArrayList<>();
  private final ByteBuffer[] packet = new ByteBuffer[2];
  private final ByteBuffer length = ByteBuffer.allocateDirect(BareRelay.LENGTH_BYTES);
  private volatile @Nullable Ledger ledger;

  private RelayTree(ServerSocketChannel client) {
    this.client = client;
    packet[0] = length;
  }

  /// Starts the relays, those of the root first.
  ///
  /// @param parents the index of each relay's parent, less than its own; -1 for the client
  /// @param entries the relay of each sensor
  static RelayTree start(List<Integer> parents, List<Integer> entries)
      throws BenchException, InterruptedException {
    try {
      ServerSocketChannel client = ServerSocketChannel.open();
      client.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      RelayTree tree = new RelayTree(client);
      try {
        tree.grow(parents, entries);
        return tree;
      } catch (BenchException | InterruptedException | IOException | RuntimeException e) {
        tree.close();
        throw e;
      }
    } catch (IOException e) {
      throw BenchException.environment("Sockets of this machine fail: " + e.getMessage() + ".");
    }
  }

  private void grow(List<Integer> parents, List<Integer> entries)
      throws BenchException, InterruptedException, IOException {
    int clientPort = ((InetSocketAddress) client.getLocalAddress()).getPort();
    Thread.ofPlatform().daemon().name("bench-relay-accept").start(this::accept);
    for (int relay = 0; relay < parents.size(); relay++) {
      int parent = parents.get(relay);
      int up = parent < 0 ? clientPort : relays.get(parent).port();
      relays.add(RelayProcess.start("relay-" + relay, BareRelay.class, up));
    }
    for (int relay : entries) {
      SocketChannel sensor =
          SocketChannel.open(
              new InetSocketAddress(InetAddress.getLoopbackAddress(), relays.get(relay).port()));
      sensor.setOption(StandardSocketOptions.TCP_NODELAY, true);
      sensors.add(sensor);
    }
  }

  private void accept() {
    try {
      while (true) {
        SocketChannel in = client.accept();
        BareRelay.daemon(() -> receive(in));
      }
    } catch (IOException _) {
      // Closed.
    }
  }

  private void receive(SocketChannel in) {
    BareRelay.receive(
        in,
        packet -> {
          Ledger current = ledger;
          if (current != null) {
            current.arrived(packet, System.nanoTime());
          }
        });
  }

  /// Says where arrivals are recorded from now on.
  void record(Ledger into) {
    ledger = into;
  }

  @Override
  public boolean offer(int stream, ByteBuffer payload) {
    length.clear();
    length.putInt(0, payload.remaining());
    packet[1] = payload;
    try {
      SocketChannel sensor = sensors.get(stream);
      while (payload.hasRemaining()) {
        sensor.write(packet);
      }
      return true;
    } catch (IOException _) {
      return false;
    }
  }

  /// The processes, in the order of the tree.
  List<Child> processes() {
    return relays.stream().map(RelayProcess::child).toList();
  }

  @Override
  public void close() {
    List<Child> processes = processes();
    processes.forEach(Child::closeInput);
    processes.forEach(Child::close);
    try {
      for (SocketChannel sensor : sensors) {
        sensor.close();
      }
      client.close();
    } catch (IOException _) {
      // Nothing depends on it any more.
    }
  }
}
