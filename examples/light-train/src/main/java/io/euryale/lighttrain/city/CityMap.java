package io.euryale.lighttrain.city;

import io.euryale.lighttrain.timetable.GeoPosition;
import io.euryale.lighttrain.timetable.GtfsFeed;
import io.euryale.lighttrain.timetable.Line;
import io.euryale.lighttrain.timetable.MapPosition;
import io.euryale.lighttrain.timetable.Station;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/// The network as a metro map: lines as ways along stations, each station with a place on a sheet
/// of [#WIDTH] by [#HEIGHT].
///
/// A feed with a schematic map of its own is drawn as it says. Another is drawn half by geography
/// and half by order: of the stations from west to east (and north to south) each gets a place
/// between where it lies and its rank, so that a dense centre is drawn as wide as it is important.
final class CityMap {

  static final double WIDTH = 1000;
  static final double HEIGHT = 620;
  private static final double MARGIN = 40;
  private static final double BY_RANK = 0.55;

  /// @param slug the name in letters, digits and hyphens, unique
  record Stop(String id, String slug, String name, double x, double y, GeoPosition place) {}

  /// @param stops ids of all its stations, from one end of its main way to the other, then those of
  ///     its branches
  /// @param along its main way and its branches, with the stations that it passes without a stop
  record Way(
      String id,
      String name,
      String slug,
      String colour,
      String ink,
      List<String> stops,
      List<List<String>> along) {}

  private final Map<String, Stop> stops = new LinkedHashMap<>();
  private final List<Way> ways = new ArrayList<>();

  CityMap(GtfsFeed feed) {
    List<Station> served = new ArrayList<>();
    Map<Line, List<Station>> along = new LinkedHashMap<>();
    Set<String> lineSlugs = new HashSet<>();
    for (Line line : feed.lines()) {
      List<Station> way = feed.stationsAlong(line);
      if (!way.isEmpty()) {
        along.put(line, way);
        way.stream().filter(station -> !served.contains(station)).forEach(served::add);
      }
    }
    place(served);
    along.forEach(
        (line, way) ->
            ways.add(
                new Way(
                    line.id(),
                    shown(line.name()),
                    unique(slug(line.name() + " line"), lineSlugs),
                    "#" + line.colour(),
                    "#" + line.textColour(),
                    way.stream().map(Station::id).toList(),
                    feed.waysOf(line).stream()
                        .map(of -> of.stream().map(Station::id).toList())
                        .toList())));
  }

  private void place(List<Station> served) {
    boolean schematic = served.stream().allMatch(station -> station.mapPosition() != null);
    Set<String> slugs = new HashSet<>();
    double[] x = axis(served, station -> schematic ? map(station).x() : geo(station).longitude());
    double[] y = axis(served, station -> schematic ? map(station).y() : -geo(station).latitude());
    double[] atX = schematic ? x : withRank(x);
    double[] atY = schematic ? y : withRank(y);
    for (int i = 0; i < served.size(); i++) {
      Station station = served.get(i);
      stops.put(
          station.id(),
          new Stop(
              station.id(),
              unique(slug(station.name()), slugs),
              shown(station.name()),
              MARGIN + atX[i] * (WIDTH - 2 * MARGIN),
              MARGIN + atY[i] * (HEIGHT - 2 * MARGIN),
              geo(station)));
    }
  }

  private static MapPosition map(Station station) {
    MapPosition position = station.mapPosition();
    return position == null ? new MapPosition(0, 0) : position;
  }

  private static GeoPosition geo(Station station) {
    GeoPosition place = station.place();
    return place == null ? new GeoPosition(0, 0) : place;
  }

  /// Values from 0 to 1.
  private static double[] axis(List<Station> of, ToDoubleFunction<Station> value) {
    double[] values = of.stream().mapToDouble(value).toArray();
    double least = Double.POSITIVE_INFINITY;
    double most = Double.NEGATIVE_INFINITY;
    for (double one : values) {
      least = Math.min(least, one);
      most = Math.max(most, one);
    }
    double span = most > least ? most - least : 1;
    for (int i = 0; i < values.length; i++) {
      values[i] = (values[i] - least) / span;
    }
    return values;
  }

  private static double[] withRank(double[] values) {
    double[] mixed = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      int before = 0;
      for (double other : values) {
        before += other < values[i] ? 1 : 0;
      }
      double rank = values.length > 1 ? (double) before / (values.length - 1) : 0.5;
      mixed[i] = BY_RANK * rank + (1 - BY_RANK) * values[i];
    }
    return mixed;
  }

  /// Letters, digits and hyphens of a name; at most 40.
  static String slug(String name) {
    String plain = Normalizer.normalize(name, Normalizer.Form.NFD).replaceAll("\\p{M}", "");
    String slug =
        plain.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
    String kept = slug.isEmpty() ? "station" : slug;
    return kept.substring(0, Math.min(40, kept.length())).replaceAll("-$", "");
  }

  private static String unique(String slug, Set<String> taken) {
    String unique = slug;
    for (int i = 2; !taken.add(unique); i++) {
      unique = slug + "-" + i;
    }
    return unique;
  }

  /// Text from a feed without what would move a terminal's cursor.
  static String shown(String text) {
    return text.replaceAll("[\\p{Cc}\\p{Cf}]", " ").strip();
  }

  /// By id, in the order of the lines.
  Map<String, Stop> stops() {
    return stops;
  }

  Stop stop(String id) {
    Stop stop = stops.get(id);
    if (stop == null) {
      throw new IllegalArgumentException("No station " + id + " on the map");
    }
    return stop;
  }

  List<Way> ways() {
    return ways;
  }
}
