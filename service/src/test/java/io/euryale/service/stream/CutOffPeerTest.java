package io.euryale.service.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.PeerRef;
import io.euryale.kernel.Role;
import io.euryale.kernel.TrafficClass;
import io.euryale.overlay.CellId;
import io.euryale.overlay.Neighbourhood;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A line cell and a station cell of two peers each below a root peer, while one of each is cut off
/// from the others and the overlay there still takes the way up for whole.
class CutOffPeerTest {

  private static final StreamSettings SETTINGS = StreamSettings.defaults();
  private static final CellId LINE = CellId.ROOT.child(0);
  private static final CellId STATION = LINE.child(0);

  private final TestNet net = new TestNet();
  private final TestLine.Received received = new TestLine.Received();
  private final List<String> lost = new ArrayList<>();
  private final Publisher sensor =
      net.add(
          "sensor",
          Role.SENSOR,
          node -> new Publisher(SETTINGS, TrafficClass.NORMAL, node.ref, node, listener()));

  @BeforeEach
  void connect() {
    place("root", CellId.ROOT, null);
    place("line-a", LINE, "root", "line-b");
    place("line-b", LINE, "root", "line-a");
    place("station-a", STATION, "line-a", "station-b");
    place("station-b", STATION, "line-b", "station-a");
    Subscriber client =
        net.add("client", Role.CLIENT, node -> new Subscriber(SETTINGS, node, received));
    client.attachmentPoints(net.now, List.of(TestNet.ref("root")));
    client.subscribe(net.now, "*", StreamQos.of(Replication.ACTIVE));
    attach("station-a", "station-b");
    sensor.open(net.now, "track");
    net.pass(2_000);
    publish();
    assertThat(received.packets).hasSize(1);
  }

  private void place(String name, CellId cell, @Nullable String parent, String... siblings) {
    net.add(name, Role.PEER, node -> new Relay(SETTINGS, TrafficClass.NORMAL, node.ref, node));
    relay(name, cell, parent, siblings);
  }

  private void relay(String name, CellId cell, @Nullable String parent, String... siblings) {
    Relay relay = (Relay) net.node(name).core();
    List<PeerRef> above =
        switch (cell.toString()) {
          case "0" -> List.of();
          case "0.0" -> List.of(TestNet.ref("root"));
          default -> List.of(TestNet.ref("line-a"), TestNet.ref("line-b"));
        };
    relay.neighbourhood(
        net.now,
        new Neighbourhood(
            net.now,
            cell,
            TestNet.ref(name),
            Stream.of(siblings).map(TestNet::ref).toList(),
            parent == null ? null : TestNet.ref(parent),
            above));
  }

  private void attach(String... peers) {
    sensor.attachmentPoints(net.now, Stream.of(peers).map(TestNet::ref).toList());
  }

  /// The peers on this side of the cut have given up their siblings, and hold packets alone now.
  private void cut() {
    net.part(Set.of("line-a", "station-a"));
    net.run();
    relay("line-a", LINE, "root");
    relay("station-a", STATION, "line-a");
  }

  private void publish() {
    long sequence = sensor.publish(net.now, "track", ByteBuffer.wrap(new byte[] {1}));
    assertThat(sequence).isPositive();
    net.run();
  }

  @Test
  void packets_go_by_a_sibling_that_the_cut_off_peer_lists_no_more() {
    cut();
    attach("station-a"); // What it answers to the sensor.
    publish();
    net.pass(1_500);
    assertThat(received.sequences()).containsExactly(1L, 2L);
    assertThat(lost).isEmpty();
  }

  @Test
  void a_cut_off_peer_that_lists_itself_does_not_get_its_sensor_back() {
    cut();
    publish();
    net.pass(1_500);
    attach("station-a");
    net.run();
    publish();
    assertThat(received.sequences()).containsExactly(1L, 2L, 3L);
  }

  private Publisher.Listener listener() {
    return new SilentSensor() {
      @Override
      public void lost(long now, String stream, long sequence, String reason) {
        lost.add(sequence + " " + reason);
      }
    };
  }
}
