package io.euryale.service.stream;

import io.euryale.kernel.PeerName;
import io.euryale.kernel.PeerRef;
import io.euryale.overlay.Levenshtein;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Which peer a sensor attaches to: the first of its attachment points, then the nearest by name to
/// the one that failed, none twice before all were tried.
final class PeerChoice {

  private static final long FIRST_PAUSE_NANOS = 10_000_000L;

  private final Set<PeerName> failed = new TreeSet<>();
  private List<PeerRef> points = List.of();
  private int setbacks;

  void points(List<PeerRef> peers) {
    points = List.copyOf(peers);
  }

  boolean offers(PeerRef peer) {
    return points.contains(peer);
  }

  /// Whether there is another peer to go to.
  boolean hasOthers() {
    return points.size() > 1;
  }

  /// The peer in use made progress: all others may be tried again.
  void worked() {
    failed.clear();
    setbacks = 0;
  }

  /// A peer did not answer: it is not the next.
  void avoid(PeerRef peer) {
    failed.add(peer.name());
  }

  /// The pause before the next attempt: none after the first setback, then growing to 640 ms.
  long pauseNanos() {
    int before = setbacks++;
    return before == 0 ? 0 : FIRST_PAUSE_NANOS << Math.min(before - 1, 6);
  }

  /// The peer to attach to after `current`, or null when there is none.
  @Nullable PeerRef next(@Nullable PeerRef current) {
    if (current == null) {
      return points.isEmpty() ? null : points.getFirst();
    }
    failed.add(current.name());
    Map<PeerName, PeerRef> candidates = candidates();
    if (candidates.isEmpty()) {
      failed.clear();
      if (hasOthers()) {
        failed.add(current.name());
      }
      candidates = candidates();
    }
    return Levenshtein.nearest(current.name(), candidates.keySet())
        .map(candidates::get)
        .orElse(null);
  }

  private Map<PeerName, PeerRef> candidates() {
    Map<PeerName, PeerRef> candidates = new TreeMap<>();
    for (PeerRef point : points) {
      if (!failed.contains(point.name())) {
        candidates.put(point.name(), point);
      }
    }
    return candidates;
  }
}
