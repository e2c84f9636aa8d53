package io.euryale.platform;

import io.euryale.kernel.TrafficClass;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells the service manager that started this process (systemd, `Type=notify`) how it fares, by
/// the protocol of `sd_notify(3)`: `READY=1`, `STATUS=…`, `STOPPING=1` and, where the unit has
/// `WatchdogSec=`, `WATCHDOG=1` four times within that time, but only while the loops turn. A
/// process whose loops hang is then killed and started again, whatever its other threads do.
///
/// Does nothing when nobody asked, that is without `NOTIFY_SOCKET`. Any thread but loops.
public final class ServiceManager implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ServiceManager.class);

  /// How often the status is looked at without a watchdog.
  private static final Duration LOOK = Duration.ofSeconds(5);

  /// What the process is doing, in one sentence.
  @FunctionalInterface
  public interface Status {
    String sentence() throws InterruptedException;
  }

  private final @Nullable UnixDatagram sender;
  private final String socket;
  private final Pulse pulse;
  private final Status status;

  /// Zero without a watchdog.
  private final Duration watchdog;

  private @Nullable Thread watching;
  private boolean ready;
  private boolean stopping;

  private ServiceManager(
      @Nullable UnixDatagram sender, String socket, Pulse pulse, Status status, Duration watchdog) {
    this.sender = sender;
    this.socket = socket;
    this.pulse = pulse;
    this.status = status;
    this.watchdog = watchdog;
  }

  /// The manager of this process.
  ///
  /// @param environment with `NOTIFY_SOCKET`, `WATCHDOG_USEC` and `WATCHDOG_PID`, where it is one
  /// @param status shown by the manager, such as in `systemctl status`
  public static ServiceManager of(Map<String, String> environment, Pulse pulse, Status status) {
    String socket = environment.getOrDefault("NOTIFY_SOCKET", "");
    UnixDatagram sender = null;
    if (!socket.isEmpty()) {
      try {
        sender = new UnixDatagram();
      } catch (UnsupportedOperationException | NoSuchElementException | LinkageError e) {
        LOG.warn(
            "The service manager cannot be told anything, as the C library of this machine cannot be"
                + " called: use Type=exec without WatchdogSec= in the unit ({})",
            e.getMessage());
      } catch (IllegalCallerException | IllegalArgumentException e) {
        LOG.warn(
            "The service manager cannot be told anything, as Java may not call the C library: add"
                + " --enable-native-access=ALL-UNNAMED to its options ({})",
            e.getMessage());
      }
    }
    return new ServiceManager(sender, socket, pulse, status, watchdog(environment));
  }

  private static Duration watchdog(Map<String, String> environment) {
    String pid = environment.getOrDefault("WATCHDOG_PID", "");
    if (!pid.isEmpty() && !pid.equals(Long.toString(ProcessHandle.current().pid()))) {
      return Duration.ZERO; // Meant for the process that started this one.
    }
    try {
      long micros = Long.parseLong(environment.getOrDefault("WATCHDOG_USEC", "0"));
      return micros <= 0 ? Duration.ZERO : Duration.ofNanos(Math.multiplyExact(micros, 1_000L));
    } catch (NumberFormatException | ArithmeticException e) {
      LOG.warn("WATCHDOG_USEC is no number of microseconds; there is no watchdog");
      return Duration.ZERO;
    }
  }

  /// The process does its work from now on. A second call does nothing.
  public synchronized void ready() {
    if (sender == null || ready || stopping) {
      return;
    }
    ready = true;
    tell("READY=1");
    watching = Thread.ofPlatform().name("euryale-service").daemon().start(this::watch);
  }

  /// The process begins to end. A second call does nothing.
  public synchronized void stopping() {
    if (sender != null && !stopping) {
      stopping = true;
      tell("STOPPING=1\nSTATUS=Leaving in order.");
    }
  }

  /// Says nothing more.
  @Override
  public synchronized void close() {
    stopping();
    Thread thread = watching;
    if (thread != null) {
      thread.interrupt();
    }
  }

  private void watch() {
    // Two looks and the patience of each fit into the time that the manager gives.
    Duration pause = watchdog.isZero() ? LOOK : watchdog.dividedBy(4);
    String said = "";
    try {
      while (true) {
        List<TrafficClass> stuck = pulse.stuck(pause);
        String sentence;
        if (stuck.isEmpty()) {
          if (!watchdog.isZero()) {
            tell("WATCHDOG=1");
          }
          sentence = sentence();
        } else {
          sentence = "Loops do not turn: " + stuck + ".";
        }
        if (!sentence.equals(said)) {
          said = sentence;
          tellStatus(sentence);
        }
        Thread.sleep(pause);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /// A mistake in what is shown must not stop the watchdog.
  private String sentence() throws InterruptedException {
    try {
      return status.sentence();
    } catch (RuntimeException e) {
      LOG.warn("The state of this process cannot be told: {}", e.toString());
      return "The state of this process cannot be told.";
    }
  }

  private synchronized void tellStatus(String sentence) {
    if (!stopping) {
      tell("STATUS=" + sentence.replaceAll("\\p{Cntrl}", " "));
    }
  }

  private void tell(String message) {
    try {
      if (sender != null) {
        sender.send(socket, message);
      }
    } catch (IOException e) {
      LOG.warn("The service manager was not told '{}': {}", message, e.getMessage());
    }
  }
}
