package io.euryale.bench;

/// A benchmark cannot run. The message is one sentence for a person: what is wrong and what to do.
public final class BenchException extends Exception {

  private static final long serialVersionUID = 1L;

  /// The exit code of a run whose own promise was missed.
  public static final int MISSED = 1;

  /// The exit code of bad usage.
  public static final int BAD_USAGE = 2;

  /// The exit code when the environment lacks something.
  public static final int ENVIRONMENT = 3;

  private final int exitCode;

  private BenchException(int exitCode, String sentence) {
    super(sentence);
    this.exitCode = exitCode;
  }

  /// What was measured did not even work.
  public static BenchException missed(String sentence) {
    return new BenchException(MISSED, sentence);
  }

  /// The user asked for something that cannot be.
  public static BenchException badUsage(String sentence) {
    return new BenchException(BAD_USAGE, sentence);
  }

  /// The machine does not have what is needed.
  public static BenchException environment(String sentence) {
    return new BenchException(ENVIRONMENT, sentence);
  }

  /// What the process should end with.
  public int exitCode() {
    return exitCode;
  }
}
