package io.euryale.service.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.PeerRef;
import io.euryale.kernel.Role;
import io.euryale.kernel.TrafficClass;
import io.euryale.overlay.CellId;
import io.euryale.overlay.Neighbourhood;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// When copies are made, of passive replication, and how many: a sensor, a cell of four peers, a
/// root peer and a client, by hand.
class ReplicasTest {

  private static final String STREAM = "line-a/events";
  private static final List<String> LEAVES = List.of("leaf-1", "leaf-2", "leaf-3", "other");

  private final TestNet net = new TestNet();
  private final Map<String, Relay> relays = new TreeMap<>();
  private final List<Long> received = new ArrayList<>();
  private Publisher publisher = publisher();
  private Subscriber subscriber = subscriber();
  private long held;
  private long delivered;

  @BeforeEach
  void aTreeOfTwoCells() {
    relays.put("root", relay("root"));
    LEAVES.forEach(name -> relays.put(name, relay(name)));
    place("root", CellId.ROOT, List.of());
    LEAVES.forEach(name -> place(name, CellId.ROOT.child(0), LEAVES));
    publisher.attachmentPoints(net.now, List.of(TestNet.ref("leaf-1")));
    subscriber.attachmentPoints(net.now, List.of(TestNet.ref("root")));
    publisher.open(net.now, STREAM);
    net.pass(10);
  }

  private Relay relay(String name) {
    return net.add(
        name,
        Role.PEER,
        node -> new Relay(StreamSettings.defaults(), TrafficClass.NORMAL, node.ref, node));
  }

  private void place(String name, CellId cell, List<String> members) {
    List<PeerRef> siblings =
        members.stream().filter(other -> !other.equals(name)).map(TestNet::ref).toList();
    PeerRef root = TestNet.ref("root");
    PeerRef parent = cell.equals(CellId.ROOT) ? null : root;
    List<PeerRef> above = parent == null ? List.of() : List.of(root);
    peer(name)
        .neighbourhood(
            net.now, new Neighbourhood(net.now, cell, TestNet.ref(name), siblings, parent, above));
  }

  private Relay peer(String name) {
    return Objects.requireNonNull(relays.get(name));
  }

  private long copies(String name) {
    return peer(name).counters().copies;
  }

  private boolean keeps(String name) {
    return peer(name).counters().storedBytes > 0;
  }

  private Publisher publisher() {
    return net.add(
        "sensor",
        Role.SENSOR,
        node ->
            new Publisher(
                StreamSettings.defaults(),
                TrafficClass.NORMAL,
                node.ref,
                node,
                new SilentSensor() {
                  @Override
                  public void held(long now, String stream, long upTo) {
                    held = upTo;
                  }

                  @Override
                  public void delivered(long now, String stream, long upTo) {
                    delivered = upTo;
                  }
                }));
  }

  private Subscriber subscriber() {
    return net.add(
        "client",
        Role.CLIENT,
        node ->
            new Subscriber(
                StreamSettings.defaults(),
                node,
                new Subscriber.Listener() {
                  @Override
                  public void packet(
                      long now, String stream, long epoch, long sequence, ByteBuffer payload) {
                    received.add(sequence);
                  }

                  @Override
                  public void gap(long now, String stream, long epoch, long from, long to) {}
                }));
  }

  private void subscribe(Replication replication) {
    net.pass(2_500); // A new root peer frees nothing sooner.
    subscriber.subscribe(net.now, "*", replication);
    net.pass(10);
  }

  private void publish(int count) {
    for (int i = 0; i < count; i++) {
      assertThat(publisher.publish(net.now, STREAM, ByteBuffer.allocate(100))).isPositive();
    }
    net.run();
  }

  private void theWayUpIsCut() {
    net.lose = (path, _) -> path.endsWith(">root");
  }

  // ---- passive replication ----

  @Test
  void aPassivePacketThatIsConfirmedWithinThePeriodIsNeverCopied() {
    subscribe(Replication.passive(Duration.ofMillis(100)));
    publish(5);
    assertThat(received).hasSize(5);
    net.pass(300);
    assertThat(delivered).isEqualTo(5);
    assertThat(copies("leaf-1")).isZero();
  }

  @Test
  void whatIsNotConfirmedAtTheEndOfThePeriodIsCopiedInOneBatchAndHeldThen() {
    subscribe(Replication.passive(Duration.ofMillis(100)));
    theWayUpIsCut();
    net.pass(100 - net.now / 1_000_000 % 100 + 10); // Ten milliseconds into a period.
    publish(2);
    net.pass(40);
    publish(2);
    net.pass(40);
    assertThat(copies("leaf-1")).isZero();
    assertThat(held).isZero();
    net.pass(11);
    assertThat(copies("leaf-1")).as("four packets to three siblings").isEqualTo(12);
    net.pass(5);
    assertThat(held).isEqualTo(4);
  }

  @Test
  void aPeerThatDiesWithinThePeriodTakesNothingWithItAsTheHopBelowHasIt() {
    publisher.attachmentPoints(net.now, List.of(TestNet.ref("leaf-1"), TestNet.ref("leaf-2")));
    subscribe(Replication.passive(Duration.ofSeconds(1)));
    theWayUpIsCut();
    publish(3);
    net.pass(20);
    net.kill("leaf-1");
    net.lose = (_, _) -> false;
    net.pass(50);
    assertThat(received).containsExactly(1L, 2L, 3L);
  }

