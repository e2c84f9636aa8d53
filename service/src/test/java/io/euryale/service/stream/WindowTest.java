package io.euryale.service.stream;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WindowTest {

  private final PacketStore store = new PacketStore(64 * 1024);
  private final Window window = new Window(64, store);

  private Slot keep(long sequence) {
    Slot slot = requireNonNull(window.reach(sequence));
    assertThat(window.keep(slot, ByteBuffer.allocate(100))).isTrue();
    return slot;
  }

  @Test
  void theBaseMovesOverWhatIsDoneInAnyOrder() {
    window.begin(5);
    keep(5);
    keep(6);
    keep(7);
    window.finish(window.at(6));
    window.advance();
    assertThat(window.base()).isEqualTo(5);
    window.finish(window.at(5));
    window.advance();
    assertThat(window.base()).isEqualTo(7);
    assertThat(window.pendingCount()).isEqualTo(1);
  }

  @Test
  void growingKeepsSlotsInPlace() {
    window.begin(1);
    for (long sequence = 1; sequence <= 64; sequence++) {
      keep(sequence).attempts = (int) sequence;
    }
    for (long sequence = 1; sequence <= 64; sequence++) {
      assertThat(window.at(sequence).attempts).isEqualTo((int) sequence);
    }
    assertThat(window.reach(65)).as("beyond the limit").isNull();
  }

  @Test
  void roomAgainIsRoomForHalfAWindowAndAnEmptyWindowHasIt() {
    assertThat(window.hasRoomAgain(1_000, 100)).isTrue();
    window.begin(1);
    for (long sequence = 1; sequence <= 64; sequence++) {
      keep(sequence);
    }
    assertThat(window.hasRoomAgain(65, 100)).isFalse();
    window.skipTo(33);
    assertThat(window.hasRoomAgain(65, 100)).isTrue();
    window.skipTo(65);
    assertThat(window.hasRoomAgain(1_000, 100)).isTrue();
  }

  @Test
  void missingSequencesBelowAFloorAreGivenUpAndKeptOnesAreNot() {
    window.begin(1);
    keep(2);
    keep(5);
    window.skipMissingBelow(5);
    assertThat(window.base()).isEqualTo(2);
    window.finish(window.at(2));
    window.advance();
    assertThat(window.base()).isEqualTo(5);
  }

  /// All others of its flow wait for it, and for nothing more than twice of what the store holds.
  @Test
  void theFirstHasRoomAgainThoughTheStoreIsFull() {
    while (store.fits(1_000, 0)) {
      assertThat(store.take(1_000)).isNotNull();
    }
    window.begin(5);
    assertThat(window.reach(9)).isNotNull();
    assertThat(window.hasRoomAgain(6, 1_000)).isFalse();
    assertThat(window.hasRoomAgain(5, 1_000)).isTrue();
    window.skipTo(6);
    assertThat(window.hasRoomAgain(6, 1_000)).isTrue();
    while (store.copyFirst(ByteBuffer.allocate(1_000)) != null) {
      assertThat(store.usedBytes()).isPositive();
    }
    assertThat(window.hasRoomAgain(6, 1_000)).isFalse();
  }

  @Test
  void whatIsReopenedIsMissingUnlessItIsKept() {
    window.begin(1);
    for (long sequence = 1; sequence <= 8; sequence++) {
      keep(sequence);
    }
    window.finish(window.at(7));
    window.skipTo(6);
    for (long sequence : new long[] {3, 6, 7, 9}) {
      window.reopen(sequence);
    }
    assertThat(window.base()).isEqualTo(3);
    assertThat(window.next()).isEqualTo(10);
    assertThat(window.undone(3)).as("3, 6, 7, 8 and 9").isEqualTo(0b1111001);
    assertThat(window.pendingCount()).as("6 and 8").isEqualTo(2);
    window.finish(window.at(3));
    window.advance();
    assertThat(window.base()).isEqualTo(6);
  }

  @Test
  void aWindowIsReopenedNoWiderThanItsLimit() {
    window.begin(1);
    window.skipTo(1_000);
    window.reopen(1_000 - 65);
    assertThat(window.base()).isEqualTo(1_000);
    window.reopen(1_000 - 64);
    assertThat(window.base()).isEqualTo(1_000 - 64);
    assertThat(window.undone(1_000 - 64)).isOne();
    window.reopen(1_000);
    assertThat(window.next()).isEqualTo(1_000);
  }

  @Test
  void aFloorBeyondAnEmptyWindowMovesIt() {
    window.begin(1);
    window.skipMissingBelow(1000);
    assertThat(window.base()).isEqualTo(1000);
    assertThat(window.next()).isEqualTo(1000);
  }

  @Test
  void whatIsDroppedCanArriveAgainButIsNotDone() {
    window.begin(1);
    Slot slot = keep(1);
    window.drop(slot);
    window.advance();
    assertThat(window.base()).isEqualTo(1);
    assertThat(slot.isPending()).isFalse();
    assertThat(store.usedBytes()).isZero();
  }

  @Test
  void theStoreRefusesWhatExceedsItsLimitAndReusesBuffers() {
    PacketStore small = new PacketStore(1024);
    ByteBuffer first = requireNonNull(small.take(512));
    assertThat(small.take(512)).isNotNull();
    assertThat(small.take(1)).isNull();
    small.release(first);
    assertThat(small.take(100)).isSameAs(first);
  }

  @Test
  void theStoreRoundsUpToItsBufferSizes() {
    PacketStore large = new PacketStore(16 << 20);
    for (int bytes : new int[] {1, 511, 512, 513, 4214, 65_536, 65_537, 1 << 20}) {
      assertThat(requireNonNull(large.take(bytes)).capacity()).isGreaterThanOrEqualTo(bytes);
    }
  }

  @Test
  void slotsOfABurstGoWhenItIsOver() {
    window.begin(1);
    for (long sequence = 1; sequence <= 20; sequence++) {
      keep(sequence);
    }
    Slot first = window.at(20);
    window.trim();
    assertThat(window.at(20)).as("while it lasts").isSameAs(first);
    window.skipTo(21);
    window.trim();
    assertThat(window.at(20)).isSameAs(window.at(24));
    assertThat(keep(21).packet).isNotNull();
    assertThat(window.pendingCount()).isEqualTo(1);
  }

  @Test
  void buffersThatNothingNeededForHalfAMinuteGo() {
    Set<ByteBuffer> burst = takeAndRelease(10);
    assertThat(store.trim(0)).isTrue();
    assertThat(takeAndRelease(3)).as("recycled").allMatch(burst::contains);
    assertThat(store.trim(29_000_000_000L)).isFalse();
    assertThat(store.trim(30_000_000_000L)).isTrue();
    assertThat(takeAndRelease(10)).filteredOn(burst::contains).hasSize(3);
    assertThat(store.usedBytes()).isZero();
  }

  /// By identity: empty buffers are equal.
  private Set<ByteBuffer> takeAndRelease(int count) {
    Set<ByteBuffer> taken = Collections.newSetFromMap(new IdentityHashMap<>());
    for (int i = 0; i < count; i++) {
      taken.add(requireNonNull(store.take(600)));
    }
    taken.forEach(store::release);
    return taken;
  }
}
