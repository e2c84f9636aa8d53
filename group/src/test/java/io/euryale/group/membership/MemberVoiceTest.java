package io.euryale.group.membership;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.group.order.Fanout;
import io.euryale.kernel.DatagramHome;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.TrafficClass;
import io.euryale.kernel.wire.Decoded;
import io.euryale.link.Fragments;
import io.euryale.link.LinkCounters;
import io.euryale.link.LinkSettings;
import io.euryale.link.Rejection;
import io.euryale.link.Sessions;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Messages in pieces.
final class MemberVoiceTest {

  private static final PeerId SELF = PeerId.of("a", 1);
  private static final PeerId PEER = PeerId.of("b", 1);

  private final LinkCounters counters = new LinkCounters();
  private final DatagramHome home =
      (DatagramHome)
          Proxy.newProxyInstance(
              DatagramHome.class.getClassLoader(),
              new Class<?>[] {DatagramHome.class},
              (_, method, _) -> {
                throw new AssertionError("Not to be called here: " + method);
              });
  private final Sessions sessions =
      new Sessions(TrafficClass.CONTROL, LinkSettings.defaults(), false, counters, _ -> {});
  private final MemberVoice voice =
      new MemberVoice(
          home, SELF, new Fanout(home, SELF, sessions), LinkSettings.defaults(), counters);

  private static List<ByteBuffer> pieces(long number, byte[] message) {
    List<ByteBuffer> pieces = new ArrayList<>();
    Fragments.cut(
        number,
        ByteBuffer.wrap(message),
        Fragments.PIECE_OVERHEAD + 4,
        piece ->
            pieces.add(
                ByteBuffer.allocate(1 + piece.remaining())
                    .put((byte) MemberVoice.PIECE)
                    .put(piece)
                    .flip()));
    return pieces;
  }

  private static byte[] ping() {
    return ByteBuffer.allocate(9).put((byte) 131).putLong(7).array();
  }

  @Test
  void piecesInAnyOrderAreAMessage() {
    List<ByteBuffer> pieces = pieces(1, ping());
    assertThat(pieces).hasSize(3);
    assertThat(voice.decode(0, PEER, pieces.get(2))).isEqualTo(new Decoded.Unknown<>(130));
    assertThat(voice.decode(0, PEER, pieces.get(0))).isEqualTo(new Decoded.Unknown<>(130));
    assertThat(voice.decode(0, PEER, pieces.get(1)))
        .isEqualTo(new Decoded.Ok<>(new MemberMessage.Ping(7)));
  }

  @Test
  void aPieceInsideAPieceIsNotPutTogetherAgain() {
    byte[] inner = ByteBuffer.allocate(9).put((byte) MemberVoice.PIECE).putLong(7).array();
    List<ByteBuffer> pieces = pieces(1, inner);
    voice.decode(0, PEER, pieces.get(0));
    voice.decode(0, PEER, pieces.get(1));
    assertThat(voice.decode(0, PEER, pieces.get(2))).isEqualTo(new Decoded.Unknown<>(130));
  }

  @Test
  void aPieceWithoutItsHeadIsCounted() {
    voice.decode(0, PEER, ByteBuffer.wrap(new byte[] {(byte) MemberVoice.PIECE}));
    voice.decode(0, PEER, ByteBuffer.wrap(new byte[] {(byte) MemberVoice.PIECE, 1, 2, 3}));
    assertThat(counters.rejected(Rejection.BAD_FRAGMENT)).isEqualTo(2);
  }

  @Test
  void unfinishedMessagesAreNotKeptForEver() {
    voice.decode(0, PEER, pieces(1, ping()).getFirst());
    long later = LinkSettings.defaults().reassemblyTimeout().toNanos() + 1;
    voice.decode(later, PeerId.of("c", 1), pieces(1, ping()).getFirst());
    assertThat(counters.rejected(Rejection.REASSEMBLY_TIMED_OUT)).isEqualTo(1);
  }

  @Test
  void piecesOfAnEarlierLifeAreForgotten() {
    List<ByteBuffer> pieces = pieces(1, ping());
    voice.decode(0, PEER, pieces.get(0));
    voice.decode(0, PEER, pieces.get(1));
    voice.forget(PEER);
    assertThat(voice.decode(0, PEER, pieces.get(2))).isEqualTo(new Decoded.Unknown<>(130));
  }
}
