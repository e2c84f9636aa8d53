package io.euryale.console;

import io.euryale.console.log.LogOutput;
import io.euryale.console.log.LogOutput.Format;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import picocli.CommandLine.Option;

/// Says where log lines go. By default nowhere, as terminals belong to what commands print; the
/// variable `EURYALE_LOG` names a file, or `-` for standard error, `EURYALE_LOG_FORMAT` is `text`
/// or `json`, `EURYALE_LOG_LEVEL` is `error`, `warn`, `info` or `debug`. The option of commands
/// that run peers wins.
final class Logging {

  private static final Logger LOG = LoggerFactory.getLogger("io.euryale");
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  /// What the option may say.
  enum Choice {
    OFF,
    TEXT,
    JSON
  }

  @Option(
      names = "--log",
      paramLabel = "FORMAT",
      description =
          "Log to standard error: text, json (one object a line), or off. By default what the"
              + " variables EURYALE_LOG, EURYALE_LOG_FORMAT and EURYALE_LOG_LEVEL say, else off.")
  void choose(@Nullable Choice choice) {
    switch (choice) {
      case null -> {} // Not given.
      case OFF -> LogOutput.off();
      case TEXT -> LogOutput.toStandardError(Format.TEXT, level(System.getenv()));
      case JSON -> LogOutput.toStandardError(Format.JSON, level(System.getenv()));
    }
  }

  /// Obeys the variables.
  ///
  /// @throws CommandException when they are wrong
  static void configure(Map<String, String> environment) {
    String file = environment.getOrDefault("EURYALE_LOG", "");
    Format format = oneOf(Format.class, environment, "EURYALE_LOG_FORMAT", Format.TEXT);
    Level level = level(environment);
    if (file.isEmpty()) {
      LogOutput.off();
    } else if (file.equals("-")) {
      LogOutput.toStandardError(format, level);
    } else {
      try {
        LogOutput.toFile(file, format, level);
      } catch (IOException e) {
        throw CommandException.environment(
            "EURYALE_LOG: '" + file + "' cannot be written: " + e.getMessage() + ".");
      }
    }
  }

  private static Level level(Map<String, String> environment) {
    return oneOf(Level.class, environment, "EURYALE_LOG_LEVEL", Level.INFO);
  }

  private static <E extends Enum<E>> E oneOf(
      Class<E> type, Map<String, String> environment, String variable, E byDefault) {
    String word = environment.getOrDefault(variable, "");
    for (E constant : type.getEnumConstants()) {
      if (constant.name().equalsIgnoreCase(word)) {
        return constant;
      }
    }
    if (word.isEmpty()) {
      return byDefault;
    }
    throw CommandException.usage(
        variable
            + " is one of "
            + Arrays.stream(type.getEnumConstants())
                .map(constant -> constant.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", "))
            + ", not '"
            + word
            + "'.");
  }

  /// Tells the user something on standard error; as a line of the log where that has JSON only.
  ///
  /// @param peer whom it concerns; "" for the process
  static void tell(PrintWriter err, Level level, String peer, String event, String sentence) {
    if (LogOutput.isJsonOnStandardError()) {
      var line = LOG.atLevel(level).addKeyValue("event", event);
      (peer.isEmpty() ? line : line.addKeyValue("peer", peer)).log("{}", sentence);
    } else {
      err.println("euryale: " + sentence);
      err.flush();
    }
  }

  /// Before the process ends.
  static void flush() {
    LogOutput.flush(PATIENCE);
  }
}
