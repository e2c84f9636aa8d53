package io.euryale.link;

import static io.euryale.link.TestNet.MILLI;
import static io.euryale.link.TestNet.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerRef;
import io.euryale.kernel.TrafficClass;
import io.euryale.kernel.wire.WireWriter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What strangers, recorders and broken machines send changes nothing but counters.
class BadInputTest {

  private static final Map<String, Integer> SEEDS =
      new LinkedHashMap<>(Map.of("ada", 1, "bob", 2, "cyd", 3));
  private static final PeerId ADA = PeerId.of("ada", 10);
  private static final PeerId BOB = PeerId.of("bob", 20);

  private final TestNet net = new TestNet(11);

  private static @Nullable Keyring ring(boolean keyed, String self) {
    return keyed ? TestNet.keyring(self, SEEDS) : null;
  }

  /// One datagram of each kind, of which none has arrived: what a node that has not seen it is
  /// given damaged.
  private record Sample(String name, byte[] datagram, TestNet.Node to, boolean control) {}

  private List<Sample> samples(boolean keyed) {
    TestNet.Node ada = net.node("ada", 10, ring(keyed, "ada")).contact("bob");
    TestNet.Node bob = net.node("bob", 20, ring(keyed, "bob"));
    List<Sample> samples = new ArrayList<>();
    int before = net.captured.size() - 1;
    for (String name : List.of("first", "second", "confirm", "confirmed")) {
      samples.add(
          new Sample(name, net.captured.get(before++), samples.size() % 2 == 0 ? bob : ada, true));
      damage(samples.getLast());
      net.run(MILLI);
    }
    net.run(SECOND);
    assertThat(ada.handshakes.peers()).containsExactly(bob.self);
    ada.say(BOB, "data");
    samples.add(new Sample("data", net.captured.getLast(), bob, false));
    damage(samples.getLast());
    net.run(SECOND);
    assertThat(bob.received).containsEntry(ADA, List.of("data"));
    return samples;
  }

  private void damage(Sample sample) {
    TestNet.Node node = sample.to();
    byte[] whole = sample.datagram();
    long before = node.counters.rejected();
    long tries = 0;
    int sent = net.captured.size();
    for (int length = 0; length < whole.length; length++) {
      give(sample, Arrays.copyOf(whole, length));
      tries++;
    }
    give(sample, Arrays.copyOf(whole, whole.length + 1));
    give(sample, Arrays.copyOf(whole, Envelope.MAX_DATAGRAM_BYTES + 1));
    tries += 2;
    for (int bit = 0; bit < whole.length * 8; bit++) {
      byte[] flipped = whole.clone();
      flipped[bit / 8] ^= (byte) (1 << (bit % 8));
      give(sample, flipped);
      tries++;
    }
    assertThat(node.counters.rejected() - before).as(sample.name()).isEqualTo(tries);
    assertThat(net.captured).as(sample.name() + " causes nothing to be sent").hasSize(sent);
    assertThat(node.received).isEmpty();
  }

