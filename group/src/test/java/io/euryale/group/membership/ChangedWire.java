package io.euryale.group.membership;

import io.euryale.kernel.DatagramHome;
import io.euryale.kernel.Endpoint;
import io.euryale.kernel.trace.TraceEvent;
import io.euryale.link.Envelope;
import java.nio.ByteBuffer;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32C;

/// A home whose core says something else on the wire than it means, in envelopes without keys: the
/// body of each datagram is changed on its way out and the checksum made anew, so that the receiver
/// takes it as said by this member.
final class ChangedWire implements DatagramHome {

  private final DatagramHome home;
  private final UnaryOperator<byte[]> change;

  /// @param change of a body; an empty result sends nothing
  ChangedWire(DatagramHome home, UnaryOperator<byte[]> change) {
    this.home = home;
    this.change = change;
  }

  @Override
  public boolean sendTo(int address, ByteBuffer datagram) {
    if (Envelope.isHandshake(datagram)) {
      return home.sendTo(address, datagram);
    }
    byte[] whole = new byte[datagram.remaining()];
    datagram.duplicate().get(whole);
    byte[] body = new byte[whole.length - Envelope.PLAIN_OVERHEAD];
    System.arraycopy(whole, Envelope.HEADER_BYTES, body, 0, body.length);
    byte[] changed = change.apply(body);
    if (changed.length == 0) {
      return true;
    }
    ByteBuffer out = ByteBuffer.allocate(changed.length + Envelope.PLAIN_OVERHEAD);
    out.put(whole, 0, Envelope.HEADER_BYTES).put(changed);
    out.putInt(checksum(label(whole), out.array(), out.position()));
    return home.sendTo(address, out.flip());
  }

  /// The number of the class and direction that the checksum of a datagram was made with.
  private static int label(byte[] whole) {
    int end = whole.length - 4;
    int checksum = ByteBuffer.wrap(whole).getInt(end);
    for (int label = 0; label < 256; label++) {
      if (checksum(label, whole, end) == checksum) {
        return label;
      }
    }
    throw new AssertionError("Not a datagram without keys");
  }

  private static int checksum(int label, byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(label);
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }

  @Override
  public int address(Endpoint remote) {
    return home.address(remote);
  }

  @Override
  public void forget(int address) {
    home.forget(address);
  }

  @Override
  public int datagramBytes(int address) {
    return home.datagramBytes(address);
  }

  @Override
  public int receiveBufferBytes() {
    return home.receiveBufferBytes();
  }

  @Override
  public void persist(int record, ByteBuffer value) {
    home.persist(record, value);
  }

  @Override
  public ByteBuffer recorded(int record) {
    return home.recorded(record);
  }

  @Override
  public void keyBytes(byte[] target) {
    home.keyBytes(target);
  }

  @Override
  public boolean send(int link, ByteBuffer frame) {
    return home.send(link, frame);
  }

  @Override
  public int connect(Endpoint remote) {
    return home.connect(remote);
  }

  @Override
  public void disconnect(int link) {
    home.disconnect(link);
  }

  @Override
  public void wakeAt(long deadlineNanos) {
    home.wakeAt(deadlineNanos);
  }

  @Override
  public void observe(TraceEvent event) {
    home.observe(event);
  }

  @Override
  public long jitter(long bound) {
    return home.jitter(bound);
  }
}
