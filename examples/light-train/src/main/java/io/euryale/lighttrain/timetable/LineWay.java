package io.euryale.lighttrain.timetable;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The stations along the tracks of a line: those at which it stops and those that it passes.
///
/// A feed names only the first. Another line of the same tracks names the others: what lies between
/// two stops of the line on the way of another, in order, is passed. Whether both really share the
/// tracks is asked of the line's shape, which has to lead by these stations; where the feed has
/// none, the way by them may not be much longer than the straight one. Immutable.
final class LineWay {

  /// How far a station may lie from the tracks, in metres: a shape often follows the street.
  private static final double NEAR_METRES = 150;

  /// How many times the straight way the way by other stations may be long.
  private static final double MOST_DETOUR = 1.5;

  private static final double METRES_PER_DEGREE = 111_195;

  private final Map<Line, List<Station>> stops;
  private final Map<Line, List<GeoPosition>> shapes;

  /// @param stops of each line, in order
  /// @param shapes of the lines that have one: points along the tracks
  LineWay(Map<Line, List<Station>> stops, Map<Line, List<GeoPosition>> shapes) {
    this.stops = Collections.unmodifiableMap(new LinkedHashMap<>(stops));
    this.shapes = Map.copyOf(shapes);
  }

  /// The stops of the line, from one end to the other.
  List<Station> stops(Line line) {
    return stops.getOrDefault(line, List.of());
  }

  /// All stations along the line in order; its own stops alone when nothing more is known.
  List<Station> of(Line line) {
    List<Station> own = stops(line);
    List<Station> way = new ArrayList<>();
    Set<Station> taken = new HashSet<>(own);
    for (Station stop : own) {
      if (!way.isEmpty()) {
        for (Station each : passed(line, way.getLast(), stop, taken)) {
          way.add(each);
          taken.add(each);
        }
      }
      way.add(stop);
    }
    return List.copyOf(way);
  }

  /// Of the other lines the one that knows most of the way.
  private List<Station> passed(Line line, Station from, Station to, Set<Station> taken) {
    List<Station> best = List.of();
    for (List<Station> other : stops.values()) {
      List<Station> between = between(other, from, to);
      if (between.size() > best.size()
          && between.stream().noneMatch(taken::contains)
          && isOnTheWay(shapes.get(line), from, between, to)) {
        best = between;
      }
    }
    return best;
  }

  private static List<Station> between(List<Station> along, Station from, Station to) {
    int begin = along.indexOf(from);
    int end = along.indexOf(to);
    if (begin < 0 || end < 0) {
      return List.of();
    }
    return begin < end ? along.subList(begin + 1, end) : along.subList(end + 1, begin).reversed();
  }

  private static boolean isOnTheWay(
      @Nullable List<GeoPosition> shape, Station from, List<Station> between, Station to) {
    List<GeoPosition> by = new ArrayList<>();
    for (Station station :
        Stream.of(List.of(from), between, List.of(to)).flatMap(List::stream).toList()) {
      GeoPosition place = station.place();
      if (place == null) {
        return true; // Nothing speaks against the other line.
      }
      by.add(place);
    }
    if (shape == null) {
      double length = 0;
      for (int i = 1; i < by.size(); i++) {
        length += metres(by.get(i - 1), by.get(i));
      }
      return length <= MOST_DETOUR * metres(by.getFirst(), by.getLast());
    }
    int begin = nearest(shape, by.getFirst());
    int end = nearest(shape, by.getLast());
    // The point nearest to a stop may lie on the inner side of it.
    List<GeoPosition> part =
        shape.subList(
            Math.max(0, Math.min(begin, end) - 1),
            Math.min(shape.size(), Math.max(begin, end) + 2));
    return by.subList(1, by.size() - 1).stream()
        .allMatch(place -> fromTracks(part, place) <= NEAR_METRES);
  }

  private static int nearest(List<GeoPosition> points, GeoPosition place) {
    int nearest = 0;
    for (int i = 1; i < points.size(); i++) {
      if (metres(points.get(i), place) < metres(points.get(nearest), place)) {
        nearest = i;
      }
    }
    return nearest;
  }

  private static double fromTracks(List<GeoPosition> points, GeoPosition place) {
    double least = metres(points.getFirst(), place);
    for (int i = 1; i < points.size(); i++) {
      least = Math.min(least, fromPiece(points.get(i - 1), points.get(i), place));
    }
    return least;
  }

  private static double fromPiece(GeoPosition a, GeoPosition b, GeoPosition place) {
    double alongX = east(a, b);
    double alongY = north(a, b);
    double x = east(a, place);
    double y = north(a, place);
    double square = alongX * alongX + alongY * alongY;
    double part = square == 0 ? 0 : Math.clamp((x * alongX + y * alongY) / square, 0.0, 1.0);
    return Math.hypot(x - part * alongX, y - part * alongY);
  }

  private static double metres(GeoPosition a, GeoPosition b) {
    return Math.hypot(east(a, b), north(a, b));
  }

  private static double east(GeoPosition a, GeoPosition b) {
    return (b.longitude() - a.longitude())
        * METRES_PER_DEGREE
        * Math.cos(Math.toRadians(a.latitude()));
  }

  private static double north(GeoPosition a, GeoPosition b) {
    return (b.latitude() - a.latitude()) * METRES_PER_DEGREE;
  }

  /// Points of shapes as `shapes.txt` has them, for the shapes that are asked for.
  ///
  /// @param wanted ids of shapes
  /// @return by id, in their order; without those that the feed does not have
  static Map<String, List<GeoPosition>> read(
      GtfsSource source, GtfsLimits limits, Set<String> wanted) throws TimetableException {
    record Point(int sequence, GeoPosition place) {}
    Map<String, List<Point>> points = new HashMap<>();
    try (CsvTable table = CsvTable.openIfPresent(source, "shapes.txt", limits)) {
      if (table == null) {
        return Map.of();
      }
      CsvTable.Column id = table.required("shape_id");
      CsvTable.Column latitude = table.required("shape_pt_lat");
      CsvTable.Column longitude = table.required("shape_pt_lon");
      CsvTable.Column sequence = table.required("shape_pt_sequence");
      while (table.next()) {
        if (wanted.contains(table.text(id))) {
          points
              .computeIfAbsent(table.text(id), _ -> new ArrayList<>())
              .add(
                  new Point(
                      table.number(sequence, Integer.MAX_VALUE),
                      new GeoPosition(
                          GtfsReader.degrees(table, latitude, 90),
                          GtfsReader.degrees(table, longitude, 180))));
        }
      }
    }
    Map<String, List<GeoPosition>> shapes = new HashMap<>();
    points.forEach(
        (id, of) ->
            shapes.put(
                id,
                of.stream()
                    .sorted((a, b) -> Integer.compare(a.sequence(), b.sequence()))
                    .map(Point::place)
                    .toList()));
    return shapes;
  }
}
