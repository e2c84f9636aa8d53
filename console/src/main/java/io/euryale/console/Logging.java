package io.euryale.console;

import org.jspecify.annotations.Nullable;

/// Keeps logs off the terminal: whoever wants them names a file in `EURYALE_LOG`.
final class Logging {

  private static final String PREFIX = "org.slf4j.simpleLogger.";

  private Logging() {}

  /// Must come before the first logger is made.
  ///
  /// @param file where logs go; null or empty for nowhere
  static void configure(@Nullable String file) {
    if (file == null || file.isEmpty()) {
      System.setProperty(PREFIX + "defaultLogLevel", "off");
    } else {
      System.setProperty(PREFIX + "defaultLogLevel", "info");
      System.setProperty(PREFIX + "logFile", file);
      System.setProperty(PREFIX + "showDateTime", "true");
      System.setProperty(PREFIX + "dateTimeFormat", "yyyy-MM-dd'T'HH:mm:ss.SSSXXX");
    }
  }
}
