package io.euryale.service.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerRef;
import io.euryale.kernel.Role;
import io.euryale.kernel.TrafficClass;
import io.euryale.overlay.CellId;
import io.euryale.overlay.Neighbourhood;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A sensor, three cells of two peers above each other, and a client, by hand.
class StreamPathTest {

  private static final String STREAM = "line-a/events";

  private final TestNet net = new TestNet();
  private final Map<String, Relay> relays = new TreeMap<>();
  private final List<Long> received = new ArrayList<>();
  private final List<String> gaps = new ArrayList<>();
  private final Map<String, Arrivals> arrivals = new TreeMap<>();
  private final List<Long> lost = new ArrayList<>();
  private long held;
  private long delivered;
  private TrafficClass trafficClass = TrafficClass.CRITICAL;
  private Publisher publisher = publisher();
  private Subscriber subscriber = subscriber();

  @BeforeEach
  void aTreeOfThreeCells() {
    for (String name : List.of("root-1", "root-2", "mid-1", "mid-2", "leaf-1", "leaf-2")) {
      relays.put(name, relay(name));
    }
    place("root-1", CellId.ROOT, null, "root-2");
    place("root-2", CellId.ROOT, null, "root-1");
    CellId middle = CellId.ROOT.child(0);
    place("mid-1", middle, "root-1", "mid-2", "root-1", "root-2");
    place("mid-2", middle, "root-2", "mid-1", "root-1", "root-2");
    CellId leaf = middle.child(0);
    place("leaf-1", leaf, "mid-1", "leaf-2", "mid-1", "mid-2");
    place("leaf-2", leaf, "mid-2", "leaf-1", "mid-1", "mid-2");
    net.pass(2_500); // A new root cell frees nothing sooner.
    publisher.attachmentPoints(net.now, List.of(TestNet.ref("leaf-1"), TestNet.ref("leaf-2")));
    subscriber.attachmentPoints(net.now, List.of(TestNet.ref("root-1"), TestNet.ref("root-2")));
    publisher.open(net.now, STREAM);
    net.pass(10);
  }

  private Relay relay(String name) {
    return net.add(
        name,
        Role.PEER,
        node -> new Relay(StreamSettings.defaults(), trafficClass, node.ref, node));
  }

  private void place(String name, CellId cell, @Nullable String parent, String... around) {
    List<PeerRef> siblings = List.of(TestNet.ref(around[0]));
    List<PeerRef> above = Arrays.stream(around).skip(1).map(TestNet::ref).toList();
    PeerRef parentRef = parent == null ? null : TestNet.ref(parent);
    Relay relay = Objects.requireNonNull(relays.get(name));
    relay.neighbourhood(
        net.now, new Neighbourhood(net.now, cell, TestNet.ref(name), siblings, parentRef, above));
  }

  private Publisher publisher() {
    return net.add(
        "sensor",
        Role.SENSOR,
        node ->
            new Publisher(
                StreamSettings.defaults(), trafficClass, node.ref, node, new SensorEvents()));
  }

  private Subscriber subscriber() {
    return net.add(
        "client",
        Role.CLIENT,
        node -> new Subscriber(StreamSettings.defaults(), node, new ClientEvents()));
  }

  private final class SensorEvents extends SilentSensor {
    @Override
    public void held(long nowNanos, String stream, long upTo) {
      held = upTo;
    }

    @Override
    public void delivered(long nowNanos, String stream, long upTo) {
      delivered = upTo;
    }

    @Override
    public void lost(long nowNanos, String stream, long sequence, String reason) {
      lost.add(sequence);
    }
  }

  private final class ClientEvents implements Subscriber.Listener {
    @Override
    public void packet(
        long nowNanos, String stream, long epoch, long sequence, ByteBuffer payload) {
      assertThat(stream).isEqualTo(STREAM);
      assertThat(payload.getLong()).as("the payload is the packet's own").isEqualTo(sequence * 3);
      received.add(sequence);
    }

    @Override
    public void gap(long nowNanos, String stream, long epoch, long from, long to) {
      gaps.add(from + "-" + to);
    }

