package io.euryale.lab.group;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.euryale.kernel.trace.Trace;
import io.euryale.kernel.trace.TraceEvent;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/// Reads one trace file line by line. A last line without its end, or cut in the middle, is left
/// out.
final class TraceReader implements Closeable {

  /// Longest line in bytes; an event is a few hundred, with 256 members some ten thousand.
  static final int MAX_LINE_BYTES = 1 << 20;

  private static final JsonFactory JSON = new JsonFactory();

  private final Path file;
  private final FieldsReader fields;
  private final InputStream in;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private final boolean killed;
  private long lines;
  private boolean cut;
  private @Nullable Trace head;
  private @Nullable Trace last;

  /// @param killed whether the end may be missing although the last line is whole
  /// @param fields of the same thread; readers of one run share it
  TraceReader(Path file, boolean killed, FieldsReader fields) throws IOException {
    this.file = file;
    this.fields = fields;
    this.killed = killed;
    try {
      this.in = new BufferedInputStream(Files.newInputStream(file));
    } catch (IOException e) {
      throw new IOException(
          "The trace file '%s' cannot be read (%s): give a file that exists and is readable."
              .formatted(file, e.getClass().getSimpleName()),
          e);
    }
  }

  /// The event to come next, or null at the end, and before the first [#advance].
  @Nullable Trace head() {
    return head;
  }

  /// The latest event that was read.
  @Nullable Trace last() {
    return last;
  }

  /// At the end: whether events may be missing there.
  boolean isTorn() {
    return killed || cut;
  }

  void advance() throws IOException {
    head = null;
    while (readLine()) {
      lines++;
      if (line.size() > 0) {
        head = parse();
        last = head;
        return;
      }
    }
  }

  /// @return false at the end of the file; a line without its end does not count
  private boolean readLine() throws IOException {
    line.reset();
    while (true) {
      int next = in.read();
      if (next < 0) {
        cut |= line.size() > 0;
        return false;
      }
      if (next == '\n') {
        return true;
      }
      if (line.size() == MAX_LINE_BYTES) {
        throw broken("is longer than " + MAX_LINE_BYTES + " bytes");
      }
      line.write(next);
    }
  }

  private IOException broken(String what) {
    return new IOException(
        "Line %d of the trace file '%s' %s: give the file as the process wrote it."
            .formatted(lines + 1, file, what));
  }

  private Trace parse() throws IOException {
    try (JsonParser parser = JSON.createParser(line.toByteArray())) {
      Trace trace = event(parser);
      if (trace != null) {
        return trace;
      }
    } catch (com.fasterxml.jackson.core.JacksonException e) {
      // Said below, without the library's words.
    }
    lines--;
    throw broken("is no trace event");
  }

  private @Nullable Trace event(JsonParser parser) throws IOException {
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      return null;
    }
    fields.clear();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      Object value = value(parser);
      if (value != null) {
        fields.add(name, value);
      }
    }
    if (parser.currentToken() != JsonToken.END_OBJECT || parser.nextToken() != null) {
      return null;
    }
    if (fields.take("step") instanceof Long step
        && fields.take("at") instanceof Long at
        && fields.take("proc") instanceof String proc
        && fields.take("inc") instanceof Long inc
        && fields.take("event") instanceof String event) {
      return new Trace(step, at, proc, inc, new TraceEvent(event, fields.fields()));
    }
    return null;
  }

  /// Numbers, texts and truth values as they are; a list becomes a text with commas; nothing for
  /// what traces do not have.
  private static @Nullable Object value(JsonParser parser) throws IOException {
    return switch (parser.currentToken()) {
      case VALUE_NUMBER_INT -> parser.getLongValue();
      case VALUE_STRING -> parser.getText();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case START_ARRAY -> {
        StringJoiner list = new StringJoiner(",");
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          if (parser.currentToken() == null) {
            yield null;
          }
          Object item = value(parser);
          if (item != null) {
            list.add(item.toString());
          }
        }
        yield list.toString();
      }
      case START_OBJECT -> {
        parser.skipChildren();
        yield null;
      }
      default -> null;
    };
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
