package io.euryale.bench.streams;

import io.euryale.kernel.PeerId;
import io.euryale.overlay.CellView;
import io.euryale.overlay.OverlayStatus;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The tree of peers at one time: who is in which cell and whose data goes through whom.
///
/// @param peers by name, the root's first
record Topology(Map<String, Place> peers) {

  /// One peer's place.
  ///
  /// @param name the peer
  /// @param cell its cell
  /// @param level of the cell, from the root's 0
  /// @param contact its control address
  /// @param parent name of the peer above; null in the root cell and while unknown
  record Place(String name, String cell, int level, String contact, @Nullable String parent) {}

  static Topology of(OverlayStatus status) {
    Map<PeerId, String> names = new LinkedHashMap<>();
    for (CellView cell : status.cells()) {
      cell.members().forEach(member -> names.put(member.id(), member.peer().name().value()));
    }
    Map<String, Place> peers = new LinkedHashMap<>();
    for (CellView cell : status.cells()) {
      for (CellView.Member member : cell.members()) {
        String name = member.peer().name().value();
        String contact =
            member.peer().endpoint().host() + ":" + member.peer().endpoint().controlPort();
        PeerId parent = member.parent();
        peers.put(
            name,
            new Place(
                name,
                cell.cell().toString(),
                cell.cell().level(),
                contact,
                parent == null ? null : names.get(parent)));
      }
    }
    return new Topology(peers);
  }

  /// How many levels have peers.
  int levels() {
    return peers.values().stream().mapToInt(Place::level).max().orElse(-1) + 1;
  }

  /// The peers of a level.
  List<Place> level(int level) {
    return peers.values().stream().filter(place -> place.level() == level).toList();
  }

  /// The peers of the lowest level.
  List<Place> lowest() {
    return level(levels() - 1);
  }

  /// The cells of a level.
  List<String> cells(int level) {
    return level(level).stream().map(Place::cell).distinct().toList();
  }

  /// The peers of a cell.
  List<Place> cell(String cell) {
    return peers.values().stream().filter(place -> place.cell().equals(cell)).toList();
  }

  /// Whether this is the whole tree of a shape, or of its first so many peers, each below the root
  /// with its parent.
  ///
  /// @param wanted how many peers, at most those of the shape
  boolean isWhole(Shape shape, int wanted) {
    int missing = wanted;
    for (int level = 0; level < shape.levels(); level++) {
      int most = Math.min(missing, shape.peersAt(level));
      if (level(level).size() != most) {
        return false;
      }
      missing -= most;
    }
    return peers.size() == wanted && peers.values().stream().allMatch(this::hangs);
  }

  /// Whether a peer is known to hang below a peer of the cell above: while peers move, cells are
  /// told as they were at different times.
  private boolean hangs(Place place) {
    if (place.level() == 0) {
      return true;
    }
    Place parent = place.parent() == null ? null : peers.get(place.parent());
    String above = place.cell().substring(0, place.cell().lastIndexOf('.'));
    return parent != null && parent.cell().equals(above);
  }

  /// The peers that packets pass which enter at `edge`, from there to the root.
  List<String> path(String edge) {
    List<String> path = new ArrayList<>();
    for (Place place = peers.get(edge);
        place != null && path.size() < peers.size();
        place = place.parent() == null ? null : peers.get(place.parent())) {
      path.add(place.name());
    }
    return path;
  }

  /// How many peers each level has, for messages: `2 + 4 + 8`.
  String shape() {
    List<String> sizes = new ArrayList<>();
    for (int level = 0; level < levels(); level++) {
      sizes.add(Integer.toString(level(level).size()));
    }
    return String.join(" + ", sizes);
  }
}
