package io.euryale.group.primary;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.group.ConfigurationId;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.wire.Decoded;
import io.euryale.kernel.wire.WireReader;
import io.euryale.kernel.wire.WireWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PrimaryCodecTest {

  private static final ConfigurationId ID = ConfigurationId.regular(12, PeerId.of("alpha", 3));
  private static final Charter CHARTER =
      Charter.of(3, Voter.of("alpha", 2), Voter.of("beta", 1), Voter.of("gamma", 0));

  private final WireWriter writer = new WireWriter();
  private final WireReader reader = new WireReader();

  static Map<String, PrimaryMessage> samples() {
    Map<String, PrimaryMessage> samples = new LinkedHashMap<>();
    samples.put("primary-state", new PrimaryMessage.StateMessage(ID, full()));
    samples.put(
        "primary-state-first", new PrimaryMessage.StateMessage(ID, PrimaryRecord.initial(CHARTER)));
    samples.put("create-primary", new PrimaryMessage.CreatePrimary(ID, 4, 2));
    samples.put("primary-formed", new PrimaryMessage.PrimaryFormed(ID, 4, 2));
    return samples;
  }

  private static PrimaryRecord full() {
    ConfigurationId old = ConfigurationId.regular(8, PeerId.of("beta", 1));
    List<Voter> members = List.of(Voter.of("alpha", 2), Voter.of("beta", 1));
    return new PrimaryRecord(
        CHARTER,
        true,
        new Component(3, 1, old, members),
        2,
        new Attempt(new Component(4, 2, ID, members), List.of(new PeerName("beta"))));
  }

  static Stream<String> names() {
    return samples().keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("names")
  void version_1_is_still_read_and_written(String name) throws IOException {
    byte[] golden = golden(name);
    PrimaryMessage sample = samples().get(name);
    assertThat(HexFormat.of().formatHex(bytes(sample))).isEqualTo(HexFormat.of().formatHex(golden));
    assertThat(decode(golden)).isEqualTo(new Decoded.Ok<>(sample));
  }

  @ParameterizedTest
  @MethodSource("names")
  void a_message_cut_short_is_malformed_and_that_of_a_later_version_is_read(String name) {
    byte[] whole = bytes(samples().get(name));
    for (int length = 0; length < whole.length; length++) {
      assertThat(decode(Arrays.copyOf(whole, length))).isInstanceOf(Decoded.Malformed.class);
    }
    byte[] later = Arrays.copyOf(whole, whole.length + 9);
    later[1] = 2;
    assertThat(decode(later)).isEqualTo(decode(whole));
    later[1] = 0;
    assertThat(decode(later)).isInstanceOf(Decoded.Malformed.class);
  }

  @Test
  void other_types_are_unknown() {
    assertThat(decode(new byte[] {84, 1})).isEqualTo(new Decoded.Unknown<>(84));
    assertThat(decode(new byte[] {79})).isEqualTo(new Decoded.Unknown<>(79));
    assertThat(decode(new byte[] {})).isInstanceOf(Decoded.Malformed.class);
  }

  @Test
  void the_durable_record_survives_and_damage_is_not_taken_for_absence() throws IOException {
    byte[] golden = golden("primary-record");
    assertThat(array(PrimaryCodec.writeRecord(writer, full()))).isEqualTo(golden);
    assertThat(PrimaryCodec.readRecord(ByteBuffer.wrap(golden)))
        .isEqualTo(new Decoded.Ok<>(full()));
    for (int i = 0; i < golden.length; i++) {
      byte[] damaged = golden.clone();
      damaged[i] ^= 4;
      assertThat(PrimaryCodec.readRecord(ByteBuffer.wrap(damaged)))
          .isInstanceOf(Decoded.Malformed.class);
      assertThat(PrimaryCodec.readRecord(ByteBuffer.wrap(Arrays.copyOf(golden, i))))
          .isInstanceOf(Decoded.Malformed.class);
    }
  }

  @Test
  void the_largest_membership_fits_and_one_more_is_malformed() {
    List<Voter> voters = new ArrayList<>();
    for (int i = 0; i < 256; i++) {
      voters.add(Voter.of(String.format("%064d", i), Voter.MAX_WEIGHT));
    }
    Charter charter = new Charter(voters, 1);
    PrimaryMessage message = new PrimaryMessage.StateMessage(ID, PrimaryRecord.initial(charter));
    byte[] bytes = bytes(message);
    assertThat(decode(bytes)).isEqualTo(new Decoded.Ok<>(message));
    int count = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("\u0001\u0000\u0000\u0040");
    bytes[count + 1] = 1;
    assertThat(decode(bytes))
        .isInstanceOfSatisfying(
            Decoded.Malformed.class, m -> assertThat(m.reason()).contains("at most 256"));
  }

  @Test
  void nonsense_that_would_break_a_rule_is_malformed() {
    byte[] bytes = bytes(samples().get("primary-state"));
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    byte[] twice = text.replace("beta", "alfa").getBytes(StandardCharsets.ISO_8859_1);
    assertThat(decode(twice)).isInstanceOf(Decoded.Malformed.class);
    byte[] negative = bytes(new PrimaryMessage.CreatePrimary(ID, 4, 2));
    negative[negative.length - 8] = (byte) 0x80;
    assertThat(decode(negative)).isInstanceOf(Decoded.Malformed.class);
    byte[] odd = bytes(new PrimaryMessage.CreatePrimary(ID, 4, 2));
    odd[9] |= 1;
    assertThat(decode(odd)).isInstanceOf(Decoded.Malformed.class);
  }

  @Test
  void any_bytes_give_a_value_and_what_was_read_can_be_written() {
    Random random = new Random(42);
    List<byte[]> seeds = samples().values().stream().map(this::bytes).toList();
    int read = 0;
    for (int round = 0; round < 100_000; round++) {
      byte[] bytes = seeds.get(random.nextInt(seeds.size())).clone();
      for (int change = random.nextInt(4); change >= 0; change--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      bytes = Arrays.copyOf(bytes, random.nextInt(4) == 0 ? random.nextInt(200) : bytes.length);
      if (decode(bytes) instanceof Decoded.Ok<PrimaryMessage> ok) {
        read++;
        assertThat(decode(bytes(ok.message()))).isEqualTo(ok);
      }
      PrimaryCodec.readRecord(ByteBuffer.wrap(bytes));
    }
    assertThat(read).isGreaterThan(1000);
  }

  private byte[] bytes(PrimaryMessage message) {
    return array(PrimaryCodec.encode(writer, message));
  }

  private static byte[] array(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  private Decoded<PrimaryMessage> decode(byte[] bytes) {
    return PrimaryCodec.decode(reader, ByteBuffer.wrap(bytes));
  }

  private static byte[] golden(String name) throws IOException {
    try (InputStream in =
        PrimaryCodecTest.class.getResourceAsStream("/golden/v1/" + name + ".hex")) {
      assertThat(in).as("golden file %s", name).isNotNull();
      String hex = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
      return HexFormat.of().parseHex(hex.replaceAll("\\s", ""));
    }
  }
}
