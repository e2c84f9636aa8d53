package io.euryale.service.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.Core;
import io.euryale.kernel.Hello;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerRef;
import io.euryale.kernel.Role;
import io.euryale.kernel.TrafficClass;
import io.euryale.kernel.wire.WireWriter;
import io.euryale.overlay.CellId;
import io.euryale.overlay.Neighbourhood;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Rare schedules, by hand: each one broke a promise once.
class StreamFaultsTest {

  private static final String STREAM = "line-a/events";
  private static final CellId MIDDLE = CellId.ROOT.child(0);
  private static final CellId LEAF = MIDDLE.child(0);

  private final TestNet net = new TestNet();
  private final Map<String, Relay> relays = new TreeMap<>();
  private final List<Long> lost = new ArrayList<>();
  private StreamSettings settings = StreamSettings.defaults();
  private long held;
  private long delivered;
  private int writable;

  private static StreamSettings settings(long storeBytes, Duration flowIdle) {
    return StreamSettings.defaults().withStoreBytes(storeBytes).withFlowIdle(flowIdle);
  }

  private void relays(String... names) {
    for (String name : names) {
      relays.put(
          name,
          net.add(
              name, Role.PEER, node -> new Relay(settings, TrafficClass.CRITICAL, node.ref, node)));
    }
  }

  private Relay relay(String name) {
    return Objects.requireNonNull(relays.get(name));
  }

  private void place(
      String name, CellId cell, @Nullable String parent, List<String> siblings, String... above) {
    relay(name)
        .neighbourhood(
            net.now,
            new Neighbourhood(
                net.now,
                cell,
                net.node(name).ref,
                siblings.stream().map(TestNet::ref).toList(),
                parent == null ? null : TestNet.ref(parent),
                List.of(above).stream().map(TestNet::ref).toList()));
  }

  private void threeCells() {
    relays("root-1", "root-2", "mid-1", "mid-2", "leaf-1", "leaf-2");
    place("root-1", CellId.ROOT, null, List.of("root-2"));
    place("root-2", CellId.ROOT, null, List.of("root-1"));
    place("mid-1", MIDDLE, "root-1", List.of("mid-2"), "root-1", "root-2");
    place("mid-2", MIDDLE, "root-2", List.of("mid-1"), "root-1", "root-2");
    place("leaf-1", LEAF, "mid-1", List.of("leaf-2"), "mid-1", "mid-2");
    place("leaf-2", LEAF, "mid-2", List.of("leaf-1"), "mid-1", "mid-2");
  }

  private Publisher sensor(String... points) {
    Publisher publisher =
        net.add(
            "sensor",
            Role.SENSOR,
            node ->
                new Publisher(
                    StreamSettings.defaults(),
                    TrafficClass.CRITICAL,
                    node.ref,
                    node,
                    new SilentSensor() {
                      @Override
                      public void held(long n, String s, long upTo) {
                        held = upTo;
                      }

                      @Override
                      public void delivered(long n, String s, long upTo) {
                        delivered = upTo;
                      }

                      @Override
                      public void lost(long n, String s, long sequence, String reason) {
                        lost.add(sequence);
                      }

                      @Override
                      public void writable(long n) {
                        writable++;
                      }
                    }));
    if (points.length > 0) {
      publisher.attachmentPoints(net.now, List.of(points).stream().map(TestNet::ref).toList());
      publisher.open(net.now, STREAM);
    }
    return publisher;
  }

  private static final class Received implements Subscriber.Listener {
    final List<Long> packets = new ArrayList<>();
    final List<String> gaps = new ArrayList<>();

    @Override
    public void packet(long n, String s, long e, long sequence, ByteBuffer p) {
      packets.add(sequence);
    }

    @Override
    public void gap(long n, String s, long e, long from, long to) {
      gaps.add(from + "-" + to);
    }
  }

  private Subscriber client(String name, Received to, String... roots) {
    Subscriber made =
        net.add(name, Role.CLIENT, node -> new Subscriber(StreamSettings.defaults(), node, to));
    made.attachmentPoints(net.now, List.of(roots).stream().map(TestNet::ref).toList());
    made.subscribe(net.now, "line-a/*", Replication.ACTIVE);
    return made;
  }

  private long publish(Publisher publisher) {
    return publisher.publish(net.now, STREAM, ByteBuffer.allocate(100));
  }

  private static int type(ByteBuffer frame) {
    return frame.get(0);
  }