    @Override
    public void arrivals(long nowNanos, PeerId from, Arrivals told) {
      arrivals.put(from.name().value(), told);
    }
  }

  private long publish() {
    return publish(received.size() + 1L);
  }

  private long publish(long expected) {
    return publisher.publish(
        net.now, STREAM, ByteBuffer.allocate(100).putLong(0, expected * 3).rewind());
  }

  private void subscribe(Replication replication) {
    subscriber.subscribe(net.now, "line-a/*", replication);
    net.pass(10);
  }

  private static Long[] upTo(long last) {
    Long[] sequences = new Long[(int) last];
    Arrays.setAll(sequences, i -> i + 1L);
    return sequences;
  }

  private long storedPackets() {
    return relays.values().stream().mapToLong(relay -> relay.counters().storedBytes).sum();
  }

  @Test
  void withoutASubscriberNothingIsTaken() {
    assertThat(publish()).isEqualTo(Publisher.UNWANTED);
  }

  @Test
  void anUnprotectedStreamArrivesInOrderAndLeavesNoCopies() {
    subscribe(Replication.NONE);
    for (long i = 1; i <= 100; i++) {
      assertThat(publish(i)).isEqualTo(i);
      net.run();
    }
    assertThat(received).containsExactly(upTo(100));
    assertThat(storedPackets()).isZero();
    assertThat(relays.values()).allMatch(relay -> relay.counters().copies == 0);
  }

  private long arrived() {
    arrivals.clear();
    assertThat(subscriber.requestArrivals()).isEqualTo(2);
    net.run();
    assertThat(arrivals.keySet()).containsExactly("root-1", "root-2");
    assertThat(arrivals.values()).allMatch(each -> each.givenUp() == 0);
    return arrivals.values().stream().mapToLong(Arrivals::packets).sum();
  }

  @ParameterizedTest
  @ValueSource(strings = {"active", "active(synchronous)", "passive(100ms)"})
  void thePeersOfTheRootCellCountWhatIsKeptOnceWhenItComesAgain(String replication) {
    subscribe(Objects.requireNonNull(Replication.parse(replication)));
    net.lose =
        (path, frame) ->
            path.startsWith("root-") && path.contains(">mid-") && frame.get(0) == StreamFrames.ACK;
    publish(1, 20);
    net.pass(200);
    net.lose = (_, _) -> false;
    net.pass(3_000);
    assertThat(relays.values().stream().mapToLong(each -> each.counters().duplicates).sum())
        .isPositive();
    assertThat(received).containsExactly(upTo(20));
    assertThat(arrived()).isEqualTo(20);
  }

  @Test
  void thePeersOfTheRootCellCountWhatIsKeptNowhereOnceWhenItComesAgain() {
    subscriber.subscribe(net.now, "line-a/*", StreamQos.of(Replication.NONE).reliably());
    net.pass(10);
    net.lose = (path, _) -> path.startsWith("client>");
    publish(1, 20);
    net.pass(200); // The sensor repeats them from end to end, not over another peer yet.
    net.lose = (_, _) -> false;
    net.pass(3_000);
    assertThat(relays.values().stream().mapToLong(each -> each.counters().received).sum())
        .isGreaterThan(3 * 20); // Three hops.
    assertThat(received).containsExactly(upTo(20));
    assertThat(arrived()).isEqualTo(20);
  }

  private Relay edge() {
    return Objects.requireNonNull(relays.get("leaf-1"));
  }

  private void publish(long from, long to) {
    for (long i = from; i <= to; i++) {
      assertThat(publish(i)).isEqualTo(i);
    }
  }

  @Test
  void aPeerThatIsDrainedTakesWhatItsSensorsSendUntilTheyHaveGone() {
    subscribe(Replication.NONE);
    publish(1, 20);
    edge().drain(net.now);
    publish(21, 30);
    assertThat(edge().isEmpty()).isFalse();
    net.pass(10);
    assertThat(edge().isEmpty()).isTrue();
    publish(31, 40);
    net.pass(10);
    assertThat(received).containsExactly(upTo(40));
    assertThat(gaps).isEmpty();
    assertThat(edge().published()).isEmpty();
    assertThat(Objects.requireNonNull(relays.get("leaf-2")).published()).containsExactly(STREAM);
  }

