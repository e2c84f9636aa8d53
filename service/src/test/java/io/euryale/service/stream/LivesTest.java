package io.euryale.service.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerRef;
import io.euryale.kernel.Role;
import io.euryale.kernel.TrafficClass;
import io.euryale.service.stream.Lives.Standing;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Which life of a stream a client takes for the newest, where their epochs say something else.
class LivesTest {

  private static final String STREAM = "line-a/gauge";
  private static final StreamQos ACTIVE = StreamQos.of(Replication.ACTIVE);
  private static final StreamSettings SETTINGS = StreamSettings.defaults();

  // ---- by hand, in seconds ----

  private final Lives lives = new Lives(SETTINGS, 0);

  private static long nanos(double seconds) {
    return (long) (seconds * 1e9);
  }

  private Incoming begin(double seconds, String sensor, long epoch) {
    PeerId id = PeerId.of(sensor, epoch);
    StreamFrames.Message.Advertise advertise =
        new StreamFrames.Message.Advertise(
            StreamNames.flowId(STREAM, id), epoch, STREAM, id, id.name(), StreamOffer.DEFAULT, 0);
    Window window = new Window(16, new PacketStore(1 << 16));
    Incoming life = new Incoming(nanos(seconds), advertise, window, lives);
    lives.add(life);
    return life;
  }

  /// Said in every second from one to the other.
  private void said(int from, int to, Incoming... each) {
    for (int second = from; second <= to; second++) {
      for (Incoming life : each) {
        lives.said(nanos(second), life);
      }
    }
  }

  private void assertStanding(double seconds, Incoming life, Standing standing) {
    assertThat(lives.standing(nanos(seconds), life)).as("at %s s", seconds).isEqualTo(standing);
  }

  @Test
  void aHigherEpochIsTheNewestAtOnceAndTheOthersLateWordsAreForgottenLater() {
    Incoming first = begin(0, "s", 10);
    said(1, 20, first);
    Incoming second = begin(20.5, "s", 12);
    assertStanding(20.5, second, Standing.NEWEST);
    assertStanding(20.5, first, Standing.OPEN);
    said(21, 40, second);
    assertStanding(26, first, Standing.OVER);
    assertStanding(40, second, Standing.NEWEST);
  }

  @Test
  void aLowerEpochIsTheNewestWhenItIsSaidAndTheOtherIsNot() {
    Incoming first = begin(0, "s", 10);
    said(1, 20, first);
    Incoming second = begin(20.5, "s", 5);
    assertStanding(20.5, first, Standing.NEWEST);
    assertStanding(20.5, second, Standing.OPEN);
    said(21, 25, second);
    assertStanding(25, second, Standing.OPEN);
    said(26, 40, second);
    assertStanding(26, second, Standing.NEWEST);
    assertStanding(40, first, Standing.OVER);
  }

  @Test
  void aLifeThatIsOverAndIsToldAgainReplacesNoLaterOne() {
    Incoming first = begin(0, "s", 10);
    said(1, 20, first);
    Incoming second = begin(20.5, "s", 12);
    said(21, 40, second);
    // Nothing comes for long, then a peer tells all it knows.
    said(60, 60, first);
    assertStanding(60, second, Standing.NEWEST);
    assertStanding(60, first, Standing.OPEN);
    said(60, 70, second);
    assertStanding(70, first, Standing.OVER);
  }

  @Test
  void aLifeWithTheHigherEpochThatIsOverAndIsToldAgainTakesNothingFromTheOther() {
    Incoming first = begin(0, "s", 10);
    Incoming second = begin(0, "s", 5);
    said(1, 20, second);
    said(20, 20, first);
    assertStanding(20, second, Standing.OPEN);
    said(21, 26, second);
    assertStanding(26, second, Standing.NEWEST);
    assertStanding(26, first, Standing.OVER);
  }

  @Test
  void ofTwoSensorsThatGoOnTheHigherEpochCountsAndThenTheName() {
    Incoming one = begin(0, "s", 10);
    Incoming two = begin(0, "t", 5);
    assertStanding(3, two, Standing.OPEN);
    said(1, 6, one, two);
    assertStanding(6, one, Standing.NEWEST);
    assertStanding(6, two, Standing.OVER);
    Incoming three = begin(6, "u", 10);
    said(7, 12, one, two, three);
    assertStanding(12, three, Standing.NEWEST);
    assertStanding(12, one, Standing.OVER);
  }

