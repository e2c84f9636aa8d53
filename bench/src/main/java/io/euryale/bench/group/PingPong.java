package io.euryale.bench.group;

import io.euryale.bench.BenchException;
import io.euryale.bench.Child;
import io.euryale.platform.JavaCommand;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/// The reference line: a datagram of 64 bytes there and back between two JVMs, blocking threads and
/// nothing else. Once a pause follows each round, so that both sides sleep as they do at 200
/// messages a second; once the next round follows at once.
public final class PingPong {

  private static final int BYTES = 64;
  private static final long PAUSE_NANOS = 5_000_000;
  private static final int WARM_UP_ROUNDS = 20_000;
  private static final double NANOS_PER_MILLI = 1e6;

  /// Round trips in milliseconds.
  record Result(
      double sleepingP50, double sleepingP99, double backToBackP50, double backToBackP99) {}

  private PingPong() {}

  /// One of the two processes.
  ///
  /// @param args nothing: prints its port and echoes until its standard input ends; a port and two
  ///     numbers of milliseconds: asks there, prints four percentiles and ends
  /// @throws IOException when a socket fails
  public static void main(String[] args) throws IOException {
    try (DatagramChannel channel = DatagramChannel.open()) {
      channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      if (args.length == 0) {
        System.out.println("port " + ((InetSocketAddress) channel.getLocalAddress()).getPort());
        Thread.ofPlatform().daemon().start(() -> echo(channel));
        while (System.in.read() >= 0) {
          // Lives as long as whoever started it.
        }
      } else {
        channel.connect(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0])));
        rounds(channel, Long.MAX_VALUE, WARM_UP_ROUNDS, 0);
        Histogram sleeping =
            rounds(channel, Long.parseLong(args[1]) * 1_000_000, Integer.MAX_VALUE, PAUSE_NANOS);
        Histogram busy = rounds(channel, Long.parseLong(args[2]) * 1_000_000, Integer.MAX_VALUE, 0);
        System.out.println(
            "result "
                + sleeping.getValueAtPercentile(50) / NANOS_PER_MILLI
                + " "
                + sleeping.getValueAtPercentile(99) / NANOS_PER_MILLI
                + " "
                + busy.getValueAtPercentile(50) / NANOS_PER_MILLI
                + " "
                + busy.getValueAtPercentile(99) / NANOS_PER_MILLI);
      }
    }
    System.exit(0);
  }

  private static void echo(DatagramChannel channel) {
    ByteBuffer buffer = ByteBuffer.allocateDirect(BYTES);
    try {
      while (true) {
        @Nullable SocketAddress from = channel.receive(buffer.clear());
        if (from != null) {
          channel.send(buffer.flip(), from);
        }
      }
    } catch (IOException _) {
      System.exit(1);
    }
  }

  private static Histogram rounds(DatagramChannel channel, long nanos, int most, long pauseNanos)
      throws IOException {
    Histogram times = new Histogram(3);
    ByteBuffer buffer = ByteBuffer.allocateDirect(BYTES);
    long end = nanos == Long.MAX_VALUE ? 0 : System.nanoTime() + nanos;
    for (int round = 0; round < most && (end == 0 || System.nanoTime() - end < 0); round++) {
      long start = System.nanoTime();
      channel.write(buffer.clear());
      channel.read(buffer.clear());
      times.recordValue(System.nanoTime() - start);
      if (pauseNanos > 0) {
        LockSupport.parkNanos(pauseNanos);
      }
    }
    return times;
  }

  /// Measures.
  ///
  /// @param millis for each of the two
  static Result measure(long millis) throws BenchException, InterruptedException {
    BlockingQueue<String> echoed = new LinkedBlockingQueue<>();
    BlockingQueue<String> asked = new LinkedBlockingQueue<>();
    String main = PingPong.class.getName();
    try (Child echo =
        Child.start(
            "ping-pong echo", JavaCommand.uncached(Crew.FLAGS, main, List.of()), echoed::add)) {
      String port = word(echo, echoed, 1);
      String time = Long.toString(millis);
      try (Child asker =
          Child.start(
              "ping-pong",
              JavaCommand.uncached(Crew.FLAGS, main, List.of(port, time, time)),
              asked::add)) {
        String[] words = line(asker, asked, 20_000 + 3 * millis).split(" ");
        return new Result(
            Double.parseDouble(words[1]),
            Double.parseDouble(words[2]),
            Double.parseDouble(words[3]),
            Double.parseDouble(words[4]));
      }
    }
  }

  private static String word(Child child, BlockingQueue<String> lines, int index)
      throws BenchException, InterruptedException {
    return line(child, lines, 20_000).split(" ")[index];
  }

  private static String line(Child child, BlockingQueue<String> lines, long millis)
      throws BenchException, InterruptedException {
    @Nullable String line = lines.poll(millis, TimeUnit.MILLISECONDS);
    if (line == null) {
      throw BenchException.missed(child.name() + " says nothing. " + child.complaint());
    }
    return line;
  }
}
