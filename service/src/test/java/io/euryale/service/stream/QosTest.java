package io.euryale.service.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.Role;
import io.euryale.kernel.TrafficClass;
import io.euryale.kernel.wire.WireWriter;
import io.euryale.overlay.CellId;
import io.euryale.overlay.Neighbourhood;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What is asked of a stream and what is offered: a sensor, an edge peer, a root peer, and clients,
/// by hand.
class QosTest {

  private static final String STREAM = "line-a/video";
  private static final StreamQos ACTIVE = StreamQos.of(Replication.ACTIVE);
  private static final StreamQos BEST_EFFORT = StreamQos.of(Replication.NONE);

  private final TestNet net = new TestNet();
  private final List<String> lost = new ArrayList<>();
  private final Relay root = relay("root");
  private final Relay edge = relay("edge");
  private final Publisher publisher = publisher();
  private long delivered;

  private static final class Received implements Subscriber.Listener {
    final List<StreamPacket> packets = new ArrayList<>();
    final List<String> refused = new ArrayList<>();
    final List<Long> missed = new ArrayList<>();
    final List<String> gaps = new ArrayList<>();

    List<Long> sequences() {
      return packets.stream().map(StreamPacket::sequence).toList();
    }

    @Override
    public void packet(long now, StreamPacket packet, ByteBuffer payload) {
      packets.add(packet);
    }

    @Override
    public void packet(long now, String stream, long epoch, long sequence, ByteBuffer payload) {}

    @Override
    public void gap(long now, String stream, long epoch, long from, long to) {
      gaps.add(from + "-" + to);
    }

    @Override
    public void refused(
        long now, String pattern, String stream, long epoch, StreamQos.Mismatch mismatch) {
      refused.add(mismatch.sentence(stream));
    }

    @Override
    public void deadlineMissed(long now, String pattern, String stream, long silentNanos) {
      missed.add(silentNanos / 1_000_000);
    }
  }

