package io.euryale.service.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.PeerRef;
import io.euryale.kernel.Role;
import io.euryale.kernel.TrafficClass;
import io.euryale.kernel.wire.Decoded;
import io.euryale.kernel.wire.Frames;
import io.euryale.kernel.wire.WireReader;
import io.euryale.kernel.wire.WireWriter;
import io.euryale.overlay.CellId;
import io.euryale.overlay.Neighbourhood;
import io.euryale.service.stream.StreamFrames.Message;
import io.euryale.service.stream.TestLine.Received;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A root cell, a branch of two cells with clients, and a branch with a sensor, by hand.
class DistributionTest {

  private static final CellId MIDDLE = CellId.ROOT.child(0);
  private static final CellId LEAF = MIDDLE.child(0);
  private static final String EVENTS = "line-a/events";
  private static final String GAUGE = "line-a/gauge";

  private final TestNet net = new TestNet();
  private final StreamSettings settings = TestLine.settings(1 << 20, 1024);
  private final Map<String, Relay> relays = new TreeMap<>();
  private final Map<String, Subscriber> clients = new TreeMap<>();
  private final Map<String, Long> delivered = new TreeMap<>();
  private final List<String> lost = new ArrayList<>();

  /// How often each packet went over a link, by link and sequence.
  private final Map<String, Integer> carried = new TreeMap<>();

  private final WireReader reader = new WireReader();
  private final Publisher publisher = publisher();

  private StreamRules rules = StreamRules.SOUND;

  @BeforeEach
  void aTreeWithTwoBranches() {
    for (String name : List.of("root-1", "root-2", "mid-1", "mid-2", "leaf-1", "leaf-2", "side")) {
      peer(name);
    }
    place("root-1", CellId.ROOT, List.of("root-2"), null, List.of());
    place("root-2", CellId.ROOT, List.of("root-1"), null, List.of());
    place("mid-1", MIDDLE, List.of("mid-2"), "root-1", List.of("root-1", "root-2"));
    place("mid-2", MIDDLE, List.of("mid-1"), "root-2", List.of("root-1", "root-2"));
    place("leaf-1", LEAF, List.of("leaf-2"), "mid-1", List.of("mid-1", "mid-2"));
    place("leaf-2", LEAF, List.of("leaf-1"), "mid-2", List.of("mid-1", "mid-2"));
    place("side", CellId.ROOT.child(1), List.of(), "root-1", List.of("root-1", "root-2"));
    net.pass(2_500); // A new root cell frees nothing sooner.
    publisher.attachmentPoints(net.now, List.of(TestNet.ref("side")));
    publisher.open(net.now, EVENTS);
    publisher.open(net.now, GAUGE, StreamOffer.DEFAULT.keepingLast());
    net.pass(10);
    net.lose =
        (path, frame) -> {
          if (frame.get(0) == StreamFrames.DOWN) {
            carried.merge(path + " " + StreamFrames.sequence(frame), 1, Integer::sum);
          }
          return false;
        };
  }

  private void peer(String name) {
    relays.put(
        name,
        net.add(
            name,
            Role.PEER,
            node -> new Relay(settings, TrafficClass.NORMAL, node.ref, node, rules)));
  }

  private void place(
      String name,
      CellId cell,
      List<String> siblings,
      @Nullable String parent,
      List<String> above) {
    relay(name)
        .neighbourhood(
            net.now,
            new Neighbourhood(
                net.now,
                cell,
                TestNet.ref(name),
                refs(siblings),
                parent == null ? null : TestNet.ref(parent),
                refs(above)));
  }

  private static List<PeerRef> refs(List<String> names) {
    return names.stream().map(TestNet::ref).toList();
  }

  private Relay relay(String name) {
    return Objects.requireNonNull(relays.get(name));
  }

  private Publisher publisher() {
    return net.add(
        "sensor",
        Role.SENSOR,
        node ->
            new Publisher(
                settings,
                TrafficClass.NORMAL,
                node.ref,
                node,
                new SilentSensor() {
                  @Override
                  public void delivered(long now, String stream, long upTo) {
                    delivered.put(stream, upTo);
                  }

                  @Override
                  public void lost(long now, String stream, long sequence, String reason) {
                    lost.add(stream + " " + sequence + " " + reason);
                  }
                }));
  }

  private Received client(String name, String at, String pattern, StreamQos qos) {
    Received received = new Received();
    Subscriber subscriber =
        net.add(
            name,
            Role.CLIENT,
            node -> new Subscriber(settings, !at.startsWith("root"), node, received));
    clients.put(name, subscriber);
    attach(name, at);
    subscriber.subscribe(net.now, pattern, qos);
    net.pass(20);
    return received;
  }

  private Received client(String name, String at) {
    return client(name, at, EVENTS, StreamQos.of(Replication.ACTIVE));
  }

  private void attach(String name, String... at) {
    Objects.requireNonNull(clients.get(name)).attachmentPoints(net.now, refs(List.of(at)));
  }

  private void publish(String stream, int packets) {
    for (int i = 0; i < packets; i++) {
      assertThat(publisher.publish(net.now, stream, ByteBuffer.allocate(100))).isPositive();
      net.pass(1);
    }
  }

  private static Long[] upTo(long last) {
    return LongStream.rangeClosed(1, last).boxed().toArray(Long[]::new);
  }

