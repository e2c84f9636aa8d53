package io.euryale.service.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.PeerId;
import io.euryale.kernel.Role;
import io.euryale.kernel.TrafficClass;
import io.euryale.kernel.wire.WireWriter;
import io.euryale.overlay.CellId;
import io.euryale.overlay.Neighbourhood;
import io.euryale.overlay.OverlayRights;
import io.euryale.service.stream.StreamFrames.Message;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Nobody publishes as another: packets carry the identity of their flow and nothing else, so a
/// relay and a client know one flow of each. Two flows of one identity cannot be found by a test,
/// so what the decoder would refuse is given to what comes behind it.
class FlowIdentityTest {

  private static final String DOOR = "line-d/door";
  private static final long FLOW = TestNet.flow(DOOR, "door-7");

  private final TestNet net = new TestNet();
  private final List<String> audited = new ArrayList<>();
  private final TestLine.Received received = new TestLine.Received();
  private final Relay root = relay("root", CellId.ROOT, List.of());
  private final Relay leaf = relay("leaf", CellId.ROOT.child(0), List.of("root"));
  private final Publisher door = publisher("door-7", DOOR);

  private Relay relay(String name, CellId cell, List<String> above) {
    OverlayRights rights =
        OverlayRights.parse(
            List.of("line-d/* door-* publish", "x/* gate publish", "* desk subscribe"),
            audited::add);
    Relay relay =
        net.add(
            name,
            Role.PEER,
            node ->
                new Relay(
                    StreamSettings.defaults(), TrafficClass.CRITICAL, node.ref, node, rights));
    relay.neighbourhood(
        net.now,
        new Neighbourhood(
            net.now,
            cell,
            TestNet.ref(name),
            List.of(),
            above.isEmpty() ? null : TestNet.ref(above.getFirst()),
            above.stream().map(TestNet::ref).toList()));
    return relay;
  }

  private Publisher publisher(String name, String stream) {
    Publisher publisher =
        net.add(
            name,
            Role.SENSOR,
            node ->
                new Publisher(
                    StreamSettings.defaults(),
                    TrafficClass.CRITICAL,
                    node.ref,
                    node,
                    new SilentSensor()));
    publisher.attachmentPoints(net.now, List.of(TestNet.ref("root")));
    publisher.open(net.now, stream);
    return publisher;
  }

  private void client(String at) {
    boolean isNear = !at.equals("root");
    Subscriber desk =
        net.add(
            "desk",
            Role.CLIENT,
            node -> new Subscriber(StreamSettings.defaults(), isNear, node, received));
    desk.attachmentPoints(net.now, List.of(TestNet.ref(at)));
    desk.subscribe(net.now, "*", Replication.ACTIVE);
    net.pass(100);
  }

  @BeforeEach
  void aDoorHasItsStream() {
    net.pass(2_500);
  }

  private void publish(int count) {
    for (int i = 0; i < count; i++) {
      assertThat(door.publish(net.now, DOOR, ByteBuffer.allocate(8))).isPositive();
      net.pass(20);
    }
  }

  private void theDoorGoesOn(int published) {
    publish(3);
    net.pass(2_000);
    assertThat(received.gaps).isEmpty();
    assertThat(received.packets).hasSize(published + 3);
    assertThat(received.packets).allMatch(packet -> packet.stream().equals(DOOR));
  }

  /// A link of somebody who says what the test says.
  private int connect(String name, Role role) {
    if (!net.nodes.containsKey(name)) {
      Heard _ = net.add(name, role, _ -> new Heard());
    }
    int link = net.node(name).connect(TestNet.ref("root").endpoint());
    net.run();
    return link;
  }

  private boolean wasForbidden(String name) {
    return ((Heard) net.node(name).core()).types.contains(StreamFrames.FORBIDDEN);
  }

  private void send(String name, int link, ByteBuffer frame) {
    assertThat(net.node(name).send(link, frame)).isTrue();
    net.pass(20);
  }

  /// So far that what the door sends then would have come before.
  private static ByteBuffer farPacket() {
    ByteBuffer packet = ByteBuffer.allocate(StreamFrames.PACKET_HEADER_BYTES + 8);
    StreamFrames.putPacketHeader(packet, Replication.ACTIVE, true, FLOW, 1L << 40, 1, 1L << 40);
    return packet.rewind();
  }

  /// Of a stream that has the identity of the door's.
  private static Message.Advertise colliding() {
    PeerId gate = TestNet.ref("gate").id();
    return new Message.Advertise(FLOW, 1, "x/free", gate, gate.name(), StreamOffer.DEFAULT, 0);
  }

  /// A relay gets this message by its link to somebody.
  private void say(Relay relay, String from, int link, Message message) {
    int there = Objects.requireNonNull(net.node(from).ends.get(link)).otherLink();
    RemoteLink over = Objects.requireNonNull(part(relay, "links", RelayLinks.class).get(there));
    part(relay, "reception", Reception.class).message(net.now, over, message);
    net.pass(20);
  }

  private int downTo(String name) {
    return net.node("root").ends.entrySet().stream()
        .filter(end -> end.getValue().other() == net.node(name))
        .mapToInt(end -> end.getKey())
        .findFirst()
        .orElseThrow();
  }

  private static <T> T part(Relay relay, String name, Class<T> type) {
    try {
      var field = Relay.class.getDeclaredField(name);
      field.setAccessible(true);
      return Objects.requireNonNull(type.cast(field.get(relay)));
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(name, e);
    }
  }

