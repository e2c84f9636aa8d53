package io.euryale.lighttrain.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.lighttrain.demo.StreamLedger.Verdict;
import org.junit.jupiter.api.Test;

class StreamLedgerTest {

  private final StreamLedger ledger = new StreamLedger();

  @Test
  void everythingOnceAndInOrderIsAllRight() {
    for (int number = 1; number <= 1000; number++) {
      assertThat(ledger.received(number)).isEqualTo(Verdict.NEXT);
    }

    assertThat(ledger.received()).isEqualTo(1000);
    assertThat(ledger.lost(1000)).isZero();
    assertThat(ledger.duplicated()).isZero();
    assertThat(ledger.reordered()).isZero();
  }

  @Test
  void aPacketThatNeverComesIsLost() {
    ledger.received(1);
    ledger.received(3);

    assertThat(ledger.missing()).isEqualTo(1);
    assertThat(ledger.lost(3)).isEqualTo(1);
  }

  @Test
  void packetsMissingAtTheEndAreLost() {
    ledger.received(1);

    assertThat(ledger.missing()).isZero();
    assertThat(ledger.lost(4)).isEqualTo(3);
  }

  @Test
  void aStreamOfWhichNothingCameIsLostAltogether() {
    assertThat(ledger.lost(7)).isEqualTo(7);
  }

  @Test
  void theSamePacketAgainIsDuplicated() {
    ledger.received(1);

    assertThat(ledger.received(1)).isEqualTo(Verdict.AGAIN);
    assertThat(ledger.duplicated()).isEqualTo(1);
    assertThat(ledger.received()).isEqualTo(1);
  }

  @Test
  void aPacketThatComesAfterALaterOneIsReorderedAndNotLost() {
    ledger.received(2);

    assertThat(ledger.received(1)).isEqualTo(Verdict.LATE);
    assertThat(ledger.reordered()).isEqualTo(1);
    assertThat(ledger.lost(2)).isZero();
    assertThat(ledger.received(1)).isEqualTo(Verdict.AGAIN);
    assertThat(ledger.duplicated()).isEqualTo(1);
  }

  @Test
  void aHugeGapTakesNoMemoryForEachPacketAndIsStillLost() {
    ledger.received(1);
    ledger.received(1_000_000_000_000L);

    assertThat(ledger.missing()).isEqualTo(1_000_000_000_000L - 2);
  }
}
