package io.euryale.kernel;

import org.jspecify.annotations.Nullable;

/// The readable name of a peer, sensor or client; operators choose it and meet it in every view.
///
/// @param value 1 to 64 characters: letters, digits, `.`, `_`, `-`; the first is a letter or a
/// digit
public record PeerName(String value) implements Comparable<PeerName> {

  /// Longest name, in characters (all of them one byte in UTF-8).
  public static final int MAX_LENGTH = 64;

  public PeerName {
    if (!isValid(value)) {
      throw new IllegalArgumentException(
          "A name has 1 to 64 letters, digits, '.', '_' or '-' and starts with a letter or digit: '"
              + value
              + "'");
    }
  }

  /// Whether `value` can be a name. Decoders ask this before they construct one.
  public static boolean isValid(String value) {
    if (value.isEmpty() || value.length() > MAX_LENGTH || !isAlphanumeric(value.charAt(0))) {
      return false;
    }
    for (int i = 1; i < value.length(); i++) {
      char c = value.charAt(i);
      if (!isAlphanumeric(c) && c != '.' && c != '_' && c != '-') {
        return false;
      }
    }
    return true;
  }

  private static boolean isAlphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }

  // Written out, like those of PeerId: names are the keys of most maps here, and what the compiler
  // generates for records is several times slower until everything around it is compiled.
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof PeerName name && value.equals(name.value);
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }

  @Override
  public int compareTo(PeerName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
