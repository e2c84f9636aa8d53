package io.euryale.service.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ArrivalsTest {

  private static final long MICRO = 1_000;
  private static final long MILLI = 1_000_000;

  private final ArrivalRecord record = new ArrivalRecord();
  private final Flow flow =
      new Flow(1, new Window(16, new PacketStore(1 << 16)), StreamRules.SOUND);

  private void add(long... ageNanos) {
    LongStream.of(ageNanos).forEach(age -> record.add(flow, age));
  }

  @Test
  void anAgeIsToldAtMostAQuarterTooHighAndNeverTooLow() {
    Random random = new Random(7);
    for (int i = 0; i < 10_000; i++) {
      long age = (long) (MICRO * Math.pow(10, 8 * random.nextDouble())); // 1 µs to 100 s.
      long told = AgeScale.mostNanos(AgeScale.magnitude(age));
      assertThat(told).isBetween(age, Math.max(4 * MICRO, age + age / 4 + MICRO));
    }
  }

  @Test
  void everyAgeHasAMagnitude() {
    for (long age : new long[] {Long.MIN_VALUE, -1, 0, 1, MICRO, Long.MAX_VALUE}) {
      assertThat(AgeScale.magnitude(age)).isBetween(0, AgeScale.SIZE - 1);
    }
  }

  @Test
  void percentilesAreThoseOfThePackets() {
    for (int i = 0; i < 990; i++) {
      add(MILLI);
    }
    for (int i = 0; i < 10; i++) {
      add(100 * MILLI);
    }
    Arrivals told = record.told();
    assertThat(told.packets()).isEqualTo(1000);
    assertThat(told.ageMillis(50)).isBetween(1.0, 1.25);
    assertThat(told.ageMillis(99)).isBetween(1.0, 1.25);
    assertThat(told.ageMillis(99.1)).isBetween(100.0, 125.0);
    assertThat(told.ageMillis(100)).isBetween(100.0, 125.0);
  }

  @Test
  void jitterIsTheMeanDifferenceOfNeighboursInAStream() {
    Flow other = new Flow(2, new Window(16, new PacketStore(1 << 16)), StreamRules.SOUND);
    for (int i = 0; i < 100; i++) {
      add(i % 2 == 0 ? 10 * MILLI : 14 * MILLI);
      record.add(other, 500 * MILLI);
    }
    assertThat(record.told().jitterMillis()).isCloseTo(2, within(0.05));
  }

  @Test
  void twoLooksTellOfTheTimeBetween() {
    add(MILLI, MILLI, 64 * MILLI);
    record.gaveUp();
    Arrivals before = record.told();
    add(MILLI, 4 * MILLI);
    record.gaveUp();
    record.gaveUp();
    Arrivals between = record.told().since(before);
    assertThat(between.packets()).isEqualTo(2);
    assertThat(between.ageMillis(100)).isBetween(4.0, 5.0);
    assertThat(between.givenUp()).isEqualTo(2);
    assertThat(before.plus(between)).isEqualTo(record.told());
  }

  @Test
  void withoutPacketsThereIsNothingToTell() {
    assertThat(record.told()).isEqualTo(Arrivals.NONE);
    assertThat(Arrivals.NONE.ageMillis(99)).isZero();
    assertThat(Arrivals.NONE.jitterMillis()).isZero();
    assertThat(new Arrivals(List.of(0L, 0L), 0, 0).ageMillis(50)).isZero();
  }
}
