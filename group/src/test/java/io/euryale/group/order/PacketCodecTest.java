package io.euryale.group.order;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.group.Service;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// The bytes of ordering datagrams.
final class PacketCodecTest {

  private static final int MEMBERS = 3;

  /// Version 1, written by hand from the tables of [PacketCodec].
  private static final String HEADER_1 =
      "80"
          + "1122334455667788"
          + "0000000000000007"
          + "0000000000000003"
          + "0000000000000005"
          + "01";

  private static final String AGREED_1 =
      "01" // packet
          + "002a" // 42 bytes follow
          + "0002" // origin
          + "0000000000000009" // sequence
          + "000000000000000b" // time
          + "04" // AGREED
          + "03" // whole
          + "0000000000000006" // first message
          + "0000" // no dependencies
          + "000a" // body
          + "00000001"
          + "61"
          + "00000001"
          + "62";

  private static final String CAUSAL_PIECE_1 =
      "01"
          + "003a"
          + "0001"
          + "0000000000000001"
          + "0000000000000002"
          + "03"
          + "01"
          + "0000000000000001"
          + "0003"
          + "0000000000000000"
          + "0000000000000001"
          + "0000000000000002"
          + "0002"
          + "6869";

  private static final String REQUEST_1 =
      "02"
          + "001b"
          + "0000"
          + "02"
          + "0000000000000004"
          + "00000002"
          + "0000000000000008"
          + "00000001";

