package io.euryale.client.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.euryale.client.Member;
import io.euryale.client.Service;
import io.euryale.client.TrafficClass;
import io.euryale.client.View;
import io.euryale.client.wire.SessionFrame.FromPeer;
import io.euryale.client.wire.SessionFrame.Piece;
import io.euryale.client.wire.SessionFrame.Question;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SessionCodecTest {

  private static final Member ALPHA = new Member("alpha", 7, "billing");
  private static final Member BETA = new Member("beta", 8, "stock");

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  static List<SessionFrame> samples() {
    return List.of(
        new SessionFrame.Hello(1, 1, "billing"),
        new SessionFrame.Join(3, TrafficClass.ALARM, "orders/eu", true, false),
        new SessionFrame.Leave(3),
        new SessionFrame.Send(3, Service.SAFE, 9, List.of(ALPHA, BETA), bytes("hi")),
        new SessionFrame.Send(3, Service.AGREED, 10, List.of(), bytes("")),
        new SessionFrame.GiveState(3, 1, Piece.LAST, bytes("state")),
        new SessionFrame.AskState(3),
        new SessionFrame.Query(1, Question.VIEW, TrafficClass.NORMAL, "orders"),
        new SessionFrame.Goodbye(),
        new SessionFrame.Welcome(1, "alpha", 7, 524288),
        new SessionFrame.Refused(3, 9, "FORBIDDEN", "No."),
        new SessionFrame.Viewed(
            3,
            new View(
                "12/alpha#7:1.0",
                true,
                View.Cause.JOIN,
                BETA,
                List.of(ALPHA, BETA),
                List.of(0, 1))),
        new SessionFrame.Viewed(
            3, new View("v", false, View.Cause.CONFIGURATION, null, List.of(ALPHA), List.of(0))),
        new SessionFrame.Message(3, ALPHA, Service.FIFO, true, true, 9, 0, bytes("hi")),
        new SessionFrame.Stable(3, 9),
        new SessionFrame.Left(3, View.Cause.LEAVE),
        new SessionFrame.Snapshot(3, 1, BETA),
        new SessionFrame.StateBegins(3, ALPHA),
        new SessionFrame.State(3, bytes("state")),
        new SessionFrame.StateComplete(3, ALPHA),
        new SessionFrame.NoState(3),
        new SessionFrame.Primary(true, 4, "this is the primary component"),
        new SessionFrame.Answer(1, true, "billing@alpha#7\nstöck@beta#8"),
        new SessionFrame.Closing("goodbye"));
  }

  private static ByteBuffer body(SessionFrame frame) {
    ByteBuffer encoded = SessionCodec.encode(frame);
    assertThat(encoded.getInt()).isEqualTo(encoded.remaining());
    return encoded.slice();
  }

  private static SessionFrame decode(SessionFrame like, ByteBuffer body)
      throws MalformedFrameException {
    return like instanceof FromPeer ? SessionCodec.fromPeer(body) : SessionCodec.fromClient(body);
  }

  @Test
  void everyFrameComesBackAsItWas() throws Exception {
    for (SessionFrame sample : samples()) {
      assertThat(decode(sample, body(sample))).isEqualTo(sample);
    }
  }

  /// The files were written from the table in the package description by another encoder.
  @Test
  void framesAreTheBytesOfTheTable() throws Exception {
    List<String> lines;
    try (var in = SessionCodecTest.class.getResourceAsStream("/golden/v1/sessions.hex")) {
      lines = new String(in.readAllBytes(), StandardCharsets.US_ASCII).lines().toList();
    }
    List<String> encoded = new ArrayList<>();
    for (SessionFrame sample : samples()) {
      ByteBuffer bytes = SessionCodec.encode(sample);
      byte[] array = new byte[bytes.remaining()];
      bytes.get(array);
      encoded.add(HexFormat.of().formatHex(array));
    }
    assertThat(encoded).isEqualTo(lines);
  }

  @Test
  void aPrefixOfAFrameIsNoFrameAndNeverAnotherFailure() {
    for (SessionFrame sample : samples()) {
      ByteBuffer body = body(sample);
      for (int length = 0; length < body.limit(); length++) {
        ByteBuffer prefix = body.slice(0, length);
        try {
          SessionFrame decoded = decode(sample, prefix);
          assertThat(decoded.getClass()).isEqualTo(sample.getClass());
          assertThat(decoded).isNotEqualTo(sample); // Only its payload is shorter.
        } catch (MalformedFrameException e) {
          assertThat(e.getMessage()).isNotEmpty();
        }
      }
    }
  }

  @Test
  void flippedBitsAndGarbageNeverFailInAnotherWay() {
    Random random = new Random(1);
    for (SessionFrame sample : samples()) {
      ByteBuffer body = body(sample);
      byte[] original = new byte[body.remaining()];
      body.get(original);
      for (int bit = 0; bit < original.length * 8; bit++) {
        byte[] flipped = original.clone();
        flipped[bit / 8] ^= (byte) (1 << (bit % 8));
        survives(flipped);
      }
    }
    for (int i = 0; i < 20_000; i++) {
      byte[] garbage = new byte[1 + random.nextInt(60)];
      random.nextBytes(garbage);
      garbage[0] = (byte) (i % 2 == 0 ? 1 + i % 9 : 127 + i % 16);
      survives(garbage);
    }
  }

  private static void survives(byte[] bytes) {
    assertThatCode(
            () -> {
              try {
                Object _ = SessionCodec.fromClient(ByteBuffer.wrap(bytes));
              } catch (MalformedFrameException _) {
                // As it should.
              }
              try {
                Object _ = SessionCodec.fromPeer(ByteBuffer.wrap(bytes));
              } catch (MalformedFrameException _) {
                // As it should.
              }
            })
        .doesNotThrowAnyException();
  }

  @Test
  void trailingBytesAreRefused() {
    byte[] leave = {3, 0, 0, 0, 1, 9};
    assertThatThrownBy(() -> SessionCodec.fromClient(ByteBuffer.wrap(leave)))
        .isInstanceOf(MalformedFrameException.class)
        .hasMessage("trailing bytes");
  }

  private static ByteBuffer stream() {
    ByteBuffer all = ByteBuffer.allocate(1 << 20);
    samples().forEach(sample -> all.put(SessionCodec.encode(sample)));
    return all.flip();
  }

  /// Gives a number of bytes at a time.
  private static ReadableByteChannel trickle(ByteBuffer bytes, int step) {
    return new ReadableByteChannel() {
      @Override
      public int read(ByteBuffer target) {
        if (!bytes.hasRemaining()) {
          return -1;
        }
        int count = Math.min(step, Math.min(bytes.remaining(), target.remaining()));
        target.put(bytes.slice(bytes.position(), count));
        bytes.position(bytes.position() + count);
        return count;
      }

      @Override
      public boolean isOpen() {
        return true;
      }

      @Override
      public void close() {}
    };
  }

  @Test
  void framesAreCutHoweverTheyArrive() throws Exception {
    for (int step : new int[] {1, 2, 3, 7, 100, 1 << 20}) {
      FrameReader reader = new FrameReader(trickle(stream(), step), SessionCodec.MAX_FRAME_BYTES);
      for (SessionFrame sample : samples()) {
        assertThat(decode(sample, reader.next())).isEqualTo(sample);
      }
      assertThat(reader.next()).isNull();
    }
  }

  @Test
  void theLargestFrameIsReadAndALargerOneRefusedBeforeItCame() throws Exception {
    ByteBuffer largest =
        SessionCodec.encode(
            new SessionFrame.State(1, ByteBuffer.allocate(SessionCodec.MAX_FRAME_BYTES - 5)));
    FrameReader reader = new FrameReader(trickle(largest, 5000), SessionCodec.MAX_FRAME_BYTES);
    assertThat(reader.next().remaining()).isEqualTo(SessionCodec.MAX_FRAME_BYTES);
    assertThatThrownBy(
            () ->
                SessionCodec.encode(
                    new SessionFrame.State(
                        1, ByteBuffer.allocate(SessionCodec.MAX_FRAME_BYTES - 4))))
        .isInstanceOf(IllegalArgumentException.class);
    for (byte[] claim :
        List.of(new byte[] {0, 16, 0, 1}, new byte[] {-1, -1, -1, -1}, new byte[4])) {
      ReadableByteChannel channel = Channels.newChannel(new ByteArrayInputStream(claim));
      assertThatThrownBy(() -> new FrameReader(channel, SessionCodec.MAX_FRAME_BYTES).next())
          .isInstanceOf(MalformedFrameException.class);
    }
  }

  @Test
  void aStreamThatEndsWithinAFrameSaysSo() {
    ReadableByteChannel channel =
        Channels.newChannel(new ByteArrayInputStream(new byte[] {0, 0, 0, 9, 1}));
    assertThatThrownBy(() -> new FrameReader(channel, 100).next())
        .isInstanceOf(IOException.class)
        .hasMessage("ended within a frame");
  }
}