  @Test
  void whatWasCopiedOutlivesItsPeerAndItsSensor() {
    subscribe(Replication.passive(Duration.ofMillis(100)));
    net.lose = (path, _) -> path.equals("leaf-1>root");
    publish(3);
    net.pass(150);
    assertThat(held).isEqualTo(3);
    publish(2);
    net.kill("sensor");
    net.kill("leaf-1");
    net.pass(400);
    assertThat(received).as("but not what came after the batch").containsExactly(1L, 2L, 3L);
  }

  @Test
  void aPassivePacketIsNotRepeatedBeforeItsPeriodIsOver() {
    subscribe(Replication.passive(Duration.ofSeconds(1)));
    net.lose = (path, _) -> path.startsWith("client>");
    publish(1);
    net.pass(900);
    assertThat(peer("leaf-1").counters().repeated).isZero();
    assertThat(peer("root").counters().repeated).isZero();
  }

  @Test
  void aSensorHearsSoonWhatWasDeliveredHoweverLongThePeriodIs() {
    subscribe(Replication.passive(Duration.ofSeconds(60)));
    publish(1);
    net.pass(2 * 125 + 20); // Two hops gather confirmations.
    assertThat(delivered).isEqualTo(1);
  }

  @Test
  void whatFillsAQuarterOfTheWindowIsConfirmedAtOnce() {
    subscribe(Replication.passive(Duration.ofSeconds(60)));
    publish(1000);
    net.pass(20);
    assertThat(delivered).isEqualTo(1000);
  }

  @Test
  void siblingsWithoutCopiesAreNotToldOfEachConfirmation() {
    subscribe(Replication.passive(Duration.ofSeconds(1)));
    long[] releases = {0};
    net.lose =
        (path, frame) -> {
          boolean isRelease = frame.get(frame.position()) == StreamFrames.RELEASE;
          releases[0] += isRelease && path.equals("leaf-1>leaf-2") ? 1 : 0;
          return false;
        };
    for (int i = 0; i < 10; i++) {
      publish(1);
      net.pass(200);
    }
    assertThat(delivered).isGreaterThanOrEqualTo(9);
    assertThat(releases[0]).as("one in half a period").isBetween(1L, 5L);
  }

  // ---- how many replicas ----

  @Test
  void asManySiblingsAsAskedForGetCopiesTheNearestByNameFirst() {
    subscribe(Replication.ACTIVE.withReplicas(2));
    theWayUpIsCut();
    publish(1);
    net.pass(20);
    assertThat(LEAVES.stream().filter(this::keeps)).containsExactly("leaf-1", "leaf-2", "leaf-3");
    assertThat(held).isEqualTo(1);
  }

  @Test
  void heldIsWhatAllReplicasHaveConfirmed() {
    subscribe(Replication.ACTIVE.withReplicas(2));
    net.lose =
        (path, frame) ->
            path.endsWith(">root")
                || (path.equals("leaf-3>leaf-1") && frame.get(0) == StreamFrames.COPY_ACK);
    publish(1);
    net.pass(50);
    assertThat(held).as("leaf-2 alone has confirmed").isZero();
    theWayUpIsCut();
    net.pass(300);
    assertThat(held).isEqualTo(1);
  }

  @Test
  void whenAReplicaDiesAnotherPeerBecomesOne() {
    subscribe(Replication.ACTIVE.withReplicas(2));
    theWayUpIsCut();
    publish(1);
    net.pass(20);
    net.kill("leaf-2");
    net.pass(20);
    assertThat(keeps("other")).isTrue();
  }

  @Test
  void whenAFrozenReplicaThatDialledIsExpelledAnotherPeerBecomesOne() {
    publisher.attachmentPoints(net.now, List.of(TestNet.ref("leaf-3")));
    net.pass(20);
    subscribe(Replication.ACTIVE.withReplicas(2));
    theWayUpIsCut();
    publish(1);
    net.pass(20);
    assertThat(LEAVES.stream().filter(this::keeps)).containsExactly("leaf-1", "leaf-2", "leaf-3");
    net.node("leaf-1").frozen = true; // Its link stays up.
    List<String> others = List.of("leaf-2", "leaf-3", "other");
    others.forEach(name -> place(name, CellId.ROOT.child(0), others));
    net.pass(20);
    assertThat(keeps("other")).isTrue();
  }

  @Test
  void inASmallerCellAllOthersAreEnough() {
    subscribe(Replication.ACTIVE.withReplicas(5));
    theWayUpIsCut();
    publish(1);
    net.pass(20);
    assertThat(held).isEqualTo(1);
    assertThat(copies("leaf-1")).isEqualTo(3);
  }

  @Test
  void twoPeersMayDieWhenTwoReplicasWereAskedFor() {
    subscribe(Replication.ACTIVE.withReplicas(2));
    net.lose = (path, _) -> path.equals("leaf-1>root") || path.equals("leaf-2>root");
    publish(3);
    net.pass(20);
    assertThat(held).isEqualTo(3);
    net.kill("sensor");
    net.kill("leaf-1");
    net.kill("leaf-2");
    net.pass(1_000);
    assertThat(received).containsExactly(1L, 2L, 3L);
  }
}
