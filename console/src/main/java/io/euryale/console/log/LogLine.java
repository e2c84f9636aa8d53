package io.euryale.console.log;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/// One thing that is logged.
///
/// @param at by the wall clock
/// @param logger name of the class that speaks
/// @param message one sentence
/// @param thrown our mistake, or null
/// @param values what else is known, with `peer` and `event` among it
record LogLine(
    Instant at,
    Level level,
    String logger,
    String message,
    @Nullable Throwable thrown,
    Map<String, String> values) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /// Always with milliseconds, so that lines sort as texts.
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  /// What happened when nobody gave it a name.
  private static final String PLAIN_EVENT = "log";

  /// `2026-11-21T11:07:51.123Z INFO a1 joined: Peer a1 is a member of cell 0`; a stack trace
  /// stands in lines of its own behind it.
  ///
  /// @param process who speaks when nobody is named
  String text(String process) {
    String event = values.get("event");
    String line =
        time()
            + " "
            + level
            + " "
            + values.getOrDefault("peer", process.isEmpty() ? "-" : process)
            + " "
            + (event == null ? logger.substring(logger.lastIndexOf('.') + 1) : event)
            + ": "
            + message.replaceAll("\\R", " ");
    return thrown == null ? line : line + "\n" + trace(thrown).stripTrailing();
  }

  /// One object: `time`, `level`, `peer` (null when it concerns none), `event`, `message`,
  /// `logger`, then what else is known, then `trace`.
  ///
  /// @param process who speaks when nobody is named
  String json(String process) {
    Map<String, @Nullable Object> line = new LinkedHashMap<>();
    line.put("time", time());
    line.put("level", level.name().toLowerCase(Locale.ROOT));
    line.put("peer", values.getOrDefault("peer", process.isEmpty() ? null : process));
    line.put("event", values.getOrDefault("event", PLAIN_EVENT));
    line.put("message", message);
    line.put("logger", logger);
    values.forEach(line::putIfAbsent);
    if (thrown != null) {
      line.put("trace", trace(thrown));
    }
    try {
      return JSON.writeValueAsString(line);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Only texts are written", e);
    }
  }

  private String time() {
    return TIME.format(at);
  }

  private static String trace(Throwable thrown) {
    StringWriter text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text));
    return text.toString();
  }
}
