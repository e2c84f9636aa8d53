package io.euryale.peer;

import io.euryale.kernel.PeerRef;
import io.euryale.kernel.TrafficClass;
import io.euryale.overlay.Neighbourhood;
import io.euryale.overlay.OverlayStatus;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A peer's own view of itself at one moment.
///
/// @param self name, incarnation, address and ports
/// @param overlay what it knows of cells, and what it is doing
/// @param neighbourhood its cell, siblings and parent; null while it is in no cell
/// @param notice the last refusal or expulsion, one sentence, or "" when there was none since it
///     became a member
/// @param relays counters of each data class by name, since the start
/// @param keys the keys in use; null without keys
/// @param forbidden requests that were refused here by the table of rights, or for want of room,
///     since the start
/// @param lastForbidden the last of them, one sentence; "" when there was none
public record PeerStatus(
    PeerRef self,
    OverlayStatus overlay,
    @Nullable Neighbourhood neighbourhood,
    String notice,
    Map<TrafficClass, Map<String, Long>> relays,
    @Nullable KeyStatus keys,
    long forbidden,
    String lastForbidden) {

  /// Whether the peer is a member of a cell now.
  public boolean isMember() {
    return neighbourhood != null;
  }
}
