package io.euryale.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.euryale.kernel.Endpoint;
import io.euryale.kernel.TrafficClass;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReachTest {

  private final Peers peers = new Peers();

  @AfterEach
  void close() {
    peers.close();
  }

  @Test
  void withoutKeysOnlyThisMachineIsWithinReach() {
    for (String host : List.of("localhost", "127.0.0.1", "127.1.2.3", "::1")) {
      assertThat(Reach.LOOPBACK.allows(host)).as(host).isTrue();
      assertThat(Reach.KEYED.allows(host)).as(host).isTrue();
    }
    for (String host : List.of("192.0.2.1", "2001:db8::1", "10.0.0.1")) {
      assertThat(Reach.LOOPBACK.allows(host)).as(host).isFalse();
      assertThat(Reach.KEYED.allows(host)).as(host).isTrue();
    }
  }

  @Test
  void keysDoNotAllowNamesAndAddressesThatAreNotOneMachine() {
    NettyHome home = peers.home(Reach.KEYED, null, LinkSettings.defaults());
    for (String host : List.of("0.0.0.0", "::", "224.0.0.1", "example.org", "192.0.2.1 ")) {
      assertThatThrownBy(() -> home.listenWithDatagrams(host, 0))
          .isInstanceOfSatisfying(
              PlatformException.class, e -> assertThat(e.exitCode()).isEqualTo(2))
          .hasMessageContaining("'" + host + "' is not one address that others can reach");
    }
    ToyDatagramCore core = new ToyDatagramCore();
    peers.startWithDatagrams(home, core, "one", 0);
    int link = Peers.ask(home, () -> home.connect(new Endpoint("example.org", 1, 2, 3, 4)));
    Peers.awaitEvent(core, "dialFailed " + link + " not an IP address: example.org");
    assertThat(home.counters().rejected(Rejection.NOT_AN_ADDRESS)).isEqualTo(1);
  }

  @Test
  void homeWithoutKeysRefusesDatagramsOffLoopbackAsWell() {
    NettyHome home = peers.home();
    assertThatThrownBy(() -> home.listenWithDatagrams("192.0.2.1", 0))
        .isInstanceOf(PlatformException.class)
        .hasMessageContaining("'192.0.2.1' is not a loopback address");
  }

  @Test
  void addressOfAnotherMachineIsOneSentence() {
    NettyHome home = peers.home(Reach.KEYED, null, LinkSettings.defaults());
    assertThatThrownBy(() -> home.listenWithDatagrams("192.0.2.1", 0))
        .isInstanceOfSatisfying(PlatformException.class, e -> assertThat(e.exitCode()).isEqualTo(3))
        .hasMessageContaining("192.0.2.1:0")
        .hasMessageContaining("choose another address or port");
  }

  /// Needs an interface besides loopback: this machine's own address on it stands for another
  /// machine.
  @Test
  void keyedHomesMeetBeyondLoopbackAndStrangersThereAreFew() throws IOException {
    @Nullable NetworkInterface outside = outside();
    assumeTrue(outside != null, "No interface with an IPv4 address besides loopback");
    String host = address(outside);
    LinkSettings few = LinkSettings.defaults().withGuests(4, 8);
    NettyHome one = peers.home(Reach.KEYED, null, few);
    NettyHome two = peers.home(Reach.KEYED, null, few);
    ToyDatagramCore left = new ToyDatagramCore();
    ToyDatagramCore right = new ToyDatagramCore();
    int onePort = one.listenWithDatagrams(host, 0);
    int twoPort = two.listenWithDatagrams(host, 0);
    one.start(left, Peers.ref("one", onePort));
    two.start(right, Peers.ref("two", twoPort));

    Endpoint there = new Endpoint(host, twoPort, twoPort, twoPort, twoPort);
    int to = Peers.ask(one, () -> one.address(there));
    assertThat(Peers.ask(one, () -> one.datagramBytes(to)))
        .isEqualTo(Math.clamp(outside.getMTU() - 28, 1_200, 65_000));
    assertThat(Peers.ask(one, () -> one.sendTo(to, Peers.text("over the wire")))).isTrue();
    Peers.await("datagram", () -> right.datagramTexts().contains("over the wire"));

    int link = Peers.ask(one, () -> one.connect(there));
    Peers.awaitEvent(left, "up " + link + " two#1");
    assertThat(Peers.ask(one, () -> one.send(link, ByteBuffer.allocate(16_000)))).isTrue();
    Peers.await("a small frame", () -> right.frameCount.get() == 1);

    List<Socket> strangers = new ArrayList<>();
    try {
      for (int i = 0; i < 10; i++) {
        Socket stranger = new Socket();
        strangers.add(stranger);
        stranger.connect(new InetSocketAddress(host, twoPort));
        stranger
            .getOutputStream()
            .write(Peers.hello(Peers.OVERLAY, TrafficClass.ALARM, "stranger-" + i));
      }
      // The link has one of the four places of the address, whatever its hello said.
      Peers.await(
          "seven refused", () -> two.counters().rejected(Rejection.TOO_MANY_OF_ADDRESS) == 7);
    } finally {
      for (Socket stranger : strangers) {
        stranger.close();
      }
    }

    assertThat(Peers.ask(one, () -> one.send(link, ByteBuffer.allocate(17_000)))).isTrue();
    Peers.awaitEvent(right, "down 1 ");
    assertThat(right.frameCount).hasValue(1);
  }

  private static @Nullable NetworkInterface outside() throws IOException {
    for (NetworkInterface candidate : NetworkInterface.networkInterfaces().toList()) {
      if (candidate.isUp() && !candidate.isLoopback() && !address(candidate).isEmpty()) {
        return candidate;
      }
    }
    return null;
  }

  private static String address(NetworkInterface of) {
    return of.inetAddresses()
        .filter(Inet4Address.class::isInstance)
        .map(address -> address.getHostAddress())
        .findFirst()
        .orElse("");
  }
}
