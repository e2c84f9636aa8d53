package io.euryale.simulation;

import io.euryale.kernel.DatagramCore;
import io.euryale.kernel.DatagramHome;
import io.euryale.kernel.Endpoint;
import io.euryale.kernel.Hello;
import io.euryale.kernel.Role;
import io.euryale.kernel.TrafficClass;
import io.euryale.kernel.trace.TraceEvent;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/// Sends numbered, checksummed datagrams to everybody on a timer, writes down what it hears, and
/// keeps on disk how often it was booted.
final class DatagramToy implements DatagramCore {

  static final long MILLI = ToyCore.MILLI;

  final DatagramHome home;
  private final long periodNanos;
  private final int bytes;
  private final List<Endpoint> targets;
  private final List<Integer> addresses = new ArrayList<>();
  private long number;

  final List<Long> received = new ArrayList<>();
  final List<ByteBuffer> kept = new ArrayList<>();
  final List<Integer> persisted = new ArrayList<>();
  int rejectedCount;
  int boots;

  DatagramToy(DatagramHome home, long periodNanos, int bytes, List<Endpoint> targets) {
    this.home = home;
    this.periodNanos = periodNanos;
    this.bytes = bytes;
    this.targets = targets;
  }

  /// `peers` processes `p1`, `p2`, … that all send to all, themselves included.
  static Simulation mesh(long seed, int peers, long periodNanos, int bytes) {
    Simulation run = new Simulation(seed, SimulationSettings.lan());
    for (int i = 1; i <= peers; i++) {
      run.add(
          "p" + i,
          Role.PEER,
          (process, _) ->
              process.core(
                  TrafficClass.NORMAL,
                  home -> new DatagramToy(home, periodNanos, bytes, endpoints(peers))));
    }
    return run;
  }

  static List<Endpoint> endpoints(int peers) {
    List<Endpoint> all = new ArrayList<>();
    for (int i = 1; i <= peers; i++) {
      all.add(new Endpoint("p" + i, 7000, 7001, 7002, 7003));
    }
    return all;
  }

  /// A datagram of `length` bytes that carries `value` and a checksum.
  static ByteBuffer sealed(int length, long value) {
    ByteBuffer datagram = ByteBuffer.allocate(Math.max(12, length));
    datagram.putLong(4, value);
    datagram.putInt(0, checksum(datagram));
    return datagram;
  }

  private static int checksum(ByteBuffer datagram) {
    CRC32C crc = new CRC32C();
    crc.update(datagram.slice(datagram.position() + 4, datagram.remaining() - 4));
    return (int) crc.getValue();
  }

  @Override
  public void start(long nowNanos) {
    targets.forEach(target -> addresses.add(home.address(target)));
    ByteBuffer record = home.recorded(0);
    boots = 1 + (record.hasRemaining() ? record.getInt() : 0);
    home.persist(0, ByteBuffer.allocate(4).putInt(boots).flip());
    byte[] key = new byte[8];
    home.keyBytes(key);
    home.observe(TraceEvent.of("BOOTED", "boots", boots, "key", ByteBuffer.wrap(key).getLong()));
    if (periodNanos > 0) {
      home.wakeAt(nowNanos + periodNanos);
    }
  }

  @Override
  public void timerDue(long nowNanos) {
    number++;
    for (int address : addresses) {
      home.sendTo(address, sealed(bytes, number));
    }
    home.wakeAt(nowNanos + periodNanos);
  }

  @Override
  public void datagram(long nowNanos, ByteBuffer datagram) {
    kept.add(datagram);
    if (datagram.remaining() < 12 || datagram.getInt(datagram.position()) != checksum(datagram)) {
      rejectedCount++;
      home.observe(TraceEvent.of("REJECTED", "length", datagram.remaining()));
      return;
    }
    long value = datagram.getLong(datagram.position() + 4);
    received.add(value);
    home.observe(TraceEvent.of("HEARD", "value", value));
  }

  @Override
  public void persisted(long nowNanos, int record) {
    persisted.add(record);
    home.observe(TraceEvent.of("PERSISTED", "record", record));
  }

  @Override
  public void linkUp(long nowNanos, int link, Hello remote) {}

  @Override
  public void linkDown(long nowNanos, int link, String reason) {}

  @Override
  public void frame(long nowNanos, int link, ByteBuffer frame) {}
}
