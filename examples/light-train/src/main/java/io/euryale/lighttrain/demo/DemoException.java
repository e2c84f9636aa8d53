package io.euryale.lighttrain.demo;

/// The demo cannot run. The message is one sentence for a person: what is wrong and what to do.
public final class DemoException extends Exception {

  private static final long serialVersionUID = 1L;

  /// The exit code of bad usage or settings.
  public static final int BAD_USAGE = 2;

  /// The exit code when the environment lacks something.
  public static final int ENVIRONMENT = 3;

  /// No exit code: the run was ended before it had begun.
  private static final int STOPPED = -1;

  private final int exitCode;

  private DemoException(int exitCode, String sentence) {
    super(sentence);
    this.exitCode = exitCode;
  }

  /// The user asked for something that cannot be.
  public static DemoException badUsage(String sentence) {
    return new DemoException(BAD_USAGE, sentence);
  }

  /// The machine lacks something.
  public static DemoException environment(String sentence) {
    return new DemoException(ENVIRONMENT, sentence);
  }

  /// The run was ended before there was any traffic to report of.
  public static DemoException stopped() {
    return new DemoException(STOPPED, "It was ended before it had begun.");
  }

  /// Whether the run was ended before there was any traffic to report of; nothing is wrong then.
  public boolean isStopped() {
    return exitCode == STOPPED;
  }

  /// What the process should end with, unless the run was stopped: [#BAD_USAGE] or [#ENVIRONMENT].
  public int exitCode() {
    return exitCode;
  }
}
