package io.euryale.overlay;

import java.nio.charset.StandardCharsets;

/// What is looked for.
///
/// @param pattern of names; `*` stands for any characters and `?` for one; 1 to 200 bytes of UTF-8
/// @param least smallest value of what is found
/// @param wanted how many are enough, 1 or more: the first on the way up that knows so many
/// answers, `Integer.MAX_VALUE` goes to the top and finds all
public record Query(Resource what, String pattern, long least, int wanted) {

  public Query {
    int bytes = pattern.getBytes(StandardCharsets.UTF_8).length;
    if (bytes < 1 || bytes > Advert.MAX_NAME_BYTES || wanted < 1) {
      throw new IllegalArgumentException(
          "A query has a pattern of 1 to 200 bytes and wants one or more");
    }
  }

  /// All there are.
  public static Query all(Resource what, String pattern) {
    return new Query(what, pattern, Long.MIN_VALUE, Integer.MAX_VALUE);
  }

  /// Whether something of this name and value is meant.
  boolean matches(String name, long value) {
    return value >= least && matches(name);
  }

  /// Greedy with one step back: linear in the name for each star.
  private boolean matches(String name) {
    int p = 0;
    int n = 0;
    int star = -1;
    int resume = 0;
    while (n < name.length()) {
      char wish = p < pattern.length() ? pattern.charAt(p) : 0;
      if (p < pattern.length() && wish == '*') {
        star = p++;
        resume = n;
      } else if (p < pattern.length() && (wish == '?' || wish == name.charAt(n))) {
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
}
