package io.euryale.console;

import java.util.Locale;

/// How a command prints data.
enum OutputFormat {
  /// For people: aligned columns and sentences.
  TABLE,
  /// For programs: one JSON value.
  JSON;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
