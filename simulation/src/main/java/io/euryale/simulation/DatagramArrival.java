package io.euryale.simulation;

import io.euryale.kernel.DatagramCore;
import io.euryale.kernel.TrafficClass;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A datagram under way: an event of the network, then an input of the receiving loop.
///
/// As with [Arrival], the receiver gets a view that does not begin at position 0 and is overwritten
/// after the call.
final class DatagramArrival extends Event implements Input {

  /// Unused bytes before the datagram in its array.
  static final int LEAD_BYTES = 3;

  private static final byte SCRUBBED = 0x5A;
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private final Datagrams datagrams;
  private final SimProcess to;
  private final TrafficClass trafficClass;
  private final byte[] bytes;
  private final long number;

  /// The fault that sends it once more or makes it up, or null.
  private final @Nullable ActiveFault forger;

  private @Nullable Loop loop;

  DatagramArrival(
      Datagrams datagrams,
      SimProcess to,
      TrafficClass trafficClass,
      byte[] bytes,
      long number,
      @Nullable ActiveFault forger) {
    this.datagrams = datagrams;
    this.to = to;
    this.trafficClass = trafficClass;
    this.bytes = bytes;
    this.number = number;
    this.forger = forger;
  }

  static byte[] copy(ByteBuffer datagram) {
    int length = datagram.remaining();
    byte[] bytes = new byte[LEAD_BYTES + length];
    datagram.get(datagram.position(), bytes, LEAD_BYTES, length);
    return bytes;
  }

  int length() {
    return bytes.length - LEAD_BYTES;
  }

  /// Reaches the machine: waits in the socket's buffer if there is a socket and room.
  @Override
  void fire() {
    ActiveFault fault = forger;
    if (fault != null && fault.healed) {
      return;
    }
    Loop present = to.loop(trafficClass);
    if (present == null || present.isDead()) {
      return;
    }
    if (present.home().takesDatagram(length())) {
      if (fault != null) {
        fault.tookEffect();
      }
      loop = present;
      present.enqueue(this);
    } else {
      datagrams.overflowed();
    }
  }

  @Override
  public void handle(long nowNanos) {
    Loop receiver = loop;
    if (receiver == null) {
      return;
    }
    receiver.home().tookDatagram(length());
    if (receiver.core() instanceof DatagramCore core) {
      datagrams.delivered();
      core.datagram(nowNanos, ByteBuffer.wrap(bytes, LEAD_BYTES, length()));
      Arrays.fill(bytes, SCRUBBED);
    }
  }

  @Override
  public long digest() {
    // The last bytes too: where keys and sequence numbers differ, the hashes do.
    long last = bytes.length < Long.BYTES ? 0 : (long) LONGS.get(bytes, bytes.length - Long.BYTES);
    return 10 + ((long) length() << 8) + (number << 32) + last * 31;
  }
}
