package io.euryale.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.PeerId;
import io.euryale.kernel.TrafficClass;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Prints what links cost here. Nothing is asserted about time.
class CostTest {

  private static final PeerId BOB = PeerId.of("bob", 20);
  private static final int[] SIZES = {64, 1_024, 60_000};

  private static Sessions sessions(boolean initiator, boolean keyed) {
    Sessions sessions =
        new Sessions(
            TrafficClass.NORMAL, LinkSettings.defaults(), keyed, new LinkCounters(), peer -> {});
    sessions.install(0, SessionTest.keys(initiator, keyed, 1));
    return sessions;
  }

  @Test
  void sealing_and_opening() {
    for (boolean keyed : new boolean[] {true, false}) {
      Sessions ada = sessions(true, keyed);
      Sessions bob = sessions(false, keyed);
      long[] best = new long[SIZES.length];
      Arrays.fill(best, Long.MAX_VALUE);
      // The cipher is fast only after the compiler has seen some 100,000 packets.
      for (int round = 0; round < 8; round++) {
        for (int i = 0; i < SIZES.length; i++) {
          int count = SIZES[i] > 10_000 ? 1_000 : 20_000;
          long nanos = nanos(ada, bob, ByteBuffer.allocate(SIZES[i]), count) / count;
          best[i] = Math.min(best[i], nanos);
        }
      }
      for (int i = 0; i < SIZES.length; i++) {
        System.out.printf(
            "seal and open %d bytes %s keys: %d ns%n",
            SIZES[i], keyed ? "with" : "without", best[i]);
      }
      assertThat(bob.counters().opened()).isEqualTo(ada.counters().sealed());
    }
  }

  private static long nanos(Sessions ada, Sessions bob, ByteBuffer body, int count) {
    long started = System.nanoTime();
    for (int i = 0; i < count; i++) {
      ByteBuffer datagram = ada.seal(0, BOB, body);
      if (datagram == null || bob.open(0, datagram) == null) {
        throw new AssertionError("A datagram did not open");
      }
    }
    return System.nanoTime() - started;
  }

  @Test
  void handshakes() {
    Map<String, Integer> seeds = Map.of("ada", 1, "bob", 2);
    for (boolean keyed : new boolean[] {true, false}) {
      @Nullable Keyring adas = keyed ? TestNet.keyring("ada", seeds) : null;
      @Nullable Keyring bobs = keyed ? TestNet.keyring("bob", seeds) : null;
      long nanos = 0;
      int count = 100;
      for (int i = 0; i < 2 * count; i++) {
        TestNet net = new TestNet(i);
        TestNet.Node ada = net.node("ada", 10, adas).contact("bob");
        net.node("bob", 20, bobs);
        long started = System.nanoTime();
        net.run(TestNet.SECOND / 10);
        nanos += i < count ? 0 : System.nanoTime() - started;
        assertThat(ada.handshakes.peers()).hasSize(1);
      }
      System.out.printf(
          "handshake %s keys, both sides: %d us%n",
          keyed ? "with" : "without", nanos / count / 1_000);
    }
  }
}
