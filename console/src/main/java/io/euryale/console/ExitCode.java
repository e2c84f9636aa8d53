package io.euryale.console;

/// How a command ends; the same four everywhere.
final class ExitCode {

  static final int DONE = 0;

  /// The run's own promise was missed: something was lost, an invariant was violated, or Euryale
  /// itself failed.
  static final int MISSED = 1;

  /// The command line or the settings are wrong.
  static final int USAGE = 2;

  /// The environment lacks something: a port, a file, a peer that answers.
  static final int ENVIRONMENT = 3;

  private ExitCode() {}
}