  private void cut(String a, String b) {
    TestNet.Node one = net.node(a);
    for (Integer link : List.copyOf(one.ends.keySet())) {
      TestNet.End end = one.ends.get(link);
      if (end != null && end.other().ref.name().value().equals(b)) {
        end.other().reset(end.otherLink(), "cut");
        one.reset(link, "cut");
      }
    }
  }

  private void redial(String from, String to) {
    TestNet.Node node = net.node(from);
    Map.copyOf(node.dials)
        .forEach(
            (link, endpoint) -> {
              if (endpoint.host().equals(to)) {
                node.dial(link);
              }
            });
  }

  private void restart(String name) {
    relays(name);
  }

  @Test
  void aSensorTriesAllItsAttachmentPoints() {
    relays("leaf-1", "leaf-2", "zz-9");
    sensor("leaf-1", "leaf-2", "zz-9");
    net.pass(10);
    net.kill("leaf-1");
    net.kill("leaf-2");
    net.pass(20_000);
    assertThat(net.node("sensor").observed)
        .anyMatch(event -> event.event().equals("ATTACH") && event.toString().contains("zz-9"));
  }

  /// A sensor at the first of two root peers, which gets none of its packets.
  ///
  /// @return how often the packet was sent to anybody
  private int[] publishToADeafPeer(Publisher sensor, Predicate<String> isDeaf) {
    int[] sent = new int[1];
    net.lose =
        (path, frame) -> {
          boolean isPacket = path.startsWith("sensor>") && type(frame) == StreamFrames.DATA;
          sent[0] += isPacket ? 1 : 0;
          return isPacket && isDeaf.test(path);
        };
    net.pass(2_500);
    assertThat(publish(sensor)).isEqualTo(1);
    return sent;
  }

  private Publisher sensorAtTwoRoots(Received to) {
    relays("root-1", "root-2");
    place("root-1", CellId.ROOT, null, List.of("root-2"));
    place("root-2", CellId.ROOT, null, List.of("root-1"));
    client("client", to, "root-2");
    return sensor("root-1");
  }

  @Test
  void whatOnePeerDidNotTakeIsSentToTheNextThoughItWasSentOftenEnough() {
    Received to = new Received();
    Publisher sensor = sensorAtTwoRoots(to);
    int[] sent = publishToADeafPeer(sensor, "sensor>root-1"::equals);
    while (sent[0] < StreamSettings.defaults().attempts()) {
      net.pass(10);
    }
    assertThat(to.packets).isEmpty();
    sensor.attachmentPoints(net.now, List.of(TestNet.ref("root-2")));
    net.pass(10);
    assertThat(to.packets).containsExactly(1L);
    net.pass(10_000);
    assertThat(lost).isEmpty();
  }

  @Test
  void whatNobodyTakesIsGivenUpThoughTheSensorChangesItsPeerAllTheTime() {
    Publisher sensor = sensorAtTwoRoots(new Received());
    publishToADeafPeer(sensor, _ -> true);
    for (int i = 0; i < 30; i++) {
      sensor.attachmentPoints(net.now, List.of(TestNet.ref(i % 2 == 0 ? "root-2" : "root-1")));
      net.pass(1_000);
    }
    assertThat(lost).containsExactly(1L);
  }

  @Test
  void theMissingPacketIsDeliveredThoughTheClientsStoreIsFull() {
    Received to = new Received();
    TestNet.Node home = net.new Node(TestNet.ref("client"), Role.CLIENT);
    Subscriber client = new Subscriber(settings(64 << 10, Duration.ofSeconds(60)), home, to);
    long flow = TestNet.flow(STREAM, "s");
    client.start(net.now);
    client.frame(
        net.now,
        1,
        StreamFrames.encode(
            new WireWriter(),
            new StreamFrames.Message.Advertise(
                flow,
                1,
                STREAM,
                PeerId.of("s", 1),
                TestNet.ref("e").name(),
                StreamOffer.DEFAULT,
                0)));
    for (long sequence = 2; sequence <= 140; sequence++) {
      client.frame(net.now, 1, data(flow, sequence, 1, 1));
    }
    client.frame(net.now, 1, data(flow, 1, 1, 1));
    assertThat(to.packets).contains(1L);
  }

  private static ByteBuffer data(long flow, long sequence, long floor, long origin) {
    ByteBuffer packet = ByteBuffer.allocate(200);
    StreamFrames.putPacketHeader(packet, Replication.ACTIVE, true, flow, sequence, floor, origin);
    return packet.rewind();
  }

