package io.euryale.console.source;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One payload for each line that a program prints. Its error output goes to ours.
public final class ProgramSource implements PayloadSource {

  private static final long END_SECONDS = 2;

  private final String command;
  private final Process process;
  private final LineSource lines;
  private volatile boolean closed;

  /// Starts the program.
  ///
  /// @param command a line for `sh`
  /// @param limitBytes longest line that is passed on
  /// @throws IOException when there is no `sh`
  public ProgramSource(String command, int limitBytes) throws IOException {
    this.command = command;
    this.process = start(command);
    this.lines = new LineSource(process.getInputStream(), limitBytes, true);
  }

  /// In a session of its own, so that the end reaches everything the program has started; on a
  /// system without `setsid`, as a plain child.
  private static Process start(String command) throws IOException {
    try {
      return builder("setsid", "sh", "-c", command).start();
    } catch (IOException _) {
      return builder("sh", "-c", command).start();
    }
  }

  private static ProcessBuilder builder(String... words) {
    return new ProcessBuilder(words)
        .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
        .redirectError(ProcessBuilder.Redirect.INHERIT);
  }

  @Override
  public @Nullable ByteBuffer next() throws IOException, InterruptedException {
    ByteBuffer line;
    try {
      line = lines.next();
    } catch (IOException e) {
      if (closed) {
        return null;
      }
      throw e;
    }
    if (line == null && !closed && process.waitFor() != 0) {
      throw new IOException(
          "the program '" + command + "' ended with exit code " + process.exitValue());
    }
    return line;
  }

  @Override
  public long oversized() {
    return lines.oversized();
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    process.descendants().forEach(ProcessHandle::destroy);
    signalSession("TERM");
    process.destroy();
    try {
      if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
        signalSession("KILL");
        process.destroyForcibly();
      }
    } catch (InterruptedException _) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  /// A child that is being forked at this moment is in no list of descendants, but in the
  /// session.
  private void signalSession(String signal) {
    try {
      Process kill =
          builder("kill", "-" + signal, "--", "-" + process.pid())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      boolean _ = kill.waitFor(END_SECONDS, TimeUnit.SECONDS);
    } catch (IOException _) {
      // No program `kill`: the descendants were told.
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
