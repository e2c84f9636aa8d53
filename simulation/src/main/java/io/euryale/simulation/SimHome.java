package io.euryale.simulation;

import io.euryale.kernel.DatagramHome;
import io.euryale.kernel.Endpoint;
import io.euryale.kernel.LongMap;
import io.euryale.kernel.trace.TraceEvent;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// The home of one core in one life of its process: its links, its socket for datagrams, its
/// records, its timer, its jitter.
final class SimHome implements DatagramHome {

  private static final int MOST_RECORD_BYTES = 64 << 10;

  private final Simulation simulation;
  private final SimProcess process;
  private final Loop loop;
  private final long incarnation;
  private final SplittableRandom jitter;
  private final SplittableRandom dialJitter;
  private final LongMap<LinkEnd> links = new LongMap<>();
  private int lastLink;

  private final Map<Endpoint, Address> byEndpoint = new HashMap<>();
  private final LongMap<Address> addresses = new LongMap<>();
  private int lastAddress;
  private int buffered;

  private final @Nullable ByteBuffer[] records = new @Nullable ByteBuffer[SimDisk.RECORDS];
  private final DiskWriter writer;
  private @Nullable SplittableRandom keys;

  private long deadlineNanos = Long.MAX_VALUE;
  private long armedAt = Long.MAX_VALUE;
  private boolean timerQueued;
  private final Input timerDue = new TimerDue();
  private final Alarm alarm = new Alarm();

  SimHome(Simulation simulation, SimProcess process, Loop loop, SplittableRandom jitter) {
    this.simulation = simulation;
    this.process = process;
    this.loop = loop;
    this.jitter = jitter;
    dialJitter = jitter.split();
    incarnation = process.incarnation();
    for (int i = 0; i < records.length; i++) {
      records[i] = process.disk().read(loop.trafficClass(), i);
    }
    String life = process + " " + loop.trafficClass().label();
    writer = new DiskWriter(simulation, process.disk(), loop, simulation.stream("disk " + life));
  }

  SimProcess process() {
    return process;
  }

  Loop loop() {
    return loop;
  }

  LongMap<LinkEnd> links() {
    return links;
  }

  @Override
  public boolean send(int link, ByteBuffer frame) {
    LinkEnd end = links.get(link);
    if (loop.isDead() || end == null || !end.up || end.connection == null) {
      return false;
    }
    return simulation.network().send(end.connection, end.side(), frame);
  }

  @Override
  public int connect(Endpoint remote) {
    LinkEnd end = new LinkEnd(this, ++lastLink, remote);
    if (!loop.isDead()) {
      links.put(end.id, end);
      simulation.network().dialNow(end);
    }
    return end.id;
  }

  @Override
  public void disconnect(int link) {
    LinkEnd end = links.remove(link);
    if (end == null) {
      return;
    }
    end.closed = true;
    end.up = false;
    simulation.network().close(end);
  }

  @Override
  public void wakeAt(long deadline) {
    // A deadline long past must not wrap around when it is compared with the clock.
    long now = process.localNow();
    deadlineNanos = Math.max(deadline, now);
    if (deadline != Long.MAX_VALUE && !loop.isDead()) {
      arm(deadlineNanos - now);
    }
  }

  @Override
  public void observe(TraceEvent event) {
    simulation.trace(process.name(), incarnation, event);
  }

  @Override
  public long jitter(long bound) {
    return bound <= 0 ? 0 : jitter.nextLong(bound);
  }

  @Override
  public int address(Endpoint remote) {
    Address address = byEndpoint.get(remote);
    if (address == null) {
      address = new Address(++lastAddress, remote);
      byEndpoint.put(remote, address);
      addresses.put(address.handle, address);
    }
    return address.handle;
  }

  @Override
  public void forget(int handle) {
    Address address = addresses.remove(handle);
    if (address != null) {
      byEndpoint.remove(address.remote);
    }
  }

