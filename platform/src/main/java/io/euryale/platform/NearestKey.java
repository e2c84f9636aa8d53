package io.euryale.platform;

import io.euryale.kernel.EditDistance;
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
      int edits = EditDistance.between(plain, plain(candidate));
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
}
