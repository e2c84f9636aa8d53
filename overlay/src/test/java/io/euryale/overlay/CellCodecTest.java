package io.euryale.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.wire.Decoded;
import io.euryale.kernel.wire.WireReader;
import io.euryale.kernel.wire.WireWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CellCodecTest {

  private final WireWriter writer = new WireWriter();
  private final WireReader reader = new WireReader();

  @Test
  void every_message_survives_encoding_and_decoding() {
    Random random = new Random(11);
    for (int round = 0; round < 300; round++) {
      for (CellMessage message : CellMessages.drawn(random)) {
        assertThat(decode(bytes(message))).isEqualTo(new Decoded.Ok<>(message));
      }
    }
  }

  @Test
  void samples_cover_every_type() {
    List<Integer> types =
        CellMessages.samples().values().stream().map(m -> (int) bytes(m)[0]).toList();
    assertThat(types)
        .hasSize(CellCodec.LAST_TYPE - CellCodec.FIRST_TYPE + 1)
        .doesNotHaveDuplicates()
        .hasSize(CellMessage.class.getPermittedSubclasses().length);
  }

  static Stream<String> samples() {
    return CellMessages.samples().keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("samples")
  void version_1_is_still_read_and_written(String name) throws IOException {
    CellMessage sample = CellMessages.samples().get(name);
    byte[] golden = golden(name);
    assertThat(decode(golden)).isEqualTo(new Decoded.Ok<>(sample));
    assertThat(HexFormat.of().formatHex(bytes(sample))).isEqualTo(HexFormat.of().formatHex(golden));
  }

  @ParameterizedTest
  @MethodSource("samples")
  void a_message_cut_short_is_malformed_and_a_longer_one_is_read(String name) {
    byte[] whole = bytes(CellMessages.samples().get(name));
    for (int length = 0; length < whole.length; length++) {
      assertThat(decode(java.util.Arrays.copyOf(whole, length)))
          .isInstanceOf(Decoded.Malformed.class);
    }
    assertThat(decode(java.util.Arrays.copyOf(whole, whole.length + 5)))
        .isInstanceOf(Decoded.Ok.class);
  }

  @Test
  void unknown_types_are_told_from_malformed_ones() {
    assertThat(decode(new byte[] {63, 1, 2})).isEqualTo(new Decoded.Unknown<>(63));
    assertThat(decode(new byte[] {})).isInstanceOf(Decoded.Malformed.class);
  }

  @Test
  void a_view_whose_coordinator_is_no_member_is_malformed() {
    byte[] bytes = bytes(CellMessages.samples().get("bind-reply"));
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    byte[] changed = text.replaceFirst("carl", "karl").getBytes(StandardCharsets.ISO_8859_1);
    assertThat(decode(changed))
        .isInstanceOfSatisfying(
            Decoded.Malformed.class,
            malformed -> assertThat(malformed.reason()).contains("karl#333 is not a member"));
  }

  @Test
  void damaged_messages_never_throw() {
    Random random = new Random(5);
    for (int round = 0; round < 400; round++) {
      for (CellMessage message : CellMessages.drawn(random)) {
        byte[] damaged = bytes(message);
        for (int hits = 1 + random.nextInt(3); hits > 0; hits--) {
          damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
        }
        anyBytes(damaged);
      }
    }
  }

  @Test
  void random_bytes_never_throw() {
    Random random = new Random(6);
    for (int round = 0; round < 50_000; round++) {
      byte[] bytes = new byte[random.nextInt(200)];
      random.nextBytes(bytes);
      if (bytes.length > 0) {
        bytes[0] = (byte) (16 + random.nextInt(CellCodec.LAST_TYPE - 14));
      }
      anyBytes(bytes);
    }
  }

  private static void anyBytes(byte[] bytes) {
    CellCodecFuzz.fuzzerTestOneInput(bytes);
  }

  private Decoded<CellMessage> decode(byte[] bytes) {
    return CellCodec.decode(reader, ByteBuffer.wrap(bytes));
  }

  private byte[] bytes(CellMessage message) {
    ByteBuffer frame = CellCodec.encode(writer, message);
    byte[] bytes = new byte[frame.remaining()];
    frame.get(bytes);
    return bytes;
  }

  private static byte[] golden(String name) throws IOException {
    try (InputStream in = CellCodecTest.class.getResourceAsStream("/golden/v1/" + name + ".hex")) {
      String hex = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
      return HexFormat.of().parseHex(hex.replaceAll("\\s", ""));
    }
  }
}
