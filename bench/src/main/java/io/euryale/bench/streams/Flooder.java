package io.euryale.bench.streams;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/// A stranger in a process of its own: sends garbage datagrams and opens connections that say
/// garbage, or nothing, to every port it is given, at steady rates, from the line `go` on its input
/// to the line `stop`, when it says how many. Ends with its input.
final class Flooder {

  private static final long TICK_NANOS = 1_000_000;
  private static final int LONGEST_DATAGRAM = 1_400;
  private static final int GREETING_BYTES = 64;

  /// Connections kept open at a time; the oldest makes room.
  private static final int MOST_OPEN = 256;

  private final List<InetSocketAddress> ports;
  private final LongAdder datagrams = new LongAdder();
  private final LongAdder connections = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private volatile boolean on;

  private Flooder(List<InetSocketAddress> ports) {
    this.ports = List.copyOf(ports);
  }

  private interface Attack {
    void one() throws IOException;
  }

  /// Floods while told to (a line that begins with g), until its standard input ends.
  ///
  /// @param args datagrams a second, connections a second, then `host:port` each
  public static void main(String[] args) throws IOException {
    List<InetSocketAddress> ports = new ArrayList<>();
    for (int i = 2; i < args.length; i++) {
      int colon = args[i].lastIndexOf(':');
      ports.add(
          new InetSocketAddress(
              args[i].substring(0, colon), Integer.parseInt(args[i].substring(colon + 1))));
    }
    new Flooder(ports).run(Integer.parseInt(args[0]), Integer.parseInt(args[1]));
  }

  private void run(int datagramRate, int connectRate) throws IOException {
    try (DatagramChannel channel = DatagramChannel.open()) {
      channel.configureBlocking(false);
      attack("datagrams", datagramRate, datagrams(channel));
      attack("connections", connectRate, connects());
      System.out.println("{\"event\":\"ready\"}");
      byte[] input = new byte[64];
      for (int n = System.in.read(input); n >= 0; n = System.in.read(input)) {
        on = input[0] == 'g';
        if (!on) {
          System.out.printf(
              "{\"event\":\"done\",\"datagrams\":%d,\"connections\":%d,\"refused\":%d}%n",
              datagrams.sumThenReset(), connections.sumThenReset(), refused.sumThenReset());
        }
      }
    }
  }

  private void attack(String name, int rate, Attack attack) {
    if (rate > 0) {
      Thread _ = Thread.ofPlatform().daemon().name(name).start(() -> pace(rate, attack));
    }
  }

  /// Keeps to the schedule as far as it can; what it is late by more than a tick it leaves out.
  private void pace(int rate, Attack attack) {
    long startNanos = System.nanoTime();
    long due = 0;
    while (true) {
      long elapsed = System.nanoTime() - startNanos;
      long wanted = (long) (elapsed / 1e9 * rate);
      if (!on || wanted - due > rate / 10 + 1) {
        due = wanted;
      }
      for (; due < wanted; due++) {
        try {
          attack.one();
        } catch (IOException _) {
          refused.increment();
        }
      }
      LockSupport.parkNanos(TICK_NANOS);
    }
  }

  private Attack datagrams(DatagramChannel channel) {
    SplittableRandom random = new SplittableRandom(1);
    ByteBuffer garbage = garbage(random, LONGEST_DATAGRAM);
    return () -> {
      garbage.clear().limit(random.nextInt(LONGEST_DATAGRAM + 1));
      if (channel.send(garbage, ports.get(random.nextInt(ports.size()))) > 0) {
        datagrams.increment();
      }
    };
  }

  private Attack connects() {
    SplittableRandom random = new SplittableRandom(2);
    ByteBuffer garbage = garbage(random, GREETING_BYTES);
    List<SocketChannel> open = new ArrayList<>();
    return () -> {
      if (open.size() >= MOST_OPEN) {
        open.removeFirst().close();
      }
      SocketChannel channel = SocketChannel.open();
      channel.setOption(StandardSocketOptions.SO_LINGER, 0);
      channel.configureBlocking(false);
      open.add(channel);
      connections.increment();
      if (channel.connect(ports.get(random.nextInt(ports.size()))) && random.nextBoolean()) {
        int _ = channel.write(garbage.rewind());
      }
    };
  }

  private static ByteBuffer garbage(SplittableRandom random, int bytes) {
    byte[] garbage = new byte[bytes];
    random.nextBytes(garbage);
    return ByteBuffer.allocateDirect(bytes).put(garbage).flip();
  }
}
