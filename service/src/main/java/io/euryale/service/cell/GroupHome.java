package io.euryale.service.cell;

import io.euryale.kernel.DatagramHome;
import io.euryale.kernel.Endpoint;
import io.euryale.kernel.trace.TraceEvent;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The home as one life of a core of the group sees it: datagrams and a timer. It has no links of
/// its own, and its records are gone with it.
final class GroupHome implements DatagramHome {

  /// The one observation of the group that is written among those of the overlay: what the others
  /// name by the configuration.
  private static final String INSTALL = "INSTALL";

  private final DatagramHome home;
  private final Timers timers;
  private final Set<Integer> addresses = new TreeSet<>();
  private final ArrayDeque<Integer> written = new ArrayDeque<>();
  private int lastLink;

  GroupHome(DatagramHome home, Timers timers) {
    this.home = home;
    this.timers = timers;
  }

  /// The life is over.
  void close() {
    timers.wakeAt(Timers.GROUP, Long.MAX_VALUE);
    addresses.forEach(home::forget);
    addresses.clear();
  }

  /// The next record that counts as written, or null.
  @Nullable Integer written() {
    return written.poll();
  }

  @Override
  public int address(Endpoint remote) {
    int address = home.address(remote);
    addresses.add(address);
    return address;
  }

  @Override
  public void forget(int address) {
    addresses.remove(address);
    home.forget(address);
  }

  @Override
  public boolean sendTo(int address, ByteBuffer datagram) {
    return home.sendTo(address, datagram);
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
    written.add(record);
  }

  @Override
  public ByteBuffer recorded(int record) {
    return ByteBuffer.allocate(0);
  }

  @Override
  public void keyBytes(byte[] target) {
    home.keyBytes(target);
  }

  @Override
  public boolean send(int link, ByteBuffer frame) {
    return false;
  }

  /// The links between siblings are those of the overlay, whose ends the group is told.
  @Override
  public int connect(Endpoint remote) {
    return --lastLink;
  }

  @Override
  public void disconnect(int link) {}

  @Override
  public void wakeAt(long deadlineNanos) {
    timers.wakeAt(Timers.GROUP, deadlineNanos);
  }

  @Override
  public void observe(TraceEvent event) {
    if (event.event().equals(INSTALL)) {
      home.observe(event);
    }
  }

  @Override
  public boolean observes(String event) {
    return event.equals(INSTALL) && home.observes(event);
  }

  @Override
  public long jitter(long bound) {
    return home.jitter(bound);
  }
}