  @Test
  void aSensorThatSaidInVainThatItHasGoneSaysItAgain() {
    subscribe(Replication.NONE);
    net.lose = (_, frame) -> frame.get(0) == StreamFrames.GONE;
    edge().drain(net.now);
    net.pass(10);
    assertThat(edge().isEmpty()).isFalse();
    net.lose = (_, _) -> false;
    net.pass(1_500);
    assertThat(edge().isEmpty()).isTrue();
  }

  @Test
  void aSensorWithoutAnotherPeerStaysWithTheOneThatIsDrained() {
    subscribe(Replication.NONE);
    publisher.attachmentPoints(net.now, List.of(TestNet.ref("leaf-1")));
    edge().drain(net.now);
    net.pass(3_000);
    publish(1, 10);
    net.pass(10);
    assertThat(received).containsExactly(upTo(10));
    assertThat(edge().isEmpty()).isFalse();
  }

  /// The next is not there: the sensor stays, and goes when it is asked again.
  @Test
  void aSensorLeavesOnlyForAPeerThatAnswers() {
    subscribe(Replication.NONE);
    publisher.attachmentPoints(
        net.now, List.of(TestNet.ref("leaf-1"), TestNet.ref("leaf-0"), TestNet.ref("leaf-2")));
    edge().drain(net.now);
    publish(1, 10);
    net.pass(10);
    publish(11, 20);
    net.pass(3_000);
    assertThat(received).containsExactly(upTo(20));
    assertThat(edge().isEmpty()).isTrue();
  }

  /// Its old peer dies meanwhile.
  @Test
  void aSensorWhosePeerDiesWhileItGoesElsewhereGoesOnThere() {
    subscribe(Replication.ACTIVE);
    edge().drain(net.now);
    net.kill("leaf-1");
    publish(1, 5);
    net.pass(3_000);
    assertThat(received).containsExactly(upTo(5));
  }

  @Test
  void aProtectedStreamIsCopiedHeldDeliveredAndFreed() {
    subscribe(Replication.ACTIVE);
    publish(1);
    net.run();
    assertThat(received).containsExactly(1L);
    net.pass(20);
    assertThat(held).isEqualTo(1);
    assertThat(delivered).isEqualTo(1);
    assertThat(publisher.quiet()).isTrue();
    assertThat(storedPackets()).isZero();
    assertThat(relays.values().stream().mapToLong(relay -> relay.counters().copies).sum())
        .as("one copy in each of three cells")
        .isEqualTo(3);
  }

  @Test
  void theSynchronousFormForwardsOnlyWhatTheCellHolds() {
    net.lose = (path, frame) -> path.equals("leaf-2>leaf-1") && frame.get(0) == 66;
    subscribe(Replication.ACTIVE_SYNCHRONOUS);
    publish(1);
    net.run();
    assertThat(received).as("the sibling's confirmation was lost").isEmpty();
    net.lose = (_, _) -> false;
    net.pass(300);
    assertThat(received).containsExactly(1L);
  }

  @Test
  void whatWaitsForTheConfirmationOfAPeerThatDiesLeavesAtOnce() {
    net.lose = (path, frame) -> path.equals("leaf-2>leaf-1") && frame.get(0) == 66;
    subscribe(Replication.ACTIVE_SYNCHRONOUS);
    publish(1);
    net.run();
    assertThat(received).isEmpty();
    net.kill("leaf-2");
    net.run(); // No time passes.
    assertThat(received).containsExactly(1L);
  }

  @Test
  void theForwardDoesNotWaitForTheCopyInTheActiveForm() {
    net.lose = (path, frame) -> frame.get(0) == 65;
    subscribe(Replication.ACTIVE);
    publish(1);
    net.run();
    assertThat(received).containsExactly(1L);
  }

