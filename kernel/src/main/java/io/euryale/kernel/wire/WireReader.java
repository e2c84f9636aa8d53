package io.euryale.kernel.wire;

import io.euryale.kernel.Endpoint;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.PeerRef;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Reads fields from a received buffer without ever throwing: the first field that does not fit
/// marks the reader as failed, later reads give zeros and empty texts, and the decoder asks
/// [#failure]
/// once at its end. Reusable; one thread.
public final class WireReader {

  private static final PeerName FAILED_NAME = new PeerName("failed");

  private ByteBuffer buffer = ByteBuffer.allocate(0);

  /// The bytes of a text on their way from a buffer that has no array; at most as many as any had.
  private byte[] scratch = new byte[64];

  private @Nullable String failure;
  private int failureOffset;

  /// Starts reading at the buffer's position; the buffer is consumed by the reads.
  public WireReader over(ByteBuffer source) {
    buffer = source;
    failure = null;
    failureOffset = 0;
    return this;
  }

  /// Why reading failed, or null while everything read was well-formed.
  public @Nullable String failure() {
    return failure;
  }

  /// `Malformed` with the first failure, to be returned by a decoder when [#failure] is not null.
  public <M> Decoded<M> malformed() {
    return new Decoded.Malformed<>(failureOffset, failure == null ? "malformed" : failure);
  }

  /// Marks the input as malformed; only the first failure is kept.
  public void fail(String reason) {
    if (failure == null) {
      failure = reason;
      failureOffset = buffer.position();
    }
  }

  public int remaining() {
    return failure == null ? buffer.remaining() : 0;
  }

  public int u8(String field) {
    return has(1, field) ? buffer.get() & 0xFF : 0;
  }

  public int u16(String field) {
    return has(2, field) ? buffer.getShort() & 0xFFFF : 0;
  }

  public int i32(String field) {
    return has(4, field) ? buffer.getInt() : 0;
  }

  public long i64(String field) {
    return has(8, field) ? buffer.getLong() : 0;
  }

  /// A count of at most `max`, in 16 bits; more is malformed, before anything is allocated.
  public int count(int max, String field) {
    int count = u16(field);
    if (count > max) {
      fail(field + " is at most " + max + ", not " + count);
      return 0;
    }
    return count;
  }

  /// A text of at most `maxBytes` bytes of valid UTF-8, with a length of 16 bits before it.
  public String text(int maxBytes, String field) {
    int length = u16(field);
    if (length > maxBytes) {
      fail(field + " has at most " + maxBytes + " bytes, not " + length);
      return "";
    }
    if (!has(length, field)) {
      return "";
    }
    String text = utf8(length);
    if (text.indexOf('\uFFFD') >= 0 || text.indexOf('\0') >= 0) {
      fail(field + " is not valid UTF-8 text");
      return "";
    }
    return text;
  }

  private String utf8(int length) {
    if (buffer.hasArray()) {
      int from = buffer.arrayOffset() + buffer.position();
      buffer.position(buffer.position() + length);
      return new String(buffer.array(), from, length, StandardCharsets.UTF_8);
    }
    if (scratch.length < length) {
      scratch = new byte[length];
    }
    buffer.get(scratch, 0, length);
    return new String(scratch, 0, length, StandardCharsets.UTF_8);
  }

  public PeerName peerName(String field) {
    String value = text(PeerName.MAX_LENGTH, field);
    if (failure == null && !PeerName.isValid(value)) {
      fail(field + " is not a valid name");
    }
    return failure == null ? new PeerName(value) : FAILED_NAME;
  }

  public PeerId peerId(String field) {
    PeerName name = peerName(field);
    long incarnation = i64(field);
    if (failure == null && incarnation <= 0) {
      fail(field + " has an incarnation that is not positive");
    }
    return new PeerId(name, failure == null ? incarnation : 1);
  }

  public Endpoint endpoint(String field) {
    String host = text(Endpoint.MAX_HOST_LENGTH, field);
    if (failure == null && host.isEmpty()) {
      fail(field + " has no host");
    }
    int control = u16(field);
    int alarm = u16(field);
    int critical = u16(field);
    int normal = u16(field);
    return new Endpoint(failure == null ? host : "failed", control, alarm, critical, normal);
  }

  public PeerRef peerRef(String field) {
    return new PeerRef(peerId(field), endpoint(field));
  }

  private boolean has(int bytes, String field) {
    if (failure != null) {
      return false;
    }
    if (buffer.remaining() < bytes) {
      fail(field + " needs " + bytes + " bytes, " + buffer.remaining() + " are left");
      return false;
    }
    return true;
  }
}