  @Test
  void withoutAnyWordTheHighestEpochCounts() {
    Incoming one = begin(0, "s", 5);
    Incoming two = begin(0, "s", 10);
    assertStanding(100, two, Standing.NEWEST);
    assertStanding(100, one, Standing.OVER);
    assertThat(lives.remove(two)).isFalse();
    assertStanding(100, one, Standing.NEWEST);
    assertThat(lives.remove(one)).isTrue();
  }

  // ---- a sensor whose clock is set back ----

  private final TestLine line = new TestLine(SETTINGS);

  private Publisher life(String sensor, long epoch) {
    PeerRef ref = new PeerRef(PeerId.of(sensor, epoch), TestNet.ref(sensor).endpoint());
    Publisher publisher =
        line.net.add(
            ref,
            Role.SENSOR,
            node -> new Publisher(SETTINGS, TrafficClass.NORMAL, node.ref, node, line.listener()));
    publisher.attachmentPoints(line.net.now, List.of(TestNet.ref("edge")));
    publisher.open(line.net.now, STREAM, StreamOffer.DEFAULT.keepingLast());
    line.net.pass(100);
    return publisher;
  }

  private void publish(Publisher publisher, int count) {
    for (int i = 0; i < count; i++) {
      assertThat(publisher.publish(line.net.now, STREAM, ByteBuffer.allocate(50))).isPositive();
      line.net.pass(20);
    }
  }

  private static List<String> came(TestLine.Received received) {
    return received.packets.stream()
        .map(packet -> packet.epoch() + "/" + packet.sequence())
        .toList();
  }

  @Test
  void aClientThatWantsTheNewestOnlyTakesTheLifeOfAClockThatWasSetBack() {
    TestLine.Received received = line.subscribe("client", "*", ACTIVE.newestOnly());
    publish(life("gauge", 10), 2);
    line.net.kill("gauge");
    Publisher second = life("gauge", 5);
    publish(second, 3);
    line.net.pass(2_000);
    assertThat(came(received)).as("who is the newest is open").containsExactly("10/1", "10/2");
    line.net.pass(8_000);
    assertThat(came(received)).containsExactly("10/1", "10/2", "5/3");
    publish(second, 1);
    assertThat(came(received)).endsWith("5/4");
    assertThat(second.quiet()).isTrue();
  }

  /// Which of both is told first depends on the identities of the flows, so on the sensor's name.
  @ParameterizedTest
  @ValueSource(strings = {"gauge", "gauge-1", "gauge-2", "gauge-3", "gauge-4", "gauge-5"})
  void aClientThatComesLaterHasTheNewestOfTheLifeThatGoesOn(String sensor) {
    TestLine.Received first = line.subscribe("first", "*", ACTIVE);
    publish(life(sensor, 10), 2);
    line.net.kill(sensor);
    publish(life(sensor, 5), 3);
    line.net.pass(10_000);
    StreamQos newest = ACTIVE.withLastValue().newestOnly();
    TestLine.Received received = line.subscribe("client", "*", newest);
    line.net.pass(9_000);
    assertThat(came(received)).contains("10/2").endsWith("5/3");
    assertThat(came(first)).hasSize(5);
  }

  @Test
  void aHigherEpochIsTakenAtOnce() {
    TestLine.Received received = line.subscribe("client", "*", ACTIVE.newestOnly());
    publish(life("gauge", 10), 2);
    line.net.kill("gauge");
    publish(life("gauge", 12), 1);
    assertThat(came(received)).containsExactly("10/1", "10/2", "12/1");
  }

  @Test
  void ofTwoSensorsTheLaterOneIsHeardAndTheOtherIsNotHeldUp() {
    TestLine.Received received = line.subscribe("client", "*", ACTIVE.newestOnly());
    Publisher later = life("late", 10);
    Publisher early = life("early", 5);
    line.net.pass(8_000);
    for (int i = 0; i < 3; i++) {
      publish(early, 1);
      publish(later, 1);
    }
    line.net.pass(1_000);
    assertThat(came(received)).containsExactly("10/1", "10/2", "10/3");
    assertThat(early.quiet()).isTrue();
    assertThat(later.quiet()).isTrue();
  }

  @Test
  void aClientThatWantsAllHasAllOfBothLivesAtOnce() {
    TestLine.Received received = line.subscribe("client", "*", ACTIVE);
    publish(life("gauge", 10), 1);
    line.net.kill("gauge");
    publish(life("gauge", 5), 2);
    assertThat(came(received)).containsExactly("10/1", "5/1", "5/2");
  }
}
