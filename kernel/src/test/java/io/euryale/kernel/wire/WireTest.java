package io.euryale.kernel.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class WireTest {

  @Test
  void whatIsWrittenIsRead() {
    ByteBuffer frame =
        new WireWriter().start(9).u16(65535).i32(-1).i64(Long.MIN_VALUE).text("São João").frame();
    WireReader reader = new WireReader().over(frame);
    assertThat(reader.u8("type")).isEqualTo(9);
    assertThat(reader.u16("a")).isEqualTo(65535);
    assertThat(reader.i32("b")).isEqualTo(-1);
    assertThat(reader.i64("c")).isEqualTo(Long.MIN_VALUE);
    assertThat(reader.text(20, "d")).isEqualTo("São João");
    assertThat(reader.failure()).isNull();
    assertThat(reader.remaining()).isZero();
  }

  @Test
  void onlyTheFirstFailureIsKeptAndLaterReadsAreEmpty() {
    WireReader reader = new WireReader().over(ByteBuffer.wrap(new byte[] {0, 5, 'a'}));
    assertThat(reader.text(10, "name")).isEmpty();
    assertThat(reader.i64("next")).isZero();
    assertThat(reader.failure()).isEqualTo("name needs 5 bytes, 1 are left");
    assertThat(reader.remaining()).isZero();
  }

  @Test
  void aLongTextOrCountIsRefusedBeforeAnythingIsAllocated() {
    WireReader reader = new WireReader().over(ByteBuffer.wrap(new byte[] {-1, -1}));
    assertThat(reader.text(100, "name")).isEmpty();
    assertThat(reader.failure()).contains("at most 100 bytes, not 65535");
    reader.over(ByteBuffer.wrap(new byte[] {-1, -1}));
    assertThat(reader.count(256, "members")).isZero();
    assertThat(reader.failure()).contains("members is at most 256");
  }

  @Test
  void textOfAnyLengthAndScriptComesBackFromAnyBuffer() {
    for (String text : List.of("", "a".repeat(5_000), "a".repeat(2_000) + "é", "東京", "b")) {
      ByteBuffer written = new WireWriter().start(1).text(text).u8(7).frame();
      ByteBuffer direct = ByteBuffer.allocateDirect(written.remaining()).put(written).flip();
      for (ByteBuffer each : List.of(written.rewind(), direct)) {
        WireReader reader = new WireReader().over(each);
        assertThat(reader.u8("type")).isEqualTo(1);
        assertThat(reader.text(10_000, "text")).isEqualTo(text);
        assertThat(reader.u8("after")).isEqualTo(7);
        assertThat(reader.failure()).isNull();
      }
    }
  }

  @Test
  void textThatIsNoUtf8OrHasNulIsRefused() {
    WireReader reader = new WireReader();
    reader.over(ByteBuffer.wrap(new byte[] {0, 1, (byte) 0xC3})).text(9, "name");
    assertThat(reader.failure()).contains("UTF-8");
    reader.over(ByteBuffer.wrap(new byte[] {0, 1, 0})).text(9, "name");
    assertThat(reader.failure()).contains("UTF-8");
  }

  @Test
  void aWriterGrowsToTheFrameLimitAndNoFurther() {
    WireWriter writer = new WireWriter().start(1);
    byte[] block = new byte[4096];
    for (int i = 0; i < 255; i++) {
      writer.bytes(block, 0, block.length);
    }
    assertThat(writer.frame().remaining()).isEqualTo(1 + 255 * 4096);
    WireWriter full = new WireWriter().start(1);
    assertThatThrownBy(() -> full.bytes(ByteBuffer.allocate(Frames.MAX_BODY_BYTES)))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aWriterIsUsedAgainAfterAFrame() {
    WireWriter writer = new WireWriter();
    assertThat(writer.start(1).i64(5).frame().remaining()).isEqualTo(9);
    assertThat(writer.start(2).u8(5).frame().remaining()).isEqualTo(2);
  }

  @Test
  void theChecksumIsThatOfTheStandardVectorAndLeavesTheBufferAlone() {
    ByteBuffer body =
        ByteBuffer.wrap("123456789".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    assertThat(Frames.checksum(new CRC32C(), body)).isEqualTo(0xE3069283);
    assertThat(body.remaining()).isEqualTo(9);
  }

  @Test
  void lengthsOutsideTheBoundsAreNone() {
    assertThat(Frames.isLength(0)).isFalse();
    assertThat(Frames.isLength(-1)).isFalse();
    assertThat(Frames.isLength(1)).isTrue();
    assertThat(Frames.isLength(Frames.MAX_BODY_BYTES)).isTrue();
    assertThat(Frames.isLength(Frames.MAX_BODY_BYTES + 1)).isFalse();
  }
}
