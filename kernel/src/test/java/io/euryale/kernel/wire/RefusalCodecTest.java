package io.euryale.kernel.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class RefusalCodecTest {

  /// Type 2, EURY, two bytes of length, the text; written by hand.
  private static final String GOLDEN = "02455552590002" + "6e6f";

  private static String hex(ByteBuffer frame) {
    byte[] bytes = new byte[frame.remaining()];
    frame.duplicate().get(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  @Test
  void bytesAreThoseOfVersionOne() {
    assertThat(hex(RefusalCodec.encode(new WireWriter(), "no"))).isEqualTo(GOLDEN);
    ByteBuffer golden = ByteBuffer.wrap(HexFormat.of().parseHex(GOLDEN));
    assertThat(RefusalCodec.isRefusal(golden)).isTrue();
    assertThat(RefusalCodec.decode(new WireReader(), golden)).isEqualTo("no");
  }

  @Test
  void nothingElseIsTakenForOne() {
    for (String body : new String[] {"02", "0245555259", "0145555259", "0200000000", "40"}) {
      boolean isOne = body.equals("0245555259");
      assertThat(RefusalCodec.isRefusal(ByteBuffer.wrap(HexFormat.of().parseHex(body))))
          .as(body)
          .isEqualTo(isOne);
    }
  }

  @Test
  void whatCannotBeReadOrSteersATerminalIsReplaced() {
    WireReader reader = new WireReader();
    byte[] cut = HexFormat.of().parseHex("0245555259000561");
    assertThat(RefusalCodec.decode(reader, ByteBuffer.wrap(cut)))
        .isEqualTo("for a reason that cannot be read");
    String steering = new String(new byte[] {27, '[', '2', 'J'}, StandardCharsets.US_ASCII);
    ByteBuffer frame = RefusalCodec.encode(new WireWriter(), "a" + steering + "b\nc");
    assertThat(RefusalCodec.decode(reader, frame)).isEqualTo("a [2Jb c");
  }
}
