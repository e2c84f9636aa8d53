package io.euryale.peer;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.euryale.kernel.Role;
import io.euryale.kernel.TrafficClass;
import io.euryale.platform.LinkSettings;
import io.euryale.platform.Loops;
import io.euryale.platform.NettyHome;
import io.euryale.platform.PlatformException;
import org.junit.jupiter.api.Test;

class LoopCallsTest {

  @Test
  void aHomeThatWasStoppedRefuses() {
    try (Loops loops = new Loops()) {
      NettyHome home = home(loops);
      home.kill();
      assertThatThrownBy(() -> LoopCalls.call(home, "Peer a", _ -> 1))
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining("Peer a is closed");
    }
  }

  @Test
  void aHomeThatItsMachineFailedRefusesWithTheReason() {
    try (Loops loops = new Loops()) {
      NettyHome home = home(loops);
      home.execute(
          _ -> {
            throw new PlatformException(
                PlatformException.ENVIRONMENT, "The disk is full: mend it.");
          });
      assertThatThrownBy(() -> LoopCalls.call(home, "Peer a", _ -> 1))
          .isInstanceOf(RefusedException.class)
          .hasMessage("Peer a has ended. The disk is full: mend it.");
    }
  }

  @Test
  void aHomeThatFailedBecauseOfAMistakeSaysSo() {
    try (Loops loops = new Loops()) {
      NettyHome home = home(loops);
      home.execute(
          _ -> {
            throw new IndexOutOfBoundsException("planted");
          });
      assertThatThrownBy(() -> LoopCalls.call(home, "Peer a", _ -> 1))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("a mistake in Euryale")
          .hasCauseInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  private static NettyHome home(Loops loops) {
    return new NettyHome(
        loops, TrafficClass.CONTROL, "test", Role.PEER, LinkSettings.defaults(), null, 1, _ -> {});
  }
}
