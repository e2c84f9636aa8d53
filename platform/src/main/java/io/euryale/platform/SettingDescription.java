package io.euryale.platform;

/// One setting, in words for people.
///
/// @param key from the top of the file, with dots, such as `links.queueBytes`
/// @param type what its values are
/// @param unit of its values, as they are written; "-" without one
/// @param range what is allowed; "any" without bounds
/// @param byDefault as it would stand in a file; "none, it is required" when there is none
/// @param about what it does, and what goes wrong at either extreme
public record SettingDescription(
    String key, String type, String unit, String range, String byDefault, String about) {

  /// The part of the key behind the last dot.
  public String name() {
    return key.substring(key.lastIndexOf('.') + 1);
  }

  /// The part of the key before the last dot; "" at the top of the file.
  public String section() {
    return key.contains(".") ? key.substring(0, key.lastIndexOf('.')) : "";
  }
}
