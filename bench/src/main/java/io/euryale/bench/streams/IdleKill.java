package io.euryale.bench.streams;

import io.euryale.bench.BenchException;
import io.euryale.bench.Child;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.List;

/// The reference for fail-over: how long after a SIGKILL the other end of a connection sees that an
/// idle JVM is gone. The kernel has to end its threads and give its memory back first; nobody can
/// fail over sooner who waits for the connection to close.
final class IdleKill {

  private static final long SETTLE_MILLIS = 150;

  private IdleKill() {}

  /// The times of `times` JVMs, one after the other, in milliseconds.
  static List<Double> measure(int times) throws BenchException, InterruptedException {
    List<Double> millis = new ArrayList<>();
    try (ServerSocketChannel nowhere = ServerSocketChannel.open()) {
      nowhere.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      int port = ((InetSocketAddress) nowhere.getLocalAddress()).getPort();
      for (int time = 0; time < times; time++) {
        millis.add(once(port));
      }
    } catch (IOException e) {
      throw BenchException.environment("Sockets of this machine fail: " + e.getMessage() + ".");
    }
    return millis;
  }

  private static double once(int port) throws BenchException, InterruptedException, IOException {
    RelayProcess relay = RelayProcess.start("idle", BareRelay.class, port);
    try (Child idle = relay.child();
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), relay.port())) {
      Thread.sleep(SETTLE_MILLIS); // Until it is idle.
      long killNanos = System.nanoTime();
      idle.kill();
      try {
        int _ = socket.getInputStream().read();
      } catch (IOException _) {
        // Reset: that is what is waited for, as the end of the stream is.
      }
      return (System.nanoTime() - killNanos) / LatencySummary.NANOS_PER_MILLI;
    }
  }
}
