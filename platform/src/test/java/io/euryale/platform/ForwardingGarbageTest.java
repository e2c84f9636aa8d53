package io.euryale.platform;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.TrafficClass;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Heap that the home itself needs for a packet forwarded: a source that sends from its timer, a
/// peer that forwards, and a sink, each with an acknowledgement back and a timer moved per packet.
class ForwardingGarbageTest {

  private static final int PACKET_BYTES = 200;
  private static final int WARM_UP = 20_000;

  private final Peers peers = new Peers();
  private final NettyHome source = peers.home();
  private final NettyHome forwarder = peers.home();
  private final NettyHome sink = peers.home();
  private final Source sending = new Source();
  private final Forwarder forwarding = new Forwarder();
  private final Sink receiving = new Sink();

  @AfterEach
  void close() {
    peers.close();
  }

  @Test
  void saturated() {
    measure("saturated", 0, 100_000);
  }

  @Test
  void at250PacketsPerSecond() {
    measure("250 packets/s", TimeUnit.SECONDS.toNanos(1) / 250, 500);
  }

  private void measure(String name, long periodNanos, int packets) {
    receiving.home = sink;
    forwarding.home = forwarder;
    sending.home = source;
    int sinkPort = peers.start(sink, receiving, "sink");
    int forwarderPort = peers.start(forwarder, forwarding, "forwarder");
    peers.start(source, sending, "source");
    forwarding.next = Peers.connect(forwarder, sinkPort);
    Peers.awaitEvent(forwarding, "up " + forwarding.next);
    int link = Peers.connect(source, forwarderPort);
    Peers.awaitEvent(sending, "up");

    run(link, 0, WARM_UP);
    long before = peers.loops.allocatedBytes(TrafficClass.ALARM);
    long start = System.nanoTime();
    run(link, periodNanos, packets);
    double seconds = (System.nanoTime() - start) / 1e9;
    long allocated = peers.loops.allocatedBytes(TrafficClass.ALARM) - before;
    double perPacket = (double) allocated / packets;
    System.out.printf(
        "forwarding, %s: %.1f bytes of heap per packet over three homes, %.0f packets/s%n",
        name, perPacket, packets / seconds);
    assertThat(perPacket).isLessThan(64);
  }

  private void run(int link, long periodNanos, int packets) {
    long target = receiving.frameCount.get() + packets;
    source.execute(now -> sending.begin(link, periodNanos, packets, now));
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (receiving.frameCount.get() < target) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError(
            "Only " + receiving.frameCount.get() + " of " + target + " packets arrived");
      }
      LockSupport.parkNanos(1_000_000);
    }
  }

  /// Sends from its timer: one packet per period, or as many as the queue takes.
  private static final class Source extends ToyCore {
    private final ByteBuffer packet = ByteBuffer.allocate(PACKET_BYTES);
    private NettyHome home;
    private int link;
    private long periodNanos;
    private int left;

    void begin(int newLink, long newPeriodNanos, int packets, long nowNanos) {
      link = newLink;
      periodNanos = newPeriodNanos;
      left = packets;
      home.wakeAt(nowNanos);
    }

    @Override
    public void timerDue(long nowNanos) {
      int most = periodNanos == 0 ? 64 : 1;
      for (int i = 0; i < most && left > 0 && home.send(link, packet); i++) {
        left--;
      }
      if (left > 0) {
        home.wakeAt(nowNanos + periodNanos);
      }
    }

    @Override
    public void frame(long nowNanos, int from, ByteBuffer frame) {}
  }

  private static final class Forwarder extends ToyCore {
    private final ByteBuffer ack = ByteBuffer.allocate(16);
    private NettyHome home;
    private volatile int next;

    @Override
    public void frame(long nowNanos, int link, ByteBuffer frame) {
      if (link != next) {
        if (!home.send(next, frame)) {
          throw new AssertionError("The toy has no flow control and its queue is full");
        }
        home.send(link, ack);
        home.wakeAt(nowNanos + 50_000_000);
      }
    }

    @Override
    public void timerDue(long nowNanos) {}
  }

  private static final class Sink extends ToyCore {
    private final ByteBuffer ack = ByteBuffer.allocate(16);
    private NettyHome home;

    @Override
    public void frame(long nowNanos, int link, ByteBuffer frame) {
      frameCount.incrementAndGet();
      home.send(link, ack);
      home.wakeAt(nowNanos + 50_000_000);
    }

    @Override
    public void timerDue(long nowNanos) {}
  }
}
