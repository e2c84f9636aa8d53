package io.euryale.platform;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.wire.Frames;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameAssemblerTest {

  private final List<byte[]> bodies = new ArrayList<>();
  private final FrameAssembler assembler = assembler(Frames.MAX_BODY_BYTES);

  private FrameAssembler assembler(int longestBody) {
    return new FrameAssembler(
        body -> {
          byte[] bytes = new byte[body.remaining()];
          body.get(bytes);
          bodies.add(bytes);
          return true;
        },
        longestBody);
  }

  @Test
  void everyPrefixOfAFrameWaitsAndTheRestCompletesIt() {
    byte[] body = {7, 6, 5, 4, 3};
    byte[] wire = Peers.wire(body);
    for (int cut = 0; cut <= wire.length; cut++) {
      bodies.clear();
      assertThat(feed(wire, 0, cut)).isNull();
      assertThat(bodies).hasSize(cut == wire.length ? 1 : 0);
      assertThat(feed(wire, cut, wire.length)).isNull();
      assertThat(bodies).containsExactly(body);
      assertThat(assembler.heldBytes()).isZero();
    }
  }

  @Test
  void oneBytePerRead() {
    byte[] body = new byte[300];
    new SplittableRandom(3).nextBytes(body);
    byte[] wire = Peers.wire(body);
    for (int i = 0; i < wire.length; i++) {
      assertThat(feed(wire, i, i + 1)).isNull();
    }
    assertThat(bodies).containsExactly(body);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void anyCutOfAStreamGivesTheSameFrames(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<byte[]> sent = new ArrayList<>();
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    for (int i = 0; i < 200; i++) {
      byte[] body = new byte[1 + random.nextInt(random.nextInt(10) == 0 ? 100_000 : 300)];
      random.nextBytes(body);
      sent.add(body);
      stream.writeBytes(Peers.wire(body));
    }
    byte[] bytes = stream.toByteArray();
    for (int from = 0; from < bytes.length; ) {
      int to =
          Math.min(bytes.length, from + 1 + random.nextInt(random.nextBoolean() ? 20 : 65_536));
      assertThat(feed(bytes, from, to)).isNull();
      from = to;
    }
    assertThat(bodies).usingElementComparator(java.util.Arrays::compare).isEqualTo(sent);
    assertThat(assembler.heldBytes()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      ints = {-1, 0, Integer.MIN_VALUE, Integer.MAX_VALUE, Frames.MAX_BODY_BYTES + 1, 0x47455420})
  void lengthOutOfRangeIsRejectedAtOnceHoweverItArrives(int length) {
    byte[] wire = ByteBuffer.allocate(12).putInt(length).putInt(0).array();
    assertThat(feed(wire, 0, 12)).isEqualTo(Rejection.FRAME_LENGTH);
    FrameAssembler other = assembler(Frames.MAX_BODY_BYTES);
    assertThat(other.feed(ByteBuffer.wrap(wire, 0, 3).slice())).isNull();
    assertThat(other.feed(ByteBuffer.wrap(wire, 3, 9).slice())).isEqualTo(Rejection.FRAME_LENGTH);
    assertThat(bodies).isEmpty();
  }

  @Test
  void everyFlippedBitOfAShortFrameIsRejectedOrWaitsForMoreBytes() {
    byte[] body = {1, 2, 3};
    for (int bit = 0; bit < (Frames.HEADER_BYTES + 3) * 8; bit++) {
      byte[] wire = Peers.wire(body);
      wire[bit / 8] ^= (byte) (1 << (bit % 8));
      FrameAssembler one = assembler(Frames.MAX_BODY_BYTES);
      Rejection whole = one.feed(ByteBuffer.wrap(wire));
      FrameAssembler two = assembler(Frames.MAX_BODY_BYTES);
      Rejection cut = two.feed(ByteBuffer.wrap(wire, 0, 5).slice());
      cut = cut == null ? two.feed(ByteBuffer.wrap(wire, 5, wire.length - 5).slice()) : cut;
      assertThat(cut).as("bit %d", bit).isEqualTo(whole);
      if (whole == null) {
        assertThat(one.heldBytes()).as("bit %d", bit).isEqualTo(wire.length);
      }
      assertThat(bodies).isEmpty();
    }
  }

  @Test
  void beforeTheHelloOnlyShortFramesAreAccepted() {
    FrameAssembler early = assembler(100);
    byte[] wire = Peers.wire(new byte[101]);
    assertThat(early.feed(ByteBuffer.wrap(wire, 0, 8).slice())).isEqualTo(Rejection.HELLO_TOO_LONG);
    FrameAssembler later = assembler(100);
    later.accept(Frames.MAX_BODY_BYTES);
    assertThat(later.feed(ByteBuffer.wrap(wire))).isNull();
    assertThat(bodies).hasSize(1);
  }

  @Test
  void memoryGrowsWithReceivedBytesNotWithTheAnnouncedLength() {
    byte[] header = ByteBuffer.allocate(8).putInt(Frames.MAX_BODY_BYTES).putInt(0).array();
    assertThat(feed(header, 0, 8)).isNull();
    assertThat(assembler.heldCapacity()).isLessThanOrEqualTo(1024);
  }

  @Test
  void aLargeFrameLeavesNoLargeBufferBehind() {
    byte[] wire = Peers.wire(new byte[Frames.MAX_BODY_BYTES]);
    for (int from = 0; from < wire.length; from += 60_000) {
      assertThat(feed(wire, from, Math.min(wire.length, from + 60_000))).isNull();
    }
    assertThat(bodies).hasSize(1);
    assertThat(assembler.heldCapacity()).isZero();
  }

  @Test
  void nothingAfterTheEndOfTheConnectionIsLookedAt() {
    List<Integer> lengths = new ArrayList<>();
    FrameAssembler once =
        new FrameAssembler(
            body -> {
              lengths.add(body.remaining());
              return false;
            },
            Frames.MAX_BODY_BYTES);
    ByteArrayOutputStream two = new ByteArrayOutputStream();
    two.writeBytes(Peers.wire(new byte[3]));
    two.writeBytes(new byte[] {-1, -1, -1, -1, -1, -1, -1, -1});
    assertThat(once.feed(ByteBuffer.wrap(two.toByteArray()))).isNull();
    assertThat(lengths).containsExactly(3);
  }

  private Rejection feed(byte[] bytes, int from, int to) {
    return assembler.feed(ByteBuffer.wrap(bytes, from, to - from).slice());
  }
}