  @Test
  void aPacketCountsAsHeldOnlyWhenTwoPeersHoldIt() {
    subscribe(Replication.ACTIVE);
    // Nothing leaves leaf-1 any more but acknowledgements: it alone has the packet.
    net.lose = (path, frame) -> path.startsWith("leaf-1>") && frame.get(0) <= 65;
    publish(1);
    net.pass(20);
    assertThat(held).isZero();
    net.lose = (_, _) -> false;
    net.pass(300);
    assertThat(held).isEqualTo(1);
    assertThat(received).containsExactly(1L);
  }

  @Test
  void theSiblingOfADeadPeerAdoptsItsCopies() {
    subscribe(Replication.ACTIVE);
    net.lose = (path, frame) -> path.startsWith("mid-1>root") && frame.get(0) == 64;
    for (long i = 1; i <= 10; i++) {
      publish(i);
      net.pass(3);
    }
    assertThat(received).isEmpty();
    assertThat(held).as("two peers of the leaf cell").isEqualTo(10);
    net.kill("mid-1");
    net.run();
    assertThat(received).containsExactly(upTo(10));
    assertThat(Objects.requireNonNull(relays.get("mid-2")).counters().adopted).isEqualTo(10);
  }

  @Test
  void theChildrenOfADeadPeerSendWhatIsPendingToItsSibling() {
    subscribe(Replication.ACTIVE);
    net.lose = (path, frame) -> path.equals("leaf-1>mid-1") && frame.get(0) == 64;
    for (long i = 1; i <= 10; i++) {
      publish(i);
      net.pass(3);
    }
    assertThat(received).isEmpty();
    net.kill("mid-1");
    net.run();
    assertThat(received).containsExactly(upTo(10));
  }

  @Test
  void aSensorWhosePeerDiesGoesToTheSiblingAndNothingIsLost() {
    subscribe(Replication.ACTIVE);
    for (long i = 1; i <= 30; i++) {
      if (i == 11) {
        net.kill("leaf-1");
      }
      publish(i);
      net.pass(5);
    }
    net.pass(500);
    assertThat(received).containsExactly(upTo(30));
    assertThat(lost).isEmpty();
    assertThat(publisher.quiet()).isTrue();
  }

  @Test
  void aDeadRootPeerIsReplacedByTheOther() {
    subscribe(Replication.ACTIVE);
    for (long i = 1; i <= 30; i++) {
      if (i == 11) {
        net.kill("root-1");
      }
      publish(i);
      net.pass(5);
    }
    net.pass(500);
    assertThat(received).containsExactly(upTo(30));
    assertThat(lost).isEmpty();
  }

  @Test
  void aWholeDeadCellLosesNothingWhileTheSensorLives() {
    subscribe(Replication.ACTIVE);
    for (long i = 1; i <= 5; i++) {
      publish(i);
      net.pass(5);
    }
    net.lose = (path, frame) -> path.startsWith("mid-") && path.contains(">root");
    for (long i = 6; i <= 10; i++) {
      publish(i);
      net.pass(5);
    }
    assertThat(held).isEqualTo(10);
    net.kill("mid-1");
    net.kill("mid-2");
    net.lose = (_, _) -> false;
    // The overlay makes the leaf cell a child of the root.
    place("leaf-1", CellId.ROOT.child(0), "root-1", "leaf-2", "root-1", "root-2");
    place("leaf-2", CellId.ROOT.child(0), "root-2", "leaf-1", "root-1", "root-2");
    net.pass(5000);
    assertThat(received).containsExactly(upTo(10));
    assertThat(lost).isEmpty();
    assertThat(publisher.quiet()).isTrue();
  }

  @Test
  void aSilentParentIsRoutedAround() {
    subscribe(Replication.ACTIVE);
    publish(1);
    net.pass(5);
    net.node("mid-1").frozen = true;
    publish(2);
    net.pass(1500);
    assertThat(received).containsExactly(1L, 2L);
  }

  /// Everything anew with another class.
  private void carry(TrafficClass other) {
    trafficClass = other;
    net.nodes.clear();
    publisher = publisher();
    subscriber = subscriber();
    aTreeOfThreeCells();
  }

