package io.euryale.group.membership;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.group.ConfigurationId;
import io.euryale.group.membership.MemberMessage.Heard;
import io.euryale.group.order.Holdings;
import io.euryale.group.order.Merged;
import io.euryale.group.order.Range;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.wire.Decoded;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// The bytes of membership messages.
final class MemberCodecTest {

  static final PeerId A = PeerId.of("a", 1);
  static final PeerId B = PeerId.of("b", 2);
  private static final ConfigurationId ID = ConfigurationId.regular(12, A);

  private static final String PEER_A = "0001" + "61" + "0000000000000001";
  private static final String PEER_B = "0001" + "62" + "0000000000000002";
  private static final String ID_1 = "000000000000000c" + PEER_A;
  private static final String OLD_1 = "000000000000000a" + PEER_B;
  private static final String PEERS_1 = "0002" + PEER_A + PEER_B;

  /// Held or top 5, heard 6, line 7, one island of 2 packets from 9; then held 0, heard 0, line 1.
  private static final String ORIGINS_1 =
      "0002"
          + "0000000000000005"
          + "0000000000000006"
          + "0000000000000007"
          + "0001"
          + "0000000000000009"
          + "00000002"
          + "0000000000000000"
          + "0000000000000000"
          + "0000000000000001"
          + "0000"
          + "0001"
          + "0001";

  private static final Map<MemberMessage, String> GOLDEN = golden();

  private final MemberCodec codec = new MemberCodec();

  private static BitSet set(int... bits) {
    BitSet set = new BitSet();
    for (int bit : bits) {
      set.set(bit);
    }
    return set;
  }

  private static Holdings holdings() {
    return new Holdings(
        List.of(
            new Holdings.OfOrigin(5, List.of(new Range(9, 10)), 6, 7),
            new Holdings.OfOrigin(0, List.of(), 0, 1)),
        set(1));
  }

  private static Merged merged() {
    return new Merged(
        List.of(
            new Merged.OfOrigin(5, List.of(new Range(9, 10)), 6, 7),
            new Merged.OfOrigin(0, List.of(), 0, 1)),
        set(1));
  }

