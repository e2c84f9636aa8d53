package io.euryale.platform;

import io.euryale.kernel.wire.Frames;
import io.euryale.platform.Segments.Segment;
import io.netty.channel.Channel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// What waits to be sent on one connection: frames packed back to back into segments.
///
/// While a write is under way, new frames keep filling the last segment instead of being handed to
/// Netty one by one: a slow receiver then costs the bytes of its frames and not a segment for each.
@SuppressWarnings("FutureReturnValueIgnored") // Netty reports how a channel ends by its events.
final class Outbox {

  private final Segments segments;
  private final long limitBytes;
  private final ArrayDeque<Segment> waiting = new ArrayDeque<>();
  private final ArrayDeque<Segment> inFlight = new ArrayDeque<>();
  private final CRC32C crc = new CRC32C();
  private long bytes;
  private boolean handing;
  private @Nullable Tls tls;

  Outbox(Segments segments, long limitBytes) {
    this.segments = segments;
    this.limitBytes = limitBytes;
  }

  /// From now on everything is sealed before it leaves, or nothing with null.
  void sealWith(@Nullable Tls sealing) {
    tls = sealing;
  }

  /// Copies one frame; false when it does not fit the limit. Leaves `frame` as it was.
  boolean append(ByteBuffer frame) {
    int length = frame.remaining();
    int needed = Frames.HEADER_BYTES + length;
    if (bytes + needed > limitBytes) {
      reclaim();
      if (bytes + needed > limitBytes) {
        return false;
      }
    }
    int checksum = Frames.checksum(crc, frame);
    Segment segment = last(Frames.HEADER_BYTES);
    segment.bytes.putInt(segment.written, length).putInt(segment.written + 4, checksum);
    segment.written += Frames.HEADER_BYTES;
    int from = frame.position();
    for (int left = length; left > 0; ) {
      segment = last(1);
      int part = Math.min(left, segment.room());
      segment.bytes.put(segment.written, frame, from, part);
      segment.written += part;
      from += part;
      left -= part;
    }
    bytes += needed;
    return true;
  }

  /// Hands everything that waits to the channel, unless an earlier hand-over is not finished: then
  /// the channel's becoming writable again calls this once more.
  void flush(Channel channel) {
    reclaim();
    if (waiting.isEmpty() || !inFlight.isEmpty() || handing) {
      return;
    }
    handing = true;
    if (channel instanceof LoopSocket socket) {
      if (tls != null) {
        sealNow(tls, socket);
        handing = false;
        reclaim();
        return;
      }
      writeNow(socket);
    }
    for (Segment segment = waiting.poll(); segment != null; segment = waiting.poll()) {
      inFlight.add(segment);
      segment.buffer.setIndex(segment.sent, segment.written);
      segment.buffer.retain();
      channel.write(segment.buffer, channel.voidPromise());
    }
    if (!inFlight.isEmpty()) {
      channel.flush();
    }
    handing = false;
    reclaim();
  }

  /// Writes segments straight to the socket, for as long as the operating system takes them whole.
  /// Netty, which has nothing to write now, gets the rest and waits until it can be written.
  private void writeNow(LoopSocket socket) {
    try {
      for (Segment segment = waiting.peek(); segment != null; segment = waiting.peek()) {
        segment.sent = socket.writeNow(segment.bytes.limit(segment.written).position(0));
        if (segment.sent < segment.written) {
          return;
        }
        waiting.remove();
        bytes -= segment.written;
        segments.give(segment);
      }
    } catch (IOException _) {
      // Netty meets the same failure with the rest and reports it.
    }
  }

  /// Seals and writes, record by record, for as long as the operating system takes them: what
  /// waits is sealed as late as possible, so that at most one sealed record is with Netty.
  private void sealNow(Tls sealing, LoopSocket socket) {
    for (Segment segment = waiting.peek(); segment != null; segment = waiting.peek()) {
      ByteBuffer plain = segment.bytes.limit(segment.written).position(segment.sent);
      ByteBuffer sealed = sealing.seal(plain);
      if (sealed == null || !sealed.hasRemaining()) {
        return; // The connection ends.
      }
      segment.sent = plain.position();
      segment.bytes.clear();
      if (segment.sent == segment.written) {
        waiting.remove();
        bytes -= segment.written;
        segments.give(segment);
      }
      writeSealed(socket, sealed);
      if (!inFlight.isEmpty()) {
        return;
      }
    }
  }

  /// Writes sealed bytes, ahead of everything that waits; Netty gets what the operating system does
  /// not take.
  void writeSealed(LoopSocket socket, ByteBuffer sealed) {
    try {
      if (inFlight.isEmpty()) {
        int _ = socket.writeNow(sealed);
      }
    } catch (IOException _) {
      // Netty meets the same failure with the rest and reports it.
    }
    if (!sealed.hasRemaining()) {
      return;
    }
    boolean nested = handing;
    handing = true;
    while (sealed.hasRemaining()) {
      Segment segment = segments.take();
      int part = Math.min(sealed.remaining(), segment.room());
      segment.bytes.put(0, sealed, sealed.position(), part);
      sealed.position(sealed.position() + part);
      segment.written = part;
      bytes += part;
      inFlight.add(segment);
      segment.buffer.setIndex(0, part);
      segment.buffer.retain();
      socket.write(segment.buffer, socket.voidPromise());
    }
    socket.flush();
    handing = nested;
    reclaim();
  }

  /// Whether the operating system has everything.
  boolean isEmpty() {
    reclaim();
    return waiting.isEmpty() && inFlight.isEmpty();
  }

  long waitingBytes() {
    return bytes;
  }

  void release() {
    for (Segment segment = waiting.poll(); segment != null; segment = waiting.poll()) {
      segments.give(segment);
    }
    for (Segment segment = inFlight.poll(); segment != null; segment = inFlight.poll()) {
      segments.give(segment);
    }
    bytes = 0;
  }

  private void reclaim() {
    if (handing) {
      return;
    }
    for (Segment segment = inFlight.peek();
        segment != null && segment.isSent();
        segment = inFlight.peek()) {
      inFlight.remove();
      bytes -= segment.written;
      segments.give(segment);
    }
  }

  private Segment last(int roomBytes) {
    Segment segment = waiting.peekLast();
    if (segment == null || segment.room() < roomBytes) {
      segment = segments.take();
      waiting.add(segment);
    }
    return segment;
  }
}
