package io.euryale.bench.streams;

import io.euryale.bench.BenchException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/// Which peers of a level are killed in one segment: one in each cell in turn, at first a peer that
/// streams pass by its place, later the one that took over from it.
final class Victims {

  private final List<String> cells;
  private final Set<String> carriers;
  private final int round;
  private final List<String> killed = new ArrayList<>();

  /// @param topology when the segment begins
  /// @param carriers the peers that streams pass then
  /// @param round other rounds begin with another cell and another of its peers
  Victims(Topology topology, int level, Set<String> carriers, int round) {
    this.cells = topology.cells(level);
    this.carriers = Set.copyOf(carriers);
    this.round = round;
  }

  /// Whether each cell has lost a peer since the tree was whole, so that it has to be whole again
  /// before the next is killed.
  boolean needWholeTree() {
    return !killed.isEmpty() && killed.size() % cells.size() == 0;
  }

  /// The next one.
  ///
  /// @param topology as it is now
  /// @throws BenchException when its cell has no peers
  String next(Topology topology) throws BenchException {
    String cell = cells.get((round + killed.size()) % cells.size());
    List<String> members = topology.cell(cell).stream().map(Topology.Place::name).toList();
    List<String> fresh =
        members.stream().filter(name -> carriers.contains(name) && !killed.contains(name)).toList();
    String victim =
        fresh.isEmpty()
            // Who took over is the one whose own SIGKILL is the longest ago.
            ? members.stream()
                .min(Comparator.comparingInt(killed::lastIndexOf))
                .orElseThrow(() -> BenchException.missed("Cell " + cell + " has no peers."))
            : fresh.get(round % fresh.size());
    killed.add(victim);
    return victim;
  }

  /// The first one; "" while there was none.
  String first() {
    return killed.isEmpty() ? "" : killed.getFirst();
  }
}
