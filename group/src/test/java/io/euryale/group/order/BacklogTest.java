package io.euryale.group.order;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.PeerId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class BacklogTest {

  private static final PeerId PEER = PeerId.of("p", 1);

  private final Backlog backlog = new Backlog();

  private List<String> replay(long tag) {
    List<String> replayed = new ArrayList<>();
    backlog.replay(tag, (peer, body) -> replayed.add(peer + " " + body.get(0)));
    return replayed;
  }

  private static ByteBuffer body(int value) {
    return ByteBuffer.allocate(1).put((byte) value).flip();
  }

  @Test
  void nothingIsKeptBeforeAConfigurationIsExpected() {
    assertThat(backlog.keep(0, PEER, body(1))).isFalse();
    assertThat(backlog.keep(7, PEER, body(1))).isFalse();
  }

  @Test
  void whatIsKeptIsHandedOutOnceAndInItsOrder() {
    backlog.expect(7);
    ByteBuffer reused = body(1);
    assertThat(backlog.keep(7, PEER, reused)).isTrue();
    assertThat(backlog.keep(8, PEER, body(9))).isFalse();
    reused.put(0, (byte) 2);
    assertThat(backlog.keep(7, PEER, reused)).isTrue();
    assertThat(replay(7)).containsExactly("p#1 1", "p#1 2");
    assertThat(replay(7)).isEmpty();
    assertThat(backlog.keep(7, PEER, body(3))).isFalse();
  }

  @Test
  void anotherConfigurationMakesTheFirstForgotten() {
    backlog.expect(7);
    backlog.keep(7, PEER, body(1));
    backlog.expect(7);
    backlog.expect(8);
    backlog.keep(8, PEER, body(2));
    assertThat(replay(8)).containsExactly("p#1 2");
  }

  @Test
  void anotherConfigurationThanTheExpectedOneGetsNothing() {
    backlog.expect(7);
    backlog.keep(7, PEER, body(1));
    assertThat(replay(9)).isEmpty();
  }

  @Test
  void neitherNumberNorBytesGrowWithoutEnd() {
    backlog.expect(7);
    int kept = 0;
    while (backlog.keep(7, PEER, body(1))) {
      kept++;
    }
    assertThat(kept).isEqualTo(256);
    backlog.expect(8);
    kept = 0;
    while (backlog.keep(8, PEER, ByteBuffer.allocate(60_000))) {
      kept++;
    }
    assertThat(kept).isEqualTo((1 << 20) / 60_000);
  }
}
