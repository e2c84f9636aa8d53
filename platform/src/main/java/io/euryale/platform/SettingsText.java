package io.euryale.platform;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;

/// From a file to a tree of YAML nodes with their places, within limits that are checked before the
/// tree is built: size, depth, one document, no aliases.
final class SettingsText {

  /// Largest settings file: 1 MiB.
  static final int MAX_BYTES = 1 << 20;

  /// Deepest nesting. Settings records nest three deep; the reader recurses, so this also keeps a
  /// file of a million brackets from exhausting the stack.
  static final int MAX_DEPTH = 20;

  private SettingsText() {}

  static String read(Path file) throws SettingsException {
    String source = file.toString();
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw error(source, null, "a settings file has at most 1 MiB.");
      }
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw error(source, null, "the file is not UTF-8 text.");
    } catch (NoSuchFileException e) {
      throw error(source, null, "there is no such file.");
    } catch (IOException e) {
      throw error(source, null, "the file cannot be read (" + e.getMessage() + ").");
    }
  }

  /// The root node, or null for an empty document.
  static @Nullable Node compose(String source, String text) throws SettingsException {
    if (text.length() > MAX_BYTES) {
      throw error(source, null, "a settings file has at most 1 MiB.");
    }
    LoadSettings settings =
        LoadSettings.builder()
            .setLabel(source)
            .setUseMarks(true)
            .setCodePointLimit(MAX_BYTES)
            .build();
    try {
      check(source, new Parse(settings).parseString(text));
      return new Compose(settings).composeString(text).orElse(null);
    } catch (MarkedYamlEngineException e) {
      Optional<Mark> mark =
          e.getProblemMark().isPresent() ? e.getProblemMark() : e.getContextMark();
      throw error(source, mark.orElse(null), "not valid YAML: " + oneLine(e.getProblem()) + ".");
    } catch (YamlEngineException e) {
      throw error(source, null, "not valid YAML: " + oneLine(e.getMessage()) + ".");
    }
  }

  private static void check(String source, Iterable<Event> events) throws SettingsException {
    int depth = 0;
    int documents = 0;
    for (Event event : events) {
      Mark mark = event.getStartMark().orElse(null);
      if (event instanceof AliasEvent) {
        throw error(source, mark, "aliases are not used in settings; write the value out.");
      }
      if (event instanceof DocumentStartEvent && ++documents > 1) {
        throw error(source, mark, "a settings file is one document; remove the second '---'.");
      }
      switch (event.getEventId()) {
        case MappingStart, SequenceStart -> depth++;
        case MappingEnd, SequenceEnd -> depth--;
        default -> {}
      }
      if (depth > MAX_DEPTH) {
        throw error(source, mark, "nested deeper than " + MAX_DEPTH + " levels.");
      }
    }
  }

  private static String oneLine(@Nullable String problem) {
    String text = problem == null ? "unreadable" : problem.strip();
    int end = text.indexOf('\n');
    return end < 0 ? text : text.substring(0, end);
  }

  private static SettingsException error(String source, @Nullable Mark mark, String message) {
    return new SettingsException(List.of(at(source, mark, message)));
  }

  static SettingsError at(String source, @Nullable Mark mark, String message) {
    return mark == null
        ? new SettingsError(source, 0, 0, message)
        : new SettingsError(source, mark.getLine() + 1, mark.getColumn() + 1, message);
  }
}