  @Override
  public boolean sendTo(int handle, ByteBuffer datagram) {
    Address address = addresses.get(handle);
    if (address == null
        || loop.isDead()
        || datagram.remaining() > simulation.settings().datagramBytes()) {
      return false;
    }
    Datagrams datagrams = simulation.network().datagrams();
    DatagramPath path = address.path;
    if (path == null) {
      path = datagrams.path(process, address.remote, loop.trafficClass());
      if (path == null) {
        return false;
      }
      address.path = path;
    }
    datagrams.send(path, datagram);
    return true;
  }

  @Override
  public int datagramBytes(int handle) {
    return simulation.settings().datagramBytes();
  }

  @Override
  public int receiveBufferBytes() {
    return simulation.settings().receiveBufferBytes();
  }

  @Override
  public void persist(int record, ByteBuffer value) {
    checkRecord(record);
    if (value.remaining() > MOST_RECORD_BYTES) {
      throw new IllegalArgumentException("A record has at most 64 KiB, not " + value.remaining());
    }
    if (!loop.isDead()) {
      byte[] bytes = new byte[value.remaining()];
      value.get(value.position(), bytes);
      writer.write(record, ByteBuffer.wrap(bytes));
    }
  }

  @Override
  public ByteBuffer recorded(int record) {
    checkRecord(record);
    ByteBuffer value = records[record];
    if (value == null) {
      return ByteBuffer.allocate(0);
    }
    return ByteBuffer.allocate(value.remaining()).put(value.duplicate()).flip();
  }

  @Override
  public void keyBytes(byte[] target) {
    SplittableRandom stream = keys;
    if (stream == null) {
      stream = simulation.stream("keys " + process + " " + loop.trafficClass().label());
      keys = stream;
    }
    stream.nextBytes(target);
  }

  /// Whether the socket's buffer has room for a datagram, which it then takes.
  boolean takesDatagram(int bytes) {
    if (buffered + bytes > simulation.settings().receiveBufferBytes()) {
      return false;
    }
    buffered += bytes;
    return true;
  }

  /// The core takes a datagram out of the socket's buffer.
  void tookDatagram(int bytes) {
    buffered -= bytes;
  }

  DiskWriter writer() {
    return writer;
  }

  private static void checkRecord(int record) {
    if (record < 0 || record >= SimDisk.RECORDS) {
      throw new IllegalArgumentException("A record has a number from 0 to 15, not " + record);
    }
  }

  void redial(LinkEnd end) {
    simulation.network().redial(end);
  }

  /// From a stream of its own: how often links are dialled changes no draw of the core.
  long dialJitter(long bound) {
    return dialJitter.nextLong(bound);
  }

  LinkEnd accept() {
    LinkEnd end = new LinkEnd(this, ++lastLink, null);
    links.put(end.id, end);
    return end;
  }

  void die() {
    simulation.network().dropAll(this);
    links.clear();
    writer.die();
    deadlineNanos = Long.MAX_VALUE;
  }

  private void arm(long waitNanos) {
    long at = simulation.now() + waitNanos;
    if (at < 0) {
      return; // Later than virtual time can count.
    }
    if (at < armedAt) {
      armedAt = at;
      simulation.scheduleOrHasten(at, alarm);
    }
  }

  private static final class Address {
    final int handle;
    final Endpoint remote;
    @Nullable DatagramPath path;

    Address(int handle, Endpoint remote) {
      this.handle = handle;
      this.remote = remote;
    }
  }

  /// An alarm replaced by an earlier one finds that it is not the armed one and does nothing.
  private final class Alarm extends Event {
    @Override
    void fire() {
      if (loop.isDead()) {
        return;
      }
      armedAt = Long.MAX_VALUE;
      if (deadlineNanos == Long.MAX_VALUE || timerQueued) {
        return;
      }
      long early = deadlineNanos - process.localNow();
      if (early > 0) {
        arm(early); // The deadline moved, or this clock is slow.
        return;
      }
      timerQueued = true;
      loop.enqueue(timerDue);
    }
  }

  private final class TimerDue implements Input {
    @Override
    public void handle(long nowNanos) {
      timerQueued = false;
      if (deadlineNanos <= nowNanos) {
        deadlineNanos = Long.MAX_VALUE;
        loop.core().timerDue(nowNanos);
      } else {
        wakeAt(deadlineNanos);
      }
    }

    @Override
    public long digest() {
      return 3;
    }
  }
}