  @Test
  void heldIsNotToldWhenTheOnlyOtherHolderIsDead() {
    threeCells();
    Publisher publisher = sensor("leaf-1");
    client("client", new Received(), "root-1", "root-2");
    net.pass(10);
    boolean[] tellLeaf = {false};
    net.lose =
        (path, frame) ->
            (path.startsWith("mid-1>root") && type(frame) == StreamFrames.DATA)
                || (!tellLeaf[0]
                    && path.startsWith("mid-1>leaf")
                    && type(frame) == StreamFrames.ACK);
    publish(publisher);
    net.pass(20);
    net.kill("mid-2");
    net.pass(5);
    tellLeaf[0] = true;
    assertThat(relay("leaf-1").counters().storedBytes).isPositive();
    net.pass(400);
    assertThat(relay("root-1").counters().received).isZero();
    assertThat(relay("root-2").counters().received).isZero();
    assertThat(relay("leaf-1").counters().storedBytes)
        .as("only mid-1 holds it, the leaf cell must keep its copies")
        .isPositive();
  }

  @Test
  void copiesOfARestartedSiblingAreAdoptedThoughItsNewLinkCameFirst() {
    threeCells();
    Publisher publisher = sensor("leaf-1");
    client("client", new Received(), "root-1", "root-2");
    net.pass(10);
    net.lose = (path, frame) -> path.startsWith("mid-1>root") && type(frame) == StreamFrames.DATA;
    publish(publisher);
    net.pass(20);
    TestNet.Node old = net.node("mid-1");
    old.alive = false; // Power cut: nobody gets a reset.
    TestNet.Node fresh =
        net.new Node(new PeerRef(PeerId.of("mid-1", 2), old.ref.endpoint()), Role.PEER);
    net.nodes.put("mid-1", fresh);
    Relay again = new Relay(settings, TrafficClass.CRITICAL, fresh.ref, fresh);
    fresh.core = again;
    again.start(net.now);
    relays.put("mid-1", again);
    place("mid-1", MIDDLE, "root-1", List.of("mid-2"), "root-1", "root-2");
    net.pass(5);
    TestNet.Node sibling = net.node("mid-2");
    Map.copyOf(sibling.ends)
        .forEach(
            (link, end) -> {
              if (end.other() == old) {
                sibling.reset(link, "silent");
              }
            });
    net.pass(400);
    assertThat(relay("mid-2").counters().adopted).isEqualTo(1);
  }

  @Test
  void aFormerParentsSubscriptionsAreForgotten() {
    threeCells();
    Publisher publisher = sensor("leaf-1");
    Subscriber client = client("client", new Received(), "root-1", "root-2");
    net.pass(10);
    assertThat(publish(publisher)).isEqualTo(1);
    net.pass(20);
    place("leaf-1", MIDDLE.child(1), "root-1", List.of(), "root-1", "root-2");
    net.pass(100);
    client.unsubscribe(net.now, "line-a/*");
    net.pass(30_000);
    assertThat(publish(publisher)).isEqualTo(Publisher.UNWANTED);
  }

  @Test
  void aFullPublisherSaysWhenItIsWritable() {
    threeCells();
    client("client", new Received(), "root-1", "root-2");
    net.pass(10);
    Publisher publisher = sensor();
    assertThat(publish(publisher)).isEqualTo(Publisher.FULL);
    publisher.attachmentPoints(net.now, List.of(TestNet.ref("leaf-1")));
    net.pass(3000);
    assertThat(writable).isPositive();
  }

  @Test
  void hostileSequencesDoNotEatTheStoreForEver() {
    settings = settings(64 << 10, Duration.ofSeconds(1));
    relays("root-1");
    place("root-1", CellId.ROOT, null, List.of());
    Core nothing = new SilentCore();
    net.add("bad", Role.SENSOR, _ -> nothing);
    TestNet.Node bad = net.node("bad");
    int link = bad.connect(TestNet.ref("root-1").endpoint());
    net.pass(5);
    for (int flow = 1; flow <= 200; flow++) {
      bad.send(link, data(flow, Long.MAX_VALUE, Long.MAX_VALUE, 1));
    }
    net.pass(10_000);
    long refused = relay("root-1").counters().refused;
    bad.send(link, data(777, 1, 1, 1));
    net.pass(10);
    assertThat(relay("root-1").counters().refused).isEqualTo(refused);
  }

