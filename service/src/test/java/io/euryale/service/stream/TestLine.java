package io.euryale.service.stream;

import io.euryale.kernel.PeerRef;
import io.euryale.kernel.Role;
import io.euryale.kernel.TrafficClass;
import io.euryale.overlay.CellId;
import io.euryale.overlay.Neighbourhood;
import io.euryale.overlay.OverlayRights;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A sensor, an edge peer, a root peer, and clients, by hand.
final class TestLine {

  final TestNet net = new TestNet();
  final StreamSettings settings;
  final List<String> lost = new ArrayList<>();
  final List<Long> delivered = new ArrayList<>();
  final Publisher publisher;

  TestLine(StreamSettings settings) {
    this.settings = settings;
    publisher = sensor("sensor");
    path();
    net.pass(2_500); // A new root peer frees nothing sooner: clients may not have come yet.
  }

  /// Default settings but for these.
  static StreamSettings settings(long storeBytes, int packetBytes) {
    return StreamSettings.defaults().withStoreBytes(storeBytes).withPacketBytes(packetBytes);
  }

  /// Those of a client that knows so many flows at most.
  static StreamSettings settingsOfFlows(int flows) {
    return StreamSettings.defaults().withFlows(flows);
  }

  static final class Received implements Subscriber.Listener {
    final List<StreamPacket> packets = new ArrayList<>();
    final List<byte[]> payloads = new ArrayList<>();
    final List<StreamHop> hops = new ArrayList<>();
    final List<String> gaps = new ArrayList<>();

    /// The application takes so many packets and no more.
    int mostPackets = Integer.MAX_VALUE;

    /// Streams that the application takes nothing of.
    final List<String> behindWith = new ArrayList<>();

    List<Long> sequences() {
      return packets.stream().map(StreamPacket::sequence).toList();
    }

    List<Long> sequences(String stream) {
      return packets.stream()
          .filter(packet -> packet.stream().equals(stream))
          .map(StreamPacket::sequence)
          .toList();
    }

    /// Sentences of refusals, by pattern.
    final Map<String, String> forbidden = new TreeMap<>();

    final List<String> servedBy = new ArrayList<>();
    int unserved;

    @Override
    public void servedBy(long now, PeerRef peer) {
      servedBy.add(peer.name().value());
    }

    @Override
    public void unserved(long now) {
      unserved++;
    }

    @Override
    public boolean takes(String stream) {
      return !behindWith.contains(stream) && packets.size() < mostPackets;
    }

    @Override
    public void packet(long now, StreamPacket packet, ByteBuffer payload) {
      packets.add(packet);
      byte[] bytes = new byte[payload.remaining()];
      payload.get(bytes);
      payloads.add(bytes);
    }

    @Override
    public void packet(long now, String stream, long epoch, long sequence, ByteBuffer payload) {}

    @Override
    public void gap(long now, String stream, long epoch, long from, long to) {
      gaps.add(from + "-" + to);
    }

    @Override
    public void forbidden(long now, String pattern, String sentence) {
      forbidden.put(pattern, sentence);
    }

    @Override
    public void hop(long now, StreamHop hop) {
      hops.add(hop);
    }
  }

  /// Another sensor with the same listener.
  Publisher sensor(String name) {
    return net.add(
        name,
        Role.SENSOR,
        node -> new Publisher(settings, TrafficClass.NORMAL, node.ref, node, listener()));
  }

  Publisher.Listener listener() {
    return new SilentSensor() {
      @Override
      public void delivered(long now, String stream, long upTo) {
        delivered.add(upTo);
      }

      @Override
      public void lost(long now, String stream, long sequence, String reason) {
        lost.add(sequence + " " + reason);
      }
    };
  }

  private void path() {
    restart("root", settings);
    restart("edge", settings);
  }

  /// A peer in another life with other settings, at the same place.
  void restart(String name, StreamSettings its) {
    restart(name, its, OverlayRights.OPEN);
  }

  /// The same with other rights.
  void restart(String name, StreamSettings its, OverlayRights rights) {
    net.add(name, Role.PEER, node -> new Relay(its, TrafficClass.NORMAL, node.ref, node, rights));
    place(name);
  }

  private void place(String name) {
    boolean isRoot = name.equals("root");
    relay(name)
        .neighbourhood(
            net.now,
            new Neighbourhood(
                net.now,
                isRoot ? CellId.ROOT : CellId.ROOT.child(0),
                TestNet.ref(name),
                List.of(),
                isRoot ? null : TestNet.ref("root"),
                isRoot ? List.of() : List.of(TestNet.ref("root"))));
  }

  Relay relay(String name) {
    return (Relay) net.node(name).core();
  }

  void offer(String stream, StreamOffer offer) {
    publisher.attachmentPoints(net.now, List.of(TestNet.ref("edge")));
    publisher.open(net.now, stream, offer);
    net.pass(10);
  }

  Received subscribe(String client, String pattern, StreamQos qos) {
    return subscribe(client, pattern, qos, settings);
  }

  Received subscribe(String client, String pattern, StreamQos qos, StreamSettings its) {
    Received received = new Received();
    Subscriber subscriber =
        net.add(client, Role.CLIENT, node -> new Subscriber(its, node, received));
    subscriber.attachmentPoints(net.now, List.of(TestNet.ref("root")));
    subscriber.subscribe(net.now, pattern, qos);
    net.pass(10);
    return received;
  }

  Subscriber client(String name) {
    return (Subscriber) net.node(name).core();
  }

  long publish(String stream, byte[] payload) {
    long answer = publisher.publish(net.now, stream, ByteBuffer.wrap(payload));
    net.run();
    return answer;
  }
}
