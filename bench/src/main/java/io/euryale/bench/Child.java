package io.euryale.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// A child process that is told by lines and answers by lines. All our children end when their
/// standard input closes, so none outlives this process however it ends.
public final class Child implements AutoCloseable {

  private static final int REMEMBERED_COMPLAINTS = 5;
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private final String name;
  private final Process process;
  private final Writer input;
  private final Deque<String> complaints = new ConcurrentLinkedDeque<>();

  private Child(String name, Process process) {
    this.name = name;
    this.process = process;
    this.input = process.outputWriter(StandardCharsets.UTF_8);
  }

  /// Starts a child.
  ///
  /// @param name for messages about it
  /// @param lines hears each line of its standard output, on a thread of its own
  /// @throws BenchException when the program cannot be started
  public static Child start(String name, List<String> command, Consumer<String> lines)
      throws BenchException {
    Process process;
    try {
      process = new ProcessBuilder(command).start();
    } catch (IOException e) {
      throw BenchException.environment(
          "'" + command.getFirst() + "' cannot be started: " + e.getMessage());
    }
    Child child = new Child(name, process);
    Thread.ofVirtual().name("bench-output-" + name).start(() -> child.read(lines));
    Thread.ofVirtual().name("bench-errors-" + name).start(child::readErrors);
    return child;
  }

  private void read(Consumer<String> lines) {
    try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        lines.accept(line);
      }
    } catch (IOException _) {
      // It was killed: nothing more is to be heard.
    }
  }

  private void readErrors() {
    try (BufferedReader reader = process.errorReader(StandardCharsets.UTF_8)) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        if (!line.isBlank()) {
          complaints.addLast(line.strip());
          if (complaints.size() > REMEMBERED_COMPLAINTS) {
            complaints.pollFirst();
          }
        }
      }
    } catch (IOException _) {
      // As above.
    }
  }

  public String name() {
    return name;
  }

  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /// The last lines of its error output, in one.
  public String complaint() {
    return String.join(" / ", complaints);
  }

  /// Sends a line. A child that is gone does not hear it.
  public void tell(String line) {
    try {
      input.write(line + "\n");
      input.flush();
    } catch (IOException _) {
      // Whoever waits for an answer will see that it is gone.
    }
  }

  /// Sends SIGKILL: it ends as in a crash, and the system closes its sockets. Returns at once.
  public void kill() {
    process.destroyForcibly();
  }

  /// Asks it to end without waiting for it.
  public void closeInput() {
    try {
      input.close();
    } catch (IOException _) {
      // It is gone.
    }
  }

  /// Ends it: asks first, kills it when that takes longer than 3 s.
  @Override
  public void close() {
    closeInput();
    try {
      if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        kill();
        process.waitFor();
      }
    } catch (InterruptedException _) {
      kill();
      Thread.currentThread().interrupt();
    }
  }
}
