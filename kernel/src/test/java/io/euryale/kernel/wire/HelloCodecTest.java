package io.euryale.kernel.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.Endpoint;
import io.euryale.kernel.Hello;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerRef;
import io.euryale.kernel.Role;
import io.euryale.kernel.TrafficClass;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class HelloCodecTest {

  private static final Hello HELLO =
      new Hello(
          "euryale",
          Role.PEER,
          TrafficClass.ALARM,
          new PeerRef(PeerId.of("trindade", 7), new Endpoint("127.0.0.1", 1001, 1002, 1003, 1004)));

  private static byte[] encoded(Hello hello) {
    ByteBuffer frame = HelloCodec.encode(new WireWriter(), hello);
    byte[] bytes = new byte[frame.remaining()];
    frame.get(bytes);
    return bytes;
  }

  private static Decoded<Hello> decode(byte[] bytes) {
    return HelloCodec.decode(new WireReader(), ByteBuffer.wrap(bytes));
  }

  @Test
  void theGoldenFileOfVersion1StillDecodesAndIsStillWritten() throws IOException {
    byte[] golden;
    try (InputStream in = HelloCodecTest.class.getResourceAsStream("/golden/v1/hello.hex")) {
      String hex = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.US_ASCII);
      golden = HexFormat.of().parseHex(hex.strip());
    }
    assertThat(decode(golden)).isEqualTo(new Decoded.Ok<>(HELLO));
    assertThat(encoded(HELLO)).isEqualTo(golden);
  }

  @Test
  void everyPrefixIsMalformed() {
    byte[] bytes = encoded(HELLO);
    for (int length = 0; length < bytes.length; length++) {
      byte[] prefix = java.util.Arrays.copyOf(bytes, length);
      assertThat(decode(prefix)).as("prefix of %d", length).isInstanceOf(Decoded.Malformed.class);
    }
  }

  @Test
  void fieldsOfALaterVersionAreSkipped() {
    byte[] bytes = java.util.Arrays.copyOf(encoded(HELLO), encoded(HELLO).length + 9);
    assertThat(decode(bytes)).isEqualTo(new Decoded.Ok<>(HELLO));
  }

  @Test
  void anotherTypeIsUnknown() {
    byte[] bytes = encoded(HELLO);
    bytes[0] = 99;
    assertThat(decode(bytes)).isEqualTo(new Decoded.Unknown<Hello>(99));
  }

  @Test
  void aPeerOfTheFutureIsToldWhichVersionsMeet() {
    byte[] bytes = encoded(HELLO);
    bytes[6] = 2; // oldest version
    assertThat(decode(bytes))
        .isInstanceOfSatisfying(
            Decoded.Malformed.class,
            malformed -> assertThat(malformed.reason()).contains("versions 2 to"));
  }

  @Test
  void anyChangeOfAnyByteGivesADecodedAndNeverAnException() {
    SplittableRandom random = new SplittableRandom(42);
    byte[] bytes = encoded(HELLO);
    for (int i = 0; i < 200_000; i++) {
      byte[] changed = bytes.clone();
      for (int n = random.nextInt(4); n >= 0; n--) {
        changed[random.nextInt(changed.length)] = (byte) random.nextInt();
      }
      assertThat(decode(changed)).isNotNull();
    }
    for (int i = 0; i < 100_000; i++) {
      byte[] garbage = new byte[random.nextInt(80)];
      random.nextBytes(garbage);
      assertThat(decode(garbage)).isNotInstanceOf(Decoded.Ok.class);
    }
  }
}
