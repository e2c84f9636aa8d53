package io.euryale.overlay;

import io.euryale.kernel.PeerName;
import io.euryale.kernel.PeerRef;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Places that the root coordinator has given and that nobody has taken yet, each for a while. A
/// peer has one at most. Found by peer and by cell, for in a join storm there are thousands. Not
/// thread-safe.
final class Reservations {

  /// A place that is kept for a peer.
  record Reservation(PeerRef joiner, CellId cell, boolean founds, long untilNanos) {}

  private final Map<PeerName, Reservation> byPeer = new LinkedHashMap<>();
  private final Map<CellId, Set<PeerName>> byCell = new LinkedHashMap<>();

  /// Keeps a place, in place of the one the peer had.
  void put(Reservation reservation) {
    Reservation _ = remove(reservation.joiner().name());
    byPeer.put(reservation.joiner().name(), reservation);
    byCell
        .computeIfAbsent(reservation.cell(), _ -> new LinkedHashSet<>())
        .add(reservation.joiner().name());
  }

  /// The place kept for a peer, or null.
  @Nullable Reservation get(PeerName peer) {
    return byPeer.get(peer);
  }

  /// Gives a place up.
  ///
  /// @return what was kept, or null
  @Nullable Reservation remove(PeerName peer) {
    Reservation removed = byPeer.remove(peer);
    if (removed != null) {
      Set<PeerName> others = byCell.get(removed.cell());
      if (others != null && others.remove(peer) && others.isEmpty()) {
        byCell.remove(removed.cell());
      }
    }
    return removed;
  }

  /// Gives up what nobody took in time. All are kept equally long, so the oldest come first.
  void expire(long nowNanos) {
    List<PeerName> over = new ArrayList<>();
    for (Reservation reservation : byPeer.values()) {
      if (reservation.untilNanos() > nowNanos) {
        break;
      }
      over.add(reservation.joiner().name());
    }
    over.forEach(this::remove);
  }

  boolean isEmpty() {
    return byPeer.isEmpty();
  }

  /// How many places are kept.
  int size() {
    return byPeer.size();
  }

  /// The cells in which places are kept.
  Collection<CellId> cells() {
    return byCell.keySet();
  }

  /// For whom places are kept in a cell.
  Set<PeerName> in(CellId cell) {
    return byCell.getOrDefault(cell, Set.of());
  }

  /// Who was given a cell to found and has not done so yet, or null.
  @Nullable PeerRef founderOf(CellId cell) {
    for (PeerName name : in(cell)) {
      Reservation reservation = byPeer.get(name);
      if (reservation != null && reservation.founds()) {
        return reservation.joiner();
      }
    }
    return null;
  }
}
