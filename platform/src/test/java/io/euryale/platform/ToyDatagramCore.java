package io.euryale.platform;

import io.euryale.kernel.DatagramCore;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/// A [ToyCore] that also writes down datagrams and records.
class ToyDatagramCore extends ToyCore implements DatagramCore {

  final List<byte[]> datagrams = new CopyOnWriteArrayList<>();
  final List<Integer> persisted = new CopyOnWriteArrayList<>();
  final AtomicLong datagramCount = new AtomicLong();
  final AtomicLong idleCount = new AtomicLong();
  volatile boolean keepDatagrams = true;

  @Override
  public void datagram(long nowNanos, ByteBuffer datagram) {
    datagramCount.incrementAndGet();
    if (keepDatagrams) {
      byte[] bytes = new byte[datagram.remaining()];
      datagram.get(bytes);
      datagrams.add(bytes);
    }
  }

  @Override
  public void persisted(long nowNanos, int record) {
    persisted.add(record);
  }

  @Override
  public void idle(long nowNanos) {
    idleCount.incrementAndGet();
  }

  List<String> datagramTexts() {
    return datagrams.stream().map(bytes -> new String(bytes, StandardCharsets.UTF_8)).toList();
  }
}
