package io.euryale.service.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.PeerId;
import io.euryale.kernel.Role;
import io.euryale.kernel.TrafficClass;
import io.euryale.kernel.wire.WireWriter;
import io.euryale.overlay.CellId;
import io.euryale.overlay.Neighbourhood;
import io.euryale.service.stream.StreamFrames.Message;
import io.euryale.service.stream.StreamFrames.Subscription;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What one peer of the root cell can make another remember, and for how long; and what clients
/// have from it.
class RootSiblingTest {

  private static final int FLOWS = 8;
  private static final String STREAM = "line-a/events";

  private final TestNet net = new TestNet();
  private final StreamSettings settings = StreamSettings.defaults().withFlows(FLOWS);
  private final Relay root =
      net.add("root", Role.PEER, node -> new Relay(settings, TrafficClass.NORMAL, node.ref, node));
  private @Nullable StreamQos wanted;
  private long delivered;
  private int link;

  @BeforeEach
  void aRootPeerHasASibling() {
    SilentCore _ = net.add("sibling", Role.PEER, _ -> new SilentCore());
    place(root, "root", "sibling");
    link = net.node("sibling").connect(TestNet.ref("root").endpoint());
    net.pass(2_500); // A new root peer frees nothing sooner: clients may not have come yet.
  }

  private void place(Relay relay, String name, String sibling) {
    relay.neighbourhood(
        net.now,
        new Neighbourhood(
            net.now,
            CellId.ROOT,
            TestNet.ref(name),
            List.of(TestNet.ref(sibling)),
            null,
            List.of()));
  }

  private void say(ByteBuffer frame) {
    assertThat(net.node("sibling").send(link, frame)).isTrue();
    net.run();
  }

  private static Message.Advertise advertise(String stream, String sensor) {
    return new Message.Advertise(
        TestNet.flow(stream, sensor),
        1,
        stream,
        TestNet.ref(sensor).id(),
        TestNet.ref("sibling").name(),
        StreamOffer.DEFAULT,
        0);
  }

  private static ByteBuffer claim(long leftMillis) {
    Message.Subscriptions wish =
        new Message.Subscriptions(
            List.of(new Subscription(StreamQos.of(Replication.ACTIVE), STREAM)));
    return StreamFrames.claim(
        new WireWriter(),
        PeerId.of("viewer", 1),
        leftMillis * 1_000_000,
        StreamFrames.encode(new WireWriter(), wish));
  }

  private static ByteBuffer shorter(ByteBuffer frame, int bytes) {
    return frame.limit(frame.limit() - bytes);
  }

  private Publisher sensor(String name, String stream) {
    return sensor(name, stream, "root");
  }

  private Publisher sensor(String name, String stream, String at) {
    Publisher publisher =
        net.add(
            name,
            Role.SENSOR,
            node -> new Publisher(settings, TrafficClass.NORMAL, node.ref, node, new Wishes()));
    publisher.attachmentPoints(net.now, List.of(TestNet.ref(at)));
    publisher.open(net.now, stream);
    net.pass(10);
    return publisher;
  }

  @Test
  void flowsThatItOnlyHearsOfLeaveHalfOfTheRoomForThoseWhosePacketsCome() {
    for (int i = 0; i < 2 * FLOWS; i++) {
      say(StreamFrames.encode(new WireWriter(), advertise("elsewhere/" + i, "other")));
    }
    for (int i = 0; i < FLOWS / 2; i++) {
      Publisher _ = sensor("sensor-" + i, "here/" + i);
    }
    assertThat(root.published()).hasSize(FLOWS / 2);
  }

  private void wantedFor(long millis) {
    assertThat(wanted).isNotNull();
    net.pass(millis - 100);
    assertThat(wanted).isNotNull();
    net.pass(1_200); // Claims are looked at once in a period.
    assertThat(wanted).isNull();
  }

  @ParameterizedTest
  @CsvSource({"3000, 3000", "0, 100", "-1, 100", "9223372036854, 10000"})
  void aClaimLastsAsLongAsItsTellerSaysAndNoLongerThanTheGraceOfAClient(
      long leftMillis, long lastsMillis) {
    Publisher _ = sensor("sensor", STREAM);
    assertThat(wanted).isNull();
    say(claim(leftMillis));
    wantedFor(lastsMillis);
  }

  @Test
  void ofSeveralClaimsOfAClientTheLastToEndCounts() {
    Publisher _ = sensor("sensor", STREAM);
    say(claim(1_000));
    say(claim(5_000));
    say(claim(2_000));
    wantedFor(5_000);
  }

  /// A client of the root cell may be known to those only who came to it later.
  @Test
  void aClaimOutlivesItsTeller() {
    say(claim(5_000));
    net.kill("sibling");
    Relay next =
        net.add(
            "next", Role.PEER, node -> new Relay(settings, TrafficClass.NORMAL, node.ref, node));
    place(next, "next", "root");
    place(root, "root", "next");
    net.pass(1_000);
    net.kill("root");
    Publisher _ = sensor("sensor", STREAM, "next");
    wantedFor(4_000);
  }

  /// What an earlier version tells of a client.
  @Test
  void aClaimThatDoesNotSayForHowLongLastsAsLongAsTheGraceOfAClient() {
    Publisher _ = sensor("sensor", STREAM);
    say(shorter(claim(1_000), 1));
    wantedFor(settings.clientGrace().toMillis());
  }

  @Test
  void aTornClaimEndsTheLink() {
    say(shorter(claim(1_000), Long.BYTES + 1));
    assertThat(net.node("sibling").ends).doesNotContainKey(link);
    assertThat(root.counters().malformed).isEqualTo(1);
  }

  /// It waits here for the sibling to confirm a copy, and the sibling gives it to the client.
  @Test
  void whatTheSiblingHasGivenToAClientThatWantsTheNewestOnlyIsDelivered() {
    Publisher publisher = sensor("sensor", STREAM);
    SilentCore _ = net.add("viewer", Role.CLIENT, _ -> new SilentCore());
    int client = net.node("viewer").connect(TestNet.ref("root").endpoint());
    net.run();
    StreamQos newest = StreamQos.of(Replication.ACTIVE_SYNCHRONOUS).newestOnly();
    tell(client, new Message.Subscriptions(List.of(new Subscription(newest, STREAM))));
    assertThat(publisher.publish(net.now, STREAM, ByteBuffer.allocate(10))).isEqualTo(1);
    net.run();
    assertThat(root.counters().forwarded).isZero();
    long flow = TestNet.flow(STREAM, "sensor");
    net.node("viewer")
        .send(client, StreamFrames.progress(new WireWriter(), StreamFrames.ACK, flow, 1, 0, 1, 0));
    net.pass(50);
    assertThat(delivered).isEqualTo(1);
  }

  private void tell(int link, Message message) {
    assertThat(net.node("viewer").send(link, StreamFrames.encode(new WireWriter(), message)))
        .isTrue();
    net.run();
  }

  private final class Wishes extends SilentSensor {
    @Override
    public void interest(long now, String stream, @Nullable StreamQos qos) {
      wanted = qos;
    }

    @Override
    public void delivered(long now, String stream, long upTo) {
      delivered = upTo;
    }
  }
}
