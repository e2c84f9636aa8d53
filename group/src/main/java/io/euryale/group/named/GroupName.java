package io.euryale.group.named;

/// The name of a light-weight group, such as `orders/europe`; operators choose it and meet it in
/// rights, metrics and traces.
///
/// @param value 1 to 64 characters: letters, digits, `.`, `_`, `-`, `/`; the first is a letter or a
/// digit
public record GroupName(String value) implements Comparable<GroupName> {

  /// Longest name, in characters (all of them one byte in UTF-8).
  public static final int MAX_LENGTH = 64;

  public GroupName {
    if (!isValid(value)) {
      throw new IllegalArgumentException(
          "A group name has 1 to 64 letters, digits, '.', '_', '-' or '/' and starts with a letter"
              + " or digit: '"
              + value
              + "'");
    }
  }

  /// Whether `value` can be a group name. Decoders ask this before they construct one.
  public static boolean isValid(String value) {
    if (value.isEmpty() || value.length() > MAX_LENGTH || !isAlphanumeric(value.charAt(0))) {
      return false;
    }
    for (int i = 1; i < value.length(); i++) {
      char c = value.charAt(i);
      if (!isAlphanumeric(c) && c != '.' && c != '_' && c != '-' && c != '/') {
        return false;
      }
    }
    return true;
  }

  private static boolean isAlphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }

  @Override
  public int compareTo(GroupName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
