package io.euryale.group.named;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.group.Configuration;
import io.euryale.group.ConfigurationId;
import io.euryale.group.Service;
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
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GroupCodecTest {

  private final WireWriter writer = new WireWriter();
  private final WireReader reader = new WireReader();

  static Stream<String> samples() {
    return GroupFrames.samples().keySet().stream();
  }

  @Test
  void samples_cover_every_type() {
    assertThat(GroupFrames.samples().values().stream().map(f -> (int) bytes(f)[0]))
        .hasSize(GroupCodec.LAST_TYPE)
        .doesNotHaveDuplicates()
        .hasSize(GroupFrame.class.getPermittedSubclasses().length);
  }

  @ParameterizedTest
  @MethodSource("samples")
  void version_1_is_still_read_and_written(String name) throws IOException {
    GroupFrame sample = sample(name);
    byte[] golden = golden(name);
    assertThat(decode(golden)).isEqualTo(ok(sample));
    assertThat(HexFormat.of().formatHex(bytes(sample))).isEqualTo(HexFormat.of().formatHex(golden));
  }

  @ParameterizedTest
  @MethodSource("samples")
  void a_frame_cut_short_is_malformed(String name) {
    GroupFrame sample = sample(name);
    byte[] whole = bytes(sample);
    int payload = sample instanceof GroupFrame.Data || sample instanceof GroupFrame.Chunk ? 5 : 0;
    for (int length = 0; length < whole.length - payload; length++) {
      assertThat(decode(Arrays.copyOf(whole, length))).isInstanceOf(Decoded.Malformed.class);
    }
  }

  @ParameterizedTest
  @MethodSource("samples")
  void fields_of_a_later_version_are_skipped(String name) {
    GroupFrame sample = sample(name);
    byte[] whole = bytes(sample);
    if (sample instanceof GroupFrame.Data || sample instanceof GroupFrame.Chunk) {
      ByteBuffer longer = ByteBuffer.allocate(whole.length + 3);
      longer.put(whole, 0, whole.length - 7).putShort((short) 3).put(new byte[3]);
      longer.put(whole, whole.length - 5, 5);
      assertThat(decode(longer.array())).isEqualTo(ok(sample));
    } else {
      assertThat(decode(Arrays.copyOf(whole, whole.length + 5))).isEqualTo(ok(sample));
    }
  }

  @Test
  void unknown_types_are_told_from_malformed_ones() {
    assertThat(decode(new byte[] {44, 1, 2})).isEqualTo(new Decoded.Unknown<>(44));
    assertThat(decode(new byte[] {})).isInstanceOf(Decoded.Malformed.class);
  }

  @Test
  void damaged_and_random_frames_neither_throw_nor_change_a_view() {
    Random random = new Random(5);
    PeerId self = PeerId.of("alpha", 1);
    PeerId other = PeerId.of("beta", 1);
    List<byte[]> submitted = new ArrayList<>();
    NamedGroups groups =
        new NamedGroups(
            (service, payload) -> {
              byte[] copy = new byte[payload.remaining()];
              payload.get(copy);
              submitted.add(copy);
              return true;
            },
            self,
            Rights.OPEN,
            GroupSettings.DEFAULT,
            GroupObserver.NONE,
            GroupTrace.NONE);
    groups.regular(
        0, new Configuration(ConfigurationId.regular(2, self), List.of(self, other), null));
    List<GroupFrame> samples = List.copyOf(GroupFrames.samples().values());
    for (int round = 0; round < 20_000; round++) {
      byte[] bytes;
      if (random.nextBoolean()) {
        bytes = bytes(samples.get(random.nextInt(samples.size())));
        for (int hits = 1 + random.nextInt(3); hits > 0; hits--) {
          bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
      } else {
        bytes = new byte[random.nextInt(120)];
        random.nextBytes(bytes);
        if (bytes.length > 0) {
          bytes[0] = (byte) random.nextInt(GroupCodec.LAST_TYPE + 3);
        }
      }
      decode(bytes);
      Service service = Service.values()[random.nextInt(6)];
      groups.message(round, other, round + 1, service, ByteBuffer.wrap(bytes));
    }
    assertThat(groups.groups()).isEmpty();
    assertThat(submitted).hasSize(1);
  }

  @Test
  void damaged_frames_of_the_present_configuration_do_not_throw() {
    Random random = new Random(6);
    PeerId self = PeerId.of("alpha", 3);
    List<byte[]> submitted = new ArrayList<>();
    NamedGroups groups =
        new NamedGroups(
            (service, payload) -> {
              byte[] copy = new byte[payload.remaining()];
              payload.get(copy);
              submitted.add(copy);
              return true;
            },
            self,
            Rights.OPEN,
            GroupSettings.DEFAULT,
            GroupObserver.NONE,
            GroupTrace.NONE);
    ConfigurationId id = ConfigurationId.regular(2, self);
    groups.regular(0, new Configuration(id, List.of(self), null));
    groups.sent(0, 1, Service.AGREED, ByteBuffer.wrap(submitted.getFirst()));
    groups.message(0, self, 1, Service.AGREED, ByteBuffer.wrap(submitted.getFirst()));
    List<GroupFrame> samples = List.copyOf(GroupFrames.samples().values());
    for (int round = 0; round < 20_000; round++) {
      byte[] bytes = bytes(samples.get(random.nextInt(samples.size())));
      ByteBuffer.wrap(bytes).putLong(1, Hash.of(id.toString()));
      for (int hits = random.nextInt(3); hits > 0; hits--) {
        bytes[9 + random.nextInt(bytes.length - 9)] = (byte) random.nextInt(256);
      }
      Service service = Service.values()[random.nextInt(6)];
      PeerId from = random.nextBoolean() ? PeerId.of("beta", 1) : PeerId.of("carl", 2);
      groups.message(round, from, round + 1, service, ByteBuffer.wrap(bytes));
    }
    assertThat(groups.groups().size()).isLessThan(20_000);
  }

  @Test
  void the_most_memberships_in_one_part_fit_into_a_message() {
    GroupFrame.Entry entry =
        new GroupFrame.Entry(
            new GroupName("g".repeat(64)),
            new PeerName("a".repeat(64)),
            true,
            true,
            true,
            1,
            1,
            1,
            1);
    List<GroupFrame.Entry> most = java.util.Collections.nCopies(GroupCodec.MAX_ENTRIES, entry);
    assertThat(bytes(new GroupFrame.Memberships(true, 1, most)).length).isLessThan(1 << 20);
  }

  private static Decoded<GroupCodec.Tagged> ok(GroupFrame frame) {
    return new Decoded.Ok<>(new GroupCodec.Tagged(GroupFrames.CONFIGURATION, frame));
  }

  private static GroupFrame sample(String name) {
    return java.util.Objects.requireNonNull(GroupFrames.samples().get(name));
  }

  private Decoded<GroupCodec.Tagged> decode(byte[] bytes) {
    return GroupCodec.decode(reader, ByteBuffer.wrap(bytes));
  }

  private byte[] bytes(GroupFrame frame) {
    ByteBuffer encoded = GroupCodec.encode(writer, GroupFrames.CONFIGURATION, frame);
    byte[] bytes = new byte[encoded.remaining()];
    encoded.get(bytes);
    return bytes;
  }

  private static byte[] golden(String name) throws IOException {
    try (InputStream in = GroupCodecTest.class.getResourceAsStream("/golden/v1/" + name + ".hex")) {
      String hex =
          new String(
              java.util.Objects.requireNonNull(in).readAllBytes(), StandardCharsets.US_ASCII);
      return HexFormat.of().parseHex(hex.replaceAll("\\s", ""));
    }
  }
}