  @Test
  void aSensorWhosePeersAcceptAndCloseDoesNotSpin() {
    for (String name : List.of("leaf-1", "leaf-2")) {
      net.add(
          name,
          Role.PEER,
          node ->
              new SilentCore() {
                @Override
                public void linkUp(long nowNanos, int link, Hello remote) {
                  node.disconnect(link);
                }
              });
    }
    sensor("leaf-1", "leaf-2");
    net.pass(1000);
  }

  @Test
  void aReleaseFreesOnlyTheCopiesOfItsSender() {
    relays("root-1", "leaf-1", "leaf-2", "leaf-3");
    place("root-1", CellId.ROOT, null, List.of());
    place("leaf-1", MIDDLE, "root-1", List.of("leaf-2", "leaf-3"), "root-1");
    place("leaf-2", MIDDLE, "root-1", List.of("leaf-1", "leaf-3"), "root-1");
    place("leaf-3", MIDDLE, "root-1", List.of("leaf-1", "leaf-2"), "root-1");
    Publisher publisher = sensor("leaf-1", "leaf-2");
    Received to = new Received();
    client("client", to, "root-1");
    net.pass(10);
    net.lose =
        (path, frame) ->
            (path.equals("leaf-1>leaf-2") && type(frame) == StreamFrames.COPY)
                || (path.equals("leaf-1>root-1") && type(frame) == StreamFrames.DATA);
    publish(publisher);
    net.pass(20);
    assertThat(held).isEqualTo(1);
    cut("sensor", "leaf-1");
    net.pass(5);
    publish(publisher);
    net.pass(20);
    net.lose = (_, _) -> false;
    net.kill("sensor");
    net.pass(5000);
    assertThat(to.packets).as("held by leaf-1 and leaf-3, both alive").containsExactly(1L, 2L);
  }

  @Test
  void aClientThatForgotAFlowGetsNoPacketTwice() {
    threeCells();
    Publisher publisher = sensor("leaf-1", "leaf-2");
    Received to = new Received();
    client("client", to, "root-1", "root-2");
    net.pass(10);
    net.lose = (path, frame) -> path.startsWith("client>") && type(frame) == StreamFrames.ACK;
    publish(publisher);
    net.pass(20);
    net.kill("leaf-1");
    net.kill("leaf-2");
    net.pass(100_000);
    net.lose = (_, _) -> false;
    restart("leaf-1");
    place("leaf-1", LEAF, "mid-1", List.of(), "mid-1", "mid-2");
    net.pass(20_000);
    assertThat(to.packets).containsExactly(1L);
  }

  @Test
  void aNewStreamsFirstPacketIsNotCalledUnwantedBeforeAnybodySaidSo() {
    threeCells();
    Publisher publisher = sensor("leaf-1", "leaf-2");
    client("client", new Received(), "root-1", "root-2");
    net.pass(10);
    assertThat(publisher.publish(net.now, "line-a/new", ByteBuffer.allocate(10)))
        .isNotEqualTo(Publisher.UNWANTED);
  }

  @Test
  void aWayUpClosedForNonsenseIsDialledAgain() {
    threeCells();
    net.pass(10);
    TestNet.Node mid = net.node("mid-1");
    Map.copyOf(mid.ends)
        .forEach(
            (link, end) -> {
              if (end.other() == net.node("leaf-1")) {
                mid.send(link, ByteBuffer.wrap(new byte[] {67, 1}));
              }
            });
    net.pass(30_000);
    assertThat(net.node("leaf-1").dials.values()).anyMatch(e -> e.host().equals("mid-1"));
  }

  @Test
  void twoSilentParentsDoNotMakeAPeerRepeatForEver() {
    threeCells();
    Publisher publisher = sensor("leaf-1");
    client("client", new Received(), "root-1", "root-2");
    net.pass(10);
    long[] sent = {0};
    net.lose =
        (path, frame) -> {
          if (path.startsWith("leaf-1>mid") && type(frame) == StreamFrames.DATA) {
            sent[0]++;
          }
          return path.startsWith("leaf-1>mid") && type(frame) == StreamFrames.DATA;
        };
    publish(publisher);
    net.pass(120_000);
    assertThat(lost).containsExactly(1L);
    assertThat(sent[0]).isLessThan(100);
  }

