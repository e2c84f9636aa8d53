package io.euryale.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.PeerId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The bytes of version 1. With the same randomness both sides write what they wrote then, each in
/// answer to what it read, so the files are read as well as written.
class GoldenTest {

  private static final List<String> KINDS =
      List.of("first", "second", "confirm", "confirmed", "data");

  static Map<String, byte[]> current() {
    Map<String, byte[]> samples = new LinkedHashMap<>();
    for (boolean keyed : new boolean[] {true, false}) {
      TestNet net = new TestNet(2_026);
      TestNet.Node ada = net.node("ada", 10, ring(keyed, "ada")).contact("bob");
      TestNet.Node bob = net.node("bob", 20, ring(keyed, "bob"));
      net.run(TestNet.SECOND);
      assertThat(bob.say(PeerId.of("ada", 10), "golden")).isTrue();
      net.run(TestNet.SECOND);
      assertThat(ada.received.values()).containsExactly(List.of("golden"));
      for (int i = 0; i < KINDS.size(); i++) {
        samples.put((keyed ? "keyed-" : "plain-") + KINDS.get(i), net.captured.get(i));
      }
    }
    Packer packer = new Packer().start(100);
    packer.add(3, ByteBuffer.wrap("abc".getBytes(StandardCharsets.US_ASCII)));
    packer.add(200, ByteBuffer.allocate(0));
    samples.put("packed", TestNet.bytes(packer.body()));
    ByteBuffer message = ByteBuffer.wrap("a message".getBytes(StandardCharsets.US_ASCII));
    Fragments.cut(7, message, 21, piece -> samples.put("fragment", TestNet.bytes(piece)));
    return samples;
  }

  private static @Nullable Keyring ring(boolean keyed, String self) {
    return keyed ? TestNet.keyring(self, Map.of("ada", 1, "bob", 2)) : null;
  }

  static Stream<String> names() {
    return current().keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("names")
  void version_1_is_still_written_and_read(String name) throws IOException {
    byte[] sample = current().get(name);
    assertThat(sample).isNotNull();
    assertThat(HexFormat.of().formatHex(sample)).isEqualTo(golden(name));
  }

  private static String golden(String name) throws IOException {
    try (InputStream in = GoldenTest.class.getResourceAsStream("/golden/v1/" + name + ".hex")) {
      assertThat(in).isNotNull();
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII).replaceAll("\\s", "");
    }
  }
}