  @Test
  void anAlarmGoesAroundSilentParentsAfterTheFirstPauseAtEachHop() {
    carry(TrafficClass.ALARM);
    subscribe(Replication.ACTIVE);
    publish(1);
    net.pass(5);
    net.node("mid-1").frozen = true;
    net.node("root-2").frozen = true; // The parent of the other in the middle.
    publish(2);
    net.pass(2 * 255 + 20);
    assertThat(received).containsExactly(1L, 2L);
  }

  @Test
  void anAlarmThatTheOtherMemberDoesNotTakeGoesToTheParentAgain() {
    carry(TrafficClass.ALARM);
    subscribe(Replication.ACTIVE);
    publish(1);
    net.pass(5);
    net.isFull = path -> path.equals("leaf-1>mid-2");
    net.lose = (path, _) -> path.equals("leaf-1>mid-1");
    publish(2);
    net.run();
    net.lose = (_, _) -> false;
    net.pass(260);
    assertThat(received).containsExactly(1L, 2L);
  }

  @Test
  void aSensorOfAlarmsLeavesASilentPeerAfterTheFirstPause() {
    carry(TrafficClass.ALARM);
    subscribe(Replication.ACTIVE);
    publish(1);
    net.pass(700); // Longer than a stall, so that the peer has not answered lately.
    net.node("leaf-1").frozen = true;
    publish(2);
    net.pass(260);
    assertThat(received).containsExactly(1L, 2L);
  }

  @Test
  void onlyTheFirstAlarmsWaitForASilentParent() {
    carry(TrafficClass.ALARM);
    subscribe(Replication.ACTIVE);
    publish(1);
    net.pass(700); // Longer than a stall, so that nobody has answered lately.
    net.node("mid-1").frozen = true;
    publish(2);
    net.pass(260);
    assertThat(received).containsExactly(1L, 2L);
    publish(3);
    net.pass(5);
    assertThat(received).containsExactly(1L, 2L, 3L);
  }

  @Test
  void aSilentPeerOfTheSensorIsLeftForItsSibling() {
    subscribe(Replication.ACTIVE);
    publish(1);
    net.pass(5);
    net.node("leaf-1").frozen = true;
    publish(2);
    net.pass(1500);
    assertThat(received).containsExactly(1L, 2L);
  }

  @Test
  void aPeerThatHasToGoAroundItsParentIsNotLeftForASiblingThatStandsStill() {
    subscribe(Replication.ACTIVE);
    publish(1);
    net.pass(5);
    net.node("mid-1").frozen = true;
    net.node("leaf-2").frozen = true;
    publish(2);
    net.pass(1500);
    publish(3);
    net.pass(100);
    assertThat(received).containsExactly(1L, 2L, 3L);
  }

  @Test
  void aStalledPeerThatIsToBeLeftForGoodIsLeftAlsoWhenItAnswersAgain() {
    subscribe(Replication.ACTIVE);
    publish(1);
    net.pass(5);
    net.node("leaf-1").frozen = true;
    net.node("leaf-2").frozen = true;
    publish(2);
    net.pass(1000); // The sensor has dialled the other, and waits for it.
    publisher.attachmentPoints(net.now, List.of(TestNet.ref("leaf-2")));
    net.node("leaf-1").frozen = false;
    net.pass(100);
    net.node("leaf-2").frozen = false;
    net.pass(100);
    assertThat(attachedTo()).endsWith("leaf-2");
    assertThat(received).containsExactly(1L, 2L);
  }

  /// The peers that the sensor was attached to, one after the other.
  private List<String> attachedTo() {
    return net.node("sensor").observed.stream()
        .filter(event -> event.event().equals("ATTACH"))
        .map(event -> event.text("peer"))
        .toList();
  }

  @Test
  void aSensorWhosePeersAllRefuseDoesNotSpin() {
    subscribe(Replication.ACTIVE);
    net.kill("leaf-1");
    net.kill("leaf-2");
    net.pass(2000);
    assertThat(attachedTo()).hasSizeBetween(3, 20);
  }