  @Test
  void aClientWhoseLinkFlapsMissesNothingThatIsReportedDelivered() {
    relays("root-1", "leaf-1");
    place("root-1", CellId.ROOT, null, List.of());
    place("leaf-1", MIDDLE, "root-1", List.of(), "root-1");
    Publisher publisher = sensor("leaf-1");
    Received first = new Received();
    Received second = new Received();
    client("client-a", first, "root-1");
    client("client-b", second, "root-1");
    net.pass(10);
    publish(publisher);
    net.pass(10);
    cut("client-b", "root-1");
    publish(publisher);
    net.pass(10);
    redial("client-b", "root-1");
    net.pass(10);
    publish(publisher);
    net.pass(10_000);
    assertThat(second.packets.contains(2L) || lost.contains(2L))
        .as("received %s, gaps %s, delivered %s", second.packets, second.gaps, delivered)
        .isTrue();
  }

  @Test
  void changesOfOneClientsWishesDoNotUseUpTheAttempts() {
    relays("root-1", "leaf-1");
    place("root-1", CellId.ROOT, null, List.of());
    place("leaf-1", MIDDLE, "root-1", List.of(), "root-1");
    Publisher publisher = sensor("leaf-1");
    Subscriber first = client("client-a", new Received(), "root-1");
    client("client-b", new Received(), "root-1");
    net.pass(10);
    net.lose = (path, _) -> path.endsWith(">client-b");
    publish(publisher);
    for (int i = 0; i < 14; i++) {
      first.subscribe(net.now, "other/" + i, Replication.ACTIVE);
      net.pass(1);
    }
    net.pass(3000);
    assertThat(relay("root-1").counters().abandoned).isZero();
  }

  @Test
  void progressOfForgottenFlowsIsForgotten() throws ReflectiveOperationException {
    settings = settings(16 << 20, Duration.ofSeconds(1));
    relays("root-1");
    place("root-1", CellId.ROOT, null, List.of());
    client("client", new Received(), "root-1");
    net.add("many", Role.SENSOR, _ -> new SilentCore());
    TestNet.Node many = net.node("many");
    int link = many.connect(TestNet.ref("root-1").endpoint());
    net.pass(5);
    for (int i = 0; i < 500; i++) {
      String name = "line-a/" + i;
      many.send(
          link,
          StreamFrames.encode(
              new WireWriter(),
              new StreamFrames.Message.Advertise(
                  StreamNames.flowId(name, many.ref.id()),
                  1,
                  name,
                  many.ref.id(),
                  many.ref.name(),
                  StreamOffer.DEFAULT,
                  0)));
    }
    net.pass(10_000);
    var clientsField = Relay.class.getDeclaredField("clients");
    clientsField.setAccessible(true);
    Clients clients = (Clients) Objects.requireNonNull(clientsField.get(relay("root-1")));
    assertThat(clients.present()[0].flows()).isZero();
  }

  @Test
  void anotherProcessWithTheNameOfAClientDoesNotTakeItsWishesBack() {
    threeCells();
    Publisher publisher = sensor("leaf-1");
    Received to = new Received();
    client("desk", to, "root-1", "root-2");
    net.pass(10);
    TestNet.Node other =
        net
        .new Node(new PeerRef(PeerId.of("desk", 2), TestNet.ref("desk-2").endpoint()), Role.CLIENT);
    net.nodes.put("desk-2", other);
    Subscriber lists = new Subscriber(StreamSettings.defaults(), other, new Received());
    other.core = lists;
    lists.start(net.now);
    lists.attachmentPoints(net.now, List.of(TestNet.ref("root-1"), TestNet.ref("root-2")));
    for (long sequence = 1; sequence <= 30; sequence++) {
      net.pass(100);
      assertThat(publish(publisher)).isEqualTo(sequence);
    }
    net.pass(20);
    assertThat(to.packets).hasSize(30);
  }

  /// Two cells of a root peer and two leaves, one packet held by both leaves, no sensor any more
  /// and no way up for the owner.
  private Received aHeldPacketWithoutAWayUp() {
    relays("root-1", "leaf-1", "leaf-2");
    place("root-1", CellId.ROOT, null, List.of());
    place("leaf-1", MIDDLE, "root-1", List.of("leaf-2"), "root-1");
    place("leaf-2", MIDDLE, "root-1", List.of("leaf-1"), "root-1");
    Publisher publisher = sensor("leaf-1");
    Received to = new Received();
    client("client", to, "root-1");
    net.pass(10);
    net.lose = (path, frame) -> path.equals("leaf-1>root-1") && type(frame) == StreamFrames.DATA;
    publish(publisher);
    net.pass(20);
    assertThat(held).isEqualTo(1);
    net.kill("sensor");
    cut("leaf-1", "root-1");
    net.lose = (_, _) -> false;
    return to;
  }