  @Test
  void aSensorWhoseFlowIsThatOfAnotherIsRefusedToldAndAudited() {
    client("root");
    publish(2);
    int link = connect("gate", Role.SENSOR);
    say(root, "gate", link, colliding());
    say(root, "gate", link, colliding());
    send("gate", link, farPacket());
    assertThat(root.counters().forbidden).isEqualTo(1);
    assertThat(root.counters().refused).isEqualTo(1);
    assertThat(wasForbidden("gate")).isTrue();
    assertThat(audited)
        .containsExactly(
            "SENSOR on class critical: gate#1 may not publish stream x/free: another stream has its"
                + " identity, so it is forged or the sensor has to be started again.");
    theDoorGoesOn(2);
  }

  @Test
  void aPeerThatTellsOfSuchAFlowIsNotBelieved() {
    client("root");
    publish(2);
    int link = connect("below", Role.PEER);
    say(root, "below", link, colliding());
    say(root, "below", link, colliding());
    assertThat(root.counters().forbidden).isEqualTo(1);
    assertThat(wasForbidden("below")).isFalse();
    assertThat(audited).singleElement().asString().startsWith("PEER on class critical: gate#1 ");
    theDoorGoesOn(2);
  }

  @Test
  void whatComesDownIsWhatItWasBefore() {
    client("leaf");
    publish(2);
    int down = downTo("leaf");
    long before = leaf.counters().misplaced;
    say(leaf, "root", down, new Message.Advertised(colliding()));
    assertThat(leaf.counters().misplaced).isEqualTo(before + 1);
    theDoorGoesOn(2);
  }

  @Test
  void aClientKnowsAFlowByItsFirstName() {
    client("root");
    publish(2);
    ((Subscriber) net.node("desk").core()).advertised(net.now, colliding());
    theDoorGoesOn(2);
  }

  /// A stream of the door's that it has not opened yet, told under another's name.
  private static Message.Advertise premature() {
    PeerId gate = TestNet.ref("gate").id();
    long flow = TestNet.flow("line-d/lock", "door-7");
    return new Message.Advertise(flow, 1, "x/free", gate, gate.name(), StreamOffer.DEFAULT, 0);
  }

  @ParameterizedTest
  @EnumSource(names = {"SENSOR", "PEER"})
  void whoTellsOfAFlowThatIsNotThatOfItsStreamIsCutOff(Role role) {
    int link = connect("gate", role);
    send("gate", link, StreamFrames.encode(new WireWriter(), premature()));
    assertThat(root.counters().malformed).isEqualTo(1);
    assertThat(net.node("gate").ends).doesNotContainKey(link);
    assertThat(root.published()).containsExactly(DOOR);
  }

  @Test
  void nobodyBelievesWhatIsToldOfAFlowBeforeItIsThere() {
    client("leaf");
    int down = downTo("leaf");
    long before = leaf.counters().misplaced;
    say(leaf, "root", down, new Message.Advertised(premature()));
    assertThat(leaf.counters().misplaced).isEqualTo(before + 1);
    ((Subscriber) net.node("desk").core()).advertised(net.now, premature());
    door.open(net.now, "line-d/lock");
    net.pass(2_000);
    assertThat(door.publish(net.now, "line-d/lock", ByteBuffer.allocate(8))).isPositive();
    net.pass(2_000);
    assertThat(received.packets)
        .singleElement()
        .matches(packet -> packet.stream().equals("line-d/lock"));
  }

  /// Who may publish a stream too is not let into the flow of the other.
  @Test
  void aSensorDoesNotAdvertiseAsAnother() {
    client("root");
    publish(2);
    int link = connect("door-9", Role.SENSOR);
    for (String sensor : List.of("door-7", "door-8")) {
      PeerId as = TestNet.ref(sensor).id();
      send(
          "door-9",
          link,
          StreamFrames.encode(
              new WireWriter(),
              new Message.Advertise(
                  TestNet.flow(DOOR, sensor), 1, DOOR, as, as.name(), StreamOffer.DEFAULT, 0)));
    }
    send("door-9", link, farPacket());
    assertThat(root.counters().refused).isEqualTo(1);
    assertThat(wasForbidden("door-9")).isTrue();
    assertThat(audited)
        .containsExactly(
            "SENSOR on class critical: door-9#1 may not publish stream line-d/door as door-7#1: a"
                + " sensor speaks for itself.");
    theDoorGoesOn(2);
  }

  /// Also the life of a sensor is proved by nothing but its hello.
  @Test
  void aSensorDoesNotAdvertiseAsAnotherLifeOfItself() {
    int link = connect("door-8", Role.SENSOR);
    PeerId later = PeerId.of("door-8", 2);
    send(
        "door-8",
        link,
        StreamFrames.encode(
            new WireWriter(),
            new Message.Advertise(
                StreamNames.flowId(DOOR, later),
                2,
                DOOR,
                later,
                later.name(),
                StreamOffer.DEFAULT,
                0)));
    assertThat(wasForbidden("door-8")).isTrue();
    assertThat(root.published()).containsExactly(DOOR);
    assertThat(root.counters().forbidden).isEqualTo(1);
  }

  @Test
  void twoSensorsThatPublishOneStreamFromTheSameMomentOnHaveFlowsOfTheirOwn() {
    client("root");
    Publisher other = publisher("door-8", DOOR);
    net.pass(100);
    publish(2);
    for (int i = 0; i < 3; i++) {
      assertThat(other.publish(net.now, DOOR, ByteBuffer.allocate(8))).isPositive();
      net.pass(20);
    }
    assertThat(received.sequences()).containsExactly(1L, 2L, 1L, 2L, 3L);
    assertThat(door.quiet()).isTrue();
    assertThat(other.quiet()).isTrue();
  }

  /// Remembers what types of messages came.
  private static final class Heard extends SilentCore {
    final List<Integer> types = new ArrayList<>();

    @Override
    public void frame(long nowNanos, int link, ByteBuffer frame) {
      types.add((int) frame.get(frame.position()));
    }
  }
}
