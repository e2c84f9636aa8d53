package io.euryale.lighttrain.city;

import io.euryale.lighttrain.demo.DemoException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/// Who is where: the control centre is the root cell, each line has a cell below it, and each
/// part of a line a cell below that, for some neighbouring stations. The peers of one cell live in
/// different processes, so that the death of a process takes no whole cell.
final class CityPlan {

  static final int MOST_PEERS = 400;
  private static final int MOST_LINES = 64;

  /// @param id its position, as in `0.2.5`
  /// @param label what people call it
  /// @param line name of the line; "" for the control centre
  /// @param stops ids of its stations; none for the control centre and the lines
  record Cell(String id, String label, String line, List<String> stops) {
    int level() {
      return (int) id.chars().filter(c -> c == '.').count();
    }
  }

  /// @param process from 0
  record Peer(String name, Cell cell, int process) {}

  private final List<Cell> cells = new ArrayList<>();
  private final List<Peer> peers = new ArrayList<>();
  private final Map<String, Cell> cellOfStop = new LinkedHashMap<>();
  private final Map<String, Cell> cellOfLine = new HashMap<>();
  private final int processes;
  private final int peersPerCell;
  private int span = 1;

  /// @param cellsPerLine at most so many station cells for a line
  /// @param peersPerCell 2 to `processes`
  CityPlan(CityMap map, int cellsPerLine, int peersPerCell, int processes) throws DemoException {
    this.processes = processes;
    this.peersPerCell = peersPerCell;
    // A feed may have several routes of one name; people take them for one line.
    Map<String, Set<String>> lines = new LinkedHashMap<>();
    for (CityMap.Way way : map.ways()) {
      lines.computeIfAbsent(way.name(), _ -> new LinkedHashSet<>()).addAll(way.stops());
    }
    if (lines.size() > MOST_LINES) {
      throw DemoException.badUsage(
          "The feed has %d lines, and the city has room for %d: choose a smaller feed."
              .formatted(lines.size(), MOST_LINES));
    }
    cells.add(new Cell("0", "control-centre", "", List.of()));
    for (CityMap.Way way : map.ways()) {
      if (!cellOfLine.containsKey(way.name())) {
        Cell cell = new Cell("0." + cellOfLine.size(), way.slug(), way.name(), List.of());
        cells.add(cell);
        cellOfLine.put(way.name(), cell);
      }
    }
    span = Math.max(span, cellOfLine.size());
    lines.forEach((line, stops) -> addStationCells(map, line, stops, cellsPerLine));
    cells.sort(Comparator.comparingInt(Cell::level)); // Stable: parents first.
    addPeers();
    if (peers.size() > MOST_PEERS) {
      throw DemoException.badUsage(
          "That makes %d peers, and one machine is not asked to run more than %d: choose fewer --cells."
              .formatted(peers.size(), MOST_PEERS));
    }
  }

  private void addStationCells(CityMap map, String name, Set<String> stops, int cellsPerLine) {
    Cell line = lineCell(name);
    List<String> own = stops.stream().filter(id -> !cellOfStop.containsKey(id)).toList();
    int count = Math.min(cellsPerLine, own.size());
    span = Math.max(span, count);
    for (int i = 0; i < count; i++) {
      List<String> part = own.subList(i * own.size() / count, (i + 1) * own.size() / count);
      String middle = part.get(part.size() / 2);
      Cell cell = new Cell(line.id() + "." + i, map.stop(middle).slug(), name, part);
      cells.add(cell);
      part.forEach(id -> cellOfStop.put(id, cell));
    }
  }

  private void addPeers() {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < cells.size(); i++) {
      String label = cells.get(i).label();
      while (!names.add(label)) {
        label += "-" + cells.get(i).id().replace('.', '-');
      }
      for (int member = 0; member < peersPerCell; member++) {
        // Neighbouring cells use different pairs, so that the load of a dead process is shared.
        int step = member == 0 ? 0 : 1 + (i / processes + member - 1) % (processes - 1);
        char letter = (char) ('a' + member);
        peers.add(new Peer(label + "-" + letter, cells.get(i), (i + step) % processes));
      }
    }
  }

  /// Parents before children.
  List<Cell> cells() {
    return cells;
  }

  /// In the order in which they join.
  List<Peer> peers() {
    return peers;
  }

  List<Peer> peersOf(Cell cell) {
    return peers.stream().filter(peer -> peer.cell().equals(cell)).toList();
  }

  List<Peer> peersOf(int process) {
    return peers.stream().filter(peer -> peer.process() == process).toList();
  }

  int processes() {
    return processes;
  }

  /// Processes that host no peer of the control centre.
  List<Integer> processesWithoutRoot() {
    return IntStream.range(0, processes)
        .filter(process -> peersOf(process).stream().allMatch(peer -> peer.cell().level() > 0))
        .boxed()
        .toList();
  }

  int peersPerCell() {
    return peersPerCell;
  }

  /// Child cells that a cell may need.
  int span() {
    return span;
  }

  Cell lineCell(String line) {
    Cell cell = cellOfLine.get(line);
    if (cell == null) {
      throw new IllegalArgumentException("No line " + line);
    }
    return cell;
  }

  /// The cell that a station's sensors are connected to.
  Cell cellOf(String stop) {
    Cell cell = cellOfStop.get(stop);
    if (cell == null) {
      throw new IllegalArgumentException("No station " + stop);
    }
    return cell;
  }

  /// The cell itself and those above it.
  List<Cell> upwards(Cell from) {
    List<Cell> way = new ArrayList<>();
    for (Cell cell : cells) {
      if (from.id().equals(cell.id()) || from.id().startsWith(cell.id() + ".")) {
        way.addFirst(cell);
      }
    }
    return way;
  }
}
