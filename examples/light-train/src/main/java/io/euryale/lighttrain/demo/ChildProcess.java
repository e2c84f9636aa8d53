package io.euryale.lighttrain.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// A child process that hosts peers: takes a command a line on its standard input and prints an
/// event a line on its standard output. It ends when its input closes, so it does not outlive this
/// process however that ends.
public final class ChildProcess {

  /// An interrupt from the terminal goes to all processes in front; the children must go on until
  /// the demo has collected what is on its way. An ignored signal stays ignored over `exec`.
  private static final List<String> DEAF =
      List.of("sh", "-c", "trap '' INT; exec \"$@\"", "euryale-demo");

  private static final int LONGEST_COMPLAINT = 300;

  /// Hears what a child says, on a thread of the child's.
  public interface Listener {
    /// A line of its standard output.
    void line(ChildProcess child, String line);

    /// It has ended, and everything it said was heard.
    ///
    /// @param complaint the last line of its error output; empty when there was none
    void ended(ChildProcess child, int exitCode, String complaint);
  }

  private final int index;
  private final Process process;
  private final Writer input;
  private volatile String complaint = "";

  private ChildProcess(int index, Process process) {
    this.index = index;
    this.process = process;
    this.input = process.outputWriter(StandardCharsets.UTF_8);
  }

  /// Starts a child.
  ///
  /// @param index of the process in the demo, from 0
  /// @throws IOException when the program cannot be started
  public static ChildProcess start(int index, List<String> command, Listener listener)
      throws IOException {
    List<String> all = new ArrayList<>(DEAF);
    all.addAll(command);
    ChildProcess child = new ChildProcess(index, new ProcessBuilder(all).start());
    Thread errors = Thread.ofVirtual().name("demo-errors-" + index).start(child::readErrors);
    Thread.ofVirtual()
        .name("demo-child-" + index)
        .start(
            () -> {
              child.readOutput(listener);
              child.awaitEnd(errors, listener);
            });
    return child;
  }

  private void readOutput(Listener listener) {
    try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        listener.line(this, line);
      }
    } catch (IOException _) {
      // It was killed; what it had to say is over.
    }
  }

  private void readErrors() {
    try (BufferedReader reader = process.errorReader(StandardCharsets.UTF_8)) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        if (!line.isBlank()) {
          complaint = line.substring(0, Math.min(line.length(), LONGEST_COMPLAINT));
        }
      }
    } catch (IOException _) {
      // It was killed; see above.
    }
  }

  private void awaitEnd(Thread errors, Listener listener) {
    try {
      int exitCode = process.waitFor();
      errors.join(Duration.ofSeconds(1));
      listener.ended(this, exitCode, complaint);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  public int index() {
    return index;
  }

  /// Its number at the operating system.
  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /// Sends a command. A child that is gone does not hear it; its end is reported anyway.
  public void tell(String line) {
    try {
      input.write(line + "\n");
      input.flush();
    } catch (IOException _) {
      // See above.
    }
  }

  /// Ends it as a crash of the machine would.
  public void kill() {
    process.destroyForcibly();
  }

  /// Asks it to end.
  public void close() {
    try {
      input.close();
    } catch (IOException _) {
      // It is gone.
    }
  }

  /// Waits until it has ended.
  ///
  /// @return whether it has
  public boolean awaitEnd(Duration timeout) throws InterruptedException {
    return process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS);
  }

  /// How much processor time it has taken; zero when the system does not say.
  public Duration cpuTime() {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  /// The largest memory it has had, in MiB; zero when the system does not say.
  public double residentMebibytes() {
    return residentMebibytes(process.pid());
  }

  /// The largest memory that a process has had, in MiB; zero when the system does not say.
  public static double residentMebibytes(long pid) {
    try {
      Optional<String> peak;
      try (var lines = Files.lines(Path.of("/proc", Long.toString(pid), "status"))) {
        peak = lines.filter(line -> line.startsWith("VmHWM:")).findFirst();
      }
      return peak.map(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024.0).orElse(0.0);
    } catch (IOException | NumberFormatException | java.io.UncheckedIOException _) {
      return 0;
    }
  }
}