  private static void give(Sample sample, byte[] datagram) {
    // Both doors, as the first byte decides in the core which one it is.
    sample.to().arrived(sample.control(), ByteBuffer.wrap(datagram));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void every_prefix_and_every_flipped_bit_of_every_kind_is_rejected_and_counted(boolean keyed) {
    assertThat(samples(keyed)).hasSize(5);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_recorded_session_replayed_changes_nothing(boolean keyed) {
    TestNet.Node ada = net.node("ada", 10, ring(keyed, "ada")).contact("bob");
    TestNet.Node bob = net.node("bob", 20, ring(keyed, "bob")).contact("ada");
    net.run(SECOND);
    for (int i = 0; i < 50; i++) {
      ada.say(BOB, "a" + i);
      bob.say(ADA, "b" + i);
    }
    net.run(SECOND);
    List<byte[]> recorded = List.copyOf(net.captured);
    List<String> log = List.copyOf(bob.log);

    replay(recorded, ada, bob);
    net.run(3_600 * SECOND);
    replay(recorded, ada, bob);
    assertThat(bob.received.get(ADA)).hasSize(50);
    assertThat(ada.received.get(BOB)).hasSize(50);
    assertThat(bob.log).allMatch(line -> line.equals(log.getFirst()));

    // Under the next life of bob, the session with the life before is worth nothing.
    TestNet.Node again = net.node("bob", 21, ring(keyed, "bob")).contact("ada");
    net.run(5 * SECOND);
    List<String> adasLog = List.copyOf(ada.log);
    replay(recorded, ada, again);
    net.run(30 * SECOND);
    assertThat(again.received).isEmpty();
    assertThat(again.handshakes.peers()).containsExactly(ada.self);
    assertThat(ada.handshakes.peers()).containsExactly(again.self);
    assertThat(ada.log.subList(0, adasLog.size())).isEqualTo(adasLog);
    assertThat(ada.log).doesNotContain("superseded bob#21 by bob#20");
    assertThat(ada.say(again.self.id(), "still here")).isTrue();
    net.run(SECOND);
    assertThat(again.received).containsEntry(ADA, List.of("still here"));
  }

  private static void replay(List<byte[]> recorded, TestNet.Node... nodes) {
    for (TestNet.Node node : nodes) {
      for (byte[] datagram : recorded) {
        node.arrived(true, ByteBuffer.wrap(datagram.clone()));
        node.arrived(false, ByteBuffer.wrap(datagram.clone()));
      }
    }
  }

  @Test
  void a_first_message_replayed_to_a_restarted_peer_displaces_no_session() {
    TestNet.Node ada = net.node("ada", 10, ring(true, "ada")).contact("bob");
    net.node("bob", 20, ring(true, "bob"));
    net.run(SECOND);
    byte[] first = net.captured.getFirst();
    TestNet.Node again = net.node("bob", 21, ring(true, "bob"));
    net.run(10 * SECOND);
    assertThat(again.handshakes.peers()).containsExactly(ada.self);
    again.arrived(true, ByteBuffer.wrap(first));
    assertThat(again.rejected(Rejection.REPLAYED)).isEqualTo(1);
    // A peer that has not heard of ada yet answers, and keeps nothing when nobody confirms.
    net.nodes.remove("ada");
    TestNet.Node third = net.node("bob", 22, ring(true, "bob"));
    third.arrived(true, ByteBuffer.wrap(first));
    assertThat(third.control.size()).isEqualTo(1);
    net.run(30 * SECOND);
    assertThat(third.handshakes.peers()).isEmpty();
    assertThat(third.log).containsExactly("forgotten ada");
    assertThat(third.rejected(Rejection.TIMED_OUT)).isEqualTo(1);
  }

  @Test
  void a_packet_of_one_class_or_direction_does_not_open_in_another() {
    for (boolean keyed : new boolean[] {true, false}) {
      TestNet net = new TestNet(2);
      TestNet.Node ada = net.node("ada", 10, ring(keyed, "ada")).contact("bob");
      TestNet.Node bob = net.node("bob", 20, ring(keyed, "bob"));
      net.run(SECOND);
      for (int i = 0; i < 5; i++) {
        // So that the number is new to the other class too.
        ada.say(BOB, "for the data class");
      }
      byte[] data = net.captured.getLast();
      bob.arrived(true, ByteBuffer.wrap(data.clone()));
      assertThat(bob.rejected(Rejection.NOT_AUTHENTIC)).isEqualTo(1);
      // Sent back to its sender, with the index its own session has.
      byte[] back = data.clone();
      byte[] bobs = sealedBy(net, bob);
      System.arraycopy(bobs, 2, back, 2, 4);
      ada.arrived(false, ByteBuffer.wrap(back));
      assertThat(ada.rejected(Rejection.NOT_AUTHENTIC)).isEqualTo(1);
      net.run(SECOND);
      assertThat(bob.received).containsKey(ADA);
      assertThat(bob.received.get(ADA)).hasSize(5);
    }
  }

  private static byte[] sealedBy(TestNet net, TestNet.Node node) {
    node.say(ADA, "x");
    return net.captured.getLast();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_million_garbage_packets_change_nothing(boolean keyed) {
    TestNet.Node ada = net.node("ada", 10, ring(keyed, "ada")).contact("bob");
    TestNet.Node bob = net.node("bob", 20, ring(keyed, "bob"));
    net.run(SECOND);
    ada.say(BOB, "seen on the wire");
    List<byte[]> seen = List.copyOf(net.captured);
    net.run(SECOND);
    int sent = net.captured.size();
    int sessions = bob.control.size() + bob.data.size();
    Random random = new Random(1);
    int garbage = 1_000_000;
    byte[][] pool = new byte[4096][];
    for (int i = 0; i < pool.length; i++) {
      byte[] of = seen.get(i % seen.size());
      pool[i] = i % 2 == 0 ? new byte[random.nextInt(1_400)] : of.clone();
      int from = i % 2 == 0 ? 0 : 14 + random.nextInt(of.length - 14);
      for (int at = from; at < pool[i].length; at++) {
        pool[i][at] = (byte) random.nextInt(256);
      }
      if (i % 2 == 0 && pool[i].length > 1) {
        pool[i][0] = (byte) (1 + random.nextInt(5) + (keyed ? 0 : 16));
        pool[i][1] = 1;
      }
    }
    long before = bob.counters.rejected();
    long started = System.nanoTime();
    for (int i = 0; i < garbage; i++) {
      bob.arrived((i & 3) != 1, ByteBuffer.wrap(pool[i & 4095]));
    }
    long nanos = System.nanoTime() - started;
    System.out.printf(
        "garbage %s keys: %d ns a packet%n", keyed ? "with" : "without", nanos / garbage);
    assertThat(bob.counters.rejected() - before).isEqualTo(garbage);
    assertThat(bob.control.size() + bob.data.size()).isEqualTo(sessions);
    assertThat(net.captured).hasSize(sent);
    assertThat(bob.log).containsExactly("established ada#10");
    ada.say(BOB, "still there");
    net.run(SECOND);
    assertThat(bob.received.get(ADA)).containsExactly("seen on the wire", "still there");
  }

  @Test
  void packet_numbers_that_no_sender_uses_are_rejected() {
    SessionKeys keys = keys(true);
    for (long number :
        new long[] {0, -1, Long.MIN_VALUE, Long.MAX_VALUE, Session.MAX_PACKETS + 1}) {
      ByteBuffer datagram = ByteBuffer.allocate(64);
      Envelope.write(datagram, Envelope.DATA, true, 2, number);
      datagram.rewind();
      Session session = keys.session(TrafficClass.ALARM);
      assertThat(session.open(datagram, ByteBuffer.allocate(64))).isEqualTo(Rejection.BAD_NUMBER);
    }
  }

  static SessionKeys keys(boolean initiator) {
    byte[] secret = new byte[32];
    Arrays.fill(secret, (byte) 9);
    PeerId local = initiator ? ADA : BOB;
    PeerId remote = initiator ? BOB : ADA;
    return new SessionKeys(
        new PeerRef(remote, TestNet.endpoint(remote.name().value())),
        local,
        initiator,
        initiator ? 1 : 2,
        initiator ? 2 : 1,
        1,
        secret,
        0,
        0);
  }

  @Test
  void malformed_greetings_are_told_apart() {
    Greeting good =
        new Greeting(new PeerRef(ADA, TestNet.endpoint("ada")), BOB.name(), "city", 1, 1, 4);
    byte[] bytes = good.encode();
    assertThat(Greeting.decode(ByteBuffer.wrap(bytes))).isEqualTo(good);
    assertThat(Greeting.decode(ByteBuffer.wrap(Arrays.copyOf(bytes, bytes.length + 9))))
        .isEqualTo(good);
    for (int length = 0; length < bytes.length; length++) {
      assertThat(Greeting.decode(ByteBuffer.wrap(Arrays.copyOf(bytes, length)))).isNull();
    }
    for (String text : List.of("", "..", "a b", "a\0b", "\u202Eabc", "a;rm", "x".repeat(65), "é")) {
      assertThat(Greeting.decode(greeting(text, 1, 1, 0))).as(text).isNull();
    }
    assertThat(Greeting.decode(greeting("city", 2, 1, 0))).isNull();
    assertThat(Greeting.decode(greeting("city", 1, 1, -1))).isNull();
    assertThat(Greeting.decode(greeting("city", 1, 1, Long.MAX_VALUE))).isNull();
    assertThat(Greeting.decode(greeting("city", 1, 65_535, 0))).isNotNull();
  }

  private static ByteBuffer greeting(String overlay, int oldest, int newest, long epoch) {
    return new WireWriter()
        .start(0)
        .peerRef(new PeerRef(ADA, TestNet.endpoint("ada")))
        .peerName(BOB.name())
        .text(overlay)
        .u16(oldest)
        .u16(newest)
        .i64(epoch)
        .frame()
        .position(1);
  }
}