  @Test
  void timeWithoutAWayUpUsesNoAttempts() {
    Received to = aHeldPacketWithoutAWayUp();
    net.pass(40_000);
    assertThat(relay("leaf-1").counters().abandoned).isZero();
    redial("leaf-1", "root-1");
    net.pass(50);
    assertThat(to.packets).containsExactly(1L);
  }

  @Test
  void whatIsHeldOutlivesTheIdleTimeOfItsFlow() {
    Received to = aHeldPacketWithoutAWayUp();
    cut("leaf-2", "root-1");
    net.pass(100_000);
    assertThat(relay("leaf-1").isEmpty()).isFalse();
    net.kill("leaf-1");
    redial("leaf-2", "root-1");
    net.pass(400);
    assertThat(to.packets).containsExactly(1L);
    net.pass(100_000);
    assertThat(relay("leaf-2").isEmpty()).isTrue();
  }

  @Test
  void copiesThatNobodyReleasesEnd() {
    threeCells();
    Publisher publisher = sensor("leaf-1");
    Received to = new Received();
    client("client", to, "root-1", "root-2");
    net.pass(2_500); // A new root cell frees nothing sooner.
    net.lose = (_, frame) -> type(frame) == StreamFrames.RELEASE;
    publish(publisher);
    net.pass(20);
    assertThat(delivered).isEqualTo(1);
    net.kill("sensor");
    net.lose = (_, _) -> false;
    assertThat(relay("leaf-2").isEmpty()).isFalse();
    net.pass(100_000);
    assertThat(relays.values()).allMatch(Relay::isEmpty);
    assertThat(to.packets).containsExactly(1L);
  }

  @Test
  void whatNoClientHasAClaimToEndsThoughItsSensorLives() {
    threeCells();
    Publisher publisher = sensor("leaf-1");
    client("client", new Received(), "root-1", "root-2");
    net.pass(10);
    net.lose = (path, frame) -> path.startsWith("client>") && type(frame) == StreamFrames.ACK;
    publish(publisher);
    net.pass(20);
    net.kill("client");
    net.pass(50_000);
    assertThat(relay("root-1").isEmpty()).isFalse();
    net.pass(50_000);
    assertThat(relay("root-1").isEmpty()).isTrue();
    assertThat(relay("root-2").isEmpty()).isTrue();
    assertThat(relay("root-1").counters().abandoned).isPositive();
  }

  @Test
  void aCellThatBecomesTheRootKeepsWhatItHasForTheClientsThatCome() {
    Received to = aHeldPacketWithoutAWayUp();
    cut("leaf-2", "root-1");
    net.pass(100_000);
    net.kill("root-1");
    place("leaf-1", CellId.ROOT, null, List.of("leaf-2"));
    place("leaf-2", CellId.ROOT, null, List.of("leaf-1"));
    net.pass(5_000);
    ((Subscriber) net.node("client").core())
        .attachmentPoints(net.now, List.of(TestNet.ref("leaf-1"), TestNet.ref("leaf-2")));
    net.pass(400);
    assertThat(to.packets).containsExactly(1L);
  }

  @Test
  void aFloorOfTheSensorIsNotTakenForOneOfTheCellThatItLeft() {
    relays("root-1", "mid-1", "leaf-1", "leaf-2");
    place("root-1", CellId.ROOT, null, List.of());
    place("mid-1", MIDDLE, "root-1", List.of(), "root-1");
    place("leaf-1", LEAF, "mid-1", List.of("leaf-2"), "mid-1");
    place("leaf-2", LEAF, "mid-1", List.of("leaf-1"), "mid-1");
    Publisher publisher = sensor("leaf-1");
    Received to = new Received();
    client("client", to, "root-1");
    net.pass(10);
    net.lose = (path, frame) -> path.equals("mid-1>leaf-1") && type(frame) == StreamFrames.ACK;
    publish(publisher);
    net.pass(10);
    net.lose =
        (path, frame) ->
            (path.equals("mid-1>leaf-1") && type(frame) == StreamFrames.ACK)
                || (path.equals("leaf-1>mid-1")
                    && type(frame) == StreamFrames.DATA
                    && StreamFrames.sequence(frame) == 2);
    publish(publisher);
    net.pass(10);
    assertThat(held).isEqualTo(2);
    publisher.attachmentPoints(net.now, List.of(TestNet.ref("mid-1")));
    net.pass(10);
    publish(publisher);
    net.pass(10);
    net.kill("sensor");
    // The leaf repeats the first packet, which was delivered, and the second is lost once more.
    net.lose =
        (path, frame) ->
            path.equals("leaf-1>mid-1")
                && type(frame) == StreamFrames.DATA
                && StreamFrames.sequence(frame) == 2;
    net.pass(400);
    net.lose = (_, _) -> false;
    net.pass(3_000);
    assertThat(to.packets).containsExactly(1L, 2L, 3L);
  }

