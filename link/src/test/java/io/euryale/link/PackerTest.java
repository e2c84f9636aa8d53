package io.euryale.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PackerTest {

  private final Packer packer = new Packer();
  private final Unpacker unpacker = new Unpacker();

  private static ByteBuffer text(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
  }

  private List<String> unpacked(ByteBuffer body) {
    List<String> messages = new ArrayList<>();
    if (!unpacker.over(body)) {
      return List.of("malformed");
    }
    while (unpacker.next()) {
      messages.add(unpacker.type() + ":" + StandardCharsets.US_ASCII.decode(unpacker.content()));
    }
    return messages;
  }

  @Test
  void messages_come_out_in_their_order() {
    packer.start(1_000);
    assertThat(packer.isEmpty()).isTrue();
    ByteBuffer one = text("one");
    assertThat(packer.add(1, one)).isTrue();
    assertThat(one.remaining()).isEqualTo(3);
    assertThat(packer.add(255, text(""))).isTrue();
    ByteBuffer open = packer.begin(7, 5);
    assertThat(open).isNotNull();
    open.put(text("three"));
    packer.end();
    packer.begin(8, 1);
    packer.cancel();
    assertThat(unpacked(packer.body())).containsExactly("1:one", "255:", "7:three");
    assertThat(unpacked(packer.start(100).body())).isEmpty();
  }

  @Test
  void what_does_not_fit_is_not_added() {
    packer.start(20);
    assertThat(packer.room()).isEqualTo(17);
    assertThat(packer.add(1, ByteBuffer.allocate(18))).isFalse();
    assertThat(packer.add(1, ByteBuffer.allocate(15))).isTrue();
    assertThat(packer.room()).isEqualTo(-1);
    assertThat(packer.add(1, ByteBuffer.allocate(0))).isFalse();
    assertThat(packer.begin(1, 0)).isNull();
    assertThat(packer.body().remaining()).isEqualTo(18);
    packer.start(70_000);
    assertThat(packer.add(1, ByteBuffer.allocate(60_000))).isTrue();
    assertThat(unpacker.over(packer.body())).isTrue();
    assertThat(unpacker.next()).isTrue();
    assertThat(unpacker.content().remaining()).isEqualTo(60_000);
  }

  @Test
  void a_body_cut_short_hands_out_nothing() {
    packer.start(100);
    packer.add(1, text("one"));
    packer.add(2, text("two"));
    byte[] whole = TestNet.bytes(packer.body());
    for (int length = 0; length < whole.length; length++) {
      List<String> messages = unpacked(ByteBuffer.wrap(Arrays.copyOf(whole, length)));
      switch (length) {
        case 0 -> assertThat(messages).isEmpty();
        case 6 -> assertThat(messages).containsExactly("1:one");
        default -> assertThat(messages).containsExactly("malformed");
      }
    }
    for (int length : new int[] {0, 2, 4, 0x7FFF, 0x8000, 0xFFFF}) {
      byte[] lying = whole.clone();
      lying[1] = (byte) (length >> 8);
      lying[2] = (byte) length;
      assertThat(unpacked(ByteBuffer.wrap(lying))).containsExactly("malformed");
    }
  }

  @Test
  void any_bytes_are_taken_apart_or_refused() {
    Random random = new Random(9);
    int wellFormed = 0;
    for (int i = 0; i < 100_000; i++) {
      byte[] bytes = new byte[random.nextInt(40)];
      for (int at = 0; at < bytes.length; at++) {
        bytes[at] = (byte) random.nextInt(4);
      }
      ByteBuffer body = ByteBuffer.wrap(bytes);
      if (unpacker.over(body)) {
        wellFormed++;
        int sum = 0;
        while (unpacker.next()) {
          sum += unpacker.content().remaining() + Packer.MESSAGE_OVERHEAD;
        }
        assertThat(sum).isEqualTo(bytes.length);
      } else {
        assertThat(unpacker.next()).isFalse();
      }
    }
    assertThat(wellFormed).isPositive();
  }
}
