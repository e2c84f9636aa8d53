package io.euryale.group.order;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.group.Service;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class OriginTest {

  private final Origin origin = new Origin(1);
  private final Bodies bodies = new Bodies();

  static Packet packet(int rank, long sequence, long time, Service service) {
    return new Packet(
        rank,
        sequence,
        time,
        service,
        Packet.WHOLE,
        sequence,
        new long[0],
        new byte[] {0, 0, 0, 1, 'x'},
        5);
  }

  private static Packet packet(long sequence) {
    return packet(1, sequence, 10 * sequence, Service.FIFO);
  }

  @Test
  void packetsInTheirOrderAreHeldAndHeard() {
    assertThat(origin.put(packet(1))).isTrue();
    assertThat(origin.put(packet(2))).isTrue();
    assertThat(origin.held()).isEqualTo(2);
    assertThat(origin.heard()).isEqualTo(20);
    assertThat(origin.head()).isSameAs(origin.get(1));
    assertThat(origin.gaps(10)).isEmpty();
    assertThat(origin.islands(10_000)).isEmpty();
  }

  @Test
  void aGapHoldsBackWhatLiesBehindItUntilItIsFilled() {
    origin.put(packet(1));
    origin.put(packet(4));
    origin.put(packet(3));
    origin.put(packet(6));
    assertThat(origin.held()).isEqualTo(1);
    assertThat(origin.heard()).isEqualTo(10);
    assertThat(origin.gaps(10)).containsExactly(new Range(2, 2), new Range(5, 5));
    assertThat(origin.gaps(1)).containsExactly(new Range(2, 2));
    assertThat(origin.islands(10_000)).containsExactly(new Range(3, 4), new Range(6, 6));
    origin.put(packet(2));
    assertThat(origin.held()).isEqualTo(4);
    assertThat(origin.heard()).isEqualTo(40);
  }

  @Test
  void aRepeatedPacketIsNotTaken() {
    origin.put(packet(1));
    origin.put(packet(3));
    assertThat(origin.put(packet(1))).isFalse();
    assertThat(origin.put(packet(3))).isFalse();
  }

  @Test
  void aPromiseCountsWhenEverythingBeforeItIsHere() {
    origin.promise(100, 2);
    assertThat(origin.heard()).isZero();
    assertThat(origin.top()).isEqualTo(2);
    assertThat(origin.gaps(10)).containsExactly(new Range(1, 2));
    origin.put(packet(1));
    assertThat(origin.heard()).isEqualTo(10);
    origin.put(packet(2));
    assertThat(origin.heard()).isEqualTo(100);
    origin.promise(150, 2);
    assertThat(origin.heard()).isEqualTo(150);
    origin.promise(120, 1); // Overtaken on its way.
    assertThat(origin.heard()).isEqualTo(150);
  }

  @Test
  void nothingIsTakenFurtherAheadThanThereIsRoomFor() {
    assertThat(origin.isTooFar(Origin.MOST_PACKETS)).isFalse();
    assertThat(origin.isTooFar(Origin.MOST_PACKETS + 1)).isTrue();
    assertThat(origin.put(packet(origin.furthest() + 1))).isFalse();
    assertThat(origin.put(packet(origin.furthest()))).isTrue();
    origin.promise(5, Long.MAX_VALUE);
    assertThat(origin.top()).isEqualTo(origin.furthest());
  }

  @Test
  void onlyDeliveredPacketsAreForgotten() {
    for (int i = 1; i <= 5; i++) {
      origin.put(packet(i));
    }
    origin.next = 4;
    origin.discardUpTo(20, true, bodies);
    assertThat(origin.discarded()).isEqualTo(2);
    origin.discardUpTo(1_000, true, bodies);
    assertThat(origin.discarded()).isEqualTo(3);
    assertThat(origin.get(3)).isNull();
    assertThat(origin.has(3)).isTrue();
    assertThat(origin.get(4)).isNotNull();
    origin.discardUpTo(1_000, true, bodies);
    assertThat(origin.discarded()).isEqualTo(3);
  }

  @Test
  void aReliablePieceIsKeptUntilItsMessageIsHandedUp() {
    Packet piece =
        new Packet(
            1, 1, 1, Service.RELIABLE, Packet.FIRST_PIECE, 1, new long[0], new byte[] {1}, 1);
    origin.put(piece);
    origin.next = 2;
    origin.discardUpTo(10, true, bodies);
    assertThat(origin.get(1)).isSameAs(piece);
    piece.handedUp = true;
    origin.discardUpTo(10, true, bodies);
    assertThat(origin.get(1)).isNull();
  }

  /// Against the simplest model: a set of numbers.
  @Test
  void anySequenceOfArrivalsAndDiscardsGivesWhatTheSimplestModelGives() {
    for (long seed = 1; seed <= 30; seed++) {
      Random random = new Random(seed);
      Origin ring = new Origin(1);
      TreeSet<Long> model = new TreeSet<>();
      long discarded = 0;
      for (int step = 0; step < 3_000; step++) {
        long sequence = discarded + 1 + random.nextInt(random.nextInt(20) == 0 ? 3_000 : 40);
        assertThat(ring.put(packet(sequence))).isEqualTo(model.add(sequence));
        if (random.nextInt(10) == 0) {
          ring.next = ring.held() + 1;
          long upTo = random.nextLong(ring.held() + 1);
          ring.discardUpTo(10 * upTo, true, bodies);
          discarded = Math.max(discarded, upTo);
        }
        if (step % 100 == 0) {
          assertThat(ring.discarded()).isEqualTo(discarded);
          check(ring, model);
        }
      }
    }
  }

  private static void check(Origin ring, TreeSet<Long> model) {
    long held = 0;
    while (model.contains(held + 1)) {
      held++;
    }
    assertThat(ring.held()).isEqualTo(held);
    assertThat(ring.top()).isEqualTo(model.last());
    List<Range> islands = new ArrayList<>();
    List<Range> gaps = new ArrayList<>();
    long from = held + 1;
    for (long s = held + 1; s <= model.last(); s++) {
      boolean here = model.contains(s);
      if (s == model.last() || here != model.contains(s + 1)) {
        (here ? islands : gaps).add(new Range(from, s));
        from = s + 1;
      }
    }
    assertThat(ring.islands(10_000)).isEqualTo(islands);
    assertThat(ring.gaps(Integer.MAX_VALUE)).isEqualTo(gaps);
  }
}