  /// Version 1 of every message, written by hand from the table of [MemberCodec].
  static Map<MemberMessage, String> golden() {
    Map<MemberMessage, String> golden = new LinkedHashMap<>();
    golden.put(
        new MemberMessage.Heartbeat(
            1,
            12,
            0x0102030405060708L,
            true,
            3,
            List.of(new Heard(A, true, false), new Heard(B, false, false))),
        "81"
            + "0000000000000001"
            + "000000000000000c"
            + "0102030405060708"
            + "01"
            + "0000000000000003"
            + "0002"
            + PEER_A
            + "01"
            + PEER_B
            + "00");
    golden.put(
        new MemberMessage.Heartbeat(1, 12, 0, false, 3, List.of(new Heard(A, true, true))),
        "81"
            + "0000000000000001"
            + "000000000000000c"
            + "0000000000000000"
            + "00"
            + "0000000000000003"
            + "0001"
            + PEER_A
            + "03");
    golden.put(new MemberMessage.Ping(-2), "83" + "fffffffffffffffe");
    golden.put(new MemberMessage.Pong(5), "84" + "0000000000000005");
    golden.put(new MemberMessage.Propose(ID, List.of(A, B)), "85" + ID_1 + PEERS_1);
    golden.put(new MemberMessage.Accept(ID, null, List.of(), List.of()), "86" + ID_1 + "00");
    golden.put(
        new MemberMessage.Accept(
            ID, ConfigurationId.regular(10, B), List.of(A, B), Collections.nCopies(4, holdings())),
        "86" + ID_1 + "01" + OLD_1 + PEERS_1 + ORIGINS_1.repeat(4));
    golden.put(new MemberMessage.Refuse(ID, 14), "87" + ID_1 + "000000000000000e");
    golden.put(
        new MemberMessage.Commit(ID, List.of(A, B), new BitSet(), List.of()),
        "88" + ID_1 + PEERS_1 + "00");
    golden.put(
        new MemberMessage.Commit(ID, List.of(A, B), set(0, 1), Collections.nCopies(4, merged())),
        "88" + ID_1 + PEERS_1 + "01" + "0002" + "0000" + "0001" + ORIGINS_1.repeat(4));
    golden.put(new MemberMessage.Recovered(ID), "89" + ID_1);
    golden.put(new MemberMessage.Install(ID), "8a" + ID_1);
    golden.put(new MemberMessage.Leave(), "8b");
    golden.put(new MemberMessage.Left(ID), "8c" + ID_1);
    golden.put(new MemberMessage.Enter(ID), "8d" + ID_1);
    return golden;
  }

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex);
  }

  private Decoded<MemberMessage> decode(byte[] bytes) {
    return codec.decode(ByteBuffer.wrap(bytes));
  }

  @Test
  void everyMessageOfVersion1StaysAsItIs() {
    GOLDEN.forEach(
        (message, hex) -> {
          ByteBuffer encoded = codec.encode(message);
          byte[] bytes = new byte[encoded.remaining()];
          encoded.get(bytes);
          assertThat(HexFormat.of().formatHex(bytes)).as("%s", message).isEqualTo(hex);
          assertThat(decode(bytes(hex))).isEqualTo(new Decoded.Ok<>(message));
          assertThat(codec.hasMoreFields()).isFalse();
        });
    assertThat(GOLDEN.keySet().stream().map(Object::getClass).distinct())
        .hasSameSizeAs(MemberMessage.class.getPermittedSubclasses());
  }

  @Test
  void fieldsOfALaterVersionAtTheEndAreSkipped() {
    GOLDEN.forEach(
        (message, hex) -> {
          assertThat(decode(bytes(hex + "00ff00"))).isEqualTo(new Decoded.Ok<>(message));
          assertThat(codec.hasMoreFields()).isTrue();
        });
  }

  @Test
  void aTypeOfALaterVersionIsUnknown() {
    for (int type = 0; type < 256; type++) {
      int wanted = type;
      if (GOLDEN.values().stream().noneMatch(hex -> (bytes(hex)[0] & 0xFF) == wanted)) {
        assertThat(decode(new byte[] {(byte) type, 1, 2})).isEqualTo(new Decoded.Unknown<>(type));
      }
    }
  }

  @Test
  void everyPrefixIsMalformed() {
    for (String hex : GOLDEN.values()) {
      byte[] whole = bytes(hex);
      for (int length = 0; length < whole.length; length++) {
        assertThat(codec.decode(ByteBuffer.wrap(whole, 0, length).slice()))
            .isInstanceOf(Decoded.Malformed.class);
      }
    }
  }

  @Test
  void noFlippedBitAndNoNoiseThrows() {
    Random random = new Random(3);
    for (String hex : GOLDEN.values()) {
      byte[] whole = bytes(hex);
      for (int bit = 0; bit < 8 * whole.length; bit++) {
        byte[] flipped = whole.clone();
        flipped[bit / 8] ^= (byte) (1 << bit % 8);
        reencode(decode(flipped));
      }
      for (int i = 0; i < 2_000; i++) {
        byte[] noise = whole.clone();
        for (int j = random.nextInt(4); j >= 0; j--) {
          noise[random.nextInt(noise.length)] = (byte) random.nextInt();
        }
        reencode(decode(noise));
      }
    }
  }

  /// What was read can be written, and is read again as it was.
  private void reencode(Decoded<MemberMessage> decoded) {
    if (decoded instanceof Decoded.Ok<MemberMessage>(MemberMessage message)) {
      ByteBuffer encoded = codec.encode(message);
      ByteBuffer copy = ByteBuffer.allocate(encoded.remaining()).put(encoded).flip();
      assertThat(codec.decode(copy)).isEqualTo(decoded);
    }
  }

  @Test
  void countsThatLieAreMalformedBeforeAnythingIsAllocated() {
    String[] at = {
      GOLDEN.get(new MemberMessage.Propose(ID, List.of(A, B))), "85" + ID_1, // members
    };
    for (String count : List.of("0000", "0101", "7fff", "8000", "ffff")) {
      assertThat(decode(bytes(at[1] + count + PEER_A + PEER_B)))
          .isInstanceOf(Decoded.Malformed.class);
      assertThat(decode(bytes("81" + "00".repeat(33) + count)))
          .isInstanceOf(count.equals("0000") ? Decoded.Ok.class : Decoded.Malformed.class);
      String before = "86" + ID_1 + "01" + OLD_1 + PEERS_1;
      assertThat(decode(bytes(before + count + ORIGINS_1.substring(4))))
          .isInstanceOf(Decoded.Malformed.class);
      String islands = before + ORIGINS_1.substring(0, 4 + 48) + count;
      assertThat(decode(bytes(islands + ORIGINS_1.substring(4 + 52))))
          .isInstanceOf(Decoded.Malformed.class);
    }
  }

  @Test
  void numbersOutOfTheirRangeAreMalformed() {
    for (String number :
        List.of(
            "ffffffffffffffff",
            "8000000000000000",
            "7fffffffffffffff",
            "4000000000000000",
            "000000000000000b", // of a transitional configuration
            "0000000000000000")) {
      assertThat(decode(bytes("89" + number + PEER_A))).isInstanceOf(Decoded.Malformed.class);
    }
    for (String incarnation : List.of("0000000000000000", "ffffffffffffffff")) {
      assertThat(decode(bytes("89" + "000000000000000c" + "0001" + "61" + incarnation)))
          .isInstanceOf(Decoded.Malformed.class);
    }
    for (String number : List.of("ffffffffffffffff", "8000000000000000", "7fffffffffffffff")) {
      assertThat(decode(bytes("87" + ID_1 + number))).isInstanceOf(Decoded.Malformed.class);
      String before = "88" + ID_1 + PEERS_1 + "01" + "0000" + "0001";
      for (int field = 0; field < 3; field++) {
        String numbers = "00".repeat(8 * field) + number + "00".repeat(8 * (2 - field));
        assertThat(decode(bytes(before + numbers + "0000" + "0000")))
            .isInstanceOf(Decoded.Malformed.class);
      }
      String island = "00".repeat(24) + "0001" + number + "00000001";
      assertThat(decode(bytes(before + island + "0000"))).isInstanceOf(Decoded.Malformed.class);
    }
    for (String length : List.of("00000000", "ffffffff", "7fffffff", "80000000", "00004001")) {
      String island = "00".repeat(24) + "0001" + "0000000000000001" + length;
      assertThat(decode(bytes("88" + ID_1 + PEERS_1 + "01" + "0000" + "0001" + island + "0000")))
          .isInstanceOf(Decoded.Malformed.class);
    }
  }

  @Test
  void membersThatAreNotSortedOrTwiceThereAreMalformed() {
    assertThat(decode(bytes("85" + ID_1 + "0002" + PEER_B + PEER_A)))
        .isInstanceOf(Decoded.Malformed.class);
    assertThat(decode(bytes("85" + ID_1 + "0002" + PEER_A + PEER_A)))
        .isInstanceOf(Decoded.Malformed.class);
    String secondLife = "0001" + "61" + "0000000000000002";
    assertThat(decode(bytes("85" + ID_1 + "0002" + PEER_A + secondLife)))
        .isInstanceOf(Decoded.Malformed.class);
  }

  @Test
  void setsThatAreNotSortedOrOutOfRangeAreMalformed() {
    String before = "88" + ID_1 + PEERS_1 + "01";
    for (String set :
        List.of("0002" + "0001" + "0001", "0002" + "0001" + "0000", "0001" + "0100")) {
      assertThat(decode(bytes(before + set + ORIGINS_1.repeat(4))))
          .isInstanceOf(Decoded.Malformed.class);
    }
  }

  @Test
  void namesThatAreNoNamesAreMalformed() {
    List<byte[]> names = new ArrayList<>();
    for (String name :
        List.of("", "\0", "a\0", "../x", "a b", "\u202Ea", "'; --", "ä", "x".repeat(65))) {
      names.add(name.getBytes(StandardCharsets.UTF_8));
    }
    names.add(new byte[] {(byte) 0xC3});
    names.add(new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0x80});
    for (byte[] name : names) {
      ByteBuffer body =
          ByteBuffer.allocate(19 + name.length)
              .put((byte) 0x89)
              .putLong(12)
              .putShort((short) name.length)
              .put(name)
              .putLong(1);
      assertThat(decode(body.array())).isInstanceOf(Decoded.Malformed.class);
    }
  }

  @Test
  void theLargestReportFitsIntoAMessage() {
    List<Range> islands = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      islands.add(new Range(10 + 2 * i, 10 + 2 * i));
    }
    List<PeerId> members = new ArrayList<>();
    List<Merged.OfOrigin> origins = new ArrayList<>();
    BitSet all = new BitSet();
    for (int i = 0; i < 256; i++) {
      members.add(PeerId.of("x".repeat(61) + (100 + i), Long.MAX_VALUE));
      origins.add(new Merged.OfOrigin(8, islands, 9, 9));
      all.set(i);
    }
    MemberMessage largest =
        new MemberMessage.Commit(
            ID, members, all, Collections.nCopies(4, new Merged(origins, all)));
    ByteBuffer encoded = codec.encode(largest);
    ByteBuffer copy = ByteBuffer.allocate(encoded.remaining()).put(encoded).flip();
    assertThat(codec.decode(copy)).isEqualTo(new Decoded.Ok<>(largest));
  }
}