  // ---- controls: the same schedules without the trigger; these pass ----

  @Test
  void control2() {
    Received to = new Received();
    TestNet.Node home = net.new Node(TestNet.ref("client"), Role.CLIENT);
    Subscriber client = new Subscriber(settings(128 << 10, Duration.ofSeconds(60)), home, to);
    long flow = TestNet.flow(STREAM, "s");
    client.start(net.now);
    client.frame(
        net.now,
        1,
        StreamFrames.encode(
            new WireWriter(),
            new StreamFrames.Message.Advertise(
                flow,
                1,
                STREAM,
                PeerId.of("s", 1),
                TestNet.ref("e").name(),
                StreamOffer.DEFAULT,
                0)));
    for (long sequence = 2; sequence <= 100; sequence++) {
      client.frame(net.now, 1, data(flow, sequence, 1, 1));
    }
    client.frame(net.now, 1, data(flow, 1, 1, 1));
    assertThat(to.packets).hasSize(100);
  }

  @Test
  void control3() {
    threeCells();
    Publisher publisher = sensor("leaf-1");
    client("client", new Received(), "root-1", "root-2");
    net.pass(10);
    net.lose =
        (path, frame) ->
            (path.startsWith("mid-1>root") && type(frame) == StreamFrames.DATA)
                || (path.equals("mid-1>mid-2") && type(frame) == StreamFrames.COPY);
    publish(publisher);
    net.pass(20);
    net.kill("mid-2");
    net.pass(405);
    assertThat(relay("root-1").counters().received).isZero();
    assertThat(relay("root-2").counters().received).isZero();
    assertThat(relay("leaf-1").counters().storedBytes).isPositive();
  }

  @Test
  void control4() {
    threeCells();
    Publisher publisher = sensor("leaf-1");
    client("client", new Received(), "root-1", "root-2");
    net.pass(10);
    net.lose = (path, frame) -> path.startsWith("mid-1>root") && type(frame) == StreamFrames.DATA;
    publish(publisher);
    net.pass(20);
    assertThat(relay("mid-2").counters().storedBytes).isPositive();
    net.kill("mid-1");
    net.pass(400);
    assertThat(relay("mid-2").counters().adopted).isEqualTo(1);
  }

  @Test
  void control5() {
    threeCells();
    Publisher publisher = sensor("leaf-1");
    Subscriber client = client("client", new Received(), "root-1", "root-2");
    net.pass(10);
    assertThat(publish(publisher)).isEqualTo(1);
    net.pass(120);
    client.unsubscribe(net.now, "line-a/*");
    net.pass(30_000);
    assertThat(publish(publisher)).isEqualTo(Publisher.UNWANTED);
  }

  @Test
  void control6() {
    relays("root-1", "root-2", "leaf-1");
    place("root-1", CellId.ROOT, null, List.of("root-2"));
    place("root-2", CellId.ROOT, null, List.of("root-1"));
    place("leaf-1", MIDDLE, "root-1", List.of(), "root-1", "root-2");
    Publisher publisher = sensor("leaf-1");
    Received first = new Received();
    Received second = new Received();
    client("client-a", first, "root-1", "root-2");
    client("client-b", second, "root-1");
    net.pass(10);
    publish(publisher);
    publish(publisher);
    net.pass(20);
    net.lose = (path, _) -> path.equals("root-1>client-b");
    publish(publisher);
    net.pass(10);
    net.lose = (_, _) -> false;
    publish(publisher);
    net.pass(30_000);
    assertThat(second.packets).containsExactly(1L, 2L, 3L, 4L);
  }

