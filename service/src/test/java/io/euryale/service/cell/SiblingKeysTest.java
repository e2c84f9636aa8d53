package io.euryale.service.cell;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.Endpoint;
import io.euryale.kernel.Hello;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.PeerRef;
import io.euryale.kernel.Role;
import io.euryale.kernel.TrafficClass;
import io.euryale.link.PeerKey;
import io.euryale.link.StaticKey;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SiblingKeysTest {

  private static final PeerName ANN = new PeerName("ann");
  private static final PeerName BOB = new PeerName("bob");

  private final SiblingKeys keys = new SiblingKeys(new PeerName("self"), random(1));

  private static byte[] random(long seed) {
    byte[] bytes = new byte[32];
    new SplittableRandom(seed).nextBytes(bytes);
    return bytes;
  }

  private static PeerKey key(long seed) {
    return StaticKey.of(random(seed)).publicKey();
  }

  private static PeerRef ref(PeerName name, long incarnation) {
    return new PeerRef(
        new PeerId(name, incarnation), new Endpoint("127.0.0.1", 7400, 7401, 7402, 7403));
  }

  private static Hello hello(PeerName name, long incarnation, Role role) {
    return new Hello("metro", role, TrafficClass.CONTROL, ref(name, incarnation));
  }

  private static Hello hello(PeerName name) {
    return hello(name, 1, Role.PEER);
  }

  private static ByteBuffer frame(PeerKey key) {
    return ByteBuffer.allocate(33).put((byte) SiblingKeys.TYPE).put(key.bytes()).flip();
  }

  private Map<PeerName, PeerKey> known() {
    return keys.of(List.of(ref(ANN, 1), ref(BOB, 1)));
  }

  /// The public key of the private one with the bytes 0 to 31, computed by another implementation.
  @Test
  void theGoldenFileOfVersion1IsStillWrittenAndTaken() throws IOException {
    byte[] golden;
    try (InputStream in = SiblingKeysTest.class.getResourceAsStream("/golden/v1/group-key.hex")) {
      byte[] text = Objects.requireNonNull(in).readAllBytes();
      golden = HexFormat.of().parseHex(new String(text, StandardCharsets.US_ASCII).strip());
    }
    byte[] secret = new byte[32];
    for (int i = 0; i < secret.length; i++) {
      secret[i] = (byte) i;
    }
    byte[] written = new byte[33];
    new SiblingKeys(ANN, secret).frame().get(written);
    assertThat(written).isEqualTo(golden);
    assertThat(keys.take(1, hello(ANN), ByteBuffer.wrap(golden))).isTrue();
    assertThat(known()).isEqualTo(Map.of(ANN, StaticKey.of(secret).publicKey()));
  }

  @Test
  void whatAPeerTellsCountsWhileALinkItWasToldOnIsUp() {
    assertThat(keys.take(1, hello(ANN), frame(key(2)))).isTrue();
    assertThat(keys.take(2, hello(ANN), frame(key(2)))).isTrue();
    assertThat(keys.take(3, hello(BOB), frame(key(3)))).isTrue();
    assertThat(known()).isEqualTo(Map.of(ANN, key(2), BOB, key(3)));
    assertThat(keys.ring(known()).names()).containsExactly(ANN, BOB);
    keys.forget(1);
    assertThat(known()).containsEntry(ANN, key(2));
    keys.forget(2);
    assertThat(known()).isEqualTo(Map.of(BOB, key(3)));
    assertThat(keys.of(List.of(ref(ANN, 1)))).isEmpty();
    assertThat(keys.ring(Map.of()).names()).isEmpty();
  }

  @Test
  void whatIsRepeatedOnALinkIsTakenAndWhatIsChangedIsNot() {
    ByteBuffer frame = frame(key(2));
    assertThat(keys.take(1, hello(ANN), frame)).isTrue();
    assertThat(frame.remaining()).isEqualTo(33);
    assertThat(keys.take(1, hello(ANN), frame)).isTrue();
    assertThat(keys.take(1, hello(ANN), frame(key(4)))).isFalse();
    assertThat(known()).isEqualTo(Map.of(ANN, key(2)));
  }

  @Test
  void theLatestLifeCounts() {
    assertThat(keys.take(7, hello(ANN, 3, Role.PEER), frame(key(3)))).isTrue();
    assertThat(keys.take(9, hello(ANN, 2, Role.PEER), frame(key(2)))).isTrue();
    assertThat(known()).isEqualTo(Map.of(ANN, key(3)));
  }

  @Test
  void keysOfOthersAndOwnOnesToldBackMakeNoRingWrong() {
    assertThat(keys.take(1, hello(ANN), frame(key(2)))).isTrue();
    assertThat(keys.take(2, hello(BOB), frame(key(2)))).isTrue();
    assertThat(known()).isEqualTo(Map.of(ANN, key(2)));
    keys.forget(1);
    assertThat(keys.take(1, hello(ANN), keys.frame())).isTrue();
    assertThat(known()).isEqualTo(Map.of(BOB, key(2)));
    assertThat(keys.ring(known()).names()).containsExactly(BOB);
  }

  /// Clients and sensors, keys that keep no secret, cut and lengthened frames, and garbage.
  @Test
  void hostileFramesChangeNothing() {
    assertThat(keys.take(1, hello(ANN, 1, Role.SENSOR), frame(key(2)))).isFalse();
    assertThat(keys.take(1, hello(ANN, 1, Role.CLIENT), frame(key(2)))).isFalse();
    byte[] whole = new byte[33];
    frame(key(2)).get(whole);
    for (int length = 0; length < 33; length++) {
      assertThat(keys.take(1, hello(ANN), ByteBuffer.wrap(whole, 0, length))).isFalse();
    }
    byte[] longer = new byte[40];
    System.arraycopy(whole, 0, longer, 0, 33);
    assertThat(keys.take(1, hello(ANN), ByteBuffer.wrap(longer))).isFalse();
    byte[] one = new byte[33];
    one[1] = 1;
    byte[] zero = new byte[33];
    zero[0] = (byte) SiblingKeys.TYPE;
    one[0] = zero[0];
    assertThat(keys.take(1, hello(ANN), ByteBuffer.wrap(zero))).isFalse();
    assertThat(keys.take(1, hello(ANN), ByteBuffer.wrap(one))).isFalse();
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < 300; i++) {
      byte[] garbage = new byte[random.nextInt(64)];
      random.nextBytes(garbage);
      if (garbage.length > 0) {
        garbage[0] = 75;
      }
      assertThat(keys.take(1, hello(ANN), ByteBuffer.wrap(garbage))).isFalse();
    }
    assertThat(known()).isEmpty();
  }

  /// Whatever 32 bytes are told, a ring can be made of them.
  @Test
  void anyBytesMakeAKeyOrNone() {
    SplittableRandom random = new SplittableRandom(6);
    for (int link = 0; link < 200; link++) {
      byte[] bytes = new byte[33];
      random.nextBytes(bytes);
      if (link == 0) {
        Arrays.fill(bytes, (byte) 0xFF);
      }
      bytes[0] = (byte) SiblingKeys.TYPE;
      boolean _ = keys.take(link, hello(ANN, 1 + link, Role.PEER), ByteBuffer.wrap(bytes));
      assertThat(keys.ring(known()).names()).hasSizeLessThanOrEqualTo(1);
    }
    assertThat(known()).containsKey(ANN);
  }
}
