package io.euryale.service.stream;

import io.euryale.kernel.PeerName;
import io.euryale.kernel.PeerRef;
import io.euryale.overlay.Levenshtein;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Which peer a sensor attaches to: the first of its attachment points, then the nearest by name to
/// the one that failed, none twice before all were tried.
final class PeerChoice {

  private static final long FIRST_PAUSE_NANOS = 10_000_000L;

  private final Set<PeerName> failed = new TreeSet<>();
  private List<PeerRef> points = List.of();

  /// What the list before offered and the present one does not.
  private List<PeerRef> former = List.of();

  private @Nullable PeerName stalled;
  private int setbacks;

  void points(List<PeerRef> peers) {
    if (!peers.equals(points)) {
      former = points.stream().filter(point -> !peers.contains(point)).toList();
      points = List.copyOf(peers);
      stalled = null;
    }
  }

  /// This peer confirmed nothing for too long: it may be cut off from all others.
  void stalled(PeerRef peer) {
    stalled = peer.name();
  }

  /// Whether these peers are only the stalled one: who is cut off lists itself.
  boolean isBack(List<PeerRef> peers) {
    return peers.stream().allMatch(peer -> peer.name().equals(stalled));
  }

  boolean offers(PeerRef peer) {
    return points.contains(peer);
  }

  /// Whether there is another peer to go to.
  boolean hasOthers() {
    return pool().size() > 1;
  }

  /// Whether there is another for a sensor whose peer is stalled. A single peer on the list may be
  /// one that was cut off and has given up its siblings: they are still worth a try.
  boolean hasOthersThanStalled() {
    return hasOthers() || !former.isEmpty();
  }

  private List<PeerRef> pool() {
    return stalled == null || points.size() > 1
        ? points
        : Stream.concat(points.stream(), former.stream()).toList();
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
    for (PeerRef point : pool()) {
      if (!failed.contains(point.name())) {
        candidates.put(point.name(), point);
      }
    }
    return candidates;
  }
}