  private void assertHasAll(Received received, long last) {
    assertThat(received.sequences(EVENTS)).containsExactly(upTo(last));
    assertThat(received.gaps).isEmpty();
    assertThat(lost).isEmpty();
  }

  @Test
  void aClientAtALeafGetsAStreamOfASensorAtAnotherLeaf() {
    Received received = client("client", "leaf-1");
    publish(EVENTS, 100);
    net.pass(100);
    assertHasAll(received, 100);
    assertThat(delivered).containsEntry(EVENTS, 100L);
    assertThat(relays.values()).allMatch(relay -> relay.counters().storedBytes == 0);
    assertThat(received.packets).allMatch(packet -> packet.ageNanos() >= 0);
  }

  @Test
  void whatSeveralClientsWantGoesOverEachLinkOnce() {
    List<Received> all =
        List.of(
            client("a", "leaf-1"),
            client("b", "leaf-1"),
            client("c", "mid-1"),
            client("d", "mid-1"));
    carried.clear();
    publish(EVENTS, 50);
    net.pass(100);
    all.forEach(received -> assertHasAll(received, 50));
    assertThat(carried.values()).containsOnly(1);
    assertThat(carried.keySet())
        .hasSize(100)
        .allMatch(key -> key.startsWith("root-1>mid-1 ") || key.startsWith("mid-1>leaf-1 "));
  }

  @Test
  void aClientWhosePeerDiesGoesOnAtASiblingOfItThatOthersUse() {
    Received stays = client("stays", "leaf-2");
    Received moves = client("moves", "leaf-1");
    publish(EVENTS, 20);
    net.lose = (path, frame) -> path.equals("leaf-1>moves") && frame.get(0) == StreamFrames.DATA;
    publish(EVENTS, 20);
    net.pass(100);
    assertThat(stays.sequences()).containsExactly(upTo(40));
    assertThat(delivered.get(EVENTS)).as("what one client lacks is not delivered").isEqualTo(20);
    net.kill("leaf-1");
    net.lose = (_, _) -> false;
    attach("moves", "leaf-2");
    publish(EVENTS, 20);
    net.pass(3_000);
    assertHasAll(stays, 60);
    assertHasAll(moves, 60);
    net.pass(12_000); // As long as a client that is gone is waited for.
    publish(EVENTS, 1);
    net.pass(100);
    assertThat(delivered).containsEntry(EVENTS, 61L);
  }

  @Test
  void whenThePeerAboveDiesAnotherHandsDown() {
    Received received = client("client", "leaf-1");
    publish(EVENTS, 20);
    net.lose = (path, frame) -> path.equals("mid-1>leaf-1") && frame.get(0) == StreamFrames.DOWN;
    publish(EVENTS, 20);
    net.kill("mid-1");
    net.lose = (_, _) -> false;
    place("leaf-1", LEAF, List.of("leaf-2"), "mid-2", List.of("mid-2"));
    publish(EVENTS, 20);
    net.pass(3_000);
    assertHasAll(received, 60);
  }

  @Test
  void aClientLeavesAPeerThatStandsStill() {
    Received received = client("client", "leaf-1");
    attach("client", "leaf-1", "leaf-2");
    net.pass(900);
    assertGoesOnWithout("leaf-1", received);
  }

  @Test
  void aClientThatGoesToASiblingWithTheSameParentLacksNothing() {
    place("leaf-2", LEAF, List.of("leaf-1"), "mid-1", List.of("mid-1", "mid-2"));
    Received received = client("client", "leaf-1");
    attach("client", "leaf-1", "leaf-2");
    net.pass(900);
    assertGoesOnWithout("leaf-1", received);
  }

  @ParameterizedTest
  @ValueSource(strings = {"mid-1", "root-1"})
  void whatGoesDownGoesAroundAPeerAboveThatStandsStill(String frozen) {
    Received received = client("client", "leaf-1");
    net.pass(900);
    assertGoesOnWithout(frozen, received);
  }

  private void aThirdRootPeer() {
    peer("root-3");
    List<String> all = List.of("root-1", "root-2", "root-3");
    for (String name : all) {
      List<String> others = all.stream().filter(other -> !other.equals(name)).toList();
      place(name, CellId.ROOT, others, null, List.of());
    }
    place("side", CellId.ROOT.child(1), List.of(), "root-3", all);
    net.pass(2_500);
  }

  /// Only where no other root peer has a copy does it matter which way the first one sends.
  @Test
  void anotherRootPeerFollowsAClientFromSiblingToSibling() {
    aThirdRootPeer();
    Received received = client("client", "leaf-1", EVENTS, StreamQos.of(Replication.NONE));
    net.pass(1_000); // The client has just said what it wants: that is not old.
    publish(EVENTS, 20);
    assertThat(received.sequences()).containsExactly(upTo(20));
    client("other", "root-1", GAUGE, StreamQos.of(Replication.ACTIVE));
    net.node("mid-1").frozen = true;
    for (int i = 0; i < 13; i++) { // The first root peer is heard from.
      publish(GAUGE, 1);
      net.pass(100);
    }
    publish(EVENTS, 20);
    assertThat(received.sequences()).containsExactly(upTo(40));
  }

