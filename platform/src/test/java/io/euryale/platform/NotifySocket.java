package io.euryale.platform;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// The service manager's end of the socket, by the same binding as the sender's.
final class NotifySocket implements AutoCloseable {

  private static final int MSG_DONTWAIT = 0x40;
  private static final int LONGEST = 4096;

  private final Arena arena = Arena.ofShared();
  private final MemorySegment state = UnixDatagram.state(arena);
  private final MemorySegment buffer = arena.allocate(LONGEST);
  private final UnixDatagram calls = new UnixDatagram();
  private final MethodHandle recv =
      UnixDatagram.function(
          "recv",
          FunctionDescriptor.of(
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_INT,
              ValueLayout.ADDRESS,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_INT));
  private final int socket;
  private final List<String> received = new ArrayList<>();

  NotifySocket(String name) throws IOException {
    MethodHandle bind =
        UnixDatagram.function(
            "bind",
            FunctionDescriptor.of(
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS,
                ValueLayout.JAVA_INT));
    try {
      socket = calls.open(state);
      MemorySegment address = UnixDatagram.address(arena, name);
      int bound = (int) bind.invokeExact(state, socket, address, (int) address.byteSize());
      if (bound < 0) {
        throw UnixDatagram.failed("bind", state);
      }
    } catch (IOException e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /// All datagrams so far.
  List<String> received() {
    try {
      while (true) {
        long n = (long) recv.invokeExact(state, socket, buffer, (long) LONGEST, MSG_DONTWAIT);
        if (n < 0) {
          return List.copyOf(received);
        }
        byte[] bytes = buffer.asSlice(0, n).toArray(ValueLayout.JAVA_BYTE);
        received.add(new String(bytes, StandardCharsets.UTF_8));
      }
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /// Waits for this datagram, `count` times from the beginning.
  void await(String datagram, int count, Duration patience) throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (received().stream().filter(datagram::equals).count() < count) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("In vain " + count + " times " + datagram + ": " + received);
      }
      Thread.sleep(5);
    }
  }

  @Override
  public void close() {
    try {
      calls.close(state, socket);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
    arena.close();
  }
}
