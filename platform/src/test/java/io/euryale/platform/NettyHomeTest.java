package io.euryale.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.euryale.kernel.Endpoint;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.TrafficClass;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NettyHomeTest {

  private final Peers peers = new Peers();
  private final ToyCore left = new ToyCore();
  private final ToyCore right = new ToyCore();

  @AfterEach
  void close() {
    peers.close();
  }

  @Test
  void twoPeersSayHelloAndExchangeFramesBothWays() {
    NettyHome one = peers.home();
    NettyHome two = peers.home();
    peers.start(one, left, "one");
    int port = peers.start(two, right, "two");

    int link = Peers.connect(one, port);
    Peers.awaitEvent(left, "up " + link + " two#1");
    Peers.awaitEvent(right, "up 1 one#1");
    assertThat(Peers.ask(one, () -> one.send(link, Peers.text("there")))).isTrue();
    assertThat(Peers.ask(two, () -> two.send(1, Peers.text("and back")))).isTrue();

    Peers.await("frames", () -> left.frames.size() == 1 && right.frames.size() == 1);
    assertThat(right.texts()).containsExactly("there");
    assertThat(left.texts()).containsExactly("and back");
    assertThat(one.counters().framesOut()).isEqualTo(1);
    assertThat(two.counters().framesIn()).isEqualTo(1);
  }

  @Test
  void peersThatAreCutOffHaveNoLinkUntilTheyAreHealed() {
    NettyHome one = peers.home();
    NettyHome two = peers.home();
    peers.start(one, left, "one");
    int link = Peers.connect(one, peers.start(two, right, "two"));
    Peers.awaitEvent(left, "up " + link);
    one.cutOff(Set.of(new PeerName("two")));
    two.cutOff(Set.of(new PeerName("one")));
    Peers.awaitEvent(left, "down " + link);
    Peers.awaitEvent(left, "dialFailed " + link);
    Peers.await("refusals", () -> one.counters().rejected(Rejection.CUT_OFF) > 0);
    left.events.clear();
    one.cutOff(Set.of());
    two.cutOff(Set.of());
    Peers.awaitEvent(left, "up " + link);
  }

  @Test
  void framesOfAllSizesArriveWholeAndInOrder() {
    NettyHome one = peers.home();
    NettyHome two = peers.home();
    peers.start(one, left, "one");
    int link = Peers.connect(one, peers.start(two, right, "two"));
    Peers.awaitEvent(left, "up");

    int[] sizes = {1, 2, 16376, 16377, 16384, 16385, 65_528, 65_536, 65_537, 1 << 20, 1, 100_000};
    for (int size : sizes) {
      byte[] body = new byte[size];
      Arrays.fill(body, (byte) size);
      assertThat(Peers.ask(one, () -> one.send(link, ByteBuffer.wrap(body)))).isTrue();
    }
    Peers.await("all frames", () -> right.frames.size() == sizes.length);
    for (int i = 0; i < sizes.length; i++) {
      byte[] body = new byte[sizes[i]];
      Arrays.fill(body, (byte) sizes[i]);
      assertThat(right.frames.get(i)).isEqualTo(body);
    }
  }

  @Test
  void framesTooLongOrEmptyAreRefused() {
    NettyHome one = peers.home();
    peers.start(one, left, "one");
    NettyHome two = peers.home();
    int link = Peers.connect(one, peers.start(two, right, "two"));
    Peers.awaitEvent(left, "up");
    assertThat(Peers.ask(one, () -> one.send(link, ByteBuffer.allocate(0)))).isFalse();
    assertThat(Peers.ask(one, () -> one.send(link, ByteBuffer.allocate((1 << 20) + 1)))).isFalse();
    assertThat(Peers.ask(one, () -> one.send(link + 77, Peers.text("x")))).isFalse();
  }

  @Test
  void dialWithoutListenerFailsAndSucceedsOnceThereIsOne() {
    NettyHome one = peers.home();
    peers.start(one, left, "one");
    NettyHome placeholder = peers.home();
    int port = placeholder.listen(Peers.HOST, 0);
    placeholder.kill();

    int link = Peers.connect(one, port);
    Peers.awaitEvent(left, "dialFailed " + link + " connection refused");
    NettyHome two = peers.home();
    peers.start(two, right, "two", port);
    Peers.awaitEvent(left, "up " + link + " two#1");
    assertThat(one.counters().dialsFailed()).isPositive();
  }

  @Test
  void killedPeerIsSeenAsResetAndRedialledAfterRestart() {
    NettyHome one = peers.home();
    NettyHome two = peers.home();
    peers.start(one, left, "one");
    int port = peers.start(two, right, "two");
    int link = Peers.connect(one, port);
    Peers.awaitEvent(left, "up");

    two.kill();
    Peers.awaitEvent(left, "down " + link + " reset by peer");
    assertThat(two.isStopped()).isTrue();
    assertThat(one.counters().resets()).isEqualTo(1);

    left.events.clear();
    ToyCore next = new ToyCore();
    NettyHome three = peers.home();
    peers.start(three, next, "three", port);
    Peers.awaitEvent(left, "up " + link + " three#1");
  }

  @Test
  void killedPeerSendsNothingThatWasQueuedAndItsCoreIsNeverCalledAgain() {
    NettyHome one = peers.home();
    NettyHome two = peers.home();
    peers.start(one, left, "one");
    int link = Peers.connect(one, peers.start(two, right, "two"));
    Peers.awaitEvent(left, "up");
    one.execute(
        nowNanos -> {
          one.send(link, Peers.text("never"));
          one.wakeAt(nowNanos);
          one.kill();
        });
    Peers.awaitEvent(right, "down 1 reset by peer");
    assertThat(right.frames).isEmpty();
    assertThat(left.events).doesNotContain("timer").noneMatch(event -> event.startsWith("down"));
    assertThat(one.execute(nowNanos -> left.events.add("ran"))).isFalse();
  }

  @Test
  void closedPeerSendsWhatWasQueuedFirst() {
    NettyHome one = peers.home();
    NettyHome two = peers.home();
    peers.start(one, left, "one");
    int link = Peers.connect(one, peers.start(two, right, "two"));
    Peers.awaitEvent(left, "up");
    byte[] large = new byte[1_000_000];
    one.execute(
        nowNanos -> {
          one.send(link, ByteBuffer.wrap(large));
          one.send(link, Peers.text("farewell"));
        });
    one.close();
    Peers.awaitEvent(right, "down 1 closed by peer");
    assertThat(right.frames).hasSize(2);
    assertThat(right.texts().get(1)).isEqualTo("farewell");
    assertThat(left.events).noneMatch(event -> event.startsWith("down"));
  }

  @Test
  void disconnectSendsWhatWasQueuedAndDoesNotRedial() {
    NettyHome one = peers.home();
    NettyHome two = peers.home();
    peers.start(one, left, "one");
    int link = Peers.connect(one, peers.start(two, right, "two"));
    Peers.awaitEvent(left, "up");
    one.execute(
        nowNanos -> {
          one.send(link, Peers.text("last"));
          one.disconnect(link);
        });
    Peers.awaitEvent(right, "down 1 closed by peer");
    assertThat(right.texts()).containsExactly("last");
    assertThat(Peers.ask(one, () -> one.send(link, Peers.text("x")))).isFalse();
    assertThat(left.events).noneMatch(event -> event.startsWith("down"));
  }

  @Test
  void acceptedLinkCanBeDisconnectedAndTheDiallerComesBackWithTheSameIdentifier() {
    NettyHome one = peers.home();
    NettyHome two = peers.home();
    peers.start(one, left, "one");
    int link = Peers.connect(one, peers.start(two, right, "two"));
    Peers.awaitEvent(right, "up 1 one#1");
    two.execute(nowNanos -> two.disconnect(1));
    Peers.awaitEvent(left, "down " + link + " closed by peer");
    Peers.awaitEvent(right, "up 2 one#1");
    Peers.await(
        "up twice",
        () -> left.events.stream().filter(e -> e.equals("up " + link + " two#1")).count() == 2);
  }

  @Test
  void everythingButLoopbackIsRefused() {
    NettyHome one = peers.home();
    for (String host : new String[] {"0.0.0.0", "192.0.2.1", "::", "example.org", "127.0.0.1 "}) {
      assertThatThrownBy(() -> one.listen(host, 0))
          .isInstanceOf(PlatformException.class)
          .hasMessageContaining("'" + host + "' is not a loopback address");
    }
    peers.start(one, left, "one");
    int link = Peers.ask(one, () -> one.connect(new Endpoint("192.0.2.1", 7100, 7101, 7102, 7103)));
    Peers.awaitEvent(left, "dialFailed " + link + " not a loopback address: 192.0.2.1");
    assertThat(one.counters().rejected(Rejection.NOT_LOOPBACK)).isEqualTo(1);
  }

  @Test
  void portInUseIsOneSentenceAndExitCodeThree() {
    NettyHome one = peers.home();
    int port = peers.start(one, left, "one");
    NettyHome two = peers.home();
    assertThatThrownBy(() -> two.listen(Peers.HOST, port))
        .isInstanceOfSatisfying(PlatformException.class, e -> assertThat(e.exitCode()).isEqualTo(3))
        .hasMessage(
            "alarm traffic cannot listen on %s:%d: the port is in use; stop the other"
                + " process or choose another port (0: any).",
            Peers.HOST, port);
  }

  @Test
  void otherOverlayOtherClassAndOneselfAreRefused() {
    NettyHome one = peers.home();
    int port = peers.start(one, left, "one");
    NettyHome stranger = peers.home(TrafficClass.ALARM, "elsewhere", LinkSettings.defaults());
    ToyCore strangerCore = new ToyCore();
    peers.start(stranger, strangerCore, "stranger");
    NettyHome normal = peers.home(TrafficClass.NORMAL, Peers.OVERLAY, LinkSettings.defaults());
    ToyCore normalCore = new ToyCore();
    peers.start(normal, normalCore, "normal");

    Peers.connect(stranger, port);
    Peers.connect(normal, port);
    Peers.connect(one, port);
    Peers.awaitEvent(strangerCore, "dialFailed 1 belongs to another overlay");
    Peers.awaitEvent(normalCore, "dialFailed 1 speaks another traffic class");
    Peers.awaitEvent(left, "dialFailed 1 dialled itself");
    assertThat(left.events).noneMatch(event -> event.startsWith("up"));
  }

  @Test
  void slowReceiverFillsTheBoundedQueueAndGetsAllThatWasAccepted() throws Exception {
    NettyHome one =
        peers.home(
            TrafficClass.ALARM, Peers.OVERLAY, LinkSettings.defaults().withQueueBytes(256 << 10));
    int port = peers.start(one, left, "one");
    try (RawLink raw = new RawLink(port)) {
      raw.write(Peers.hello(Peers.OVERLAY, TrafficClass.ALARM, "slow"));
      Peers.awaitEvent(left, "up 1 slow#1");
      byte[] body = new byte[1000];
      int accepted = 0;
      while (Peers.ask(one, () -> one.send(1, ByteBuffer.wrap(body)))) {
        accepted++;
      }
      assertThat(one.counters().queueFull()).isEqualTo(1);
      raw.readFrame(); // The hello.
      for (int i = 0; i < accepted; i++) {
        assertThat(raw.readFrame()).isEqualTo(body);
      }
      assertThat(Peers.ask(one, () -> one.send(1, ByteBuffer.wrap(body)))).isTrue();
      assertThat(raw.readFrame()).isEqualTo(body);
    }
  }

  @Test
  void timersAreDueNotBeforeTheirDeadlineAndOnlyTheLastCounts() {
    NettyHome one = peers.home();
    peers.start(one, left, "one");
    long deadline =
        Peers.ask(
            one,
            () -> {
              long now = Loops.nowNanos();
              one.wakeAt(now + Duration.ofMillis(1).toNanos());
              one.wakeAt(Long.MAX_VALUE);
              one.wakeAt(now + Duration.ofMillis(30).toNanos());
              return now + Duration.ofMillis(30).toNanos();
            });
    Peers.awaitEvent(left, "timer");
    assertThat(left.lastNanos.get()).isGreaterThanOrEqualTo(deadline);
    assertThat(left.events).containsExactly("start", "timer");
  }

  @Test
  void exceptionOfACoreStopsThatPeerOnly() {
    NettyHome one = peers.home();
    NettyHome two = peers.home();
    NettyHome three = peers.home();
    ToyCore broken =
        new ToyCore() {
          @Override
          public void frame(long nowNanos, int link, ByteBuffer frame) {
            throw new IllegalStateException("planted");
          }
        };
    peers.start(one, left, "one");
    int brokenPort = peers.start(two, broken, "two");
    int goodPort = peers.start(three, right, "three");
    int toBroken = Peers.connect(one, brokenPort);
    int toGood = Peers.connect(one, goodPort);
    Peers.awaitEvent(left, "up " + toBroken);
    Peers.awaitEvent(left, "up " + toGood);

    one.execute(nowNanos -> one.send(toBroken, Peers.text("x")));
    Peers.awaitEvent(left, "down " + toBroken + " reset by peer");
    assertThat(two.failure()).hasMessage("planted");
    assertThat(peers.failures).containsExactly(two.failure());
    one.execute(nowNanos -> one.send(toGood, Peers.text("y")));
    Peers.await("y", () -> right.texts().contains("y"));
  }

  @Test
  void manyTasksAndFramesKeepTheirOrder() {
    NettyHome one = peers.home();
    NettyHome two = peers.home();
    peers.start(one, left, "one");
    int link = Peers.connect(one, peers.start(two, right, "two"));
    Peers.awaitEvent(left, "up");
    for (int i = 0; i < 2000; i++) {
      String number = Integer.toString(i);
      one.execute(nowNanos -> one.send(link, Peers.text(number)));
    }
    Peers.await("2000 frames", () -> right.frames.size() == 2000);
    assertThat(right.texts())
        .isEqualTo(IntStream.range(0, 2000).mapToObj(Integer::toString).toList());
  }
}