  @Test
  void whoHearsOfAClientOverTwoRootPeersDoesNotOfferItEverythingAgain() {
    aThirdRootPeer();
    Received received = client("client", "root-1");
    attach("client", "root-1", "root-2");
    publish(EVENTS, 10);
    net.pass(1_500);
    List<String> offered = new ArrayList<>();
    net.lose =
        (path, frame) -> {
          if (frame.get(0) == StreamFrames.TO_CLIENT) {
            offered.add(path);
          }
          return false;
        };
    net.pass(5_000);
    assertThat(offered).isEmpty();
    publish(EVENTS, 10);
    net.pass(100);
    assertHasAll(received, 20);
  }

  @ParameterizedTest
  @ValueSource(strings = {"leaf-1", "deep"})
  void whatComesDownTakesAnotherWayBeforeADrainedPeerAboveLeaves(String at) {
    peer("deep");
    place("deep", LEAF.child(0), List.of(), "leaf-1", List.of("leaf-1", "leaf-2"));
    Received received = client("client", at, EVENTS, StreamQos.of(Replication.NONE));
    publish(EVENTS, 20);
    relay("mid-1").drain(net.now);
    assertThat(relay("mid-1").isLeft()).as("by the peers below").isFalse();
    net.pass(5);
    assertThat(relay("mid-1").isLeft()).isTrue();
    net.lose = (path, _) -> path.contains("mid-1");
    publish(EVENTS, 20);
    assertHasAll(received, 40);
  }

  @Test
  void whoIsAboveInsteadOfADrainedPeerIsToldOfTheStreams() {
    String stream = "line-a/new";
    net.lose =
        (path, frame) -> path.equals("root-1>root-2") && frame.get(0) == StreamFrames.ADVERTISE;
    publisher.open(net.now, stream);
    Received received = client("client", "root-1", stream, StreamQos.of(Replication.NONE));
    attach("client", "root-1", "root-2");
    net.pass(50);
    publish(stream, 10);
    relay("root-1").drain(net.now);
    net.pass(5);
    publish(stream, 10);
    assertThat(received.sequences()).containsExactly(upTo(20));
  }

  @Test
  void aNearClientHasGoneToASiblingBeforeADrainedPeerLeaves() {
    Received received = client("client", "leaf-1", EVENTS, StreamQos.of(Replication.NONE));
    attach("client", "leaf-1", "leaf-2");
    net.pass(900);
    publish(EVENTS, 20);
    relay("leaf-1").drain(net.now);
    assertThat(relay("leaf-1").isLeft()).isFalse();
    publish(EVENTS, 20);
    net.pass(1_000);
    assertThat(relay("leaf-1").isLeft()).isTrue();
    net.kill("leaf-1");
    publish(EVENTS, 20);
    assertHasAll(received, 60);
  }

  /// A ping waited for a peer that stood still, and the link was not used since.
  @Test
  void whatALinkTookLongAgoDoesNotCountWhenItIsUsedAgain() {
    Received received = client("client", "leaf-1", EVENTS, StreamQos.of(Replication.NONE));
    net.lose =
        (path, frame) -> {
          net.node("mid-1").frozen |=
              path.equals("root-1>mid-1") && frame.get(0) == StreamFrames.PING;
          return false;
        };
    net.pass(1_300);
    assertThat(net.node("mid-1").frozen).isTrue();
    net.lose = (_, _) -> false;
    net.node("mid-1").frozen = false;
    net.pass(1);
    publish(EVENTS, 1);
    attach("client", "leaf-2");
    net.pass(7_000); // Who led to it notices later than who sends to it.
    attach("client", "leaf-1");
    net.pass(5);
    publish(EVENTS, 1);
    assertThat(received.packets.getFirst().ageNanos()).as("too high").isGreaterThan(100_000_000L);
    assertThat(received.packets.getLast().ageNanos()).isLessThan(10_000_000L);
  }

  /// Its peer answers, so nothing is silent; but it has no links with any other peer.
  @Test
  void aNearClientLeavesAPeerThatIsCutOffFromTheOthers() {
    Received received = client("client", "leaf-1", EVENTS, StreamQos.of(Replication.NONE));
    attach("client", "leaf-1", "leaf-2");
    net.pass(900);
    publish(EVENTS, 20);
    net.part(Set.of("leaf-1")); // Of peers: clients are on both sides.
    net.pass(StreamSettings.defaults().stallTimeout().toMillis() + 20);
    publish(EVENTS, 20);
    assertHasAll(received, 40);
  }

  /// The peer above answers too, but nothing leads up from there.
  @Test
  void aNearClientLeavesAPeerWhoseParentIsCutOffWithIt() {
    Received received = client("client", "leaf-1", EVENTS, StreamQos.of(Replication.NONE));
    attach("client", "leaf-1", "leaf-2");
    net.pass(900);
    publish(EVENTS, 20);
    net.part(Set.of("leaf-1", "mid-1"));
    net.pass(StreamSettings.defaults().stallTimeout().toMillis() + 20);
    publish(EVENTS, 20);
    assertHasAll(received, 40);
  }

  /// Of the peers above, one has lost its own, and the other has not.
  @Test
  void whatComesDownGoesAroundAPeerAboveThatIsCutOff() {
    Received received = client("client", "leaf-1", EVENTS, StreamQos.of(Replication.NONE));
    net.pass(900);
    publish(EVENTS, 20);
    net.cut((one, other) -> one.equals("mid-1") && other.startsWith("root"));
    net.pass(StreamSettings.defaults().stallTimeout().toMillis() + 20);
    publish(EVENTS, 20);
    assertHasAll(received, 40);
  }

