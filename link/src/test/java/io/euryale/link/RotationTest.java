package io.euryale.link;

import static io.euryale.link.TestNet.MILLI;
import static io.euryale.link.TestNet.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.PeerName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Keys are renewed and rotated while datagrams flow, and none is lost by it.
class RotationTest {

  private final TestNet net = new TestNet(3);
  private TestNet.Node ada;
  private TestNet.Node bob;
  private int said;

  /// Both say something each 10 ms and beat each 500 ms.
  private void talk(int milliseconds) {
    for (int i = 0; i < milliseconds / 10; i++) {
      assertThat(ada.say(bob.self.id(), "a" + said)).isTrue();
      assertThat(bob.say(ada.self.id(), "b" + said)).isTrue();
      if (said++ % 50 == 0) {
        ada.beat();
        bob.beat();
      }
      net.run(10 * MILLI);
    }
  }

  private void nothingWasLost() {
    net.run(SECOND);
    assertThat(bob.received.get(ada.self.id())).hasSize(said);
    assertThat(ada.received.get(bob.self.id())).hasSize(said);
  }

  private static Keyring ring(String self, List<Integer> own, String other, List<Integer> theirs) {
    return new Keyring(
        new PeerName(self),
        own.stream().map(TestNet::key).toList(),
        Map.of(
            new PeerName(other),
            theirs.stream().map(seed -> TestNet.key(seed).publicKey()).toList()));
  }

  @Test
  void a_hundred_rotations_lose_no_datagram() {
    ada = net.node("ada", 1, ring("ada", List.of(100), "bob", List.of(1))).contact("bob");
    bob = net.node("bob", 1, ring("bob", List.of(1), "ada", List.of(100))).contact("ada");
    net.spreadNanos = 20 * MILLI;
    // A data class learns of keys late, so that only the settling time saves its datagrams.
    bob.crossNanos = 150 * MILLI;
    net.run(2 * SECOND);
    for (int round = 0; round < 100; round++) {
      int old = 100 + round;
      bob.keyring(ring("bob", List.of(1), "ada", List.of(old, old + 1)));
      talk(100);
      ada.keyring(ring("ada", List.of(old + 1, old), "bob", List.of(1)));
      talk(2_000);
      bob.keyring(ring("bob", List.of(1), "ada", List.of(old + 1)));
      ada.keyring(ring("ada", List.of(old + 1), "bob", List.of(1)));
      talk(100);
    }
    nothingWasLost();
    assertThat(ada.log).doesNotContain("retired bob#1");
    assertThat(ada.counters.established()).isGreaterThanOrEqualTo(101);
  }

  @Test
  void a_key_that_is_gone_ends_its_sessions() {
    ada = net.node("ada", 1, ring("ada", List.of(100), "bob", List.of(1))).contact("bob");
    bob = net.node("bob", 1, ring("bob", List.of(1), "ada", List.of(100)));
    net.run(SECOND);
    bob.keyring(ring("bob", List.of(1), "ada", List.of(101)));
    net.run(SECOND);
    assertThat(bob.log).containsExactly("established ada#1", "retired ada#1", "forgotten ada");
    ada.say(bob.self.id(), "with a revoked key");
    net.run(SECOND);
    assertThat(bob.received).isEmpty();
    assertThat(bob.rejected(Rejection.UNKNOWN_SESSION)).isPositive();
  }

  @Test
  void the_new_key_is_found_when_the_peer_does_not_have_it_first() {
    ada = net.node("ada", 1, ring("ada", List.of(101, 100), "bob", List.of(2, 1)));
    bob = net.node("bob", 1, ring("bob", List.of(1), "ada", List.of(100)));
    ada.contact("bob");
    net.run(10 * SECOND);
    assertThat(ada.handshakes.peers()).containsExactly(bob.self);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void keys_are_renewed_each_period_and_nothing_is_lost(boolean keyed) {
    LinkSettings quick = settings(Duration.ofSeconds(10), 1 << 30);
    start(keyed, quick);
    talk(100_000);
    nothingWasLost();
    assertThat(ada.counters.established()).isBetween(9L, 14L);
    assertThat(ada.data.size()).isLessThanOrEqualTo(4);
  }

  @Test
  void keys_are_renewed_after_so_many_packets_and_nothing_is_lost() {
    start(true, settings(Duration.ofHours(1), 1024));
    talk(60_000);
    nothingWasLost();
    assertThat(ada.counters.established()).isBetween(5L, 12L);
  }

  @Test
  void renewal_goes_through_a_lossy_network_without_parting_the_peers() {
    start(true, settings(Duration.ofSeconds(5), 1 << 30));
    net.lossRate = 0.2;
    net.repeatRate = 0.1;
    net.spreadNanos = 50 * MILLI;
    talk(60_000);
    net.lossRate = 0;
    int before = said;
    talk(2_000);
    net.run(SECOND);
    List<String> late = new ArrayList<>();
    for (int i = before; i < said; i++) {
      late.add("a" + i);
    }
    assertThat(bob.received.get(ada.self.id())).containsAll(late);
  }

  private void start(boolean keyed, LinkSettings settings) {
    Map<String, Integer> seeds = new LinkedHashMap<>(Map.of("ada", 1, "bob", 2));
    Keyring adas = keyed ? TestNet.keyring("ada", seeds) : null;
    Keyring bobs = keyed ? TestNet.keyring("bob", seeds) : null;
    ada = net.node("ada", 1, adas, settings, TestNet.OVERLAY).contact("bob");
    bob = net.node("bob", 1, bobs, settings, TestNet.OVERLAY).contact("ada");
    net.run(2 * SECOND);
  }

  static LinkSettings settings(Duration rekeyPeriod, long rekeyPackets) {
    LinkSettings d = LinkSettings.defaults();
    return new LinkSettings(
        d.handshakeRetry(),
        d.handshakeRetryMax(),
        d.handshakeTimeout(),
        d.handshakesPerSecond(),
        d.maxHalfOpen(),
        d.maxPeers(),
        rekeyPeriod,
        rekeyPackets,
        Duration.ofSeconds(2),
        Duration.ofMillis(200),
        d.silence(),
        d.reassemblyBytes(),
        d.reassemblyMessages(),
        d.reassemblyTimeout());
  }
}
