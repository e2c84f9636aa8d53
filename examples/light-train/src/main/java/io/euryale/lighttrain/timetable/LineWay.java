package io.euryale.lighttrain.timetable;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The stations along the tracks of a line: those at which it stops and those that it passes. The
/// main way of a line is that of its trip with the most stops; what other trips serve beside it are
/// branches.
///
/// A feed names only stops. Another line of the same tracks names the others: what lies between
/// two stops of the line on the way of another, in order, is passed. Whether both really share the
/// tracks is asked of the line's shape, which has to lead by these stations; where the feed has
/// none, the way by them may not be much longer than the straight one. Immutable.
final class LineWay {

  /// How far a station may lie from the tracks, in metres: a shape often follows the street.
  private static final double NEAR_METRES = 150;

  /// How many times the straight way the way by other stations may be long.
  private static final double MOST_DETOUR = 1.5;

  /// The main way first, each branch from the station where it leaves what is before it to the one
  /// where it comes back, if there are such.
  private final Map<Line, List<List<Station>>> stops;

  private final Map<Line, List<GeoPosition>> shapes;

  /// @param trips the stops of the trips of each line, in order
  /// @param shapes of the lines whose main way has one: points along the tracks
  LineWay(
      Map<Line, ? extends Collection<List<Station>>> trips, Map<Line, List<GeoPosition>> shapes) {
    Map<Line, List<List<Station>>> ways = new LinkedHashMap<>();
    trips.forEach((line, of) -> ways.put(line, branched(of)));
    this.stops = Collections.unmodifiableMap(ways);
    this.shapes = Map.copyOf(shapes);
  }

  private static List<List<Station>> branched(Collection<List<Station>> trips) {
    Set<Station> known = new HashSet<>();
    List<List<Station>> ways = new ArrayList<>();
    for (List<Station> trip :
        trips.stream()
            .sorted(Comparator.<List<Station>>comparingInt(List::size).reversed())
            .toList()) {
      List<Station> way = new ArrayList<>();
      boolean isNew = false;
      for (Station station : trip) {
        boolean isFirst = known.add(station);
        way.add(station);
        if (!isFirst) {
          if (isNew) {
            ways.add(List.copyOf(way));
          }
          way = new ArrayList<>(List.of(station));
        }
        isNew = isFirst;
      }
      if (isNew) {
        ways.add(List.copyOf(way));
      }
    }
    return List.copyOf(ways);
  }

  /// The stops of the line: those of its main way from one end to the other, then those of its
  /// branches.
  List<Station> stops(Line line) {
    return stops.getOrDefault(line, List.of()).stream().flatMap(List::stream).distinct().toList();
  }

  /// All stations along the main way of the line in order, its own stops alone when nothing more is
  /// known, and then the stops of each branch, from and to where it meets what is before it.
  List<List<Station>> of(Line line) {
    List<List<Station>> own = stops.getOrDefault(line, List.of());
    return own.isEmpty()
        ? own
        : Stream.concat(Stream.of(main(line, own.getFirst())), own.stream().skip(1)).toList();
  }

  private List<Station> main(Line line, List<Station> own) {
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
    for (List<List<Station>> other : stops.values()) {
      List<Station> between = between(other.getFirst(), from, to);
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
        length += by.get(i - 1).metresTo(by.get(i));
      }
      return length <= MOST_DETOUR * by.getFirst().metresTo(by.getLast());
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
      if (points.get(i).metresTo(place) < points.get(nearest).metresTo(place)) {
        nearest = i;
      }
    }
    return nearest;
  }

  private static double fromTracks(List<GeoPosition> points, GeoPosition place) {
    double least = points.getFirst().metresTo(place);
    for (int i = 1; i < points.size(); i++) {
      least = Math.min(least, fromPiece(points.get(i - 1), points.get(i), place));
    }
    return least;
  }

  private static double fromPiece(GeoPosition a, GeoPosition b, GeoPosition place) {
    double alongX = a.metresEastTo(b);
    double alongY = a.metresNorthTo(b);
    double x = a.metresEastTo(place);
    double y = a.metresNorthTo(place);
    double square = alongX * alongX + alongY * alongY;
    double part = square == 0 ? 0 : Math.clamp((x * alongX + y * alongY) / square, 0.0, 1.0);
    return Math.hypot(x - part * alongX, y - part * alongY);
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
