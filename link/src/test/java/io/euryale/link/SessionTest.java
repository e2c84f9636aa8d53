package io.euryale.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerRef;
import io.euryale.kernel.TrafficClass;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SessionTest {

  private static final PeerId ADA = PeerId.of("ada", 10);
  private static final PeerId BOB = PeerId.of("bob", 20);

  private final LinkCounters adaCounts = new LinkCounters();
  private final LinkCounters bobCounts = new LinkCounters();

  private static Sessions sessions(boolean keyed, LinkCounters counters) {
    return new Sessions(TrafficClass.NORMAL, LinkSettings.defaults(), keyed, counters, peer -> {});
  }

  static SessionKeys keys(boolean initiator, boolean keyed, long epoch) {
    byte[] secret = new byte[32];
    new Random(epoch).nextBytes(secret);
    PeerId remote = initiator ? BOB : ADA;
    return new SessionKeys(
        new PeerRef(remote, TestNet.endpoint(remote.name().value())),
        initiator ? ADA : BOB,
        initiator,
        (int) (epoch * 2) + (initiator ? 0 : 1),
        (int) (epoch * 2) + (initiator ? 1 : 0),
        epoch,
        keyed ? secret : null,
        0,
        0);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void bodies_of_all_sizes_come_out_as_they_went_in(boolean keyed) {
    Sessions ada = sessions(keyed, adaCounts);
    Sessions bob = sessions(keyed, bobCounts);
    ada.install(0, keys(true, keyed, 1));
    bob.install(0, keys(false, keyed, 1));
    Random random = new Random(4);
    int largest = Envelope.MAX_DATAGRAM_BYTES - ada.overhead();
    assertThat(ada.overhead()).isLessThanOrEqualTo(40);
    for (int size : new int[] {0, 1, 15, 16, 17, 64, 1_400, 8_900, 65_000, largest}) {
      for (boolean direct : new boolean[] {false, true}) {
        byte[] bytes = new byte[size];
        random.nextBytes(bytes);
        ByteBuffer body = direct ? ByteBuffer.allocateDirect(size) : ByteBuffer.allocate(size);
        body.put(bytes).flip();
        ByteBuffer datagram = ada.seal(0, BOB, body);
        assertThat(datagram).isNotNull();
        assertThat(datagram.remaining()).isEqualTo(size + ada.overhead());
        assertThat(body.remaining()).isEqualTo(size);
        ByteBuffer arrived =
            direct ? ByteBuffer.allocateDirect(70_000) : ByteBuffer.allocate(70_000);
        arrived.position(3).put(datagram).limit(arrived.position()).position(3);
        assertThat(bob.open(0, arrived)).isEqualTo(ADA);
        assertThat(arrived.position()).isEqualTo(3);
        assertThat(TestNet.bytes(bob.body())).isEqualTo(bytes);
      }
    }
    assertThat(ada.seal(0, BOB, ByteBuffer.allocate(largest + 1))).isNull();
    assertThat(ada.lastRejection()).isEqualTo(Rejection.BODY_TOO_LONG);
    assertThat(adaCounts.sealed()).isEqualTo(20);
    assertThat(bobCounts.opened()).isEqualTo(20);
  }

  @Test
  void the_body_is_not_readable_under_keys() {
    Sessions ada = sessions(true, adaCounts);
    ada.install(0, keys(true, true, 1));
    byte[] text = "a readable text of some length".getBytes();
    ByteBuffer datagram = ada.seal(0, BOB, ByteBuffer.wrap(text));
    assertThat(new String(TestNet.bytes(datagram), java.nio.charset.StandardCharsets.ISO_8859_1))
        .doesNotContain("readable");
  }

  @Test
  void the_window_takes_each_number_once_in_any_order_within_its_reach() {
    Random random = new Random(8);
    ReplayWindow window = new ReplayWindow();
    Set<Long> seen = new HashSet<>();
    long highest = 0;
    for (int i = 0; i < 300_000; i++) {
      long number =
          switch (random.nextInt(20)) {
            case 0 -> highest + 1 + random.nextInt(300);
            case 1 -> random.nextInt(1_000) == 0 ? highest + (1 << 20) : highest + 64;
            default -> Math.max(1, highest - random.nextInt(ReplayWindow.SIZE + 200));
          };
      boolean tooOld = number <= highest - ReplayWindow.SIZE;
      assertThat(window.isNew(number)).isEqualTo(!tooOld && !seen.contains(number));
      if (window.isNew(number)) {
        window.mark(number);
        seen.add(number);
        highest = Math.max(highest, number);
      }
    }
    assertThat(ReplayWindow.SIZE).isGreaterThanOrEqualTo(4_096);
  }

  @Test
  void numbers_at_the_edges_of_integers_are_told_apart() {
    ReplayWindow window = new ReplayWindow();
    for (long number :
        new long[] {3, Integer.MAX_VALUE, 1L << 31, 1L << 32, (1L << 32) + 63, 1L << 62}) {
      assertThat(window.isNew(number)).isTrue();
      window.mark(number);
      assertThat(window.isNew(number)).isFalse();
      assertThat(window.isNew(number - 2)).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_packet_opens_once(boolean keyed) {
    Sessions ada = sessions(keyed, adaCounts);
    Sessions bob = sessions(keyed, bobCounts);
    ada.install(0, keys(true, keyed, 1));
    bob.install(0, keys(false, keyed, 1));
    List<byte[]> sent = new ArrayList<>();
    for (int i = 0; i < 6_000; i++) {
      sent.add(TestNet.bytes(ada.seal(0, BOB, ByteBuffer.allocate(4))));
    }
    assertThat(bob.open(0, ByteBuffer.wrap(sent.get(5_999)))).isEqualTo(ADA);
    for (int i = 0; i < 5_999; i++) {
      assertThat(bob.open(0, ByteBuffer.wrap(sent.get(i)))).isEqualTo(ADA);
    }
    for (byte[] datagram : sent) {
      assertThat(bob.open(0, ByteBuffer.wrap(datagram))).isNull();
      assertThat(bob.lastRejection()).isEqualTo(Rejection.REPLAYED);
    }
  }

  @Test
  void replaced_keys_open_until_the_overlap_is_over() {
    Sessions ada = sessions(true, adaCounts);
    Sessions bob = sessions(true, bobCounts);
    ada.install(0, keys(true, true, 1));
    bob.install(0, keys(false, true, 1));
    long settle = LinkSettings.defaults().rekeySettle().toNanos();
    long overlap = LinkSettings.defaults().rekeyOverlap().toNanos();
    ada.install(0, keys(true, true, 2));
    byte[] old = TestNet.bytes(ada.seal(settle - 1, BOB, ByteBuffer.allocate(1)));
    byte[] older = TestNet.bytes(ada.seal(settle - 1, BOB, ByteBuffer.allocate(1)));
    byte[] fresh = TestNet.bytes(ada.seal(settle, BOB, ByteBuffer.allocate(1)));
    assertThat(Envelope.session(ByteBuffer.wrap(old))).isEqualTo(3);
    assertThat(Envelope.session(ByteBuffer.wrap(fresh))).isEqualTo(5);

    bob.accept(settle, keys(false, true, 2));
    assertThat(bob.open(settle, ByteBuffer.wrap(fresh))).isEqualTo(ADA);
    bob.install(settle, keys(false, true, 2));
    bob.seal(2 * settle, ADA, ByteBuffer.allocate(1));
    assertThat(bob.open(2 * settle + overlap - 1, ByteBuffer.wrap(old))).isEqualTo(ADA);
    assertThat(bob.open(2 * settle + overlap, ByteBuffer.wrap(older))).isNull();
    assertThat(bob.lastRejection()).isEqualTo(Rejection.EXPIRED_SESSION);
  }

  @Test
  void keys_that_are_never_renewed_end() {
    Sessions ada = sessions(true, adaCounts);
    ada.install(0, keys(true, true, 1));
    assertThat(ada.reaches(BOB)).isTrue();
    assertThat(ada.seal(Duration.ofHours(2).toNanos(), BOB, ByteBuffer.allocate(1))).isNull();
    assertThat(ada.lastRejection()).isEqualTo(Rejection.NO_SESSION);
  }

  @Test
  void a_session_of_another_life_is_not_used() {
    Sessions ada = sessions(true, adaCounts);
    ada.install(0, keys(true, true, 1));
    assertThat(ada.seal(0, PeerId.of("bob", 21), ByteBuffer.allocate(1))).isNull();
    assertThat(ada.reaches(PeerId.of("bob", 21))).isFalse();
  }
}