  @Test
  void repetitionsOfEveryFrameMakeNoDuplicates() {
    subscribe(Replication.ACTIVE);
    boolean[] again = {false};
    net.lose =
        (path, frame) -> {
          if (!again[0]) {
            again[0] = true;
            String[] ends = path.split(">");
            net.node(ends[0])
                .ends
                .forEach(
                    (link, end) -> {
                      if (end.other().ref.name().value().equals(ends[1])) {
                        net.node(ends[0]).send(link, frame.duplicate());
                      }
                    });
            again[0] = false;
          }
          return false;
        };
    for (long i = 1; i <= 50; i++) {
      publish(i);
      net.pass(2);
    }
    assertThat(received).containsExactly(upTo(50));
  }

  @Test
  void lostFramesOfEveryKindAreMadeUpFor() {
    java.util.SplittableRandom random = new java.util.SplittableRandom(5);
    subscribe(Replication.ACTIVE);
    net.lose = (_, _) -> random.nextInt(100) < 20;
    for (long i = 1; i <= 200; i++) {
      publish(i);
      net.pass(2);
    }
    net.lose = (_, _) -> false;
    net.pass(20_000);
    assertThat(received).containsExactly(upTo(200));
    assertThat(gaps).isEmpty();
    assertThat(publisher.quiet()).isTrue();
    assertThat(storedPackets()).isZero();
  }

  @Test
  void whatNobodyConfirmsIsReportedLostAfterTheLastAttempt() {
    subscribe(Replication.ACTIVE);
    publish(1);
    net.pass(20);
    net.lose = (path, frame) -> path.startsWith("sensor>") && frame.get(0) == 64;
    publish(2);
    net.pass(60_000);
    assertThat(lost).containsExactly(2L);
    net.lose = (_, _) -> false;
    publish(3);
    net.pass(20);
    assertThat(received).containsExactly(1L, 3L);
    assertThat(gaps).containsExactly("2-2");
  }

  @Test
  void aClientThatComesLateGetsTheStreamFromThenOn() {
    subscribe(Replication.ACTIVE);
    for (long i = 1; i <= 5; i++) {
      publish(i);
      net.pass(5);
    }
    List<Long> late = new ArrayList<>();
    Subscriber second =
        net.add(
            "client-2",
            Role.CLIENT,
            node ->
                new Subscriber(
                    StreamSettings.defaults(),
                    node,
                    new Subscriber.Listener() {
                      @Override
                      public void packet(long n, String s, long e, long sequence, ByteBuffer p) {
                        late.add(sequence);
                      }

                      @Override
                      public void gap(long n, String s, long e, long from, long to) {}
                    }));
    second.attachmentPoints(net.now, List.of(TestNet.ref("root-1"), TestNet.ref("root-2")));
    second.subscribe(net.now, "*", Replication.ACTIVE);
    net.pass(50);
    for (long i = 6; i <= 10; i++) {
      publish(i);
      net.pass(5);
    }
    assertThat(received).containsExactly(upTo(10));
    assertThat(late).containsExactly(6L, 7L, 8L, 9L, 10L);
  }

  @Test
  void aSlowClientHoldsTheSensorBackInsteadOfLosing() {
    subscribe(Replication.ACTIVE);
    net.node("client").frozen = true;
    long accepted = 0;
    for (long i = 1; i <= 6000; i++) {
      if (publish(i) == Publisher.FULL) {
        break;
      }
      accepted = i;
    }
    assertThat(accepted).isEqualTo(4096);
  }

  @Test
  void garbageClosesTheLinkItCameOver() {
    subscribe(Replication.ACTIVE);
    TestNet.Node sensor = net.node("sensor");
    int link = sensor.ends.keySet().iterator().next();
    sensor.send(link, ByteBuffer.wrap(new byte[] {64, 1, 2, 3}));
    net.pass(10);
    assertThat(Objects.requireNonNull(relays.get("leaf-1")).counters().malformed).isEqualTo(1);
    publish(1);
    net.pass(50);
    assertThat(received).as("the sensor goes on over its sibling").containsExactly(1L);
  }

