package io.euryale.lighttrain.city;

import io.euryale.lighttrain.city.CityStream.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// All streams of the city and the cells where their sensors are. Immutable.
final class CityStreams {

  private final List<CityStream> all = new ArrayList<>();
  private final Map<String, CityStream> byOrigin = new HashMap<>();
  private final Map<CityStream, String> stops = new HashMap<>();
  private final Map<CityPlan.Cell, List<CityStream>> byCell = new LinkedHashMap<>();

  /// Every station has sensors of track, alarm, equipment and passengers; one of each cell has a
  /// microphone and a camera besides. Trains report by the cell of their line. The control centre
  /// announces to every station, and tells every display.
  CityStreams(CityMap map, CityPlan plan) {
    for (CityMap.Way way : map.ways()) {
      for (Kind kind : List.of(Kind.POSITION, Kind.SERVICE)) {
        if (!byOrigin.containsKey(kind + " " + way.name())) {
          add(kind, way.name(), way.slug(), "", plan.lineCell(way.name()));
        }
      }
    }
    for (CityMap.Stop stop : map.stops().values()) {
      CityPlan.Cell cell = plan.cellOf(stop.id());
      for (Kind kind : List.of(Kind.TRACK, Kind.ALARM, Kind.EQUIPMENT, Kind.COUNTER)) {
        add(kind, stop.id(), stop.slug(), stop.id(), cell);
      }
      if (cell.stops().get(cell.stops().size() / 2).equals(stop.id())) {
        add(Kind.AUDIO, stop.id(), stop.slug(), stop.id(), cell);
        add(Kind.CAMERA, stop.id(), stop.slug(), stop.id(), cell);
      }
      for (Kind kind : List.of(Kind.ANNOUNCEMENT, Kind.BOARD)) {
        add(kind, stop.id(), stop.slug(), stop.id(), plan.cells().getFirst());
      }
    }
  }

  private void add(Kind kind, String origin, String slug, String stop, CityPlan.Cell cell) {
    CityStream stream = new CityStream(all.size(), kind, slug);
    all.add(stream);
    byOrigin.put(kind + " " + origin, stream);
    stops.put(stream, stop);
    byCell.computeIfAbsent(cell, _ -> new ArrayList<>()).add(stream);
  }

  /// In the order of their numbers in packets.
  List<CityStream> all() {
    return all;
  }

  List<CityStream> of(Kind kind) {
    return all.stream().filter(stream -> stream.kind() == kind).toList();
  }

  /// @param origin id of a station, or name of a line
  CityStream of(Kind kind, String origin) {
    CityStream stream = byOrigin.get(kind + " " + origin);
    if (stream == null) {
      throw new IllegalArgumentException("No " + kind.label() + " at " + origin);
    }
    return stream;
  }

  /// Id of the station where it comes from; "" for those of lines.
  String stopOf(CityStream stream) {
    return stops.getOrDefault(stream, "");
  }

  /// The streams of each sensor, by the cell it is connected to.
  Map<CityPlan.Cell, List<CityStream>> byCell() {
    return byCell;
  }
}
