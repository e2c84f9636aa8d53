package io.euryale.bench.streams;

import io.euryale.bench.BenchException;
import io.euryale.bench.Child;
import io.euryale.bench.SmallJvm;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// The reference for fail-over: how long after a SIGKILL the other end of a connection sees that an
/// idle JVM is gone. The kernel has to end its threads and give its memory back first; nobody can
/// fail over sooner who waits for the connection to close.
final class IdleKill {

  private static final long SETTLE_MILLIS = 150;
  private static final long START_SECONDS = 20;

  private IdleKill() {}

  /// The times of `times` JVMs, one after the other, in milliseconds.
  static List<Double> measure(int times) throws BenchException, InterruptedException {
    List<Double> millis = new ArrayList<>();
    try (ServerSocketChannel nowhere = ServerSocketChannel.open()) {
      nowhere.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      String port = Integer.toString(((InetSocketAddress) nowhere.getLocalAddress()).getPort());
      for (int time = 0; time < times; time++) {
        millis.add(once(port));
      }
    } catch (IOException e) {
      throw BenchException.environment("Sockets of this machine fail: " + e.getMessage() + ".");
    }
    return millis;
  }

  private static double once(String port) throws BenchException, InterruptedException, IOException {
    CompletableFuture<Integer> listening = new CompletableFuture<>();
    try (Child idle =
            Child.start(
                "idle",
                SmallJvm.command(BareRelay.class.getName(), List.of(port)),
                line -> listening.complete(Integer.parseInt(line.strip())));
        Socket socket =
            new Socket(
                InetAddress.getLoopbackAddress(), listening.get(START_SECONDS, TimeUnit.SECONDS))) {
      Thread.sleep(SETTLE_MILLIS); // Until it is idle.
      long killNanos = System.nanoTime();
      idle.kill();
      try {
        int _ = socket.getInputStream().read();
      } catch (IOException _) {
        // Reset: that is what is waited for, as the end of the stream is.
      }
      return (System.nanoTime() - killNanos) / LatencySummary.NANOS_PER_MILLI;
    } catch (ExecutionException | TimeoutException _) {
      throw BenchException.environment(
          "A JVM did not start within " + START_SECONDS + " s; is the machine very busy?");
    }
  }
}
