package io.euryale.lab.real;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One life of a member, seen from outside: the process, what it said, and what was done to it.
/// Safe to share between threads.
final class MemberProcess {

  /// A configuration that a member installed.
  ///
  /// @param atNanos on the clock that all processes share
  /// @param members of the configuration, each `name#incarnation`
  /// @param tookNanos from its first proposal, as the member saw it
  record Installed(long atNanos, boolean regular, String id, List<String> members, long tookNanos) {
    List<String> names() {
      return members.stream().map(member -> member.substring(0, member.indexOf('#'))).toList();
    }
  }

  private static final long END_SECONDS = 20;

  final String name;
  final Path trace;
  private final Process process;
  private final List<Installed> installed = new CopyOnWriteArrayList<>();
  private final List<Long> primaries = new CopyOnWriteArrayList<>();
  private final Map<String, Integer> marks = new ConcurrentHashMap<>();
  private final CopyOnWriteArrayList<String> failures = new CopyOnWriteArrayList<>();
  private volatile boolean ready;
  private volatile long primary;
  private volatile long leavingNanos;
  private volatile long sealedLost = -1;
  private volatile boolean killed;
  private volatile boolean left;
  private volatile boolean paused;

  MemberProcess(String name, Path trace, List<String> command, Path errors) throws IOException {
    this.name = name;
    this.trace = trace;
    process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    InputStream out = process.getInputStream();
    Thread.ofPlatform().daemon().name("hears " + name).start(() -> read(out));
  }

  private void read(InputStream out) {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(out, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        hear(line, line.split(" ", -1));
      }
    } catch (IOException | UncheckedIOException _) {
      // It was killed.
    }
  }

  private void hear(String line, String[] words) {
    switch (words[0]) {
      case "ready" -> ready = true;
      case "installed" -> {
        List<String> members = List.of(words[4].split(",", -1));
        installed.add(
            new Installed(
                Long.parseLong(words[1]),
                words[2].equals("REG"),
                words[3],
                members,
                Long.parseLong(words[5])));
      }
      case "primary" -> {
        primary = Long.parseLong(words[2]);
        primaries.add(primary);
      }
      case "primary-lost" -> primary = 0;
      case "mark" -> marks.put(words[1], Integer.parseInt(words[2]));
      case "leaving" -> leavingNanos = Long.parseLong(words[1]);
      case "sealed", "left" -> sealedLost = Long.parseLong(words[1]);
      default -> failures.add(line);
    }
  }

  /// The configuration it installed last, regular or not; null before the first.
  @Nullable Installed present() {
    // The list only grows.
    int size = installed.size();
    return size == 0 ? null : installed.get(size - 1);
  }

  /// All configurations it installed, in its order.
  List<Installed> installed() {
    return List.copyOf(installed);
  }

  /// Whether it has opened its ports.
  boolean isReady() {
    return ready;
  }

  /// Number of the primary component that it is in, as far as it knows; 0 for none.
  long primary() {
    return primary;
  }

  /// Largest number of a primary component that it was in.
  long lastPrimary() {
    return primaries.stream().mapToLong(Long::longValue).max().orElse(0);
  }

  /// How many deliveries of a mark it told.
  int marks(long number) {
    return marks.getOrDefault(Long.toString(number), 0);
  }

  /// What it said of its own mistakes.
  List<String> failures() {
    return List.copyOf(failures);
  }

  /// When it began to leave; 0 when it did not.
  long leavingNanos() {
    return leavingNanos;
  }

  /// Whether its trace is at its end and complete, by its own word.
  boolean isSealed() {
    return sealedLost == 0;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  boolean wasKilled() {
    return killed;
  }

  boolean hasLeft() {
    return left;
  }

  boolean isPaused() {
    return paused;
  }

  void say(String line) {
    try {
      process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
      process.getOutputStream().flush();
    } catch (IOException _) {
      // It has ended, which is seen otherwise.
    }
  }

  /// SIGKILL; works on a stopped process too.
  void kill() {
    killed = true;
    process.destroyForcibly();
  }

  void leave() {
    left = true;
    say("leave");
  }

  void pause() throws InterruptedException {
    paused = true;
    signal("STOP");
  }

  void resume() throws InterruptedException {
    paused = false;
    signal("CONT");
  }

  private void signal(String signal) throws InterruptedException {
    if (process.isAlive()) {
      Commands.tryRun("kill", "-" + signal, Long.toString(process.pid()));
    }
  }

  /// Waits for its end, and forces it when that takes too long.
  void awaitEnd() throws InterruptedException {
    if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
      kill();
      process.waitFor();
    }
  }
}
