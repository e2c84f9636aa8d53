package io.euryale.console;

import io.euryale.client.GroupClientException;
import io.euryale.lighttrain.timetable.TimetableException;
import io.euryale.peer.RefusedException;
import io.euryale.platform.PlatformException;
import io.euryale.platform.SettingsException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/// Turns whatever went wrong into one sentence and an exit code. Users see no stack traces:
/// those of our own mistakes go to a file that the sentence names.
final class Failures implements IParameterExceptionHandler, IExecutionExceptionHandler {

  @Override
  public int handleParseException(ParameterException failure, String[] args) {
    CommandLine command = failure.getCommandLine();
    PrintWriter err = command.getErr();
    err.println("euryale: " + oneLine(failure.getMessage()));
    UnmatchedArgumentException.printSuggestions(failure, err);
    err.println("Try '" + command.getCommandSpec().qualifiedName() + " --help' for what there is.");
    return ExitCode.USAGE;
  }

  @Override
  public int handleExecutionException(
      Exception failure, CommandLine command, ParseResult parseResult) {
    Logging.tell(command.getErr(), Level.ERROR, "", "failed", sentence(failure));
    return exitCode(failure);
  }

  static int exitCode(Throwable failure) {
    return switch (failure) {
      case CommandException known -> known.exitCode();
      case SettingsException _, TimetableException _ -> ExitCode.USAGE;
      case RefusedException refused ->
          switch (refused.reason()) {
            case INVALID, DUPLICATE, FORBIDDEN, TOO_LARGE, TABLES_DIFFER, NO_SUCH_RECEIVER ->
                ExitCode.USAGE;
            case ADDRESS, UNREACHABLE -> ExitCode.ENVIRONMENT;
            case CLOSED, TIMEOUT, NOT_A_MEMBER, FULL, TOO_MANY, NO_STATE, UNKNOWN_OUTCOME ->
                ExitCode.MISSED;
          };
      case GroupClientException refused ->
          switch (refused.reason()) {
            case INVALID, DUPLICATE, FORBIDDEN, TOO_LARGE, NO_SUCH_RECEIVER -> ExitCode.USAGE;
            case UNREACHABLE, DISCONNECTED, CLOSED -> ExitCode.ENVIRONMENT;
            case NOT_A_MEMBER, FULL, TOO_MANY, NO_STATE, UNKNOWN_OUTCOME, TIMEOUT, OTHER ->
                ExitCode.MISSED;
          };
      case PlatformException platform -> platform.exitCode();
      case IOException _ -> ExitCode.ENVIRONMENT;
      default -> ExitCode.MISSED;
    };
  }

  static String sentence(Throwable failure) {
    return switch (failure) {
      case SettingsException settings -> String.valueOf(settings.getMessage());
      case CommandException _,
          TimetableException _,
          RefusedException _,
          GroupClientException _,
          PlatformException _ ->
          oneLine(failure.getMessage());
      case NoSuchFileException missing -> "There is no file or folder '" + missing.getFile() + "'.";
      case AccessDeniedException denied ->
          "Not allowed to use '" + denied.getFile() + "': check its permissions.";
      case FileSystemException file ->
          "'" + file.getFile() + "' cannot be used: " + file.getReason() + ".";
      case IOException io -> "Input or output failed: " + oneLine(io.getMessage()) + ".";
      default -> unexpected(failure);
    };
  }

  /// Keeps the details of our own mistake in a file.
  ///
  /// @return a sentence that names it
  static String unexpected(Throwable failure) {
    StringWriter trace = new StringWriter();
    failure.printStackTrace(new PrintWriter(trace));
    String what = failure.getClass().getSimpleName();
    try {
      Path log = Files.createTempFile("euryale-failure-", ".log");
      Files.writeString(log, trace.toString());
      return "This is a mistake in Euryale (" + what + "); please report it with " + log + ".";
    } catch (IOException _) {
      return "This is a mistake in Euryale (" + what + ": " + oneLine(failure.getMessage()) + ").";
    }
  }

  /// Parts of a sentence may come from another process.
  private static String oneLine(@Nullable String text) {
    return text == null ? "no details" : Plain.text(text.strip().replaceAll("\\s*\\R\\s*", " "));
  }
}
