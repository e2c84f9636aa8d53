package io.euryale.platform;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.TrafficClass;
import io.euryale.kernel.wire.Frames;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Connections that break no rule of the wire and yet do harm where nobody thinks of them: half
/// closed, without end, or too many. A well-behaved link beside them goes on.
class HostileConnectionsTest {

  private static final int CONNECTS = 10_000;
  private static final int OPEN_AT_A_TIME = 200;

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

  HostileConnectionsTest() {
    peers.start(friendHome, friend, "friend");
    friendLink = Peers.connect(friendHome, port);
    Peers.awaitEvent(friend, "up");
  }

  @AfterEach
  void theFriendIsStillServed() {
    try {
      theFriendIsServed();
      assertThat(friend.events).noneMatch(event -> event.startsWith("down"));
      assertThat(peers.failures).isEmpty();
    } finally {
      peers.close();
    }
  }

  private void theFriendIsServed() {
    int before = core.frames.size();
    assertThat(Peers.ask(friendHome, () -> friendHome.send(friendLink, Peers.text("still here"))))
        .isTrue();
    Peers.await("frame of the friend", () -> core.frames.size() > before);
  }

  @Test
  void aLinkWhoseOtherSideWillNotSayAnythingMoreIsDown() throws IOException {
    try (RawLink raw = new RawLink(port)) {
      raw.write(Peers.hello(Peers.OVERLAY, TrafficClass.ALARM, "half"));
      Peers.await("up", () -> core.events.stream().anyMatch(e -> e.contains("half#1")));
      raw.finishWriting();
      assertThat(raw.isEnded()).isTrue();
    }
    Peers.await("down", () -> core.events.stream().anyMatch(e -> e.endsWith("closed by peer")));
  }

  @Test
  void aStrangerThatWillNotSayAnythingMoreGivesItsPlaceBack() throws IOException {
    byte[] hello = Peers.hello(Peers.OVERLAY, TrafficClass.ALARM, "half");
    for (int i = 0; i < 50; i++) {
      try (RawLink raw = new RawLink(port)) {
        raw.write(hello, 0, i % hello.length);
        raw.finishWriting();
        assertThat(raw.isEnded()).isTrue();
      }
    }
    assertThat(home.counters().rejected(Rejection.TOO_MANY_STRANGERS)).isZero();
    assertThat(core.events).noneMatch(event -> event.contains("half"));
  }

  /// A peer may be slow; what it has begun to say costs as many bytes as it has said.
  @Test
  void aFrameThatNeverEndsHoldsUpNobodyAndCostsWhatHasArrived() throws IOException {
    try (RawLink raw = new RawLink(port)) {
      raw.write(Peers.hello(Peers.OVERLAY, TrafficClass.ALARM, "dripping"));
      Peers.await("up", () -> core.events.stream().anyMatch(e -> e.contains("dripping#1")));
      raw.write(ByteBuffer.allocate(8).putInt(Frames.MAX_BODY_BYTES).putInt(0).array());
      long before = peers.loops.allocatedBytes(TrafficClass.ALARM);
      for (int i = 0; i < 100; i++) {
        raw.write(new byte[] {1});
        if (i % 10 == 0) {
          theFriendIsServed();
        }
      }
      assertThat(peers.loops.allocatedBytes(TrafficClass.ALARM) - before).isLessThan(512 << 10);
      assertThat(core.events).noneMatch(e -> e.startsWith("down"));
    }
    Peers.await("down", () -> core.events.stream().anyMatch(e -> e.startsWith("down")));
  }

  @Test
  void tenThousandConnectionsLeaveNothingBehind() throws IOException {
    byte[] garbage = new byte[64];
    java.util.Arrays.fill(garbage, (byte) 0xAB);
    Deque<SocketChannel> open = new ArrayDeque<>();
    try {
      for (int i = 0; i < CONNECTS; i++) {
        if (open.size() >= OPEN_AT_A_TIME) {
          open.removeFirst().close();
        }
        SocketChannel stranger = SocketChannel.open();
        open.addLast(stranger);
        stranger.setOption(StandardSocketOptions.SO_LINGER, 0);
        stranger.configureBlocking(false);
        boolean connected = stranger.connect(new InetSocketAddress(Peers.HOST, port));
        if (connected && i % 2 == 0) {
          int _ = stranger.write(ByteBuffer.wrap(garbage));
        }
        if (i % 1_000 == 0) {
          theFriendIsServed();
        }
      }
    } finally {
      for (SocketChannel stranger : open) {
        stranger.close();
      }
    }
    Peers.await(
        "a place for a late one",
        () -> {
          try (RawLink late = new RawLink(port)) {
            late.write(Peers.hello(Peers.OVERLAY, TrafficClass.ALARM, "late"));
            late.readFrame();
            return true;
          } catch (IOException _) {
            return false;
          }
        });
    assertThat(home.counters().rejected(Rejection.TOO_MANY_STRANGERS)).isPositive();
    Peers.await("late", () -> core.events.stream().anyMatch(e -> e.contains("late#1")));
  }
}
