package io.euryale.service.stream;

import java.nio.charset.StandardCharsets;

/// Names of streams, patterns that select them, and the 64-bit identity of a flow.
public final class StreamNames {

  /// Longest stream name or pattern, in characters (all of them one byte in UTF-8).
  public static final int MAX_LENGTH = 200;

  private StreamNames() {}

  /// Whether `name` can be a stream: 1 to 200 letters, digits, or any of `. _ - / :`.
  public static boolean isName(String name) {
    return isText(name, false);
  }

  /// Whether `pattern` can select streams: a name in which `*` stands for any characters and `?`
  /// for one.
  public static boolean isPattern(String pattern) {
    return isText(pattern, true);
  }

  private static boolean isText(String text, boolean wildcards) {
    if (text.isEmpty() || text.length() > MAX_LENGTH) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean plain =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || "._-/:".indexOf(c) >= 0;
      if (!plain && !(wildcards && (c == '*' || c == '?'))) {
        return false;
      }
    }
    return true;
  }

  /// Whether `pattern` selects `name`. Linear in the name for each `*`: no backtracking blow-up.
  public static boolean matches(String pattern, String name) {
    int p = 0;
    int n = 0;
    int star = -1;
    int resume = 0;
    while (n < name.length()) {
      if (p < pattern.length() && pattern.charAt(p) == '*') {
        star = p++;
        resume = n;
      } else if (p < pattern.length()
          && (pattern.charAt(p) == '?' || pattern.charAt(p) == name.charAt(n))) {
        p++;
        n++;
      } else if (star >= 0) {
        p = star + 1;
        n = ++resume;
      } else {
        return false;
      }
    }
    while (p < pattern.length() && pattern.charAt(p) == '*') {
      p++;
    }
    return p == pattern.length();
  }

  /// The identity of one life of a stream: FNV-1a over the name and the epoch, mixed to 64 bits.
  /// Two flows with one identity would need 2^32 flows; a relay that meets one refuses the
  /// second.
  public static long flowId(String name, long epoch) {
    long hash = 0xCBF29CE484222325L;
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xFF)) * 0x100000001B3L;
    }
    for (int shift = 0; shift < 64; shift += 8) {
      hash = (hash ^ ((epoch >>> shift) & 0xFF)) * 0x100000001B3L;
    }
    hash = (hash ^ (hash >>> 33)) * 0xFF51AFD7ED558CCDL;
    return hash ^ (hash >>> 33);
  }
}
