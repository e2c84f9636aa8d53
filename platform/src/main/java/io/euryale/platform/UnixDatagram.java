package io.euryale.platform;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;

/// Sends datagrams to Unix domain sockets, which Java's own channels cannot: `socket`, `sendto` and
/// `close` of the C library, on 64-bit Linux. One socket for each message, so there is nothing to
/// close. Any thread.
///
/// Calls of the C library need `--enable-native-access=ALL-UNNAMED`.
@SuppressWarnings("restricted")
final class UnixDatagram {

  // As in the headers of Linux for x86-64 and AArch64.
  static final int AF_UNIX = 1;
  static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
  private static final int MSG_NOSIGNAL = 0x4000;

  /// A manager that does not read must not hold up who tells it something.
  private static final int MSG_DONTWAIT = 0x40;

  /// `sun_path` of `sockaddr_un`.
  private static final int PATH_BYTES = 108;

  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  private final MethodHandle socket =
      function(
          "socket",
          FunctionDescriptor.of(
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT));
  private final MethodHandle sendto =
      function(
          "sendto",
          FunctionDescriptor.of(
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_INT,
              ValueLayout.ADDRESS,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_INT,
              ValueLayout.ADDRESS,
              ValueLayout.JAVA_INT));
  private final MethodHandle close =
      function("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

  /// @throws IllegalCallerException when this JVM may not call native code
  /// @throws UnsupportedOperationException when it cannot on this machine
  /// @throws java.util.NoSuchElementException when the C library lacks one of the functions
  UnixDatagram() {}

  /// A function of the C library that leaves its `errno` in a first argument of [#state].
  static MethodHandle function(String name, FunctionDescriptor types) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow(name), types, Linker.Option.captureCallState("errno"));
  }

  static MemorySegment state(Arena arena) {
    return arena.allocate(STATE);
  }

  /// A `sockaddr_un`, as long as it has to be.
  ///
  /// @param name a path, or an abstract name with `@` in front
  static MemorySegment address(Arena arena, String name) throws IOException {
    byte[] path = name.getBytes(StandardCharsets.UTF_8);
    if (path.length < 2 || path.length >= PATH_BYTES || (path[0] != '/' && path[0] != '@')) {
      throw new IOException("'" + name + "' is no name of a Unix domain socket");
    }
    if (path[0] == '@') {
      path[0] = 0;
    }
    MemorySegment address = arena.allocate(Short.BYTES + (long) path.length);
    address.set(ValueLayout.JAVA_SHORT_UNALIGNED, 0, (short) AF_UNIX);
    MemorySegment.copy(path, 0, address, ValueLayout.JAVA_BYTE, Short.BYTES, path.length);
    return address;
  }

  /// A new socket.
  int open(MemorySegment state) throws Throwable {
    int made = (int) socket.invokeExact(state, AF_UNIX, SOCK_DGRAM_CLOEXEC, 0);
    if (made < 0) {
      throw failed("socket", state);
    }
    return made;
  }

  void close(MemorySegment state, int made) throws Throwable {
    int _ = (int) close.invokeExact(state, made);
  }

  static IOException failed(String call, MemorySegment state) {
    int errno = (int) ERRNO.get(state, 0L);
    String meaning =
        switch (errno) {
          case 2 -> "there is no such socket";
          case 11 -> "it takes nothing more at the moment";
          case 13 -> "not allowed";
          case 111 -> "nobody listens";
          default -> "errno " + errno;
        };
    return new IOException(call + ": " + meaning);
  }

  /// Sends one datagram.
  ///
  /// @param name a path, or an abstract name with `@` in front
  void send(String name, String message) throws IOException {
    byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = state(arena);
      MemorySegment to = address(arena, name);
      int from = open(state);
      try {
        long sent =
            (long)
                sendto.invokeExact(
                    state,
                    from,
                    arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes),
                    (long) bytes.length,
                    MSG_NOSIGNAL | MSG_DONTWAIT,
                    to,
                    (int) to.byteSize());
        if (sent < 0) {
          throw failed("sendto", state);
        }
      } finally {
        close(state, from);
      }
    } catch (IOException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("Native calls throw nothing of their own", e);
    }
  }
}
