package io.euryale.platform;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.TrafficClass;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/// Which threads the kernel lets go first.
@EnabledOnOs(OS.LINUX)
class LoopPriorityTest {

  /// `CAP_SYS_NICE` in the capabilities of a process.
  private static final int SYS_NICE = 23;

  /// Fields of `/proc/PID/stat` between the name of the thread and its nice value.
  private static final int FIELDS_BEFORE_NICE = 16;

  @Test
  void alarms_go_first_and_all_loops_before_other_work_where_that_is_allowed() throws Exception {
    int usual = nice(Files.readString(Path.of("/proc/self/stat")));
    boolean allowed = isAllowed();
    try (Loops loops = new Loops()) {
      for (TrafficClass each : TrafficClass.values()) {
        long _ = loops.of(each).threadId(); // It runs.
        assertThat(niceOf("euryale-" + each.label()))
            .as("threads of class %s", each.label())
            .isNotEmpty()
            .containsOnly(allowed ? LoopPriority.nice(each) : usual);
      }
      CountDownLatch looked = new CountDownLatch(1);
      CountDownLatch started = new CountDownLatch(1);
      loops
          .of(TrafficClass.ALARM)
          .eventLoop()
          .execute(
              () ->
                  Thread.ofPlatform()
                      .name("of-a-loop")
                      .start(
                          () -> {
                            started.countDown();
                            await(looked);
                          }));
      await(started);
      assertThat(niceOf("of-a-loop")).containsExactly(usual);
      looked.countDown();
    }
    assertThat(niceOf("VM Thread")).containsExactly(allowed ? LoopPriority.ALARM_NICE : usual);
    assertThat(LoopPriority.nice(TrafficClass.ALARM))
        .isEqualTo(LoopPriority.ALARM_NICE)
        .isLessThan(LoopPriority.nice(TrafficClass.CRITICAL));
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static boolean isAllowed() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("CapEff:")) {
        String mask = line.substring("CapEff:".length()).strip();
        return (Long.parseUnsignedLong(mask, 16) >> SYS_NICE & 1) == 1;
      }
    }
    return false;
  }

  /// Of all threads of this process with that name, as far as the kernel keeps it.
  private static List<Integer> niceOf(String name) throws IOException {
    String kept = name.substring(0, Math.min(15, name.length()));
    List<Integer> found = new ArrayList<>();
    try (Stream<Path> threads = Files.list(Path.of("/proc/self/task"))) {
      for (Path thread : threads.toList()) {
        String stat;
        try {
          stat = Files.readString(thread.resolve("stat"));
        } catch (IOException e) {
          continue; // Has ended since it was listed.
        }
        if (stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')')).equals(kept)) {
          found.add(nice(stat));
        }
      }
    }
    return found;
  }

  private static int nice(String stat) {
    String afterName = stat.substring(stat.lastIndexOf(')') + 2);
    return Integer.parseInt(afterName.split(" ")[FIELDS_BEFORE_NICE]);
  }
}
