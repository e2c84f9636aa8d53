package io.euryale.platform;

import java.util.Collection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Finds the key that somebody who mistyped probably meant.
final class NearestKey {

  private NearestKey() {}

  /// The valid key with the fewest edits from `key`, or null when none is near. Case and the
  /// separators `-` and `_` don't count: `queue-bytes` means `queueBytes`.
  static @Nullable String of(String key, Collection<String> valid) {
    String nearest = null;
    String plain = plain(key);
    // A third of the letters: more than that is a different word.
    int fewest = Math.max(1, plain.length() / 3) + 1;
    for (String candidate : valid) {
      int edits = edits(plain, plain(candidate));
      if (edits < fewest) {
        fewest = edits;
        nearest = candidate;
      }
    }
    return nearest;
  }

  private static String plain(String key) {
    String shortened = key.length() > 64 ? key.substring(0, 64) : key;
    return shortened.replace("-", "").replace("_", "").toLowerCase(Locale.ROOT);
  }

  /// Insertions, deletions and replacements between two texts (Levenshtein 1966), one row at a
  /// time.
  private static int edits(String from, String to) {
    int[] row = new int[to.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[to.length()];
  }
}