  @Test
  void whoComesToAPeerAboveThatIsCutOffHearsSo() {
    Received received = client("client", "leaf-1", EVENTS, StreamQos.of(Replication.NONE));
    net.pass(900);
    net.cut((one, other) -> one.equals("mid-1") && !other.equals("leaf-2"));
    net.pass(StreamSettings.defaults().stallTimeout().toMillis() + 20);
    net.cut((one, other) -> one.equals("mid-1") && other.startsWith("root"));
    net.pass(8_000); // The link is there again, and what others knew of ways is forgotten.
    publish(EVENTS, 20);
    assertHasAll(received, 20);
  }

  @Test
  void aPeerAboveThatIsNotCutOffAnyMoreIsUsedAgain() {
    Received received = client("client", "leaf-1", EVENTS, StreamQos.of(Replication.NONE));
    net.pass(900);
    net.cut((one, other) -> one.equals("mid-1") && other.startsWith("root"));
    net.pass(StreamSettings.defaults().stallTimeout().toMillis() + 20);
    net.cut((_, _) -> false);
    net.pass(1_500);
    net.lose = (path, _) -> path.equals("mid-2>leaf-1");
    publish(EVENTS, 20);
    assertHasAll(received, 20);
  }

  /// What waits goes to the other peer above, which has had no time to answer yet.
  @Test
  void aPeerAboveThatIsTakenForOneThatIsCutOffHasTimeToAnswer() {
    publisher.attachmentPoints(net.now, List.of(TestNet.ref("leaf-1")));
    Received received = client("client", "leaf-2");
    net.pass(2_000);
    net.cut((one, other) -> one.equals("mid-1") && !other.startsWith("leaf"));
    publish(EVENTS, 20);
    net.pass(StreamSettings.defaults().stallTimeout().toMillis() + 50);
    publish(EVENTS, 20);
    assertHasAll(received, 40);
    assertThat(net.node("leaf-1").observed)
        .noneMatch(
            event -> event.event().equals("UPSTREAM") && event.toString().contains("stalled"));
  }

  /// It stood still once, and another is cut off.
  @Test
  void aPeerAboveThatDidNotAnswerIsBetterThanOneThatIsCutOff() {
    Received received = client("client", "leaf-1", EVENTS, StreamQos.of(Replication.NONE));
    net.pass(900);
    net.cut((one, other) -> one.equals("mid-1") && other.startsWith("root"));
    net.pass(StreamSettings.defaults().stallTimeout().toMillis() + 20);
    net.node("mid-2").frozen = true;
    net.pass(1_300);
    net.node("mid-2").frozen = false;
    net.pass(8_000); // What others knew of ways is forgotten.
    publish(EVENTS, 20);
    assertHasAll(received, 20);
  }

  @Test
  void whatIsSaidOfAWayUpIsSaidAgainWhenALinkDidNotTakeIt() {
    Received received = client("client", "leaf-1", EVENTS, StreamQos.of(Replication.NONE));
    attach("client", "leaf-1", "leaf-2");
    net.pass(900);
    net.lose = (_, frame) -> frame.get(0) == StreamFrames.WAY_UP;
    net.part(Set.of("leaf-1", "mid-1"));
    net.pass(StreamSettings.defaults().stallTimeout().toMillis() + 20);
    net.lose = (_, _) -> false;
    net.pass(1_000);
    publish(EVENTS, 20);
    assertHasAll(received, 20);
  }

  @Test
  void aPeerWhoseParentNeverAnsweredIsCutOffToo() {
    net.cut((one, _) -> one.equals("leaf-3"));
    peer("leaf-3");
    place("leaf-3", LEAF, List.of(), "mid-1", List.of("mid-1", "mid-2"));
    Received received = client("client", "leaf-3", EVENTS, StreamQos.of(Replication.NONE));
    attach("client", "leaf-3", "leaf-2");
    net.pass(StreamSettings.defaults().stallTimeout().toMillis() + 1_000);
    publish(EVENTS, 20);
    assertHasAll(received, 20);
  }

  @Test
  void aNearClientThatComesToAPeerThatIsCutOffIsSentAwayToo() {
    Received received = client("client", "leaf-2", EVENTS, StreamQos.of(Replication.NONE));
    net.pass(900);
    net.part(Set.of("leaf-1", "mid-1"));
    net.pass(StreamSettings.defaults().stallTimeout().toMillis() + 20);
    attach("client", "leaf-1");
    net.pass(20);
    attach("client", "leaf-1", "leaf-2");
    net.pass(1_000);
    publish(EVENTS, 20);
    assertHasAll(received, 20);
  }

  @Test
  void aNearClientThatKnowsNoOtherPeerAsksForOne() {
    Received received = client("client", "leaf-1", EVENTS, StreamQos.of(Replication.NONE));
    net.pass(900);
    assertThat(received.unserved).isZero();
    net.part(Set.of("leaf-1"));
    net.pass(StreamSettings.defaults().stallTimeout().toMillis() + 20);
    assertThat(received.unserved).isEqualTo(1);
    attach("client", "leaf-1", "leaf-2");
    net.pass(1_000);
    assertThat(received.servedBy).containsExactly("leaf-1", "leaf-2");
    publish(EVENTS, 20);
    assertHasAll(received, 20);
  }

