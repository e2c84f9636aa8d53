package io.euryale.platform;

import io.euryale.kernel.TrafficClass;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.NoSuchElementException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Gives loops a processor before other work of the machine, and alarms before all [1 §1.1]: by
/// their nice values, which Linux keeps for each thread. Compilers and processes that start would
/// else take turns with the packets, most of all just after something failed. Threads that a loop
/// starts have the usual value again. What collects garbage goes first too: all loops wait for it.
///
/// It needs the right to it: root, `CAP_SYS_NICE`, or a limit on nice values as low as these
/// (`LimitNICE=` of systemd); and native access. Without it loops take turns with all others. Where
/// control groups share out processors, nice values count inside of a group only.
public final class LoopPriority {

  /// The lowest of the nice values.
  public static final int ALARM_NICE = -15;

  private static final Logger LOG = LoggerFactory.getLogger(LoopPriority.class);

  // As in the headers of Linux.
  private static final int PRIO_PROCESS = 0;
  private static final int SCHED_OTHER = 0;
  private static final int SCHED_RESET_ON_FORK = 0x40000000;
  private static final int THIS_THREAD = 0;

  private static final Path THREADS = Path.of("/proc/self/task");

  private static final @Nullable Calls CALLS = calls();

  /// `setpriority` and `sched_setscheduler` of the C library, and the parameters of the second.
  private record Calls(MethodHandle priority, MethodHandle scheduler, MemorySegment usual) {

    boolean nice(int thread, int value) {
      try {
        return (int) priority.invokeExact(PRIO_PROCESS, thread, value) == 0;
      } catch (Throwable e) {
        throw new IllegalStateException("Native calls throw nothing of their own", e);
      }
    }

    /// Threads that the calling one starts do not inherit its nice value.
    boolean keepToOneself() {
      try {
        return (int) scheduler.invokeExact(THIS_THREAD, SCHED_OTHER | SCHED_RESET_ON_FORK, usual)
            == 0;
      } catch (Throwable e) {
        throw new IllegalStateException("Native calls throw nothing of their own", e);
      }
    }
  }

  private LoopPriority() {}

  /// The nice value of the loop of a class. Control has that of normal packets: less, and a flood
  /// of these would make peers look dead; more, and every reorganisation would keep them waiting.
  static int nice(TrafficClass trafficClass) {
    return switch (trafficClass) {
      case ALARM -> ALARM_NICE;
      case CRITICAL -> -10;
      case CONTROL, NORMAL -> -5;
    };
  }

  @SuppressWarnings("restricted")
  private static @Nullable Calls calls() {
    // Else Java would warn whoever embeds a peer.
    boolean isAllowed = LoopPriority.class.getModule().isNativeAccessEnabled();
    if (!isAllowed || !Files.isDirectory(THREADS)) {
      return null;
    }
    try {
      Linker linker = Linker.nativeLinker();
      ValueLayout.OfInt number = ValueLayout.JAVA_INT;
      return new Calls(
          linker.downcallHandle(
              linker.defaultLookup().findOrThrow("setpriority"),
              FunctionDescriptor.of(number, number, number, number)),
          linker.downcallHandle(
              linker.defaultLookup().findOrThrow("sched_setscheduler"),
              FunctionDescriptor.of(number, number, number, ValueLayout.ADDRESS)),
          Arena.global().allocateFrom(number, 0));
    } catch (UnsupportedOperationException | NoSuchElementException | LinkageError e) {
      LOG.debug("Loops take turns with all other threads: {}", e.getMessage());
      return null;
    }
  }

  /// Gives the calling thread, a loop's, its place: all loops of a process, or none. Where alarms
  /// may not go first, nothing else goes before them. For the thread's whole life.
  public static void raise(TrafficClass trafficClass) {
    Calls calls = CALLS;
    if (calls == null) {
      return;
    }
    boolean isRaised =
        calls.keepToOneself()
            && calls.nice(THIS_THREAD, ALARM_NICE)
            && calls.nice(THIS_THREAD, nice(trafficClass));
    if (isRaised && trafficClass == TrafficClass.ALARM) {
      raiseCollector(calls);
    }
  }

  /// Compilers stay where they are: with them in front packets wait for them after a failure.
  private static void raiseCollector(Calls calls) {
    try (Stream<Path> threads = Files.list(THREADS)) {
      for (Path thread : threads.toList()) {
        if (isCollector(thread)) {
          boolean _ = calls.nice(Integer.parseInt(thread.getFileName().toString()), ALARM_NICE);
        }
      }
    } catch (IOException | UncheckedIOException e) {
      LOG.debug("The collector takes turns with other threads: {}", e.getMessage());
    }
  }

  private static boolean isCollector(Path thread) {
    try {
      String name = Files.readString(thread.resolve("comm")).strip();
      return name.equals("VM Thread") || name.startsWith("GC Thread#");
    } catch (IOException e) {
      return false; // Another thread, which has ended since it was listed.
    }
  }
}
