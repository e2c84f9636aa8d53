package io.euryale.bench;

import java.io.PrintStream;

/// One line that says what a run does now: overwritten in a terminal, a line each time elsewhere.
public final class Progress implements AutoCloseable {

  private static final int WIDTH = 100;

  private final PrintStream out;
  private final boolean terminal;
  private final long startNanos = System.nanoTime();

  /// Shows nothing until the first step.
  ///
  /// @param out usually standard error
  /// @param terminal whether a line can be overwritten there
  public Progress(PrintStream out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  /// Says what the run does now.
  ///
  /// @param done 0 to 1
  public synchronized void step(double done, String text) {
    String line =
        "%3.0f %%  %4d s  %s"
            .formatted(done * 100, (System.nanoTime() - startNanos) / 1_000_000_000L, text);
    if (terminal) {
      String cut = line.substring(0, Math.min(WIDTH, line.length()));
      out.print("\r" + cut + " ".repeat(WIDTH - cut.length()));
      out.flush();
    } else {
      out.println(line);
    }
  }

  /// Leaves the line.
  @Override
  public synchronized void close() {
    if (terminal) {
      out.print("\r" + " ".repeat(WIDTH) + "\r");
      out.flush();
    }
  }
}
