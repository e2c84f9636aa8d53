package io.euryale.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.euryale.kernel.TrafficClass;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ServiceManagerTest {

  private static final Duration SOON = Duration.ofSeconds(30);

  @TempDir Path folder;

  private final Loops loops = new Loops();
  private final Pulse pulse = new Pulse(loops);

  @AfterEach
  void endLoops() {
    loops.close();
  }

  private static Map<String, String> environment(String socket, long watchdogMicros) {
    Map<String, String> environment = new HashMap<>();
    environment.put("NOTIFY_SOCKET", socket);
    environment.put("WATCHDOG_USEC", Long.toString(watchdogMicros));
    return environment;
  }

  @Test
  void readyStatusWatchdogAndStoppingAreTold() throws Exception {
    String path = folder.resolve("n").toString();
    try (NotifySocket socket = new NotifySocket(path)) {
      try (ServiceManager manager =
          ServiceManager.of(environment(path, 800_000), pulse, () -> "In\nplace.")) {
        manager.ready();
        manager.ready();
        socket.await("STATUS=In place.", 1, SOON);
        socket.await("WATCHDOG=1", 3, SOON);
        manager.stopping();
      }
      socket.await("STOPPING=1\nSTATUS=Leaving in order.", 1, SOON);
      List<String> all = socket.received();
      assertThat(all.getFirst()).isEqualTo("READY=1");
      assertThat(all.stream().filter(one -> !one.equals("WATCHDOG=1")))
          .containsExactly("READY=1", "STATUS=In place.", "STOPPING=1\nSTATUS=Leaving in order.");
    }
  }

  @Test
  void anAbstractNameIsUnderstood() throws Exception {
    String name = "@euryale-test-" + ProcessHandle.current().pid();
    try (NotifySocket socket = new NotifySocket(name);
        ServiceManager manager = ServiceManager.of(environment(name, 0), pulse, () -> "Here.")) {
      manager.ready();
      socket.await("READY=1", 1, SOON);
      socket.await("STATUS=Here.", 1, SOON);
      assertThat(socket.received()).doesNotContain("WATCHDOG=1");
    }
  }

  @Test
  void theWatchdogIsNotFedWhileALoopHangs() throws Exception {
    String path = folder.resolve("n").toString();
    CountDownLatch held = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    loops
        .of(TrafficClass.CRITICAL)
        .eventLoop()
        .execute(
            () -> {
              held.countDown();
              try {
                release.await();
              } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
              }
            });
    held.await();
    try (NotifySocket socket = new NotifySocket(path);
        ServiceManager manager = ServiceManager.of(environment(path, 80_000), pulse, () -> "Ok.")) {
      manager.ready();
      socket.await("STATUS=Loops do not turn: [CRITICAL].", 1, SOON);
      assertThat(socket.received()).doesNotContain("WATCHDOG=1");
      release.countDown();
      socket.await("WATCHDOG=1", 1, SOON);
      socket.await("STATUS=Ok.", 1, SOON);
    }
  }

  @Test
  void aWatchdogForAnotherProcessIsNotFed() throws Exception {
    String path = folder.resolve("n").toString();
    Map<String, String> environment = environment(path, 80_000);
    environment.put("WATCHDOG_PID", "1");
    try (NotifySocket socket = new NotifySocket(path);
        ServiceManager manager = ServiceManager.of(environment, pulse, () -> "Ok.")) {
      manager.ready();
      socket.await("STATUS=Ok.", 1, SOON);
      assertThat(socket.received()).containsExactly("READY=1", "STATUS=Ok.");
    }
  }

  @Test
  void aManagerThatDoesNotReadHoldsNobodyUp() throws Exception {
    String path = folder.resolve("n").toString();
    try (NotifySocket socket = new NotifySocket(path)) {
      UnixDatagram sender = new UnixDatagram();
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 100_000; i++) {
                  sender.send(path, "STATUS=" + i);
                }
              })
          .isInstanceOf(IOException.class)
          .hasMessageContaining("takes nothing more");
      assertThat(socket.received()).isNotEmpty();
    }
  }

  @Test
  void withoutASocketNothingHappensAndWithoutAListenerNothingBreaks() throws IOException {
    try (ServiceManager nobody = ServiceManager.of(Map.of(), pulse, () -> "Ok.")) {
      nobody.ready();
      nobody.stopping();
    }
    String gone = folder.resolve("gone").toString();
    try (ServiceManager manager = ServiceManager.of(environment(gone, 0), pulse, () -> "Ok.")) {
      manager.ready();
    }
  }
}
