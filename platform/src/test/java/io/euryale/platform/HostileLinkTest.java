package io.euryale.platform;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.TrafficClass;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Sockets that break the rules: each is answered by a counted rejection and a closed connection,
/// and a well-behaved link beside them goes on.
class HostileLinkTest {

  private final Peers peers = new Peers();
  private final ToyCore core = new ToyCore();
  private final ToyCore friend = new ToyCore();
  private final NettyHome home =
      peers.home(
          TrafficClass.ALARM,
          Peers.OVERLAY,
          LinkSettings.defaults().withHelloTimeout(Duration.ofSeconds(1)).withStrangerCount(8));
  private final NettyHome friendHome = peers.home();
  private final int port = peers.start(home, core, "victim");
  private final int friendLink;

  HostileLinkTest() {
    peers.start(friendHome, friend, "friend");
    friendLink = Peers.connect(friendHome, port);
    Peers.awaitEvent(friend, "up");
  }

  @AfterEach
  void theFriendIsStillServed() {
    try {
      int before = core.frames.size();
      assertThat(Peers.ask(friendHome, () -> friendHome.send(friendLink, Peers.text("still here"))))
          .isTrue();
      Peers.await("frame of the friend", () -> core.frames.size() > before);
      assertThat(friend.events).noneMatch(event -> event.startsWith("down"));
      assertThat(peers.failures).isEmpty();
    } finally {
      peers.close();
    }
  }

  @Test
  void garbageInsteadOfAHello() throws IOException {
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < 50; i++) {
      byte[] garbage = new byte[4096];
      random.nextBytes(garbage);
      garbage[0] |= (byte) 0x80;
      expectEnd(garbage);
    }
    expectEnd("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    Peers.await("51 rejections", () -> home.counters().rejected(Rejection.FRAME_LENGTH) == 51);
    assertThat(core.events).hasSize(2);
  }

  @Test
  void wellFormedFramesThatAreNoHello() throws IOException {
    expectEnd(Peers.wire(new byte[] {9, 1, 2, 3}));
    expectEnd(Peers.wire(new byte[] {1, 1, 2, 3}));
    byte[] otherOverlay = Peers.hello("elsewhere", TrafficClass.ALARM, "x");
    expectEnd(otherOverlay);
    expectEnd(Peers.hello(Peers.OVERLAY, TrafficClass.NORMAL, "x"));
    expectEnd(Peers.hello(Peers.OVERLAY, TrafficClass.ALARM, "victim"));
    expectEnd(Peers.wire(new byte[16 << 10]));
    assertThat(home.counters().rejected(Rejection.HELLO_MALFORMED)).isEqualTo(2);
    assertThat(home.counters().rejected(Rejection.OTHER_OVERLAY)).isEqualTo(1);
    assertThat(home.counters().rejected(Rejection.OTHER_CLASS)).isEqualTo(1);
    assertThat(home.counters().rejected(Rejection.SELF)).isEqualTo(1);
    assertThat(home.counters().rejected(Rejection.HELLO_TOO_LONG)).isEqualTo(1);
  }

  @Test
  void everyPrefixOfAHelloThenSilenceOrEnd() throws IOException {
    byte[] hello = Peers.hello(Peers.OVERLAY, TrafficClass.ALARM, "prefix");
    for (int cut = 0; cut < hello.length; cut++) {
      try (RawLink raw = new RawLink(port)) {
        raw.write(hello, 0, cut);
        raw.readFrame();
      }
    }
    try (RawLink raw = new RawLink(port)) {
      raw.write(hello, 0, hello.length - 1);
      assertThat(raw.isEnded()).isTrue();
    }
    assertThat(home.counters().rejected(Rejection.HELLO_TIMEOUT)).isEqualTo(1);
    assertThat(core.events).noneMatch(event -> event.contains("prefix"));
  }

  @Test
  void garbageAfterTheHelloEndsTheLinkWithItsReason() throws IOException {
    for (Rejection reason : List.of(Rejection.FRAME_LENGTH, Rejection.FRAME_CHECKSUM)) {
      String name = "liar-" + reason.ordinal();
      try (RawLink raw = new RawLink(port)) {
        raw.write(Peers.hello(Peers.OVERLAY, TrafficClass.ALARM, name));
        byte[] wire = Peers.wire(new byte[] {1, 2, 3});
        wire[reason == Rejection.FRAME_LENGTH ? 0 : 10] ^= (byte) 0x80;
        raw.write(wire);
        assertThat(raw.isEnded()).isTrue();
      }
      Peers.await(
          reason.text(), () -> core.events.stream().anyMatch(e -> e.endsWith(reason.text())));
      assertThat(home.counters().rejected(reason)).isEqualTo(1);
    }
  }

