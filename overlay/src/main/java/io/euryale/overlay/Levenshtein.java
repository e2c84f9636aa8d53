package io.euryale.overlay;

import io.euryale.kernel.EditDistance;
import io.euryale.kernel.PeerName;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/// Chooses who takes over for a failed peer: the candidate whose name has the smallest Levenshtein
/// distance to the failed one [0 §III.d, 20]. The paper leaves ties open; we break them by name, so
/// that everybody who sees the same candidates elects the same one.
public final class Levenshtein {

  private Levenshtein() {}

  /// The candidate nearest to `failed`, or nothing without candidates.
  public static Optional<PeerName> nearest(PeerName failed, Collection<PeerName> candidates) {
    return candidates.stream()
        .min(
            Comparator.<PeerName>comparingInt(name -> distance(name.value(), failed.value()))
                .thenComparing(Comparator.naturalOrder()));
  }

  /// The number of single-character insertions, deletions and substitutions between two texts.
  public static int distance(String from, String to) {
    return EditDistance.between(from, to);
  }
}
