package io.euryale.platform;

import java.util.List;
import java.util.stream.Collectors;

/// A settings file that cannot be used, with everything that is wrong in it. A process that meets
/// it ends with exit code [PlatformException#BAD_USAGE] and shows the message, one line per error.
public final class SettingsException extends Exception {

  private static final long serialVersionUID = 1L;

  private final transient List<SettingsError> errors;

  public SettingsException(List<SettingsError> errors) {
    super(errors.stream().map(SettingsError::toString).collect(Collectors.joining("\n")));
    this.errors = List.copyOf(errors);
  }

  /// In the order of the file; at least one.
  public List<SettingsError> errors() {
    return errors;
  }

  public int exitCode() {
    return PlatformException.BAD_USAGE;
  }
}
