package io.euryale.platform;

/// One thing that is wrong in a settings file.
///
/// @param source the file, or what stands for it
/// @param line from 1; 0 when the error has no place
/// @param column from 1; 0 when the error has no place
/// @param message one sentence that says what to do
public record SettingsError(String source, int line, int column, String message) {

  /// `site.yaml:3:5: message`, the form that editors jump to.
  @Override
  public String toString() {
    return line == 0
        ? source + ": " + message
        : source + ":" + line + ":" + column + ": " + message;
  }
}
