package io.euryale.peer.result;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What one run of a demo, a benchmark or a simulation leaves behind for people and programs.
///
/// @param name the run, such as `demo` or `bench streams`
/// @param settings what the run was asked to do: text, numbers, booleans, and lists and maps of
///     them, in the order written
/// @param environment where it ran
/// @param results every number it produced
/// @param promises every stated goal; [#allPromisesHeld] decides the exit code
public record ResultDocument(
    String name,
    Map<String, Object> settings,
    Environment environment,
    List<Measurement> results,
    List<Promise> promises) {

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  public ResultDocument {
    settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
    results = List.copyOf(results);
    promises = List.copyOf(promises);
  }

  /// A document of a run in this process, with the environment filled in.
  public static ResultDocument ofThisMachine(
      String name,
      Map<String, Object> settings,
      List<Measurement> results,
      List<Promise> promises) {
    return new ResultDocument(name, settings, Environment.ofThisMachine(), results, promises);
  }

  /// Whether every promise was held.
  public boolean allPromisesHeld() {
    return promises.stream().allMatch(Promise::held);
  }

  /// The document as JSON, indented.
  public String toJson() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      // Only settings can hold what JSON cannot: a mistake in the program.
      throw new UncheckedIOException("Settings of " + name + " are not plain values", e);
    }
  }

  /// Writes the document to `file`, replacing what was there.
  ///
  /// @throws IOException when the file cannot be written
  public void write(Path file) throws IOException {
    Files.writeString(file, toJson() + System.lineSeparator());
  }

  /// Reads a document that was written before.
  ///
  /// @throws IOException when the file cannot be read or is no result document
  public static ResultDocument read(Path file) throws IOException {
    return JSON.readValue(file.toFile(), ResultDocument.class);
  }
}
