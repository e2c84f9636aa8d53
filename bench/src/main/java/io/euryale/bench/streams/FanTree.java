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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/// Bare relays ([BareFan]), each in a process of its own, where packets take the same hops as in
/// the overlay beside it: from the sensor up to the root cell, and from there down to the peers
/// that clients are at.
final class FanTree implements FanoutWay {

  private final ServerSocketChannel sensor;
  private final List<Child> relays = new ArrayList<>();
  private final List<SocketChannel> fed = new CopyOnWriteArrayList<>();
  private final List<SocketChannel> clients = new ArrayList<>();
  private final Audience audience = new Audience();
  private final ByteBuffer[] packet = new ByteBuffer[2];
  private final ByteBuffer length = ByteBuffer.allocateDirect(BareRelay.LENGTH_BYTES);

  /// Where packets that come down leave a peer, by its name.
  private final Map<String, Integer> ports = new LinkedHashMap<>();

  private List<String> lowest = List.of();
  private String root = "";

  private FanTree(ServerSocketChannel sensor) {
    this.sensor = sensor;
    packet[0] = length;
  }

  /// Starts the relays.
  static FanTree start(Topology topology) throws BenchException, InterruptedException {
    try {
      ServerSocketChannel sensor = ServerSocketChannel.open();
      sensor.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      FanTree tree = new FanTree(sensor);
      try {
        tree.grow(topology);
        return tree;
      } catch (BenchException | InterruptedException | IOException | RuntimeException e) {
        tree.close();
        throw e;
      }
    } catch (IOException e) {
      throw BenchException.environment("Sockets of this machine fail: " + e.getMessage() + ".");
    }
  }

  private void grow(Topology topology) throws BenchException, InterruptedException, IOException {
    BareRelay.daemon(this::accept);
    lowest = topology.lowest().stream().map(Topology.Place::name).toList();
    int port = ((InetSocketAddress) sensor.getLocalAddress()).getPort();
    for (String peer : topology.path(lowest.getFirst())) {
      port = startRelay(port);
      root = peer;
    }
    ports.put(root, port);
    for (int level = 0; level < topology.levels(); level++) {
      for (Topology.Place place : topology.level(level)) {
        String parent = place.parent();
        if (!place.name().equals(root)) {
          Integer above = ports.get(parent == null ? root : parent);
          ports.put(place.name(), startRelay(above == null ? port : above));
        }
      }
    }
  }

  private int startRelay(int source) throws BenchException, InterruptedException {
    RelayProcess relay = RelayProcess.start("relay-" + relays.size(), BareFan.class, source);
    relays.add(relay.child());
    return relay.port();
  }

  private void accept() {
    try {
      while (true) {
        SocketChannel out = sensor.accept();
        out.setOption(StandardSocketOptions.TCP_NODELAY, true);
        fed.add(out);
      }
    } catch (IOException _) {
      // Closed.
    }
  }

  @Override
  public String label() {
    return FanoutReport.RELAYS;
  }

  @Override
  public Audience audience() {
    return audience;
  }

  @Override
  public List<Child> processes() {
    return List.copyOf(relays);
  }

  @Override
  public void attach(FanoutPlace place, int number) throws BenchException {
    audience.expect(number);
    try {
      while (clients.size() < number) {
        int client = clients.size();
        Integer port = ports.get(at(place, client));
        SocketChannel in =
            SocketChannel.open(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port == null ? 0 : port));
        clients.add(in);
        BareRelay.daemon(() -> BareRelay.receive(in, payload -> audience.arrived(client, payload)));
      }
    } catch (IOException e) {
      throw BenchException.environment("Sockets of this machine fail: " + e.getMessage() + ".");
    }
  }

  private String at(FanoutPlace place, int client) {
    return switch (place) {
      case ROOT -> root;
      case LEAF -> lowest.getLast();
      case LEAVES -> lowest.get(client % lowest.size());
    };
  }

  @Override
  public void leave() {
    clients.forEach(FanTree::close);
    clients.clear();
  }

  @Override
  public boolean offer(int stream, ByteBuffer payload) {
    boolean _ = fed.removeIf(out -> !write(out, payload));
    return !fed.isEmpty();
  }

  /// Whether it was taken; else all clients have left, and others dial anew.
  private boolean write(SocketChannel out, ByteBuffer payload) {
    int from = payload.position();
    length.clear();
    length.putInt(0, payload.remaining());
    packet[1] = payload;
    try {
      while (payload.hasRemaining()) {
        out.write(packet);
      }
      return true;
    } catch (IOException _) {
      close(out);
      return false;
    } finally {
      payload.position(from);
    }
  }

  private static void close(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException _) {
      // Nothing depends on it any more.
    }
  }

  @Override
  public void close() {
    leave();
    relays.forEach(Child::closeInput);
    relays.forEach(Child::close);
    fed.forEach(FanTree::close);
    try {
      sensor.close();
    } catch (IOException _) {
      // As above.
    }
  }
}