  private static final String UNRELIABLE_1 = "03" + "000c" + "000000000000000d" + "0002" + "7575";

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex);
  }

  private static String hex(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private final Bodies bodies = new Bodies();

  private static Packet agreed() {
    byte[] body = {0, 0, 0, 1, 'a', 0, 0, 0, 1, 'b'};
    return new Packet(2, 9, 11, Service.AGREED, Packet.WHOLE, 6, new long[0], body, body.length);
  }

  private static Packet causalPiece() {
    return new Packet(
        1,
        1,
        2,
        Service.CAUSAL,
        Packet.FIRST_PIECE,
        1,
        new long[] {0, 1, 2},
        new byte[] {'h', 'i'},
        2);
  }

  @Test
  void theHeaderOfVersion1StaysAsItIs() {
    ByteBuffer out = ByteBuffer.allocate(PacketCodec.DATAGRAM_HEADER_BYTES);
    PacketCodec.header(out, 0x1122334455667788L, 7, 3, 5, true);
    assertThat(hex(out)).isEqualTo(HEADER_1);
    assertThat(PacketCodec.asksForAnswer(ByteBuffer.wrap(bytes(HEADER_1)))).isTrue();
  }

  @Test
  void partsOfVersion1StayAsTheyAre() {
    ByteBuffer out = ByteBuffer.allocate(1_000);
    PacketCodec.packet(out, agreed());
    assertThat(hex(out.flip())).isEqualTo(AGREED_1);
    out.clear();
    PacketCodec.packet(out, causalPiece());
    assertThat(hex(out.flip())).isEqualTo(CAUSAL_PIECE_1);
    out.clear();
    PacketCodec.request(out, 0, List.of(new Range(4, 5), new Range(8, 8)));
    assertThat(hex(out.flip())).isEqualTo(REQUEST_1);
    out.clear();
    PacketCodec.unreliable(out, 13, ByteBuffer.wrap(new byte[] {'u', 'u'}));
    assertThat(hex(out.flip())).isEqualTo(UNRELIABLE_1);
  }

  @Test
  void theSizeOfAPartIsKnownBeforeItIsWritten() {
    assertThat(agreed().wireBytes()).isEqualTo(bytes(AGREED_1).length);
    assertThat(causalPiece().wireBytes()).isEqualTo(bytes(CAUSAL_PIECE_1).length);
    assertThat(PacketCodec.requestBytes(List.of(new Range(4, 5), new Range(8, 8))))
        .isEqualTo(bytes(REQUEST_1).length);
  }

  @Test
  void whatVersion1WroteIsRead() {
    Packet packet = read(content(AGREED_1));
    assertThat(wire(packet)).isEqualTo(wire(agreed()));
    assertThat(packet.messages()).isEqualTo(2);
    assertThat(wire(read(content(CAUSAL_PIECE_1)))).isEqualTo(wire(causalPiece()));
    assertThat(PacketCodec.request(content(REQUEST_1), MEMBERS))
        .isEqualTo(new PacketCodec.Request(0, List.of(new Range(4, 5), new Range(8, 8))));
  }

  private Packet read(ByteBuffer part) {
    return PacketCodec.packet(part, MEMBERS, bodies);
  }

  private static String wire(Packet packet) {
    ByteBuffer out = ByteBuffer.allocate(packet.wireBytes());
    PacketCodec.packet(out, packet);
    return hex(out.flip());
  }

  /// What follows the kind and the length of a part.
  private static ByteBuffer content(String part) {
    return ByteBuffer.wrap(bytes(part)).position(3).slice();
  }

  @Test
  void randomPacketsComeBackAsTheyWere() {
    Random random = new Random(1);
    for (int i = 0; i < 200; i++) {
      byte[] payload = new byte[random.nextInt(300)];
      random.nextBytes(payload);
      boolean whole = random.nextBoolean();
      byte[] body =
          whole
              ? ByteBuffer.allocate(4 + payload.length).putInt(payload.length).put(payload).array()
              : payload;
      Packet packet =
          new Packet(
              random.nextInt(MEMBERS),
              1 + random.nextLong(PacketCodec.MOST),
              1 + random.nextLong(PacketCodec.MOST),
              Service.values()[1 + random.nextInt(5)],
              whole ? Packet.WHOLE : random.nextInt(3),
              1 + random.nextLong(PacketCodec.MOST),
              random.nextBoolean() ? new long[] {1, 2, random.nextLong(1_000)} : new long[0],
              body,
              body.length);
      ByteBuffer out = ByteBuffer.allocate(packet.wireBytes());
      PacketCodec.packet(out, packet);
      assertThat(out.hasRemaining()).isFalse();
      assertThat(wire(read(out.flip().position(3).slice()))).isEqualTo(wire(packet));
    }
  }

  @Test
  void everyPrefixOfAPartIsMalformed() {
    for (String sample : List.of(AGREED_1, CAUSAL_PIECE_1, REQUEST_1)) {
      ByteBuffer whole = content(sample);
      for (int length = 0; length < whole.limit(); length++) {
        ByteBuffer prefix = whole.slice(0, length);
        if (sample.equals(REQUEST_1)) {
          assertThat(PacketCodec.request(prefix, MEMBERS)).isNull();
        } else {
          assertThat(read(prefix)).isNull();
        }
      }
    }
  }

  @Test
  void numbersOutOfTheirRangeAreMalformed() {
    List<ByteBuffer> bad = new ArrayList<>();
    bad.add(content(AGREED_1).putShort(0, (short) MEMBERS)); // rank
    bad.add(content(AGREED_1).putShort(0, (short) -1));
    for (long number : new long[] {0, -1, Long.MIN_VALUE, Long.MAX_VALUE, PacketCodec.MOST + 1}) {
      bad.add(content(AGREED_1).putLong(2, number));
      bad.add(content(AGREED_1).putLong(10, number));
      bad.add(content(AGREED_1).putLong(20, number));
    }
    bad.add(content(AGREED_1).put(18, (byte) 0)); // UNRELIABLE
    bad.add(content(AGREED_1).put(18, (byte) 6));
    bad.add(content(AGREED_1).put(18, (byte) -1));
    bad.add(content(AGREED_1).put(19, (byte) 4)); // pieces
    bad.add(content(AGREED_1).put(19, (byte) -1));
    for (int count : new int[] {1, 2, 4, 0x7FFF, 0x8000, 0xFFFF}) {
      bad.add(content(CAUSAL_PIECE_1).putShort(28, (short) count));
    }
    for (long number : new long[] {-1, Long.MIN_VALUE, Long.MAX_VALUE}) {
      bad.add(content(CAUSAL_PIECE_1).putLong(30, number));
    }
    for (int length : new int[] {11, 0x7FFF, 0x8000, 0xFFFF}) {
      bad.add(content(AGREED_1).putShort(30, (short) length));
    }
    for (int length : new int[] {-1, 2, 5, 7, Integer.MAX_VALUE, Integer.MIN_VALUE, 1 << 30}) {
      bad.add(content(AGREED_1).putInt(32, length)); // of the first message in the body
    }
    bad.add(content(AGREED_1).putShort(30, (short) 0)); // no message at all
    for (ByteBuffer each : bad) {
      assertThat(read(each)).isNull();
    }
  }

  @Test
  void rangesOutOfTheirRangeAreMalformed() {
    for (long first : new long[] {0, -1, Long.MIN_VALUE, Long.MAX_VALUE, PacketCodec.MOST + 1}) {
      assertThat(PacketCodec.request(content(REQUEST_1).putLong(3, first), MEMBERS)).isNull();
    }
    for (int length : new int[] {0, -1, Origin.MOST_PACKETS + 1, Integer.MAX_VALUE}) {
      assertThat(PacketCodec.request(content(REQUEST_1).putInt(11, length), MEMBERS)).isNull();
    }
    for (int count : new int[] {3, 65, 128, 255}) {
      assertThat(PacketCodec.request(content(REQUEST_1).put(2, (byte) count), MEMBERS)).isNull();
    }
    assertThat(PacketCodec.request(content(REQUEST_1).putShort(0, (short) 3), MEMBERS)).isNull();
  }

  @Test
  void noFlippedBitThrowsAndNothingReadIsOutOfItsRange() {
    for (String sample : List.of(AGREED_1, CAUSAL_PIECE_1)) {
      for (int bit = 0; bit < 8 * (bytes(sample).length - 3); bit++) {
        ByteBuffer flipped = content(sample);
        flipped.put(bit / 8, (byte) (flipped.get(bit / 8) ^ 1 << bit % 8));
        Packet packet = read(flipped);
        if (packet != null) {
          assertThat(packet.origin).isBetween(0, MEMBERS - 1);
          assertThat(packet.sequence).isBetween(1L, PacketCodec.MOST);
          assertThat(packet.time).isBetween(1L, PacketCodec.MOST);
          assertThat(packet.isWellFormed()).isTrue();
        }
      }
    }
    for (int bit = 0; bit < 8 * (bytes(REQUEST_1).length - 3); bit++) {
      ByteBuffer flipped = content(REQUEST_1);
      flipped.put(bit / 8, (byte) (flipped.get(bit / 8) ^ 1 << bit % 8));
      PacketCodec.Request request = PacketCodec.request(flipped, MEMBERS);
      if (request != null) {
        assertThat(request.origin()).isBetween(0, MEMBERS - 1);
        assertThat(request.ranges())
            .allMatch(range -> range.last() - range.first() < Origin.MOST_PACKETS);
      }
    }
  }
}
