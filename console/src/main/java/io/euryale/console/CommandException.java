package io.euryale.console;

/// Ends a command with one sentence for the user and an exit code.
final class CommandException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int exitCode;

  private CommandException(int exitCode, String sentence) {
    super(sentence);
    this.exitCode = exitCode;
  }

  /// The user asked for something that cannot be.
  static CommandException usage(String sentence) {
    return new CommandException(ExitCode.USAGE, sentence);
  }

  /// The machine or the network does not have what was asked for.
  static CommandException environment(String sentence) {
    return new CommandException(ExitCode.ENVIRONMENT, sentence);
  }

  /// The run did not do what it promised.
  static CommandException missed(String sentence) {
    return new CommandException(ExitCode.MISSED, sentence);
  }

  /// There is no peer any more.
  ///
  /// @param reason in a few words, or a sentence
  static CommandException sessionEnded(String reason) {
    String end = reason.endsWith(".") ? "" : ".";
    return environment("The session with the peer ended: " + reason + end);
  }

  int exitCode() {
    return exitCode;
  }
}
