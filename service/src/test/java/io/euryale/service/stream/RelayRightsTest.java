package io.euryale.service.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.Role;
import io.euryale.kernel.TrafficClass;
import io.euryale.kernel.wire.WireWriter;
import io.euryale.overlay.CellId;
import io.euryale.overlay.Neighbourhood;
import io.euryale.overlay.OverlayRights;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What a relay allows sensors and clients.
class RelayRightsTest {

  private final TestNet net = new TestNet();
  private final List<String> audited = new ArrayList<>();
  private final List<String> told = new ArrayList<>();
  private final List<String> received = new ArrayList<>();
  private final List<StreamHop> hops = new ArrayList<>();
  private final List<String> listed = new ArrayList<>();
  private final List<Arrivals> arrivals = new ArrayList<>();
  private final Relay root = root();

  private Relay root() {
    OverlayRights rights =
        OverlayRights.parse(
            List.of(
                "line-d/* door-* publish",
                "line-d/* desk subscribe",
                "* clerk subscribe",
                "test boss administer"),
            audited::add);
    Relay relay =
        net.add(
            "root",
            Role.PEER,
            node ->
                new Relay(
                    StreamSettings.defaults(), TrafficClass.CRITICAL, node.ref, node, rights));
    relay.neighbourhood(
        net.now,
        new Neighbourhood(net.now, CellId.ROOT, TestNet.ref("root"), List.of(), null, List.of()));
    return relay;
  }

  private Publisher sensor(String name, String stream) {
    Publisher sensor =
        net.add(
            name,
            Role.SENSOR,
            node ->
                new Publisher(
                    StreamSettings.defaults(),
                    TrafficClass.CRITICAL,
                    node.ref,
                    node,
                    new SensorEvents()));
    sensor.attachmentPoints(net.now, List.of(TestNet.ref("root")));
    sensor.open(net.now, stream);
    net.pass(10);
    return sensor;
  }

  private Subscriber client(String name, String... patterns) {
    Subscriber client =
        net.add(
            name,
            Role.CLIENT,
            node -> new Subscriber(StreamSettings.defaults(), node, new ClientEvents()));
    client.attachmentPoints(net.now, List.of(TestNet.ref("root")));
    for (String pattern : patterns) {
      client.subscribe(net.now, pattern, Replication.ACTIVE);
    }
    net.pass(10);
    return client;
  }

  private long publish(Publisher sensor, String stream) {
    long sequence = sensor.publish(net.now, stream, ByteBuffer.allocate(8));
    net.pass(50);
    return sequence;
  }

  @Test
  void aSensorPublishesWhatItMay() {
    client("desk", "line-d/*");
    assertThat(publish(sensor("door-7", "line-d/door"), "line-d/door")).isEqualTo(1);
    assertThat(received).containsExactly("line-d/door");
    assertThat(audited).isEmpty();
    assertThat(told).isEmpty();
  }

  @Test
  void aStreamOrNameWithoutRightIsRefusedToldAndAuditedOnce() {
    client("clerk", "*");
    for (String[] each : new String[][] {{"door-7", "line-e/door"}, {"gate", "line-d/gate"}}) {
      assertThat(publish(sensor(each[0], each[1]), each[1])).isEqualTo(Publisher.UNWANTED);
    }
    net.pass(5_000);
    assertThat(received).isEmpty();
    assertThat(audited)
        .containsExactly(
            "SENSOR on class critical: door-7 may not publish stream line-e/door: grant it in the"
                + " table of rights.",
            "SENSOR on class critical: gate may not publish stream line-d/gate: grant it in the"
                + " table of rights.");
    assertThat(told).contains("line-e/door", "line-d/gate");
    assertThat(root.counters().forbidden).isEqualTo(2);
  }

  /// Packets under another's flow, or under one that was refused, go nowhere and take no room.
  @Test
  void packetsOfAStreamThatASensorDidNotAdvertiseAreNotTaken() {
    client("clerk", "*");
    sensor("door-7", "line-d/door");
    net.add("gate", Role.SENSOR, _ -> new SilentCore());
    TestNet.Node gate = net.node("gate");
    int link = gate.connect(TestNet.ref("root").endpoint());
    net.pass(5);
    for (long flow :
        new long[] {TestNet.flow("line-d/door", "door-7"), TestNet.flow("line-d/gate", "gate")}) {
      ByteBuffer packet = ByteBuffer.allocate(StreamFrames.PACKET_HEADER_BYTES + 8);
      StreamFrames.putPacketHeader(packet, Replication.ACTIVE, false, flow, 1, 1, 1);
      gate.send(link, packet.rewind());
    }
    net.pass(50);
    assertThat(received).isEmpty();
    assertThat(root.counters().storedBytes).isZero();
    assertThat(root.counters().refused).isEqualTo(2);
  }

  @Test
  void howPacketsArriveIsForThoseWhoMayAdministerTheOverlay() {
    client("clerk", "*").requestArrivals();
    net.pass(10);
    assertThat(arrivals).isEmpty();
    assertThat(told).containsExactly("test");
    assertThat(audited)
        .containsExactly(
            "CLIENT on class critical: clerk may not administer overlay test: grant it in the"
                + " table of rights.");
    client("boss").requestArrivals();
    net.pass(10);
    assertThat(arrivals).containsExactly(Arrivals.NONE);
  }

