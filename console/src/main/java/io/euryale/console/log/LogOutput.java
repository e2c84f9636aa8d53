package io.euryale.console.log;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/// Where the lines of this process go. Any thread; who logs never waits.
public final class LogOutput {

  /// How lines look.
  public enum Format {
    TEXT,
    JSON
  }

  private static final int WAITING_LINES = 1_000;

  /// A line, or somebody who wants to know that all lines before are written.
  private sealed interface Work {
    record Line(LogLine line) implements Work {}

    record Flush(CountDownLatch done) implements Work {}
  }

  private record Target(OutputStream stream, boolean isStandardError, Format format, Level least) {}

  private static final BlockingQueue<Work> WAITING = new ArrayBlockingQueue<>(WAITING_LINES);
  private static final AtomicLong DROPPED = new AtomicLong();

  private static volatile @Nullable Target target =
      new Target(System.err, true, Format.TEXT, Level.WARN);
  private static volatile String process = "";

  static {
    Thread.ofPlatform().name("euryale-log").daemon().start(LogOutput::run);
  }

  private LogOutput() {}

  /// Writes nothing.
  public static void off() {
    target = null;
  }

  /// Writes to standard error.
  public static void toStandardError(Format format, Level least) {
    to(System.err, format, least);
  }

  /// Writes to what stands for standard error.
  static void to(PrintStream stream, Format format, Level least) {
    target = new Target(stream, true, format, least);
  }

  /// Appends to a file.
  ///
  /// @throws IOException when it cannot be opened
  public static void toFile(String file, Format format, Level least) throws IOException {
    target = new Target(new FileOutputStream(file, true), false, format, least);
  }

  /// Whether standard error is to have JSON lines only.
  public static boolean isJsonOnStandardError() {
    Target now = target;
    return now != null && now.isStandardError() && now.format() == Format.JSON;
  }

  /// Who speaks in lines that name no peer; "" for nobody.
  public static void process(String peer) {
    process = peer;
  }

  static boolean takes(Level level) {
    Target now = target;
    return now != null && level.toInt() >= now.least().toInt();
  }

  static void write(LogLine line) {
    if (!WAITING.offer(new Work.Line(line))) {
      DROPPED.incrementAndGet();
    }
  }

  /// Waits until all lines so far are written, but no longer than this.
  public static void flush(Duration patience) {
    CountDownLatch done = new CountDownLatch(1);
    long nanos = patience.toNanos();
    try {
      if (WAITING.offer(new Work.Flush(done), nanos, TimeUnit.NANOSECONDS)) {
        boolean _ = done.await(nanos, TimeUnit.NANOSECONDS);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private static void run() {
    try {
      while (true) {
        switch (WAITING.take()) {
          case Work.Line(LogLine line) -> print(line);
          case Work.Flush(CountDownLatch done) -> done.countDown();
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private static void print(LogLine line) {
    long dropped = DROPPED.getAndSet(0);
    if (dropped > 0) {
      printNow(
          new LogLine(
              Instant.now(),
              Level.WARN,
              LogOutput.class.getName(),
              dropped + " lines were left out, as they came faster than they were read.",
              null,
              Map.of("event", "log-lines-dropped", "count", Long.toString(dropped))));
    }
    printNow(line);
  }

  private static void printNow(LogLine line) {
    Target now = target;
    if (now == null) {
      return;
    }
    String text = now.format() == Format.JSON ? line.json(process) : line.text(process);
    try {
      now.stream().write((text + "\n").getBytes(StandardCharsets.UTF_8));
      now.stream().flush();
    } catch (IOException _) {
      // A full disk or a closed pipe: there is nobody left to tell.
    }
  }
}