  /// All that it knows send it away, one to the other.
  @Test
  void aNearClientThatAllOfACellSendAwayAsksForOthers() {
    Received received = client("client", "leaf-1", EVENTS, StreamQos.of(Replication.NONE));
    attach("client", "leaf-1", "leaf-2");
    net.pass(900);
    net.part(Set.of("leaf-1", "leaf-2", "mid-1", "mid-2"));
    net.pass(StreamSettings.defaults().stallTimeout().toMillis() + 2_500);
    assertThat(received.unserved).isPositive();
    attach("client", "side");
    net.pass(100);
    publish(EVENTS, 20);
    assertHasAll(received, 20);
  }

  @Test
  void aNearClientStaysAtAPeerThatFindsAnotherWayUpInTime() {
    client("client", "leaf-1", EVENTS, StreamQos.of(Replication.NONE));
    attach("client", "leaf-1", "leaf-2");
    net.pass(900);
    List<Long> sentAway = new ArrayList<>();
    net.lose =
        (_, frame) -> {
          if (frame.get(0) == StreamFrames.GO_ELSEWHERE) {
            sentAway.add(net.now);
          }
          return false;
        };
    place("leaf-1", LEAF, List.of("leaf-2"), null, List.of());
    net.pass(settings.stallTimeout().toMillis() / 2);
    place("leaf-1", LEAF, List.of("leaf-2"), "mid-2", List.of("mid-1", "mid-2"));
    net.pass(2 * settings.stallTimeout().toMillis());
    assertThat(sentAway).isEmpty();
    place("leaf-1", LEAF, List.of("leaf-2"), null, List.of());
    net.pass(2 * settings.stallTimeout().toMillis());
    assertThat(sentAway).hasSize(1);
  }

