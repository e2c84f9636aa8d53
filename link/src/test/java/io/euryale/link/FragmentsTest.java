package io.euryale.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.euryale.kernel.PeerId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FragmentsTest {

  private static final PeerId ADA = PeerId.of("ada", 1);
  private static final PeerId BOB = PeerId.of("bob", 1);

  private final LinkCounters counters = new LinkCounters();
  private final Reassembly reassembly = new Reassembly(LinkSettings.defaults(), counters);

  private static byte[] random(int seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static List<byte[]> cut(long message, byte[] content, int pieceBytes) {
    List<byte[]> pieces = new ArrayList<>();
    Fragments.cut(
        message, ByteBuffer.wrap(content), pieceBytes, piece -> pieces.add(TestNet.bytes(piece)));
    return pieces;
  }

  private @Nullable ByteBuffer give(PeerId from, byte[] piece) {
    return reassembly.piece(0, from, ByteBuffer.wrap(piece));
  }

  private static byte[] piece(long message, int total, int offset, int length) {
    return ByteBuffer.allocate(16 + length).putLong(message).putInt(total).putInt(offset).array();
  }

  @Test
  void a_message_comes_together_in_any_order_with_repetitions_and_gaps_filled() {
    Random random = new Random(3);
    for (int length : new int[] {1, 1_383, 1_384, 1_385, 100_000, 1 << 20}) {
      byte[] content = random(length, length);
      List<byte[]> pieces = cut(length, content, 1_400);
      assertThat(pieces).allMatch(piece -> piece.length <= 1_400);
      List<byte[]> first = new ArrayList<>(pieces);
      Collections.shuffle(first, random);
      ByteBuffer whole = null;
      for (byte[] piece : first.subList(0, first.size() / 2)) {
        assertThat(give(ADA, piece)).isNull();
      }
      Collections.shuffle(pieces, random);
      for (byte[] piece : pieces) {
        ByteBuffer done = give(ADA, piece);
        if (done != null) {
          assertThat(whole).isNull();
          whole = done;
        }
      }
      assertThat(whole).isEqualTo(ByteBuffer.wrap(content));
      assertThat(reassembly.bytes(ADA)).isZero();
      assertThat(give(ADA, pieces.getFirst())).isNull();
      assertThat(reassembly.bytes(ADA)).isZero();
    }
    assertThat(counters.rejected(Rejection.BAD_FRAGMENT)).isZero();
    assertThat(counters.rejected(Rejection.DUPLICATE_FRAGMENT)).isPositive();
  }

  @Test
  void malformed_and_contradicting_pieces_are_rejected() {
    give(ADA, piece(1, 1_000, 100, 100));
    long held = reassembly.bytes(ADA);
    List<byte[]> bad =
        List.of(
            new byte[0],
            new byte[15],
            piece(2, 100, 0, 0),
            piece(2, 0, 0, 1),
            piece(2, -1, 0, 1),
            piece(2, (1 << 20) + 1, 0, 1),
            piece(2, Integer.MAX_VALUE, 0, 1),
            piece(2, 100, -1, 1),
            piece(2, 100, 100, 1),
            piece(2, 100, 99, 2),
            piece(2, 100, Integer.MAX_VALUE, 10),
            piece(1, 999, 300, 10),
            piece(1, 1_000, 50, 51),
            piece(1, 1_000, 199, 2),
            piece(1, 1_000, 100, 99),
            piece(1, 1_000, 100, 101),
            piece(1, 1_000, 120, 10),
            piece(1, 1_000, 0, 1_000));
    for (byte[] piece : bad) {
      assertThat(give(ADA, piece)).isNull();
    }
    assertThat(counters.rejected(Rejection.BAD_FRAGMENT)).isEqualTo(bad.size());
    assertThat(reassembly.bytes(ADA)).isEqualTo(held);
    give(ADA, piece(1, 1_000, 100, 100));
    assertThat(counters.rejected(Rejection.DUPLICATE_FRAGMENT)).isEqualTo(1);
    assertThat(reassembly.bytes(ADA)).isEqualTo(held);
  }

  @Test
  void what_is_kept_for_a_sender_is_bounded_and_others_do_not_suffer() {
    give(BOB, piece(1, 1_000, 0, 100));
    long bobs = reassembly.bytes(BOB);
    for (int i = 0; i < 100_000; i++) {
      // Announces 1 MiB each time and sends one byte.
      give(ADA, piece(i, 1 << 20, i, 1));
    }
    assertThat(reassembly.bytes(ADA)).isLessThanOrEqualTo(64 * 200L);
    for (int i = 0; i < 500; i++) {
      give(ADA, piece(200_000 + i / 16, 1 << 20, (i % 16) * 60_000, 60_000));
      assertThat(reassembly.bytes(ADA)).isLessThanOrEqualTo(16L << 20);
    }
    for (int i = 0; i < 300_000; i++) {
      give(ADA, piece(300_000, 1 << 20, 2 * i, 1));
    }
    assertThat(reassembly.bytes(ADA)).isLessThanOrEqualTo(16L << 20);
    assertThat(reassembly.bytes(BOB)).isEqualTo(bobs);
    assertThat(counters.rejected(Rejection.REASSEMBLY_FULL)).isPositive();
  }

  @Test
  void an_unfinished_message_goes_when_its_rest_does_not_come() {
    give(ADA, piece(1, 1_000, 0, 100));
    long timeout = LinkSettings.defaults().reassemblyTimeout().toNanos();
    reassembly.expire(timeout - 1);
    assertThat(reassembly.bytes(ADA)).isPositive();
    reassembly.expire(timeout);
    assertThat(reassembly.bytes(ADA)).isZero();
    assertThat(counters.rejected(Rejection.REASSEMBLY_TIMED_OUT)).isEqualTo(1);
    give(BOB, piece(1, 1_000, 0, 100));
    reassembly.forget(BOB);
    assertThat(reassembly.bytes(BOB)).isZero();
  }

  @Test
  void messages_that_cannot_be_cut_are_refused() {
    assertThatThrownBy(() -> cut(1, new byte[0], 100)).hasMessageContaining("not 0");
    assertThatThrownBy(() -> cut(1, new byte[(1 << 20) + 1], 100))
        .hasMessageContaining("1 byte to 1 MiB");
    assertThatThrownBy(() -> cut(1, new byte[5], 16)).hasMessageContaining("not 16");
  }
}
