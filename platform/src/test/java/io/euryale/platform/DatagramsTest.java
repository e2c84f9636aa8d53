package io.euryale.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.euryale.kernel.Endpoint;
import io.euryale.kernel.TrafficClass;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.Arrays;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DatagramsTest {

  private final Peers peers = new Peers();
  private final ToyDatagramCore left = new ToyDatagramCore();
  private final ToyDatagramCore right = new ToyDatagramCore();
  private final NettyHome one = peers.home();
  private final NettyHome two = peers.home();

  @AfterEach
  void close() {
    peers.close();
  }

  @Test
  void twoCoresExchangeDatagramsAndLinksOnTheSamePortNumber() {
    int onePort = peers.startWithDatagrams(one, left, "one", 0);
    int twoPort = peers.startWithDatagrams(two, right, "two", 0);
    int toTwo = Peers.ask(one, () -> one.address(Peers.at(twoPort)));
    int toOne = Peers.ask(two, () -> two.address(Peers.at(onePort)));

    ByteBuffer there = Peers.text("there");
    assertThat(Peers.ask(one, () -> one.sendTo(toTwo, there))).isTrue();
    assertThat(there.position()).isZero();
    assertThat(Peers.ask(two, () -> two.sendTo(toOne, Peers.text("and back")))).isTrue();
    Peers.await("both", () -> left.datagramCount.get() == 1 && right.datagramCount.get() == 1);
    assertThat(right.datagramTexts()).containsExactly("there");
    assertThat(left.datagramTexts()).containsExactly("and back");

    int link = Peers.connect(one, twoPort);
    Peers.awaitEvent(left, "up " + link + " two#1");
    assertThat(counters(one).out()).isEqualTo(1);
    assertThat(counters(one).bytesOut()).isEqualTo(5);
    assertThat(counters(two).in()).isEqualTo(1);
    assertThat(counters(two).bytesIn()).isEqualTo(5);
  }

  @Test
  void datagramsOfAllSizesArriveWholeAndTooLongOnesAreRefusedAndCounted() {
    peers.startWithDatagrams(one, left, "one", 0);
    int port = peers.startWithDatagrams(two, right, "two", 0);
    int to = Peers.ask(one, () -> one.address(Peers.at(port)));
    int most = Peers.ask(one, () -> one.datagramBytes(to));
    assertThat(most).isEqualTo(60_000);

    int[] sizes = {0, 1, 64, 1_472, 1_473, 9_000, most, 65_507};
    for (int size : sizes) {
      byte[] body = new byte[size];
      Arrays.fill(body, (byte) size);
      ByteBuffer direct = ByteBuffer.allocateDirect(size + 10).position(10).put(body).position(10);
      ByteBuffer sent = size % 2 == 0 ? ByteBuffer.wrap(body) : direct;
      assertThat(Peers.ask(one, () -> one.sendTo(to, sent))).isTrue();
    }
    Peers.await("all sizes", () -> right.datagramCount.get() == sizes.length);
    for (int i = 0; i < sizes.length; i++) {
      byte[] body = new byte[sizes[i]];
      Arrays.fill(body, (byte) sizes[i]);
      assertThat(right.datagrams.get(i)).isEqualTo(body);
    }

    assertThat(Peers.ask(one, () -> one.sendTo(to, ByteBuffer.allocate(65_508)))).isFalse();
    assertThat(counters(one).unsent(Unsent.TOO_LONG)).isEqualTo(1);
    assertThat(peers.failures).isEmpty();
  }

  @Test
  void settingsLimitTheDatagramAndTheBuffer() {
    NettyHome set =
        peers.home(
            TrafficClass.ALARM, Peers.OVERLAY, LinkSettings.defaults().withDatagrams(4_000, 65536));
    peers.startWithDatagrams(set, left, "set", 0);
    assertThat(Peers.ask(set, () -> set.datagramBytes(set.address(Peers.at(9))))).isEqualTo(4_000);
    assertThat(Peers.ask(set, set::receiveBufferBytes)).isBetween(32_768, 262_144);
    assertThatThrownBy(() -> LinkSettings.defaults().withDatagrams(1_199, 65_536))
        .hasMessageContaining("0 or at least 1200");
  }

  @Test
  void handlesAreOneForEachEndpointUntilTheyAreGivenBack() {
    peers.startWithDatagrams(one, left, "one", 0);
    int first = Peers.ask(one, () -> one.address(Peers.at(4_001)));
    int other = Peers.ask(one, () -> one.address(Peers.at(4_002)));
    assertThat(Peers.ask(one, () -> one.address(Peers.at(4_001)))).isEqualTo(first);
    assertThat(other).isNotEqualTo(first);
    one.execute(_ -> one.forget(first));
    assertThat(Peers.ask(one, () -> one.sendTo(first, Peers.text("x")))).isFalse();
    assertThat(Peers.ask(one, () -> one.datagramBytes(first))).isEqualTo(1_200);
    assertThat(Peers.ask(one, () -> one.sendTo(other, Peers.text("x")))).isTrue();
    assertThat(Peers.ask(one, () -> one.address(Peers.at(4_001)))).isNotIn(first, other);
  }

  @Test
  void addressesThatLeadNowhereRefuseAndAreCounted() {
    peers.startWithDatagrams(one, left, "one", 0);
    Endpoint[] nowhere = {
      Endpoint.contact(Peers.HOST, 7_100), // The alarm port is not known.
      new Endpoint("192.0.2.1", 7_100, 7_101, 7_102, 7_103),
      new Endpoint("example.org", 7_100, 7_101, 7_102, 7_103),
      new Endpoint("::1", 7_100, 7_101, 7_102, 7_103)
    };
    for (Endpoint remote : nowhere) {
      boolean sent = Peers.ask(one, () -> one.sendTo(one.address(remote), Peers.text("x")));
      assertThat(sent).as(remote.toString()).isFalse();
    }
    assertThat(Peers.ask(one, () -> one.sendTo(12_345, Peers.text("x")))).isFalse();
    assertThat(counters(one).unsent(Unsent.NO_ADDRESS)).isEqualTo(nowhere.length + 1);
    assertThat(counters(one).unsent().values().stream().mapToLong(n -> n).sum())
        .isEqualTo(nowhere.length + 1);
  }

  @Test
  void nobodyListeningIsNotAnError() {
    peers.startWithDatagrams(one, left, "one", 0);
    int free = peers.startWithDatagrams(two, right, "two", 0);
    two.kill();
    int to = Peers.ask(one, () -> one.address(Peers.at(free)));
    for (int i = 0; i < 10; i++) {
      assertThat(Peers.ask(one, () -> one.sendTo(to, Peers.text("x")))).isTrue();
    }
    assertThat(one.isStopped()).isFalse();
  }

  @Test
  void datagramsThatCameBeforeTheCoreWaitForIt() {
    peers.startWithDatagrams(one, left, "one", 0);
    int port = two.listenWithDatagrams(Peers.HOST, 0);
    int to = Peers.ask(one, () -> one.address(Peers.at(port)));
    for (int i = 0; i < 100; i++) {
      String number = Integer.toString(i);
      assertThat(Peers.ask(one, () -> one.sendTo(to, Peers.text(number)))).isTrue();
    }
    two.start(right, Peers.ref("two", port));
    Peers.await("100 datagrams", () -> right.datagramCount.get() == 100);
    assertThat(right.datagramTexts())
        .isEqualTo(IntStream.range(0, 100).mapToObj(Integer::toString).toList());
    assertThat(right.idleCount.get()).isPositive();
  }

  @Test
  void udpPortInUseIsOneSentenceAndLeavesNoListener() throws IOException {
    try (DatagramChannel squatter = DatagramChannel.open()) {
      squatter.bind(new InetSocketAddress(Peers.HOST, 0));
      int port = ((InetSocketAddress) squatter.getLocalAddress()).getPort();
      assertThatThrownBy(() -> one.listenWithDatagrams(Peers.HOST, port))
          .isInstanceOfSatisfying(
              PlatformException.class, e -> assertThat(e.exitCode()).isEqualTo(3))
          .hasMessage(
              "alarm datagrams cannot be received on %s:%d: the UDP port is in use; stop"
                  + " the other process or choose another port.",
              Peers.HOST, port);
      int tcpOnly = peers.start(two, right, "two", port);
      assertThat(tcpOnly).isEqualTo(port);
    }
  }

  @Test
  void killedAndClosedHomesFreeTheirPortsBeforeTheyReturn() {
    int port = peers.startWithDatagrams(one, left, "one", 0);
    one.kill();
    for (int i = 0; i < 30; i++) {
      NettyHome next = peers.home();
      ToyDatagramCore core = new ToyDatagramCore();
      assertThat(peers.startWithDatagrams(next, core, "next", port)).isEqualTo(port);
      Peers.awaitEvent(core, "start");
      if (i % 2 == 0) {
        next.kill();
      } else {
        next.close();
      }
    }
  }

  @Test
  void killedHomeHearsNothingAndSendsNothingAnyMore() {
    peers.startWithDatagrams(one, left, "one", 0);
    int port = peers.startWithDatagrams(two, right, "two", 0);
    int to = Peers.ask(one, () -> one.address(Peers.at(port)));
    AtomicInteger sentAfterwards = new AtomicInteger();
    one.execute(
        _ -> {
          one.kill();
          if (one.sendTo(to, Peers.text("never"))) {
            sentAfterwards.incrementAndGet();
          }
        });
    Peers.await("stopped", one::isStopped);
    NettyHome three = peers.home();
    peers.startWithDatagrams(three, new ToyDatagramCore(), "three", 0);
    int fromThree = Peers.ask(three, () -> three.address(Peers.at(port)));
    three.execute(_ -> three.sendTo(fromThree, Peers.text("marker")));
    Peers.await("marker", () -> right.datagramTexts().contains("marker"));
    assertThat(right.datagramTexts()).containsExactly("marker");
    assertThat(sentAfterwards).hasValue(0);
  }

  @Test
  void exceptionOnADatagramStopsThatPeerOnly() {
    ToyDatagramCore broken =
        new ToyDatagramCore() {
          @Override
          public void datagram(long nowNanos, ByteBuffer datagram) {
            throw new IllegalStateException("planted");
          }
        };
    peers.startWithDatagrams(one, left, "one", 0);
    int brokenPort = peers.startWithDatagrams(peers.home(), broken, "broken", 0);
    int goodPort = peers.startWithDatagrams(two, right, "two", 0);
    int toGood = Peers.ask(one, () -> one.address(Peers.at(goodPort)));
    int toBroken = Peers.ask(one, () -> one.address(Peers.at(brokenPort)));
    one.execute(_ -> one.sendTo(toBroken, Peers.text("x")));
    Peers.await("the failure", () -> !peers.failures.isEmpty());
    one.execute(_ -> one.sendTo(toGood, Peers.text("y")));
    Peers.await("y", () -> right.datagramTexts().contains("y"));
    assertThat(peers.failures)
        .singleElement()
        .extracting(Throwable::getMessage)
        .isEqualTo("planted");
  }

  @Test
  void floodOfGarbageCostsNoHeapAndLinksAndDatagramsBesideItGoOn() throws IOException {
    right.keepDatagrams = false;
    peers.startWithDatagrams(one, left, "one", 0);
    int victim = peers.startWithDatagrams(two, right, "two", 0);
    int to = Peers.ask(one, () -> one.address(Peers.at(victim)));
    int link = Peers.connect(one, victim);
    Peers.awaitEvent(left, "up");
    SplittableRandom random = new SplittableRandom(7);
    byte[] garbage = new byte[1_400];
    random.nextBytes(garbage);
    InetSocketAddress target = new InetSocketAddress(Peers.HOST, victim);
    long before = 0;
    try (DatagramChannel stranger = DatagramChannel.open()) {
      for (int i = 0; i < 100_000; i++) {
        if (i == 10_000) {
          before = peers.loops.allocatedBytes(TrafficClass.ALARM);
        }
        int length = random.nextInt(garbage.length + 1);
        try {
          int _ = stranger.send(ByteBuffer.wrap(garbage, 0, length), target);
        } catch (SocketException _) {
          // The machine is short of buffers for the stranger: its problem.
        }
      }
    }
    long heap = peers.loops.allocatedBytes(TrafficClass.ALARM) - before;
    assertThat(heap).isLessThan(2 << 20);
    assertThat(right.datagramCount.get()).isGreaterThan(1_000);

    assertThat(Peers.ask(one, () -> one.send(link, Peers.text("still here")))).isTrue();
    Peers.await("frame", () -> right.texts().contains("still here"));
    right.keepDatagrams = true;
    assertThat(Peers.ask(one, () -> one.sendTo(to, Peers.text("me too")))).isTrue();
    Peers.await("datagram", () -> right.datagramTexts().contains("me too"));
    assertThat(peers.failures).isEmpty();
  }

  @Test
  void coreWithoutDatagramsIgnoresThem() {
    ToyCore plain = new ToyCore();
    int port = two.listenWithDatagrams(Peers.HOST, 0);
    two.start(plain, Peers.ref("two", port));
    peers.startWithDatagrams(one, left, "one", 0);
    int to = Peers.ask(one, () -> one.address(Peers.at(port)));
    assertThat(Peers.ask(one, () -> one.sendTo(to, Peers.text("x")))).isTrue();
    int link = Peers.connect(one, port);
    Peers.awaitEvent(left, "up " + link);
    assertThat(two.isStopped()).isFalse();
  }

  @Test
  void coreThatTakesNoDatagramsIsSparedThemUntilItTakesThemAgain() {
    peers.startWithDatagrams(one, left, "one", 0);
    int port = peers.startWithDatagrams(two, right, "two", 0);
    int to = Peers.ask(one, () -> one.address(Peers.at(port)));
    int link = Peers.connect(one, port);
    Peers.awaitEvent(left, "up " + link);
    two.execute(_ -> two.takeDatagrams(false));
    assertThat(Peers.ask(two, right.datagramCount::get)).isZero();
    for (int i = 0; i < 1_000; i++) {
      one.execute(_ -> one.sendTo(to, ByteBuffer.allocate(1_400)));
    }
    assertThat(Peers.ask(one, () -> one.send(link, Peers.text("all sent")))).isTrue();
    Peers.await("frame", () -> right.texts().contains("all sent"));
    assertThat(right.datagramCount).hasValue(0);

    two.execute(_ -> two.takeDatagrams(true));
    Peers.await(
        "datagram",
        () -> {
          one.execute(_ -> one.sendTo(to, Peers.text("now")));
          return right.datagramTexts().contains("now");
        });
    assertThat(right.datagrams).filteredOn(datagram -> datagram.length == 1_400).hasSizeLessThan(9);
    assertThat(Peers.ask(two, two::receiveBufferBytes)).isGreaterThan(64 << 10);
    assertThat(peers.failures).isEmpty();
  }

  @Test
  void coreMayRefuseDatagramsFromItsFirstCallOn() {
    ToyDatagramCore refusing =
        new ToyDatagramCore() {
          @Override
          public void start(long nowNanos) {
            super.start(nowNanos);
            two.takeDatagrams(false);
          }
        };
    peers.startWithDatagrams(one, left, "one", 0);
    int port = peers.startWithDatagrams(two, refusing, "two", 0);
    int to = Peers.ask(one, () -> one.address(Peers.at(port)));
    int link = Peers.connect(one, port);
    Peers.awaitEvent(left, "up " + link);
    assertThat(Peers.ask(one, () -> one.sendTo(to, Peers.text("x")))).isTrue();
    assertThat(Peers.ask(one, () -> one.send(link, Peers.text("sent")))).isTrue();
    Peers.await("frame", () -> refusing.texts().contains("sent"));
    assertThat(refusing.datagramCount).hasValue(0);
  }

  @Test
  void keysAreNotTheSameTwice() {
    byte[] first = new byte[32];
    byte[] second = new byte[32];
    one.keyBytes(first);
    two.keyBytes(second);
    assertThat(first).isNotEqualTo(second).isNotEqualTo(new byte[32]);
  }

  @Test
  void reasonsOfTheOperatingSystemAreToldApart() {
    assertThat(Unsent.of(new SocketException("Operation not permitted"))).isEqualTo(Unsent.DENIED);
    assertThat(Unsent.of(new SocketException("Network is unreachable")))
        .isEqualTo(Unsent.UNREACHABLE);
    assertThat(Unsent.of(new java.net.NoRouteToHostException("anything")))
        .isEqualTo(Unsent.UNREACHABLE);
    assertThat(Unsent.of(new SocketException("Message too long"))).isEqualTo(Unsent.TOO_LONG);
    assertThat(Unsent.of(new SocketException("No buffer space available"))).isEqualTo(Unsent.FULL);
    assertThat(Unsent.of(new IOException())).isEqualTo(Unsent.FAILED);
  }

  private static DatagramCounters counters(NettyHome home) {
    return Objects.requireNonNull(home.datagramCounters());
  }
}