  @Test
  void whoHasNobodyToSendSensorsToDoesNotWaitForThem() {
    relay("side").drain(net.now);
    net.pass(10);
    assertThat(relay("side").isLeft()).isTrue();
    assertThat(relay("side").isEmpty()).as("it takes what they send").isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"leaf-1", "leaf-2"})
  void aPeerThatGoesUpIntoTheRootCellTakesItsClientsWithIt(String at) {
    place("leaf-2", LEAF, List.of("leaf-1"), "mid-1", List.of("mid-1", "mid-2"));
    Received received = client("client", at, EVENTS, StreamQos.of(Replication.NONE));
    client("other", "mid-1", GAUGE, StreamQos.of(Replication.ACTIVE));
    net.pass(1_000); // The client has just said what it wants: that is not old.
    publish(EVENTS, 20);
    publish(GAUGE, 1);
    net.pass(10); // And who led to it is heard from.
    List<String> root = List.of("root-1", "root-2", "leaf-1");
    place("leaf-1", CellId.ROOT, root.subList(0, 2), null, List.of());
    place("leaf-2", CellId.ROOT.child(2), List.of(), "leaf-1", root);
    place("root-1", CellId.ROOT, root.subList(1, 3), null, List.of());
    place("root-2", CellId.ROOT, List.of("root-1", "leaf-1"), null, List.of());
    net.pass(50);
    net.lose = (path, _) -> path.startsWith("mid-") && path.contains(">leaf-");
    publish(EVENTS, 20);
    assertHasAll(received, 40);
  }

  private void assertGoesOnWithout(String frozen, Received received) {
    publish(EVENTS, 20);
    net.node(frozen).frozen = true;
    publish(EVENTS, 20);
    net.pass(1_300); // Half is for the question, half for the answer; no period is waited for.
    assertHasAll(received, 40);
    publish(EVENTS, 20);
    net.pass(20);
    assertHasAll(received, 60);
    net.node(frozen).frozen = false;
    publish(EVENTS, 20);
    net.pass(1_400);
    assertHasAll(received, 80);
    for (int i = 0; i < 40; i++) { // So long it is remembered how it was reached before.
      publish(EVENTS, 1);
      net.pass(100);
      assertThat(received.sequences(EVENTS)).hasSizeGreaterThanOrEqualTo(80 + i);
    }
    net.pass(1_000);
    assertHasAll(received, 120);
    assertThat(delivered).containsEntry(EVENTS, 120L);
  }

  @Test
  void whoLeadsToAClientFromNowOnIsToldOfTheFlowsByThePeerAboveIt() {
    place("leaf-2", LEAF, List.of("leaf-1"), "mid-1", List.of("mid-1", "mid-2"));
    peer("deep");
    place("deep", LEAF.child(0), List.of(), "leaf-1", List.of("leaf-1", "leaf-2"));
    Received received = client("client", "deep");
    Received other = client("other", "deep");
    net.pass(900);
    publish(EVENTS, 20);
    Map<Long, Integer> told = new TreeMap<>();
    long event = TestNet.flow(EVENTS, "sensor");
    net.lose =
        (path, frame) -> {
          if (path.equals("mid-1>leaf-2")
              && StreamFrames.decode(reader, frame.duplicate())
                  instanceof Decoded.Ok<Message>(Message.Advertised(Message.Advertise advertise))
              && advertise.flow() == event) {
            told.merge(net.now, 1, Integer::sum);
          }
          return false;
        };
    net.node("leaf-1").frozen = true;
    net.pass(1_300);
    publish(EVENTS, 20);
    net.pass(20);
    assertHasAll(received, 40);
    assertHasAll(other, 40);
    assertThat(told.values()).as("for both clients at once").isNotEmpty().containsOnly(1);
  }

  /// Nobody must take it for the client's last wish.
  @Test
  void leaveTakenOfAPeerThatNeverHeardOfTheClientMeansNothing() {
    Received received = client("client", "leaf-1");
    attach("client", "leaf-1", "leaf-2");
    net.pass(900);
    publish(EVENTS, 10);
    net.node("leaf-1").frozen = true;
    net.lose = (path, _) -> path.equals("client>leaf-2");
    net.pass(1_300); // It turns to the other one, in vain.
    net.node("leaf-1").frozen = false;
    net.pass(2_500); // And back.
    publish(EVENTS, 10);
    net.pass(100);
    assertHasAll(received, 20);
    List<Long> left = new ArrayList<>();
    net.lose =
        (path, frame) -> {
          if (path.equals("client>leaf-2") && frame.get(0) == StreamFrames.GONE) {
            left.add(net.now);
          }
          return false;
        };
    attach("client", "leaf-1");
    for (int i = 0; i < 40; i++) {
      publish(EVENTS, 1);
      net.pass(100);
    }
    assertThat(left).isNotEmpty();
    assertHasAll(received, 60);
    assertThat(delivered).containsEntry(EVENTS, 60L);
  }

  @Test
  void whoHasNoOtherPeerStaysAtTheOneThatStandsStill() {
    Received received = client("client", "leaf-1");
    publish(EVENTS, 10);
    net.node("leaf-1").frozen = true;
    publish(EVENTS, 10);
    net.pass(5_000);
    net.node("leaf-1").frozen = false;
    net.pass(2_500);
    assertHasAll(received, 20);
  }

  @Test
  void aBranchThatIsCutOffForAWhileMissesNothing() {
    Received cutOff = client("cut-off", "leaf-1");
    Received other = client("other", "root-1");
    publish(EVENTS, 10);
    net.lose = (path, _) -> path.startsWith("mid") && path.contains(">leaf");
    publish(EVENTS, 30);
    net.pass(1_000);
    net.lose = (_, _) -> false;
    publish(EVENTS, 10);
    net.pass(4_000);
    assertHasAll(cutOff, 50);
    assertHasAll(other, 50);
  }

  @Test
  void aSlowClientAtALeafHoldsBackItsStreamAndNoOther() {
    Received slow = client("slow", "leaf-1", "line-a/*", StreamQos.of(Replication.ACTIVE));
    Received quick = client("quick", "leaf-1");
    slow.behindWith.add(GAUGE);
    publish(GAUGE, 50);
    publish(EVENTS, 200);
    net.pass(100);
    assertThat(quick.sequences(EVENTS)).containsExactly(upTo(200));
    assertThat(slow.sequences(EVENTS)).containsExactly(upTo(200));
    assertThat(delivered).containsEntry(EVENTS, 200L).doesNotContainKey(GAUGE);
  }

  @Test
  void aClientThatWantsTheNewestOnlyHoldsNobodyUpAndGetsTheLast() {
    StreamQos newest = StreamQos.of(Replication.ACTIVE).newestOnly();
    Received slow = client("slow", "leaf-1", GAUGE, newest);
    Received all = client("all", "leaf-2", GAUGE, StreamQos.of(Replication.ACTIVE));
    net.lose = (path, _) -> path.equals("slow>leaf-1"); // What it has is not heard.
    publish(GAUGE, 100);
    net.pass(100);
    assertThat(all.sequences()).containsExactly(upTo(100));
    assertThat(delivered).containsEntry(GAUGE, 100L);
    assertThat(slow.sequences()).hasSizeLessThan(20);
    net.lose = (_, _) -> false;
    net.pass(3_000);
    assertThat(slow.sequences()).endsWith(100L);
  }

  @Test
  void whatAClientThatWantsTheNewestOnlyLostComesAgainSoon() {
    Received received =
        client("client", "leaf-1", GAUGE, StreamQos.of(Replication.ACTIVE).newestOnly());
    for (long last = 1; last <= 4; last++) { // Whatever the peers are about.
      net.lose = (path, _) -> path.equals("leaf-1>client");
      publish(GAUGE, 1);
      net.lose = (_, _) -> false;
      net.pass(2 * settings.retryPause().toMillis() + 10);
      assertThat(received.sequences()).endsWith(last);
      net.pass(270);
    }
  }

  /// Nobody repeats what made room for newer packets, but there may be none for long.
  @Test
  void aClientThatWantsTheNewestOnlyHasItAtOnceWhenItGoesToAnotherPeer() {
    StreamQos newest = StreamQos.of(Replication.ACTIVE).withLastValue().newestOnly();
    Received received = client("client", "leaf-1", GAUGE, newest);
    client("other", "root-1", GAUGE, StreamQos.of(Replication.ACTIVE));
    publish(GAUGE, 10);
    net.pass(1_000);
    net.lose = (path, _) -> path.equals("leaf-1>client");
    publish(GAUGE, 1);
    net.pass(5);
    assertThat(received.sequences()).doesNotContain(11L);
    attach("client", "leaf-2");
    net.pass(20);
    assertThat(received.sequences()).endsWith(11L).doesNotHaveDuplicates();
    assertThat(received.packets.getLast().kept()).isFalse();
  }

  @Test
  void aClientThatComesToALeafGetsTheLastValueAlsoAsTheSecond() {
    StreamQos qos = StreamQos.of(Replication.ACTIVE);
    client("root", "root-1", "*", qos);
    publish(GAUGE, 5);
    net.pass(100); // Nothing is on its way.
    Received first = client("first", "leaf-1", GAUGE, qos);
    Received second = client("second", "leaf-1", GAUGE, qos.withLastValue());
    assertThat(first.packets).isEmpty();
    assertThat(second.sequences()).hasSize(1);
    assertThat(second.packets.getFirst().kept()).isTrue();
    publish(GAUGE, 5);
    net.pass(100);
    assertThat(first.packets).hasSize(5);
    assertThat(second.packets).hasSize(6);
    assertThat(second.gaps).isEmpty();
  }

  @Test
  void clientsThatReachDifferentPeersOfTheRootCellAllHaveEverything() {
    Received one = client("one", "root-1");
    Received other = client("other", "root-2");
    net.pass(3_000); // The root peers know who reaches whom.
    publish(EVENTS, 30);
    net.pass(100);
    assertHasAll(one, 30);
    assertHasAll(other, 30);
    net.lose = (path, _) -> path.equals("root-2>other");
    publish(EVENTS, 10);
    net.pass(100);
    assertThat(delivered.get(EVENTS)).isEqualTo(30);
    net.lose = (_, _) -> false;
    net.pass(3_000);
    assertHasAll(other, 40);
    assertThat(delivered).containsEntry(EVENTS, 40L);
  }

  @Test
  void aClientThatDiesAtAnotherRootPeerIsWaitedForNoLongerThanAtItsOwn() {
    client("gone", "root-2", "line-*", StreamQos.of(Replication.ACTIVE));
    Received there = client("there", "root-1", "line-*", StreamQos.of(Replication.ACTIVE));
    publish(EVENTS, 1);
    net.pass(20);
    net.kill("gone");
    publish(EVENTS, 3);
    assertHasAll(there, 4);
    net.pass(9_000);
    assertThat(delivered).containsEntry(EVENTS, 1L);
    net.pass(3_000); // The grace, a period since its last word, and one between two looks.
    assertThat(delivered).containsEntry(EVENTS, 4L);
  }

  @Test
  void whoReachesAllPeersOfTheRootCellGetsEachPacketOnce() {
    client("client", "root-1");
    Objects.requireNonNull(clients.get("client"))
        .attachmentPoints(net.now, refs(List.of("root-1", "root-2")));
    net.pass(3_000);
    carried.clear();
    publish(EVENTS, 30);
    net.pass(100);
    assertThat(carried).isEmpty();
    assertThat(Objects.requireNonNull(clients.get("client")).duplicates()).isZero();
  }

  /// The sensor's packets come by way of a peer that has just gone up into the root cell, where it
  /// has met one client and not the other.
  private void aPeerGoesUp(Integer... lost) {
    client("lacks", "leaf-1");
    mid2GoesUp(lost);
  }

  private void mid2GoesUp(Integer... lost) {
    net.lose =
        (path, frame) ->
            path.equals("leaf-1>lacks")
                || (path.matches("root-.>mid-2") && List.of(lost).contains((int) frame.get(0)));
    place("mid-2", CellId.ROOT, List.of("root-1", "root-2"), null, List.of());
    place("root-2", CellId.ROOT, List.of("root-1", "mid-2"), null, List.of());
    client("root", "mid-2");
    Objects.requireNonNull(clients.get("root")).attachmentPoints(net.now, refs(List.of("mid-2")));
    net.kill("root-1");
    place("side", CellId.ROOT.child(1), List.of(), "mid-2", List.of("mid-2"));
    net.pass(100);
    publish(EVENTS, 10);
    net.pass(100);
  }

  @Test
  void aPeerThatIsNewInTheRootCellFreesNothingThatAClientElsewhereLacks() {
    aPeerGoesUp();
    assertThat(delivered).doesNotContainKey(EVENTS);
  }

  /// Its timers are due before it hears again what clients say.
  @Test
  void aRootPeerThatStoodStillFreesNothingThatAClientElsewhereLacks() {
    Received received = client("client", "leaf-1");
    Received other = client("other", "root-2");
    place("side", CellId.ROOT.child(1), List.of(), "root-2", List.of("root-2"));
    net.pass(100);
    net.lose = (path, frame) -> path.equals("leaf-1>client") && frame.get(0) == StreamFrames.DATA;
    publish(EVENTS, 10);
    net.node("root-2").frozen = true;
    net.lose = (path, _) -> path.equals("leaf-1>client") || path.endsWith(">root-2");
    net.pass(settings.clientGrace().toMillis() + 2_000);
    net.node("root-2").frozen = false;
    net.lose = (path, _) -> path.equals("leaf-1>client");
    net.pass(500);
    assertThat(delivered).doesNotContainKey(EVENTS);
    net.lose = (_, _) -> false;
    net.pass(3_000);
    assertHasAll(received, 10);
    assertHasAll(other, 10);
  }

  /// It waits for one that is gone for good no longer than those who tell of it.
  @Test
  void aPeerThatIsNewInTheRootCellDoesNotBeginTheGraceOfAGoneClientAnew() {
    client("lacks", "leaf-1");
    net.kill("lacks");
    net.pass(settings.clientGrace().toMillis() - 1_000);
    mid2GoesUp();
    assertThat(delivered).doesNotContainKey(EVENTS);
    net.pass(
        3_000); // It may have said something just before, and claims are looked at each period.
    assertThat(delivered).containsEntry(EVENTS, 10L);
  }

  /// What is told of clients may be lost, and that all is told may not.
  @Test
  void aPeerThatIsNewInTheRootCellKnowsWhenItWasNotToldOfAll() {
    aPeerGoesUp(StreamFrames.FROM_CLIENT, StreamFrames.CLAIM);
    assertThat(delivered).doesNotContainKey(EVENTS);
  }

  @Test
  void onePeerThatDoesIsSeen() {
    DistributionTest broken = new DistributionTest();
    broken.rules =
        new StreamRules() {
          @Override
          boolean asksForClients() {
            return false;
          }
        };
    broken.aTreeWithTwoBranches();
    broken.aPeerGoesUp(StreamFrames.FROM_CLIENT, StreamFrames.CLAIM);
    assertThat(broken.delivered).containsKey(EVENTS);
  }

  @Test
  void aClientLeavesADrainedPeerAlsoWhenItsSayingSoIsLost() {
    Received received = client("client", "leaf-1");
    Subscriber client = Objects.requireNonNull(clients.get("client"));
    client.attachmentPoints(net.now, refs(List.of("leaf-1", "leaf-2")));
    publish(EVENTS, 10);
    net.pass(100);
    relay("leaf-1").drain(net.now);
    net.lose = (path, _) -> path.equals("client>leaf-1");
    net.pass(1_500);
    assertThat(relay("leaf-1").isEmpty()).isFalse();
    net.lose = (_, _) -> false;
    publish(EVENTS, 10);
    net.pass(2_500);
    assertThat(relay("leaf-1").isEmpty()).isTrue();
    assertHasAll(received, 20);
  }

  @Test
  void whatAClientHasCountsAlsoWhenItTakesItsWishBackAtOnce() {
    Received received = client("client", "root-1");
    publish(EVENTS, 1);
    assertHasAll(received, 1);
    Subscriber client = Objects.requireNonNull(clients.get("client"));
    net.now += settings.acknowledgementDelay().toNanos();
    client.idle(net.now);
    client.unsubscribe(net.now, EVENTS);
    net.run();
    net.pass(100);
    assertThat(delivered).containsEntry(EVENTS, 1L);
  }

  @Test
  void aClientThatMovesToAPeerBelowTheOneBeforeMissesNothing() {
    Received received = client("client", "mid-1");
    Received other = client("other", "root-1");
    attach("client", "leaf-1");
    for (int i = 0; i < 30; i++) {
      publish(EVENTS, 1);
      net.pass(100); // Some time in these 3 s it takes leave of the peer that it had.
    }
    net.pass(500);
    assertHasAll(received, 30);
    assertHasAll(other, 30);
  }

  @Test
  void aLongFrameOfAClientEndsNoPeer() {
    Received received = client("client", "leaf-1");
    publish(EVENTS, 1);
    ByteBuffer progress =
        StreamFrames.progress(
            new WireWriter(), StreamFrames.ACK, TestNet.flow(EVENTS, "sensor"), 1, 0, 1, 0);
    ByteBuffer frame = ByteBuffer.allocate(Frames.MAX_BODY_BYTES);
    frame.put(progress).rewind();
    TestNet.Node client = net.node("client");
    for (int link : List.copyOf(client.ends.keySet())) {
      client.send(link, frame);
    }
    publish(EVENTS, 1);
    net.pass(100);
    assertHasAll(received, 2);
  }

  @Test
  void onlyWhoIsAboveHandsDown() {
    Received received = client("client", "leaf-1");
    publish(EVENTS, 1);
    ByteBuffer packet = ByteBuffer.allocate(StreamFrames.PACKET_HEADER_BYTES);
    long flow = TestNet.flow(EVENTS, "sensor");
    StreamFrames.putPacketHeader(packet, Replication.ACTIVE, true, flow, 2, 1, 1);
    packet.flip();
    StreamFrames.patch(packet, StreamFrames.DOWN, 1);
    TestNet.Node stranger = net.node("leaf-2");
    for (int link : List.copyOf(stranger.ends.keySet())) {
      stranger.send(link, packet);
    }
    net.pass(100);
    assertThat(received.sequences()).containsExactly(1L);
    assertThat(relay("leaf-1").counters().misplaced).isPositive();
  }

  @Test
  void aClientAtALeafIsToldTheStreamsOfTheRootPeerAbove() {
    List<StreamInfo> told = new ArrayList<>();
    Subscriber subscriber =
        net.add(
            "client",
            Role.CLIENT,
            node ->
                new Subscriber(
                    settings,
                    node,
                    new Subscriber.Listener() {
                      @Override
                      public void packet(
                          long now, String stream, long epoch, long seq, ByteBuffer payload) {}

                      @Override
                      public void gap(long now, String stream, long epoch, long from, long to) {}

                      @Override
                      public void streams(long now, List<StreamInfo> streams) {
                        told.addAll(streams);
                      }
                    }));
    subscriber.attachmentPoints(net.now, refs(List.of("leaf-1")));
    subscriber.requestStreams(net.now);
    net.pass(20);
    assertThat(told).extracting(StreamInfo::name).containsExactlyInAnyOrder(EVENTS, GAUGE);
  }
}
