package io.euryale.link;

import static io.euryale.link.TestNet.MILLI;
import static io.euryale.link.TestNet.SECOND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.PeerRef;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HandshakesTest {

  private static final Map<String, Integer> SEEDS =
      new LinkedHashMap<>(Map.of("ada", 1, "bob", 2, "cyd", 3));
  private static final PeerId ADA = PeerId.of("ada", 10);
  private static final PeerId BOB = PeerId.of("bob", 20);

  private final TestNet net = new TestNet(7);

  private static @Nullable Keyring ring(boolean keyed, String self) {
    return keyed ? TestNet.keyring(self, SEEDS) : null;
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void two_peers_agree_and_talk_in_both_directions(boolean keyed) {
    TestNet.Node ada = net.node("ada", 10, ring(keyed, "ada")).contact("bob");
    TestNet.Node bob = net.node("bob", 20, ring(keyed, "bob"));
    net.run(SECOND);

    assertThat(ada.handshakes.peers()).containsExactly(bob.self);
    assertThat(bob.handshakes.peers()).containsExactly(ada.self);
    assertThat(ada.say(BOB, "hello bob")).isTrue();
    assertThat(bob.say(ADA, "hello ada")).isTrue();
    net.run(SECOND);
    assertThat(bob.received).containsEntry(ADA, List.of("hello bob"));
    assertThat(ada.received).containsEntry(BOB, List.of("hello ada"));
    assertThat(ada.counters.rejected()).isZero();
    assertThat(bob.counters.rejected()).isZero();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void both_begin_at_once_and_end_under_the_same_keys(boolean keyed) {
    for (int seed = 0; seed < 50; seed++) {
      TestNet crossed = new TestNet(seed);
      crossed.spreadNanos = 5 * MILLI;
      TestNet.Node ada = crossed.node("ada", 10, ring(keyed, "ada"));
      TestNet.Node bob = crossed.node("bob", 20, ring(keyed, "bob"));
      ada.contact("bob");
      bob.handshakes.contact(crossed.now, ADA.name(), TestNet.endpoint("ada"));
      bob.handshakes.due(crossed.now + 300 * MILLI);
      bob.schedule();
      crossed.run(3 * SECOND);
      for (int i = 0; i < 30; i++) {
        // Longer than an overlap, so that sides which use different sessions would part.
        assertThat(ada.say(BOB, "a" + i)).isTrue();
        assertThat(bob.say(ADA, "b" + i)).isTrue();
        ada.beat();
        bob.beat();
        crossed.run(SECOND);
      }
      assertThat(bob.received.get(ADA)).hasSize(30);
      assertThat(ada.received.get(BOB)).hasSize(30);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void peers_find_each_other_through_loss_repetition_and_reordering(boolean keyed) {
    for (int seed = 0; seed < 60; seed++) {
      TestNet rough = new TestNet(seed);
      rough.lossRate = 0.3;
      rough.repeatRate = 0.3;
      rough.spreadNanos = 100 * MILLI;
      TestNet.Node ada = rough.node("ada", 10, ring(keyed, "ada")).contact("bob", "cyd");
      TestNet.Node bob = rough.node("bob", 20, ring(keyed, "bob")).contact("ada", "cyd");
      TestNet.Node cyd = rough.node("cyd", 30, ring(keyed, "cyd")).contact("ada", "bob");
      for (int i = 0; i < 100; i++) {
        rough.run(SECOND / 2);
        ada.beat();
        bob.beat();
        cyd.beat();
      }
      rough.lossRate = 0;
      rough.repeatRate = 0;
      rough.run(5 * SECOND);
      assertThat(ada.handshakes.peers()).hasSize(2);
      assertThat(bob.handshakes.peers()).hasSize(2);
      assertThat(cyd.handshakes.peers()).hasSize(2);
      for (TestNet.Node from : List.of(ada, bob, cyd)) {
        for (TestNet.Node to : List.of(ada, bob, cyd)) {
          if (from != to) {
            assertThat(from.say(to.self.id(), "x")).as("seed %d", seed).isTrue();
            rough.run(SECOND);
            assertThat(to.received.get(from.self.id())).as("seed %d", seed).containsOnly("x");
          }
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void both_begin_while_first_one_is_deaf_then_the_other_and_agree_soon_after(boolean keyed) {
    for (int seed = 1; seed <= 100; seed++) {
      TestNet oneWay = new TestNet(seed);
      TestNet.Node ada =
          oneWay
              .node("ada", 10, ring(keyed, "ada"), LinkSettings.defaults(), TestNet.OVERLAY)
              .contact("bob");
      TestNet.Node bob =
          oneWay
              .node("bob", 20, ring(keyed, "bob"), LinkSettings.defaults(), TestNet.OVERLAY)
              .contact("ada");
      for (String deaf : seed % 2 == 0 ? List.of("ada", "bob") : List.of("bob", "ada")) {
        oneWay.deaf.add(deaf);
        oneWay.run((500 + oneWay.random.nextInt(2_000)) * MILLI);
        oneWay.deaf.clear();
      }
      // What is repeated at most, and one handshake that came to nothing.
      oneWay.run(2 * SECOND);
      assertThat(ada.handshakes.peers()).as("seed %d", seed).hasSize(1);
      assertThat(bob.handshakes.peers()).as("seed %d", seed).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_restarted_peer_replaces_its_former_life(boolean keyed) {
    TestNet.Node ada = net.node("ada", 10, ring(keyed, "ada")).contact("bob");
    net.node("bob", 20, ring(keyed, "bob")).contact("ada");
    net.run(SECOND);
    TestNet.Node again = net.node("bob", 21, ring(keyed, "bob")).contact("ada");
    net.run(SECOND);

    assertThat(ada.log)
        .containsExactly("established bob#20", "superseded bob#20 by bob#21", "established bob#21");
    assertThat(ada.say(BOB, "too late")).isFalse();
    assertThat(ada.say(again.self.id(), "welcome back")).isTrue();
    net.run(SECOND);
    assertThat(again.received).containsEntry(ADA, List.of("welcome back"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_peer_that_lost_its_session_and_does_not_say_so_is_found_again(boolean keyed) {
    TestNet.Node ada = net.node("ada", 10, ring(keyed, "ada")).contact("bob");
    net.node("bob", 20, ring(keyed, "bob"));
    net.run(SECOND);
    TestNet.Node again = net.node("bob", 21, ring(keyed, "bob"));
    net.run(10 * SECOND);
    assertThat(ada.handshakes.peers()).containsExactly(again.self);
    assertThat(ada.say(again.self.id(), "there you are")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void keys_that_one_side_has_given_up_are_not_used_by_the_other(boolean keyed) {
    TestNet.Node ada = net.node("ada", 10, ring(keyed, "ada")).contact("bob");
    TestNet.Node bob = net.node("bob", 20, ring(keyed, "bob"));
    net.run(SECOND);
    ada.handshakes.renew(BOB);
    ada.handshakes.due(net.now);
    ada.schedule();
    // The answer takes longer than bob waits, and is the only message that comes through.
    net.delayNanos = 4_500 * MILLI;
    net.run(2 * MILLI);
    net.lossRate = 1;
    net.run(4_400 * MILLI);
    net.delayNanos = MILLI;
    net.lossRate = 0;
    for (int i = 0; i < 60; i++) {
      net.run(SECOND / 2);
      ada.beat();
      bob.beat();
    }
    assertThat(bob.rejected(Rejection.TIMED_OUT)).isPositive();
    assertThat(bob.rejected(Rejection.EXPIRED_SESSION)).isZero();
    assertThat(ada.rejected(Rejection.EXPIRED_SESSION)).isZero();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_former_life_is_refused(boolean keyed) {
    TestNet.Node ada = net.node("ada", 10, ring(keyed, "ada"));
    net.node("bob", 20, ring(keyed, "bob")).contact("ada");
    net.run(SECOND);
    TestNet.Node old = net.node("bob", 19, ring(keyed, "bob")).contact("ada");
    net.run(5 * SECOND);
    assertThat(ada.rejected(Rejection.OLD_INCARNATION)).isPositive();
    assertThat(old.handshakes.peers()).isEmpty();
    assertThat(ada.log).containsExactly("established bob#20");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void another_overlay_is_refused(boolean keyed) {
    TestNet.Node ada = net.node("ada", 10, ring(keyed, "ada"));
    TestNet.Node bob =
        net.node("bob", 20, ring(keyed, "bob"), TestNet.patient(), "town").contact("ada");
    net.run(5 * SECOND);
    assertThat(ada.rejected(Rejection.OTHER_OVERLAY)).isPositive();
    assertThat(ada.handshakes.peers()).isEmpty();
    assertThat(bob.handshakes.peers()).isEmpty();
    assertThat(ada.control.size() + ada.data.size()).isZero();
  }

  @Test
  void a_peer_under_a_name_that_is_not_its_own_is_refused() {
    // Bob holds cyd's name in his settings but only his own key.
    Map<String, Integer> lying = new LinkedHashMap<>(SEEDS);
    lying.put("cyd", 2);
    lying.put("bob", 99);
    TestNet.Node ada = net.node("ada", 10, ring(true, "ada"));
    TestNet.Node liar = net.node("cyd", 20, TestNet.keyring("cyd", lying)).contact("ada");
    net.run(5 * SECOND);
    assertThat(ada.rejected(Rejection.WRONG_NAME)).isPositive();
    assertThat(ada.handshakes.peers()).isEmpty();
    assertThat(liar.handshakes.peers()).isEmpty();
  }

  @Test
  void a_key_that_is_not_listed_is_refused() {
    TestNet.Node ada = net.node("ada", 10, TestNet.keyring("ada", Map.of("ada", 1, "cyd", 3)));
    TestNet.Node bob = net.node("bob", 20, ring(true, "bob")).contact("ada");
    net.run(5 * SECOND);
    assertThat(ada.rejected(Rejection.UNKNOWN_KEY)).isPositive();
    assertThat(bob.handshakes.peers()).isEmpty();
    assertThat(ada.control.size()).isZero();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void an_own_message_that_comes_back_is_refused(boolean keyed) {
    TestNet.Node ada = net.node("ada", 10, ring(keyed, "ada")).contact("bob");
    ada.arrived(true, java.nio.ByteBuffer.wrap(net.captured.getFirst()));
    assertThat(ada.rejected(Rejection.OWN_NAME)).isEqualTo(1);
    assertThat(ada.control.size()).isZero();
  }

  @Test
  void keys_and_no_keys_never_meet() {
    TestNet.Node ada = net.node("ada", 10, ring(true, "ada"));
    TestNet.Node bob = net.node("bob", 20, null).contact("ada");
    ada.contact("bob");
    net.run(5 * SECOND);
    assertThat(ada.rejected(Rejection.WRONG_MODE)).isPositive();
    assertThat(bob.rejected(Rejection.WRONG_MODE)).isPositive();
    assertThat(ada.handshakes.peers()).isEmpty();
    assertThat(bob.handshakes.peers()).isEmpty();
  }

  @Test
  void a_flood_of_handshakes_of_one_member_is_cut_off() {
    TestNet.Node ada = net.node("ada", 10, ring(true, "ada"));
    TestNet.Node bob = net.node("bob", 20, ring(true, "bob"));
    for (int i = 0; i < 200; i++) {
      ada.contact("bob");
      ada.handshakes.forget(BOB.name());
    }
    net.run(10 * MILLI);
    // The first one makes her known, and what she may save up are two seconds' worth.
    assertThat(bob.rejected(Rejection.RATE_LIMITED)).isEqualTo(200 - 1 - 8);
    assertThat(bob.control.size()).isLessThanOrEqualTo(4);
    assertThat(bob.data.size()).isLessThanOrEqualTo(4);
    assertThat(bob.handshakes.peers()).isEmpty();
  }

  @Test
  void half_open_handshakes_of_strangers_without_keys_are_bounded_and_forgotten() {
    TestNet.Node zed = net.node("zed", 10, null);
    for (int i = 0; i < 1_000; i++) {
      net.node("s" + i, 1, null).contact("zed");
      net.nodes.remove("s" + i);
    }
    net.run(10 * MILLI);
    assertThat(zed.rejected(Rejection.TOO_MANY)).isEqualTo(1_000 - 128);
    assertThat(zed.control.size()).isEqualTo(128);
    net.run(30 * SECOND);
    assertThat(zed.rejected(Rejection.TIMED_OUT)).isEqualTo(128);
    TestNet.Node bob = net.node("bob", 20, null).contact("zed");
    net.run(SECOND);
    assertThat(bob.handshakes.peers()).containsExactly(zed.self);
    assertThat(zed.control.size()).isEqualTo(1);
    assertThat(zed.data.size()).isEqualTo(1);
  }

  @Test
  void forgetting_a_peer_leaves_nothing() {
    TestNet.Node ada = net.node("ada", 10, ring(true, "ada")).contact("bob");
    net.node("bob", 20, ring(true, "bob"));
    net.run(SECOND);
    ada.handshakes.forget(BOB.name());
    net.run(MILLI);
    assertThat(ada.handshakes.peers()).isEmpty();
    assertThat(ada.control.size() + ada.data.size()).isZero();
    assertThat(ada.handshakes.nextDeadline()).isEqualTo(Long.MAX_VALUE);
    assertThat(ada.say(BOB, "gone")).isFalse();
    assertThat(ada.rejected(Rejection.NO_SESSION)).isEqualTo(1);
  }

  @Test
  void a_peer_that_is_wanted_no_more_is_forgotten_when_its_session_is_over() {
    TestNet.Node ada = net.node("ada", 10, null).contact("bob", "cyd");
    net.node("bob", 20, null);
    net.node("cyd", 30, null);
    net.run(SECOND);
    assertThat(ada.control.size() + ada.data.size()).isEqualTo(4);
    ada.handshakes.retain(Set.of(new PeerName("cyd")));
    net.nodes.remove("bob");
    net.run(TestNet.patient().rekeyPeriod().multipliedBy(2).toNanos() + SECOND);
    assertThat(ada.log).contains("forgotten bob").doesNotContain("forgotten cyd");
    assertThat(ada.handshakes.peers())
        .extracting(PeerRef::name)
        .containsExactly(new PeerName("cyd"));
    assertThat(ada.data.reaches(BOB)).isFalse();
  }

  @Test
  void a_keyring_of_another_peer_is_refused() {
    assertThatThrownBy(() -> net.node("ada", 10, ring(true, "bob")))
        .hasMessage("The keyring is bob's, but this peer is ada");
    assertThatThrownBy(
            () ->
                new Keyring(
                    new PeerName("ada"),
                    List.of(TestNet.key(1)),
                    Map.of(new PeerName("eve"), List.of(TestNet.key(1).publicKey()))))
        .hasMessageContaining("have the same key");
    assertThatThrownBy(() -> new Keyring(new PeerName("ada"), List.of(), Map.of()))
        .hasMessage("ada has 1 to 4 keys at a time, not 0");
    assertThatThrownBy(() -> PeerKey.parse("short")).hasMessageContaining("44 characters");
    assertThatThrownBy(() -> PeerKey.parse("A".repeat(43) + "="))
        .hasMessageContaining("not a public key that can keep a secret");
  }

  @Test
  void key_texts_are_read_back() {
    StaticKey key = TestNet.key(5);
    assertThat(StaticKey.parse(key.secretText()).publicKey()).isEqualTo(key.publicKey());
    assertThat(PeerKey.parse(key.publicKey().toString())).isEqualTo(key.publicKey());
    assertThat(key.toString()).doesNotContain(key.secretText());
  }
}
