package io.euryale.group.order;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class BodiesTest {

  private final Bodies bodies = new Bodies();

  @Test
  void thereIsRoomForEverySizeOfAMessage() {
    for (int bytes : new int[] {0, 1, 63, 64, 65, 4_180, 65_535, 65_536, 65_537, 1 << 20}) {
      assertThat(bodies.take(bytes)).hasSizeGreaterThanOrEqualTo(bytes);
    }
  }

  @Test
  void whatIsGivenBackIsTakenAgainAndOnlyOnce() {
    byte[] body = bodies.take(4_180);
    bodies.give(body);
    assertThat(bodies.take(1_000)).isNotSameAs(body);
    assertThat(bodies.take(5_000)).isSameAs(body);
    assertThat(bodies.take(5_000)).isNotSameAs(body);
  }

  @Test
  void arraysOfOtherSizesAreNotKept() {
    for (int bytes : new int[] {0, 1, 65, 100_000, 1 << 20}) {
      byte[] foreign = new byte[bytes];
      bodies.give(foreign);
      assertThat(bodies.take(bytes)).isNotSameAs(foreign);
    }
  }

  @Test
  void afterABurstNoMoreIsKeptThanTheLimit() {
    byte[][] burst = new byte[64][];
    for (int i = 0; i < burst.length; i++) {
      burst[i] = bodies.take(40_000);
    }
    for (byte[] body : burst) {
      bodies.give(body);
    }
    int kept = 0;
    for (int i = 0; i < burst.length; i++) {
      byte[] body = bodies.take(40_000);
      for (byte[] before : burst) {
        kept += body == before ? 1 : 0;
      }
    }
    assertThat(kept).isEqualTo((1 << 20) / (64 << 10));
  }
}
