package io.euryale.console.log;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.event.KeyValuePair;
import org.slf4j.event.Level;
import org.slf4j.event.LoggingEvent;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;
import org.slf4j.spi.LoggingEventAware;

/// Makes lines of what is logged under one name. Any thread.
final class LineLogger extends LegacyAbstractLogger implements LoggingEventAware {

  private static final long serialVersionUID = 1L;

  LineLogger(String name) {
    this.name = name;
  }

  @Override
  public boolean isTraceEnabled() {
    return LogOutput.takes(Level.TRACE);
  }

  @Override
  public boolean isDebugEnabled() {
    return LogOutput.takes(Level.DEBUG);
  }

  @Override
  public boolean isInfoEnabled() {
    return LogOutput.takes(Level.INFO);
  }

  @Override
  public boolean isWarnEnabled() {
    return LogOutput.takes(Level.WARN);
  }

  @Override
  public boolean isErrorEnabled() {
    return LogOutput.takes(Level.ERROR);
  }

  @Override
  protected @Nullable String getFullyQualifiedCallerName() {
    return null;
  }

  @Override
  protected void handleNormalizedLoggingCall(
      Level level,
      @Nullable Marker marker,
      String pattern,
      @Nullable Object @Nullable [] arguments,
      @Nullable Throwable thrown) {
    write(level, pattern, arguments, thrown, Map.of());
  }

  @Override
  public void log(LoggingEvent event) {
    Map<String, String> values = new LinkedHashMap<>();
    List<KeyValuePair> pairs = event.getKeyValuePairs();
    if (pairs != null) {
      pairs.forEach(pair -> values.put(pair.key, String.valueOf(pair.value)));
    }
    write(
        event.getLevel(),
        event.getMessage(),
        event.getArgumentArray(),
        event.getThrowable(),
        values);
  }

  private void write(
      Level level,
      String pattern,
      @Nullable Object @Nullable [] arguments,
      @Nullable Throwable thrown,
      Map<String, String> values) {
    if (LogOutput.takes(level)) {
      String message = MessageFormatter.basicArrayFormat(pattern, arguments);
      LogOutput.write(
          new LogLine(Instant.now(), level, name, message == null ? "" : message, thrown, values));
    }
  }
}
