package io.euryale.overlay;

import java.util.Map;

/// How the member of an overlay is doing, for probes and metrics.
///
/// @param whole whether it has what it needs: a place with a coordinator and, below the top, a
/// parent
/// @param brokenMillis for how long it has been without that, once that took longer than promised;
/// 0 before
/// @param newsMillis since when it has heard nothing of the root; 0 at the root coordinator and
/// outside of the overlay
/// @param patienceMillis the most that is usual at its place
/// @param coordinates whether it leads its cell
/// @param rootTerm number of the term of the root cell last heard of; 0 for none
/// @param mergeMillis how long the last merge with another part took until it had its place again;
/// 0 when there was none
/// @param events how often each kind of event occurred since the start, by the names in the
/// package's documentation; those that never did are left out
public record OverlayHealth(
    boolean whole,
    long brokenMillis,
    long newsMillis,
    long patienceMillis,
    boolean coordinates,
    long rootTerm,
    long mergeMillis,
    Map<String, Long> events) {

  public OverlayHealth {
    events = Map.copyOf(events);
  }

  /// How often an event occurred.
  public long count(String event) {
    return events.getOrDefault(event, 0L);
  }
}
