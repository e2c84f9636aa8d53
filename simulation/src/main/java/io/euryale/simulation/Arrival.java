package io.euryale.simulation;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A frame under way: an event of the network, then an input of the receiving loop.
///
/// The receiver gets a view that does not begin at position 0, and the bytes are
/// overwritten after the call: a core that keeps the buffer, or counts from 0, shows itself.
final class Arrival extends Event implements Input {

  private static final int LEAD_BYTES = 3;
  private static final byte SCRUBBED = 0x5A;

  final Network network;
  final Connection connection;

  /// The sending side.
  final int side;

  final long number;
  final @Nullable ActiveFault overtaken;
  private final byte[] bytes;

  Arrival(
      Network network,
      Connection connection,
      int side,
      byte[] bytes,
      long number,
      @Nullable ActiveFault overtaken) {
    this.network = network;
    this.connection = connection;
    this.side = side;
    this.bytes = bytes;
    this.number = number;
    this.overtaken = overtaken;
  }

  static byte[] copy(ByteBuffer frame) {
    byte[] bytes = new byte[LEAD_BYTES + frame.remaining()];
    frame.get(frame.position(), bytes, LEAD_BYTES, frame.remaining());
    return bytes;
  }

  @Override
  void fire() {
    network.arrived(this);
  }

  @Override
  public void handle(long nowNanos) {
    connection.outstanding[side]--;
    LinkEnd end = connection.ends[1 - side];
    if (end.connection != connection || !end.up) {
      return;
    }
    ByteBuffer frame = ByteBuffer.wrap(bytes, LEAD_BYTES, bytes.length - LEAD_BYTES);
    end.home.loop().core().frame(nowNanos, end.id, frame);
    Arrays.fill(bytes, SCRUBBED);
  }

  @Override
  public long digest() {
    return 5 + ((long) bytes.length << 8) + (number << 32);
  }
}