  @Test
  void streamsAreListedAtTheRoot() {
    List<StreamInfo> listed = listedAt("root-1");
    assertThat(listed).extracting(StreamInfo::name).containsExactly(STREAM);
    assertThat(listed.getFirst().edge().value()).isEqualTo("leaf-1");
  }

  @Test
  void aStreamThatSendsNothingIsListedAtTheRootPeerThatItDoesNotComeThroughToo() {
    List<StreamInfo> listed = listedAt("root-2");
    assertThat(listed).extracting(StreamInfo::name).containsExactly(STREAM);
    assertThat(listed.getFirst().edge().value()).isEqualTo("leaf-1");

    net.pass(2 * StreamSettings.defaults().flowIdle().toMillis());
    assertThat(listedAt("root-2")).as("as long as it is there").hasSize(1);
    net.kill("sensor");
    net.pass(3 * StreamSettings.defaults().flowIdle().toMillis());
    assertThat(listedAt("root-2")).as("when its sensor is gone").isEmpty();
  }

  @Test
  void aStreamThatSendsNothingIsListedAtARootPeerThatCameLater() {
    net.kill("root-2");
    relays.put("root-3", relay("root-3"));
    place("root-3", CellId.ROOT, null, "root-1");
    place("root-1", CellId.ROOT, null, "root-3");
    net.pass(3 * StreamSettings.defaults().refreshPeriod().toMillis());
    assertThat(listedAt("root-3")).extracting(StreamInfo::name).containsExactly(STREAM);
  }

  /// Who asks one root peer is told these streams.
  private List<StreamInfo> listedAt(String root) {
    List<StreamInfo> listed = new ArrayList<>();
    Subscriber observer =
        net.add(
            "observer",
            Role.OBSERVER,
            node ->
                new Subscriber(
                    StreamSettings.defaults(),
                    node,
                    new Subscriber.Listener() {
                      @Override
                      public void packet(long n, String s, long e, long q, ByteBuffer p) {}

                      @Override
                      public void gap(long n, String s, long e, long from, long to) {}

                      @Override
                      public void streams(long n, List<StreamInfo> streams) {
                        listed.addAll(streams);
                      }
                    }));
    observer.attachmentPoints(net.now, List.of(TestNet.ref(root)));
    observer.requestStreams(net.now);
    net.pass(1500);
    net.kill("observer");
    return listed;
  }

  @Test
  void aClientThatWantsTheNewestOnlyGetsAllOfAPayloadThatTheCellCopiesFirst() {
    StreamQos newest = StreamQos.of(Replication.ACTIVE_SYNCHRONOUS).newestOnly();
    subscriber.subscribe(net.now, STREAM, newest);
    net.pass(10);
    assertThat(publisher.publish(net.now, STREAM, ByteBuffer.allocate(150_000).putLong(0, 9)))
        .isPositive();
    net.pass(20);
    net.lose = (path, frame) -> path.startsWith("root") && frame.get(0) == StreamFrames.COPY_ACK;
    assertThat(publisher.publish(net.now, STREAM, ByteBuffer.allocate(150_000).putLong(0, 18)))
        .isPositive();
    net.pass(20);
    net.lose = (_, _) -> false;
    net.pass(300); // The copies are sent again.
    assertThat(received).containsExactly(3L, 6L);
  }

  @Test
  void aClientThatWantsTheNewestOnlyGetsNothingThatTheCellDoesNotHold() {
    StreamQos newest = StreamQos.of(Replication.ACTIVE_SYNCHRONOUS).newestOnly();
    subscriber.subscribe(net.now, STREAM, newest);
    net.pass(10);
    publish(1);
    net.pass(20);
    net.lose = (path, frame) -> path.startsWith("root") && frame.get(0) == StreamFrames.COPY_ACK;
    publish(2);
    net.pass(300); // What may be lost is sent again in this time.
    assertThat(received).containsExactly(1L);
    net.lose = (_, _) -> false;
    net.pass(300);
    assertThat(received).containsExactly(1L, 2L);
    assertThat(delivered).isEqualTo(2);
  }
}
