package io.euryale.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.euryale.platform.JavaCommand;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/// The `euryale` command in a process of its own.
final class EuryaleProcess implements AutoCloseable {

  static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(45);

  /// The city gives its own start 90 s, and besides lives and drains.
  static final long CITY_NANOS = TimeUnit.SECONDS.toNanos(160);
  private static final long READ_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final ObjectMapper JSON = new ObjectMapper();

  final List<String> out = new CopyOnWriteArrayList<>();
  final List<String> err = new CopyOnWriteArrayList<>();
  private final String what;
  private final Process process;

  private EuryaleProcess(String what, Process process) {
    this.what = what;
    this.process = process;
    read(process.getInputStream(), out);
    read(process.getErrorStream(), err);
  }

  static EuryaleProcess start(String... args) {
    List<String> flags = List.of("-Xmx96m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");
    List<String> command = JavaCommand.of(flags, Main.class.getName(), List.of(args));
    try {
      return new EuryaleProcess(String.join(" ", args), new ProcessBuilder(command).start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void read(InputStream in, List<String> into) {
    Thread thread =
        new Thread(
            () -> {
              try (BufferedReader lines =
                  new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
                lines.lines().forEach(into::add);
              } catch (IOException | UncheckedIOException _) {
                // The process was killed.
              }
            });
    thread.setDaemon(true);
    thread.start();
  }

  /// Waits for a line of output that is JSON and has this `event`, after `from` lines.
  JsonNode awaitEvent(String event, int from) throws InterruptedException {
    JsonNode[] found = new JsonNode[1];
    await(
        "an event " + event,
        () -> {
          for (int i = from; i < out.size() && found[0] == null; i++) {
            JsonNode line = json(out.get(i));
            if (line.path("event").asText().equals(event)) {
              found[0] = line;
            }
          }
          return found[0] != null;
        });
    return found[0];
  }

  JsonNode awaitEvent(String event) throws InterruptedException {
    return awaitEvent(event, 0);
  }

  static JsonNode json(String line) {
    try {
      return JSON.readTree(line);
    } catch (IOException e) {
      throw new UncheckedIOException("Not JSON: " + line, e);
    }
  }

  /// Lines of output so far that have this `event`.
  List<JsonNode> events(String event) {
    Predicate<JsonNode> wanted = line -> line.path("event").asText().equals(event);
    return out.stream().map(EuryaleProcess::json).filter(wanted).toList();
  }

  interface Condition {
    boolean holds();
  }

  void await(String forWhat, Condition condition) throws InterruptedException {
    await(forWhat, PATIENCE_NANOS, condition);
  }

  void await(String forWhat, long patienceNanos, Condition condition) throws InterruptedException {
    long deadline = System.nanoTime() + patienceNanos;
    while (!condition.holds()) {
      if (!process.isAlive()) {
        // What it printed last may still be on its way to us.
        deadline = Math.min(deadline, System.nanoTime() + READ_NANOS);
      }
      if (System.nanoTime() > deadline) {
        throw new AssertionError(
            "In vain waited '" + what + "' for " + forWhat + "\n" + out + "\n" + err);
      }
      Thread.sleep(10);
    }
  }

  void say(String line) throws IOException {
    process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().flush();
  }

  void endInput() throws IOException {
    process.getOutputStream().close();
  }

  /// Sends a signal by name, such as `STOP`.
  void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
  }

  void kill() {
    process.destroyForcibly();
  }

  /// Waits for the end of the process.
  ///
  /// @return its exit code
  int awaitExit() throws InterruptedException {
    return awaitExit(PATIENCE_NANOS);
  }

  int awaitExit(long patienceNanos) throws InterruptedException {
    if (!process.waitFor(patienceNanos, TimeUnit.NANOSECONDS)) {
      throw new AssertionError("'" + what + "' does not end\n" + out + "\n" + err);
    }
    return process.exitValue();
  }

  /// Waits until it is gone, however it ended.
  void awaitEnd() {
    process.onExit().join();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