  /// What is told of packets is taken from who may publish them.
  @Test
  void aSensorTellsNothingOfTheStreamsOfOthers() {
    Subscriber clerk = client("clerk");
    clerk.subscribe(net.now, "*", StreamQos.of(Replication.ACTIVE).withTrace());
    net.pass(10);
    publish(sensor("door-7", "line-d/door"), "line-d/door");
    int own = hops.size();
    net.add("gate", Role.SENSOR, _ -> new SilentCore());
    TestNet.Node gate = net.node("gate");
    int link = gate.connect(TestNet.ref("root").endpoint());
    net.pass(5);
    long flow = TestNet.flow("line-d/door", "door-7");
    gate.send(
        link,
        StreamFrames.encode(
            new WireWriter(),
            new StreamFrames.Message.Hop(flow, 1, new PeerName("gate"), 0, 1, 1)));
    net.pass(50);
    assertThat(own).isPositive();
    assertThat(hops).hasSize(own);
  }

  /// A client that names the flow of a stream learns nothing of it without the right.
  @Test
  void aClientLearnsTheNamesOfItsStreamsOnly() {
    sensor("door-7", "line-d/door");
    List<Integer> heard = new ArrayList<>();
    net.add(
        "guest",
        Role.CLIENT,
        _ ->
            new SilentCore() {
              @Override
              public void frame(long nowNanos, int link, ByteBuffer frame) {
                heard.add((int) frame.get(frame.position()));
              }
            });
    TestNet.Node guest = net.node("guest");
    int link = guest.connect(TestNet.ref("root").endpoint());
    net.pass(5);
    guest.send(
        link,
        StreamFrames.encode(
            new WireWriter(),
            new StreamFrames.Message.UnknownFlow(TestNet.flow("line-d/door", "door-7"))));
    net.pass(50);
    assertThat(heard).doesNotContain(StreamFrames.ADVERTISE);
  }

  @Test
  void aLargePayloadAndALastValueGoWhereTheRightsSay() {
    Publisher door = sensor("door-7", "line-e/door");
    Publisher kept = sensor("door-8", "line-d/bell");
    kept.open(net.now, "line-d/last", StreamOffer.DEFAULT.keepingLast());
    kept.open(net.now, "line-e/last", StreamOffer.DEFAULT.keepingLast());
    net.pass(10);
    ByteBuffer large = ByteBuffer.allocate(200_000);
    kept.publish(net.now, "line-d/last", large.duplicate());
    kept.publish(net.now, "line-e/last", large.duplicate());
    client("guest", "*")
        .subscribe(net.now, "line-d/*", StreamQos.of(Replication.ACTIVE).withLastValue());
    net.pass(200);
    assertThat(received).isEmpty();
    Subscriber clerk = client("clerk");
    clerk.subscribe(net.now, "*", StreamQos.of(Replication.ACTIVE).withLastValue());
    net.pass(200);
    assertThat(door.publish(net.now, "line-e/door", large.duplicate()))
        .isEqualTo(Publisher.UNWANTED);
    net.pass(200);
    assertThat(received).containsExactly("line-d/last");
  }

  @Test
  void aClientIsGivenWhatItMayHaveAndIsToldOfTheRest() {
    client("desk", "line-d/*", "line-*", "*");
    publish(sensor("door-7", "line-d/door"), "line-d/door");
    assertThat(received).containsExactly("line-d/door");
    assertThat(told).contains("line-*", "*").doesNotContain("line-d/*");
    assertThat(audited)
        .containsExactlyInAnyOrder(
            "CLIENT on class critical: desk may not subscribe to line-*: grant it in the table of"
                + " rights.",
            "CLIENT on class critical: desk may not subscribe to *: grant it in the table of"
                + " rights.");
  }

  @Test
  void aClientWithoutRightGetsNothingAndMakesNobodyPublish() {
    client("guest", "line-d/*");
    assertThat(publish(sensor("door-7", "line-d/door"), "line-d/door"))
        .isEqualTo(Publisher.UNWANTED);
    assertThat(received).isEmpty();
    assertThat(told).contains("line-d/*");
  }

  @Test
  void aListHasTheStreamsThatTheClientMaySubscribeTo() {
    sensor("door-7", "line-d/door");
    client("guest").requestStreams(net.now);
    net.pass(10);
    assertThat(listed).isEmpty();
    client("desk").requestStreams(net.now);
    net.pass(10);
    assertThat(listed).containsExactly("line-d/door");
  }

  private final class SensorEvents extends SilentSensor {
    @Override
    public void forbidden(long nowNanos, String stream, String sentence) {
      told.add(stream);
    }
  }

  private final class ClientEvents implements Subscriber.Listener {
    @Override
    public void packet(
        long nowNanos, String stream, long epoch, long sequence, ByteBuffer payload) {
      received.add(stream);
    }

    @Override
    public void hop(long nowNanos, StreamHop hop) {
      hops.add(hop);
    }

    @Override
    public void gap(long nowNanos, String stream, long epoch, long from, long to) {}

    @Override
    public void forbidden(long nowNanos, String pattern, String sentence) {
      told.add(pattern);
    }

    @Override
    public void arrivals(long nowNanos, PeerId from, Arrivals all) {
      arrivals.add(all);
    }

    @Override
    public void streams(long nowNanos, List<StreamInfo> streams) {
      streams.forEach(stream -> listed.add(stream.name()));
    }
  }
}