  private Relay relay(String name) {
    return net.add(
        name,
        Role.PEER,
        node -> new Relay(StreamSettings.defaults(), TrafficClass.NORMAL, node.ref, node));
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
                  public void delivered(long now, String stream, long upTo) {
                    delivered = upTo;
                  }

                  @Override
                  public void lost(long now, String stream, long sequence, String reason) {
                    lost.add(sequence + " " + reason);
                  }
                }));
  }

  private void offer(StreamOffer offer) {
    root.neighbourhood(
        net.now,
        new Neighbourhood(net.now, CellId.ROOT, TestNet.ref("root"), List.of(), null, List.of()));
    edge.neighbourhood(
        net.now,
        new Neighbourhood(
            net.now,
            CellId.ROOT.child(0),
            TestNet.ref("edge"),
            List.of(),
            TestNet.ref("root"),
            List.of(TestNet.ref("root"))));
    net.pass(2_500); // A new root peer frees nothing sooner.
    publisher.attachmentPoints(net.now, List.of(TestNet.ref("edge")));
    publisher.open(net.now, STREAM, offer);
    net.pass(10);
  }

  private Received subscribe(String client, StreamQos qos) {
    Received received = new Received();
    Subscriber subscriber =
        net.add(
            client, Role.CLIENT, node -> new Subscriber(StreamSettings.defaults(), node, received));
    subscriber.attachmentPoints(net.now, List.of(TestNet.ref("root")));
    subscriber.subscribe(net.now, "line-a/*", qos);
    net.pass(10);
    return received;
  }

  private long publish() {
    long answer = publisher.publish(net.now, STREAM, ByteBuffer.allocate(100));
    net.run();
    return answer;
  }

  private void publish(int count) {
    for (int i = 0; i < count; i++) {
      assertThat(publish()).isPositive();
      net.pass(3);
    }
  }

  // ---- requested against offered ----

  @Test
  void whatDoesNotFitIsRefusedAtOnceNamingThePolicyAndBothValues() {
    offer(
        StreamOffer.DEFAULT.bestEffort().withType("image/jpeg").withPeriod(Duration.ofSeconds(2)));
    assertThat(subscribe("a", ACTIVE).refused)
        .containsExactly(
            "Stream line-a/video does not fit: replication active is requested, best effort is"
                + " offered.");
    assertThat(subscribe("b", BEST_EFFORT.reliably()).refused.getFirst())
        .contains("reliability reliable is requested, best effort is offered");
    assertThat(subscribe("c", BEST_EFFORT.withLastValue()).refused.getFirst())
        .contains("history last value is requested, none is offered");
    assertThat(subscribe("d", BEST_EFFORT.withDeadline(Duration.ofMillis(1500))).refused.getFirst())
        .contains("deadline 1500ms is requested, 2s is offered");
    assertThat(subscribe("e", BEST_EFFORT.withType("image/png")).refused.getFirst())
        .contains("type image/png is requested, image/jpeg is offered");
    Received fits =
        subscribe("f", BEST_EFFORT.withType("image/jpeg").withDeadline(Duration.ofSeconds(2)));
    assertThat(fits.refused).isEmpty();
    publish(1);
    assertThat(fits.packets.getFirst().type()).isEqualTo("image/jpeg");
    assertThat(fits.packets.getFirst().refusedBy()).isEmpty();
  }

  @Test
  void aRefusedSubscriptionIsNamedWithEachPacketAndHoldsNobodyUp() {
    offer(StreamOffer.DEFAULT);
    Received refused = subscribe("a", ACTIVE.withType("x"));
    publish(3);
    net.pass(20);
    assertThat(refused.packets).allMatch(packet -> packet.refusedBy().contains("line-a/*"));
    assertThat(delivered).isEqualTo(3);
  }

  @Test
  void refusedSubscriptionsAreNamedInTheSameOrderInEveryProcess() {
    offer(StreamOffer.DEFAULT);
    List<String> patterns =
        List.of("*/video", "line-a/*", "line-a/*o", "line-a/v*", "line-a/video", "line-?/*");
    Received refused = new Received();
    Subscriber subscriber =
        net.add("a", Role.CLIENT, node -> new Subscriber(StreamSettings.defaults(), node, refused));
    subscriber.attachmentPoints(net.now, List.of(TestNet.ref("root")));
    patterns.forEach(pattern -> subscriber.subscribe(net.now, pattern, ACTIVE.withType("x")));
    net.pass(10);
    publish(1);
    assertThat(refused.packets.getFirst().refusedBy())
        .containsExactlyElementsOf(patterns.stream().sorted().toList());
  }

  @Test
  void aPathThatIsSlowerThanTheBoundIsRefusedAndOneThatIsNotIsNot() {
    offer(StreamOffer.DEFAULT);
    Received first = subscribe("a", ACTIVE.withMaxLatency(Duration.ofMillis(1)));
    assertThat(first.refused).as("nothing was measured yet").isEmpty();
    net.lose = (path, _) -> path.equals("sensor>edge");
    assertThat(publish()).isPositive();
    net.pass(100);
    net.lose = (_, _) -> false;
    net.pass(300); // Repeated after 250 ms.
    assertThat(first.packets).hasSize(1);
    long age = first.packets.getFirst().ageNanos();
    assertThat(age).isBetween(250_000_000L, 300_000_000L);
    assertThat(ACTIVE.withMaxLatency(Duration.ofMillis(249)).isLate(age)).isTrue();
    assertThat(ACTIVE.withMaxLatency(Duration.ofMillis(300)).isLate(age)).isFalse();
    net.pass(1_000);
    assertThat(first.refused).as("later misses are flagged, not refused").isEmpty();
    assertThat(subscribe("b", ACTIVE.withMaxLatency(Duration.ofMillis(100))).refused.getFirst())
        .contains("maximum latency 100ms is requested, ")
        .contains("(99.9 % of its packets on this path) is offered");
    assertThat(subscribe("c", ACTIVE.withMaxLatency(Duration.ofSeconds(1))).refused).isEmpty();
  }

  @Test
  void aPeerThatMeasuredNothingDoesNotSpeakForThePath() {
    offer(StreamOffer.DEFAULT);
    Received received = new Received();
    Subscriber client =
        net.add(
            "a", Role.CLIENT, node -> new Subscriber(StreamSettings.defaults(), node, received));
    StreamQos impatient = ACTIVE.withMaxLatency(Duration.ofMillis(100));
    client.subscribe(net.now, "line-a/*", impatient);
    client.frame(net.now, 1, advertisement(1, 0));
    assertThat(received.refused).isEmpty();
    client.frame(net.now, 2, advertisement(1, 250_000));
    client.frame(net.now, 2, advertisement(1, 260_000));
    assertThat(received.refused).hasSize(1);
    client.subscribe(net.now, "line-?/*", impatient);
    assertThat(received.refused).as("what was told last counts").hasSize(2);
    assertThat(received.refused.getLast()).contains("260ms");
  }

  private static ByteBuffer advertisement(long epoch, long pathMicros) {
    return StreamFrames.encode(
        new WireWriter(),
        new StreamFrames.Message.Advertise(
            StreamNames.flowId(STREAM, PeerId.of("sensor", epoch)),
            epoch,
            STREAM,
            PeerId.of("sensor", epoch),
            new PeerName("edge"),
            StreamOffer.DEFAULT.withPeriod(Duration.ofMillis(50)),
            pathMicros));
  }

  @Test
  void theRoundTripOfLinksIsPartOfTheAge() {
    offer(StreamOffer.DEFAULT);
    Received received = subscribe("a", ACTIVE);
    assertThat(RemoteLink.transit(0, 40_000_000)).isEqualTo(20_000_000);
    assertThat(RemoteLink.transit(20_000_000, 24_000_000)).isEqualTo(16_000_000);
    assertThat(RemoteLink.transit(5, -1)).isEqualTo(5);
    net.node("root").frozen = true;
    net.pass(1_100); // Pings go out and wait.
    net.node("root").frozen = false;
    net.pass(100);
    publish(1);
    assertThat(received.packets.getFirst().ageNanos()).isGreaterThan(10_000_000L);
  }

  // ---- reliability ----

  @Test
  void reliableWithoutReplicationIsRepeatedByTheSensorAndCopiedNowhere() {
    offer(StreamOffer.DEFAULT);
    Received received = subscribe("a", BEST_EFFORT.reliably());
    net.lose = (path, frame) -> path.equals("edge>root") && frame.get(0) == StreamFrames.DATA;
    publish(3);
    net.lose = (_, _) -> false;
    net.pass(2_000);
    assertThat(received.sequences()).containsExactly(1L, 2L, 3L);
    assertThat(delivered).isEqualTo(3);
    assertThat(edge.counters().storedBytes).isZero();
    assertThat(lost).isEmpty();
  }

  @Test
  void whatIsOfferedBestEffortIsNeverRepeated() {
    offer(StreamOffer.DEFAULT.bestEffort());
    Received received = subscribe("a", BEST_EFFORT);
    net.lose = (path, frame) -> path.equals("edge>root") && frame.get(0) == StreamFrames.DATA;
    publish(1);
    net.lose = (_, _) -> false;
    publish(1);
    net.pass(2_000);
    assertThat(received.sequences()).containsExactly(2L);
    assertThat(publisher.quiet()).isTrue();
  }

  // ---- history ----

  @Test
  void aNewSubscriberGetsTheLastValueAndItsAge() {
    offer(StreamOffer.DEFAULT.keepingLast());
    Received first = subscribe("a", ACTIVE.withLastValue());
    publish(3);
    net.pass(500);
    Received second = subscribe("b", ACTIVE.withLastValue());
    Received without = subscribe("c", ACTIVE);
    assertThat(second.sequences()).containsExactly(3L);
    assertThat(second.packets.getFirst().kept()).isTrue();
    assertThat(second.packets.getFirst().ageNanos()).isGreaterThan(500_000_000L);
    assertThat(without.packets).isEmpty();
    publish(1);
    assertThat(second.sequences()).containsExactly(3L, 4L);
    assertThat(first.sequences()).containsExactly(1L, 2L, 3L, 4L);
    assertThat(second.gaps).isEmpty();
  }

  @Test
  void whatWasPublishedWhenNobodyListenedIsGivenToTheFirstSubscriber() {
    offer(StreamOffer.DEFAULT.keepingLast());
    net.pass(1_500);
    publisher.publish(net.now, STREAM, ByteBuffer.allocate(100));
    publisher.publish(net.now, STREAM, ByteBuffer.allocate(100));
    Received received = subscribe("a", ACTIVE.withLastValue());
    net.pass(1_500);
    assertThat(received.sequences()).as("the last of the two").containsExactly(1L);
  }

  // ---- conflation ----

  @Test
  void aSlowClientThatAsksSoGetsTheNewestAndHoldsNobodyUp() {
    offer(StreamOffer.DEFAULT);
    Received slow = subscribe("slow", ACTIVE.newestOnly());
    Received other = subscribe("other", ACTIVE);
    net.lose = (path, _) -> path.equals("slow>root"); // It takes its time to confirm.
    publish(10);
    net.pass(20);
    assertThat(slow.sequences()).containsExactly(1L);
    assertThat(other.packets).hasSize(10);
    assertThat(delivered).as("the slow one is not waited for").isEqualTo(10);
    net.lose = (_, _) -> false;
    net.pass(1_500);
    assertThat(slow.sequences()).containsExactly(1L, 10L);
    assertThat(slow.packets.getLast().skipped()).isEqualTo(8);
    assertThat(slow.gaps).isEmpty();
    assertThat(root.counters().conflated).isEqualTo(9);
  }

  @Test
  void aFastClientWithConflationMissesNothing() {
    offer(StreamOffer.DEFAULT);
    Received fast = subscribe("fast", ACTIVE.newestOnly());
    publish(10);
    net.pass(20);
    assertThat(fast.packets).hasSize(10).allMatch(packet -> packet.skipped() == 0);
    assertThat(publisher.quiet()).isTrue();
  }

  /// More of them than fit in a window, where what nobody keeps is not.
  @Test
  void aClientWithConflationGetsEachOfAStreamThatNobodyKeeps() {
    offer(StreamOffer.DEFAULT);
    Received fast = subscribe("fast", BEST_EFFORT.newestOnly());
    int packets = 2 * StreamSettings.defaults().windowPackets();
    publish(packets); // With time to confirm each.
    assertThat(fast.packets).hasSize(packets).allMatch(packet -> packet.skipped() == 0);
  }

  @Test
  void reliableWithoutReplicationGoesOnBeyondAWindow() {
    offer(StreamOffer.DEFAULT);
    Received received = subscribe("a", BEST_EFFORT.reliably());
    int packets = 2 * StreamSettings.defaults().windowPackets();
    publish(packets);
    net.pass(20);
    assertThat(received.packets).hasSize(packets);
    assertThat(delivered).isEqualTo(packets);
    assertThat(lost).isEmpty();
  }

  // ---- deadline and lifespan ----

  @Test
  void aDeadlineThatPassesIsToldOnceForEachSilence() {
    offer(StreamOffer.DEFAULT.withPeriod(Duration.ofMillis(100)));
    Received received = subscribe("a", ACTIVE.withDeadline(Duration.ofMillis(100)));
    publish(5);
    net.pass(90);
    assertThat(received.missed).isEmpty();
    net.pass(500);
    assertThat(received.missed).hasSize(1);
    assertThat(received.missed.getFirst()).isBetween(100L, 110L);
    publish(1);
    net.pass(300);
    assertThat(received.missed).hasSize(2);
  }

  @Test
  void aSilenceIsOneOfTheStreamAndNotOfOneOfItsLives() {
    Received received = new Received();
    Subscriber client =
        net.add(
            "a", Role.CLIENT, node -> new Subscriber(StreamSettings.defaults(), node, received));
    client.subscribe(net.now, "line-a/*", ACTIVE.withDeadline(Duration.ofMillis(100)));
    client.frame(net.now, 1, advertisement(1, 0));
    client.frame(net.now, 1, packet(1, 1));
    net.pass(80);
    client.frame(net.now, 1, advertisement(2, 0));
    client.frame(net.now, 1, packet(2, 1));
    net.pass(80);
    assertThat(received.missed).as("the second life goes on").isEmpty();
    net.pass(30);
    assertThat(received.missed).hasSize(1);
  }

  @Test
  void aSilenceEndsInALifeOfALowerEpochToo() {
    Received received = new Received();
    Subscriber client =
        net.add(
            "a", Role.CLIENT, node -> new Subscriber(StreamSettings.defaults(), node, received));
    client.subscribe(net.now, "line-a/*", ACTIVE.withDeadline(Duration.ofMillis(100)));
    client.frame(net.now, 1, advertisement(2, 0));
    client.frame(net.now, 1, packet(2, 1));
    net.pass(80);
    client.frame(net.now, 1, advertisement(1, 0));
    client.frame(net.now, 1, packet(1, 1));
    net.pass(80);
    assertThat(received.missed).as("a sensor whose clock was set back goes on").isEmpty();
    net.pass(30);
    assertThat(received.missed).hasSize(1);
  }

  @Test
  void aClientThatStoodStillTellsOfTheSilenceBeforeThePacketThatEndsIt() {
    Received received = new Received();
    Subscriber client =
        net.add(
            "a", Role.CLIENT, node -> new Subscriber(StreamSettings.defaults(), node, received));
    client.subscribe(net.now, "line-a/*", ACTIVE.withDeadline(Duration.ofMillis(100)));
    client.frame(net.now, 1, advertisement(1, 0));
    client.frame(net.now, 1, packet(1, 1));
    net.node("a").frozen = true;
    net.pass(500);
    client.frame(net.now, 1, packet(1, 2));
    assertThat(received.missed).containsExactly(500L);
  }

  private static ByteBuffer packet(long epoch, long sequence) {
    ByteBuffer packet = ByteBuffer.allocate(StreamFrames.PACKET_HEADER_BYTES);
    StreamFrames.putPacketHeader(
        packet,
        Replication.ACTIVE,
        true,
        StreamNames.flowId(STREAM, PeerId.of("sensor", epoch)),
        sequence,
        1,
        1);
    return packet.flip();
  }

  @Test
  void aSensorGivesUpWhatOutlivedItsLifespanAndTheClientHearsOfTheGap() {
    offer(StreamOffer.DEFAULT.withLifespan(Duration.ofSeconds(2)));
    Received received = subscribe("a", ACTIVE);
    net.lose = (path, frame) -> path.equals("sensor>edge") && frame.get(0) == StreamFrames.DATA;
    publish(2);
    net.pass(2_500);
    assertThat(lost).containsExactly("1 older than its lifespan", "2 older than its lifespan");
    net.lose = (_, _) -> false;
    publish(1);
    net.pass(300);
    assertThat(received.sequences()).containsExactly(3L);
    assertThat(ACTIVE.withLifespan(Duration.ofSeconds(10)).isExpired(10_000_000_001L)).isTrue();
    assertThat(ACTIVE.isExpired(Long.MAX_VALUE)).isFalse();
  }

  @Test
  void valuesOutOfRangeAreRefusedInASentence() {
    assertThatThrownBy(() -> ACTIVE.withDeadline(Duration.ofMillis(-1)))
        .hasMessageContaining("not negative");
    assertThatThrownBy(() -> ACTIVE.withType("two words")).hasMessageContaining("visible");
    assertThatThrownBy(() -> StreamOffer.DEFAULT.withPeriod(Duration.ofDays(30)))
        .hasMessageContaining("20 days");
    assertThat(ACTIVE.reliable()).isTrue();
  }

  @Test
  void thePercentileIsRoundedUpByAQuarterAtMost() {
    LatencyRecord record = new LatencyRecord();
    assertThat(record.p999Nanos()).isZero();
    for (int i = 0; i < 999; i++) {
      record.add(1_000_000);
    }
    assertThat(record.p999Nanos()).isBetween(1_000_000L, 1_250_000L);
    for (int i = 0; i < 10; i++) {
      record.add(70_000_000);
    }
    assertThat(record.p999Nanos()).isBetween(70_000_000L, 87_500_000L);
    for (int i = 0; i < 200_000; i++) {
      record.add(2_000_000);
    }
    assertThat(record.p999Nanos()).as("the past fades").isBetween(2_000_000L, 2_500_000L);
  }
}