  @Test
  void control8() {
    settings = settings(64 << 10, Duration.ofSeconds(1));
    relays("root-1");
    place("root-1", CellId.ROOT, null, List.of());
    net.add("bad", Role.PEER, _ -> new SilentCore());
    TestNet.Node bad = net.node("bad");
    int link = bad.connect(TestNet.ref("root-1").endpoint());
    net.pass(5);
    for (int flow = 1; flow <= 200; flow++) {
      bad.send(link, data(flow, 5, 5, 1));
    }
    net.pass(10_000);
    long refused = relay("root-1").counters().refused;
    assertThat(refused).isPositive();
    bad.send(link, data(777, 1, 1, 1));
    net.pass(10);
    assertThat(relay("root-1").counters().refused).isEqualTo(refused);
  }

  private List<Long> releaseSchedule(boolean secondPacket, boolean loseReleases) {
    relays("root-1", "leaf-1", "leaf-2", "leaf-3");
    place("root-1", CellId.ROOT, null, List.of());
    place("leaf-1", MIDDLE, "root-1", List.of("leaf-2", "leaf-3"), "root-1");
    place("leaf-2", MIDDLE, "root-1", List.of("leaf-1", "leaf-3"), "root-1");
    place("leaf-3", MIDDLE, "root-1", List.of("leaf-1", "leaf-2"), "root-1");
    Publisher publisher = sensor("leaf-1", "leaf-2");
    Received to = new Received();
    client("client", to, "root-1");
    net.pass(10);
    net.lose =
        (path, frame) ->
            (loseReleases && type(frame) == StreamFrames.RELEASE)
                || (path.equals("leaf-1>leaf-2") && type(frame) == StreamFrames.COPY)
                || (path.equals("leaf-1>root-1") && type(frame) == StreamFrames.DATA);
    publish(publisher);
    net.pass(20);
    cut("sensor", "leaf-1");
    net.pass(5);
    if (secondPacket) {
      publish(publisher);
    }
    net.pass(20);
    net.lose = (_, frame) -> loseReleases && type(frame) == StreamFrames.RELEASE;
    net.kill("sensor");
    net.pass(5000);
    return to.packets;
  }

  @Test
  void control10WithoutTheSecondPacket() {
    assertThat(releaseSchedule(false, false)).containsExactly(1L);
  }

  @Test
  void variant10ReleasesLostTheWholeTime() {
    assertThat(releaseSchedule(true, true)).containsExactly(1L, 2L);
  }

  @Test
  void variant17StillRepeatingLongAfterTheSensorGaveUp() {
    threeCells();
    Publisher publisher = sensor("leaf-1");
    client("client", new Received(), "root-1", "root-2");
    net.pass(10);
    long[] sent = {0};
    net.lose =
        (path, frame) -> {
          boolean data = path.startsWith("leaf-1>mid") && type(frame) == StreamFrames.DATA;
          sent[0] += data ? 1 : 0;
          return data;
        };
    publish(publisher);
    net.pass(200_000);
    assertThat(lost).containsExactly(1L);
    long before = sent[0];
    net.pass(200_000);
    assertThat(sent[0] - before).as("abandoned %d", relay("leaf-1").counters().abandoned).isZero();
  }

  @Test
  void control17OneSilentParent() {
    threeCells();
    place("leaf-1", LEAF, "mid-1", List.of("leaf-2"), "mid-1");
    Publisher publisher = sensor("leaf-1");
    client("client", new Received(), "root-1", "root-2");
    net.pass(10);
    long[] sent = {0};
    net.lose =
        (path, frame) -> {
          boolean data = path.startsWith("leaf-1>mid") && type(frame) == StreamFrames.DATA;
          sent[0] += data ? 1 : 0;
          return data;
        };
    publish(publisher);
    net.pass(200_000);
    long before = sent[0];
    net.pass(200_000);
    assertThat(sent[0] - before).isZero();
  }

  @Test
  void control19() {
    relays("root-1", "leaf-1");
    place("root-1", CellId.ROOT, null, List.of());
    place("leaf-1", MIDDLE, "root-1", List.of(), "root-1");
    Publisher publisher = sensor("leaf-1");
    client("client-a", new Received(), "root-1");
    client("client-b", new Received(), "root-1");
    net.pass(10);
    net.lose = (path, _) -> path.endsWith(">client-b");
    publish(publisher);
    net.pass(3014);
    assertThat(relay("root-1").counters().abandoned).isZero();
  }
}