  @Test
  void helloAndManyFramesInOneWriteAndOneBytePerWrite() throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(Peers.hello(Peers.OVERLAY, TrafficClass.ALARM, "raw"));
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      expected.add("frame " + i);
      all.writeBytes(Peers.wire(expected.get(i).getBytes(StandardCharsets.UTF_8)));
    }
    try (RawLink raw = new RawLink(port)) {
      raw.write(all.toByteArray());
      Peers.await("1000 frames", () -> core.frames.size() == 1000);
      assertThat(core.texts()).isEqualTo(expected);
      core.frames.clear();
      byte[] one = Peers.wire("byte by byte".getBytes(StandardCharsets.UTF_8));
      for (byte b : one) {
        raw.write(new byte[] {b});
      }
      Peers.await("the frame", () -> core.texts().contains("byte by byte"));
    }
    Peers.await(
        "closed by peer", () -> core.events.stream().anyMatch(e -> e.endsWith("closed by peer")));
  }

  @Test
  void resetIsReportedAsSuch() throws IOException {
    try (RawLink raw = new RawLink(port)) {
      raw.write(Peers.hello(Peers.OVERLAY, TrafficClass.ALARM, "crasher"));
      Peers.await("up", () -> core.events.stream().anyMatch(e -> e.contains("crasher")));
      raw.reset();
    }
    Peers.await("reset", () -> core.events.stream().anyMatch(e -> e.endsWith("reset by peer")));
    assertThat(home.counters().resets()).isEqualTo(1);
  }

  @Test
  void strangersBeyondTheLimitAreClosedAtOnceAndTheirPlacesComeBack() throws IOException {
    List<RawLink> strangers = new ArrayList<>();
    try {
      for (int i = 0; i < 12; i++) {
        strangers.add(new RawLink(port));
      }
      Peers.await(
          "four refused", () -> home.counters().rejected(Rejection.TOO_MANY_STRANGERS) == 4);
      Peers.await("eight timeouts", () -> home.counters().rejected(Rejection.HELLO_TIMEOUT) == 8);
      try (RawLink late = new RawLink(port)) {
        late.write(Peers.hello(Peers.OVERLAY, TrafficClass.ALARM, "late"));
        Peers.await("late", () -> core.events.stream().anyMatch(e -> e.contains("late#1")));
      }
    } finally {
      for (RawLink stranger : strangers) {
        stranger.close();
      }
    }
  }

  @Test
  void helloSaidTwiceIsAFrameOfTheCoreAndChangesNobody() throws IOException {
    try (RawLink raw = new RawLink(port)) {
      byte[] hello = Peers.hello(Peers.OVERLAY, TrafficClass.ALARM, "twice");
      raw.write(hello);
      raw.write(Peers.hello(Peers.OVERLAY, TrafficClass.ALARM, "other"));
      Peers.await("the second hello", () -> core.frames.size() == 1);
      assertThat(ByteBuffer.wrap(core.frames.getFirst()).get(0)).isEqualTo((byte) 1);
      assertThat(core.events).noneMatch(event -> event.contains("other"));
    }
  }

  @Test
  void announcedLengthsAtTheEdges() throws IOException {
    int[] lengths = {-1, 0, (1 << 20) + 1, 1 << 15, 1 << 16, Integer.MAX_VALUE, Integer.MIN_VALUE};
    for (int length : lengths) {
      expectEnd(ByteBuffer.allocate(8).putInt(length).putInt(0).array());
    }
    long counted =
        home.counters().rejected(Rejection.FRAME_LENGTH)
            + home.counters().rejected(Rejection.HELLO_TOO_LONG);
    assertThat(counted).isEqualTo(IntStream.of(lengths).count());
  }

  private void expectEnd(byte[] bytes) throws IOException {
    try (RawLink raw = new RawLink(port)) {
      try {
        raw.write(bytes);
      } catch (IOException e) {
        return; // Closed before all of it was written, which is what is expected.
      }
      assertThat(raw.isEnded()).isTrue();
    }
  }
}
