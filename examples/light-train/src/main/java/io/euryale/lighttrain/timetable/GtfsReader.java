package io.euryale.lighttrain.timetable;

import io.euryale.lighttrain.timetable.CsvTable.Column;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads the files of one feed in the order in which they refer to each other.
///
/// Not thread-safe; for one use.
final class GtfsReader {

  /// How far the stops of one station may lie from each other.
  private static final double ONE_STATION_METRES = 250;

  private static final Pattern COLOUR = Pattern.compile("#?[0-9a-fA-F]{6}");

  private record TripRow(String id, Line line, String serviceId, String headsign, String shapeId) {}

  private final GtfsSource source;
  private final GtfsLimits limits;

  private final Map<String, Station> stationsByStop = new LinkedHashMap<>();
  private final Map<String, Line> lines = new LinkedHashMap<>();
  private final ServiceCalendar calendar = new ServiceCalendar();
  private final Map<String, TripRow> tripRows = new LinkedHashMap<>();
  private final Map<String, NavigableMap<Integer, Headway>> headways = new HashMap<>();
  private final List<String> notices = new ArrayList<>();
  private String agency = "";

  GtfsReader(GtfsSource source, GtfsLimits limits) {
    this.source = source;
    this.limits = limits;
  }

  GtfsFeed read() throws TimetableException {
    ZoneId zone = readAgencies();
    readStops();
    readLines();
    readCalendar();
    readTrips();
    StopTimesReader stopTimes = new StopTimesReader(stationsByStop, tripRows.keySet());
    stopTimes.read(source, limits);
    readHeadways();
    List<Trip> trips = trips(stopTimes);
    if (trips.isEmpty()) {
      throw TimetableException.inFile(
          source.label(),
          "the feed is empty: no trip has two stop times; add some to trips.txt and"
              + " stop_times.txt");
    }
    Map<String, Long> tripsByService = new HashMap<>();
    trips.forEach(trip -> tripsByService.merge(trip.serviceId(), trip.runs(), Long::sum));
    ServiceDates dates =
        calendar
            .dates(tripsByService)
            .orElseThrow(
                () ->
                    TimetableException.inFile(
                        source.label(),
                        "the feed is empty: no trip runs on any date; add dates to calendar.txt or"
                            + " calendar_dates.txt"));
    List<Station> stations = stationsByStop.values().stream().distinct().toList();
    return new GtfsFeed(
        zone,
        agency,
        stations,
        List.copyOf(lines.values()),
        trips,
        ways(trips),
        calendar,
        dates,
        notices,
        limits);
  }

  private ZoneId readAgencies() throws TimetableException {
    try (CsvTable table = CsvTable.open(source, "agency.txt", limits)) {
      Column timezone = table.required("agency_timezone");
      Column name = table.optional("agency_name");
      ZoneId zone = null;
      while (table.next()) {
        ZoneId next = zone(table, timezone);
        agency = zone == null ? table.text(name) : agency;
        if (zone != null && !zone.equals(next)) {
          throw table.error(
              timezone,
              TimetableException.quoted(next.getId())
                  + " differs from the agency before; all agencies of a feed share one time zone");
        }
        zone = next;
      }
      if (zone == null) {
        throw TimetableException.inFile("agency.txt", "there is no agency; add a row for one");
      }
      return zone;
    }
  }

  private static ZoneId zone(CsvTable table, Column timezone) throws TimetableException {
    String id = table.needed(timezone);
    try {
      return ZoneId.of(id);
    } catch (DateTimeException _) {
      throw table.error(
          timezone, TimetableException.quoted(id) + " is no time zone; write one as Europe/Lisbon");
    }
  }

  private void readStops() throws TimetableException {
    Map<String, Station> own = new LinkedHashMap<>();
    Map<String, String> parents = new HashMap<>();
    try (CsvTable table = CsvTable.open(source, "stops.txt", limits)) {
      Column id = table.required("stop_id");
      Column name = table.required("stop_name");
      Column latitude = table.optional("stop_lat");
      Column longitude = table.optional("stop_lon");
      Column x = table.optional("schematic_x");
      Column y = table.optional("schematic_y");
      Column parent = table.optional("parent_station");
      while (table.next()) {
        String stopId = table.needed(id);
        Station station =
            new Station(
                stopId,
                firstOf(table.text(name), stopId),
                place(table, latitude, longitude),
                mapPosition(table, x, y));
        if (own.put(stopId, station) != null) {
          throw twice(table, id, "stop");
        }
        if (!table.text(parent).isEmpty()) {
          parents.put(stopId, table.text(parent));
        }
      }
    }
    if (!parents.isEmpty()) {
      checkParents(own);
    }
    Map<String, List<Station>> byName = new HashMap<>();
    own.forEach(
        (id, station) ->
            stationsByStop.put(
                id, near(own.getOrDefault(parents.getOrDefault(id, id), station), byName)));
  }

  /// Many feeds have a stop for each direction and no station for both: stops of one name that are
  /// near to each other are one station, known by the first.
  private static Station near(Station stop, Map<String, List<Station>> byName) {
    List<Station> namesakes = byName.computeIfAbsent(stop.name(), _ -> new ArrayList<>());
    GeoPosition place = stop.place();
    for (Station other : namesakes) {
      GeoPosition there = other.place();
      if (other.equals(stop)
          || (place != null && there != null && place.metresTo(there) <= ONE_STATION_METRES)) {
        return other;
      }
    }
    namesakes.add(stop);
    return stop;
  }

  /// Reads the file again: a stop may stand before its station, and this is where the line is
  /// known.
  private void checkParents(Map<String, Station> stops) throws TimetableException {
    try (CsvTable table = CsvTable.open(source, "stops.txt", limits)) {
      Column parent = table.optional("parent_station");
      while (table.next()) {
        String parentId = table.text(parent);
        if (!parentId.isEmpty() && !stops.containsKey(parentId)) {
          throw unknown(table, parent, "stop", "stops.txt");
        }
      }
    }
  }

  private static @Nullable GeoPosition place(CsvTable table, Column latitude, Column longitude)
      throws TimetableException {
    if (table.text(latitude).isEmpty() && table.text(longitude).isEmpty()) {
      return null;
    }
    return new GeoPosition(degrees(table, latitude, 90), degrees(table, longitude, 180));
  }

  static double degrees(CsvTable table, Column column, int max) throws TimetableException {
    String value = table.needed(column);
    try {
      double degrees = Double.parseDouble(value);
      if (Math.abs(degrees) <= max) {
        return degrees;
      }
    } catch (NumberFormatException _) {
      // Refused below, like a number out of range.
    }
    throw table.error(
        column,
        TimetableException.quoted(value)
            + (" is not a number of degrees from -" + max + " to " + max + "; write one as 41.15"));
  }

  private static @Nullable MapPosition mapPosition(CsvTable table, Column x, Column y)
      throws TimetableException {
    if (table.text(x).isEmpty() && table.text(y).isEmpty()) {
      return null;
    }
    return new MapPosition(table.number(x, MapPosition.MAX), table.number(y, MapPosition.MAX));
  }

  private void readLines() throws TimetableException {
    try (CsvTable table = CsvTable.open(source, "routes.txt", limits)) {
      Column id = table.required("route_id");
      Column shortName = table.optional("route_short_name");
      Column longName = table.optional("route_long_name");
      Column colour = table.optional("route_color");
      Column textColour = table.optional("route_text_color");
      while (table.next()) {
        String lineId = table.needed(id);
        Line line =
            new Line(
                lineId,
                firstOf(table.text(shortName), firstOf(table.text(longName), lineId)),
                colour(table, colour, "FFFFFF"),
                colour(table, textColour, "000000"));
        if (lines.put(lineId, line) != null) {
          throw twice(table, id, "route");
        }
      }
    }
  }

  private static String colour(CsvTable table, Column column, String usual)
      throws TimetableException {
    String value = table.text(column);
    if (value.isEmpty()) {
      return usual;
    }
    if (!COLOUR.matcher(value).matches()) {
      throw table.error(
          column,
          TimetableException.quoted(value)
              + " is no colour; write six hexadecimal digits as 199FDA");
    }
    return value.substring(value.length() - 6).toUpperCase(Locale.ROOT);
  }

  private void readCalendar() throws TimetableException {
    boolean hasWeekly;
    boolean hasDates;
    try (CsvTable table = CsvTable.openIfPresent(source, "calendar.txt", limits)) {
      hasWeekly = table != null;
      if (table != null) {
        readWeekly(table);
      }
    }
    try (CsvTable table = CsvTable.openIfPresent(source, "calendar_dates.txt", limits)) {
      hasDates = table != null;
      if (table != null) {
        readExceptions(table);
      }
    }
    if (!hasWeekly && !hasDates) {
      throw TimetableException.inFile(
          source.label(),
          "there is neither calendar.txt nor calendar_dates.txt; a GTFS feed must have one of"
              + " them");
    }
  }

  private void readWeekly(CsvTable table) throws TimetableException {
    Column service = table.required("service_id");
    Map<DayOfWeek, Column> days = new EnumMap<>(DayOfWeek.class);
    for (DayOfWeek day : DayOfWeek.values()) {
      days.put(day, table.required(day.name().toLowerCase(Locale.ROOT)));
    }
    Column start = table.required("start_date");
    Column end = table.required("end_date");
    while (table.next()) {
      Set<DayOfWeek> runsOn = EnumSet.noneOf(DayOfWeek.class);
      for (Map.Entry<DayOfWeek, Column> day : days.entrySet()) {
        if (table.number(day.getValue(), 1) == 1) {
          runsOn.add(day.getKey());
        }
      }
      LocalDate first = date(table, start);
      LocalDate last = date(table, end);
      if (last.isBefore(first)) {
        throw table.error(end, last + " is before start_date " + first + "; swap the two dates");
      }
      ServiceCalendar.Weekly rule = new ServiceCalendar.Weekly(runsOn, first, last);
      if (!calendar.addWeekly(table.needed(service), rule)) {
        throw twice(table, service, "service");
      }
    }
  }

  private void readExceptions(CsvTable table) throws TimetableException {
    Column service = table.required("service_id");
    Column date = table.required("date");
    Column type = table.required("exception_type");
    while (table.next()) {
      int added = table.number(type, 2);
      if (added == 0) {
        throw table.error(type, "\"0\" is no type of exception; write 1 for added, 2 for removed");
      }
      if (!calendar.addException(table.needed(service), date(table, date), added == 1)) {
        throw table.error(
            date, "a line before says something about this service and date; remove one of them");
      }
    }
  }

  private static LocalDate date(CsvTable table, Column column) throws TimetableException {
    String value = table.needed(column);
    try {
      int digits = value.length() == 8 ? table.number(column, 99_999_999) : 0;
      return LocalDate.of(digits / 10_000, digits / 100 % 100, digits % 100);
    } catch (DateTimeException _) {
      throw table.error(
          column, TimetableException.quoted(value) + " is no date; write one as 20260131");
    }
  }

  private void readTrips() throws TimetableException {
    try (CsvTable table = CsvTable.open(source, "trips.txt", limits)) {
      Column id = table.required("trip_id");
      Column route = table.required("route_id");
      Column service = table.required("service_id");
      Column headsign = table.optional("trip_headsign");
      Column shape = table.optional("shape_id");
      while (table.next()) {
        String tripId = table.needed(id);
        Line line = lines.get(table.needed(route));
        if (line == null) {
          throw unknown(table, route, "route", "routes.txt");
        }
        if (!calendar.knows(table.needed(service))) {
          throw unknown(table, service, "service", "calendar.txt or calendar_dates.txt");
        }
        TripRow row =
            new TripRow(tripId, line, table.text(service), table.text(headsign), table.text(shape));
        if (tripRows.put(tripId, row) != null) {
          throw twice(table, id, "trip");
        }
      }
    }
  }

  private void readHeadways() throws TimetableException {
    try (CsvTable table = CsvTable.openIfPresent(source, "frequencies.txt", limits)) {
      if (table == null) {
        return;
      }
      Column trip = table.required("trip_id");
      Column start = table.required("start_time");
      Column end = table.required("end_time");
      Column seconds = table.required("headway_secs");
      while (table.next()) {
        if (!tripRows.containsKey(table.needed(trip))) {
          throw unknown(table, trip, "trip", "trips.txt");
        }
        int from = table.neededTime(start);
        int to = table.neededTime(end);
        int every = table.number(seconds, GtfsTime.HOUR_LIMIT * 3600);
        if (to <= from) {
          throw table.error(end, "not after start_time; write times after midnight as 24:10:00");
        }
        if (every == 0) {
          throw table.error(seconds, "trains need some seconds between them; write at least 1");
        }
        NavigableMap<Integer, Headway> ofTrip =
            headways.computeIfAbsent(table.text(trip), _ -> new TreeMap<>());
        Map.Entry<Integer, Headway> before = ofTrip.lowerEntry(to);
        if (before != null && before.getValue().endSeconds() > from) {
          throw table.error(
              start,
              "overlaps another row of trip "
                  + TimetableException.quoted(table.text(trip))
                  + "; let each start where the one before ends");
        }
        ofTrip.put(from, new Headway(from, to, every));
      }
    }
  }

  private List<Trip> trips(StopTimesReader stopTimes) throws TimetableException {
    List<Trip> trips = new ArrayList<>(tripRows.size());
    List<String> idle = new ArrayList<>();
    for (TripRow row : tripRows.values()) {
      List<StopTime> stops = stopTimes.stopTimes(row.id(), row.headsign());
      if (stops.size() < 2) {
        idle.add(row.id());
        continue;
      }
      NavigableMap<Integer, Headway> repeats = headways.get(row.id());
      trips.add(
          new Trip(
              row.id(),
              row.line(),
              row.serviceId(),
              stops,
              repeats == null ? List.of() : List.copyOf(repeats.values())));
    }
    if (!idle.isEmpty()) {
      notices.add(
          "trips.txt: %d of %d trips have fewer than two stop times and never run, such as %s"
              .formatted(idle.size(), tripRows.size(), TimetableException.quoted(idle.getFirst())));
    }
    return trips;
  }

  /// The shape of a line is that of its trip with the most stations, the first in the feed if there
  /// are several.
  private LineWay ways(List<Trip> trips) {
    Map<Line, Map<List<Station>, Trip>> stops = new LinkedHashMap<>();
    for (Trip trip : trips) {
      List<Station> stations = trip.stopTimes().stream().map(StopTime::station).distinct().toList();
      stops.computeIfAbsent(trip.line(), _ -> new LinkedHashMap<>()).putIfAbsent(stations, trip);
    }
    Map<Line, Collection<List<Station>>> ofTrips = new LinkedHashMap<>();
    Map<Line, String> shapeIds = new HashMap<>();
    stops.forEach(
        (line, ways) -> {
          ofTrips.put(line, ways.keySet());
          List<Station> longest = List.of();
          for (List<Station> way : ways.keySet()) {
            longest = way.size() > longest.size() ? way : longest;
          }
          Trip trip = ways.get(longest);
          TripRow row = trip == null ? null : tripRows.get(trip.id());
          if (row != null && !row.shapeId().isEmpty()) {
            shapeIds.put(line, row.shapeId());
          }
        });
    Map<Line, List<GeoPosition>> shapes = new HashMap<>();
    try {
      Map<String, List<GeoPosition>> points =
          LineWay.read(source, limits, Set.copyOf(shapeIds.values()));
      shapeIds.forEach(
          (line, id) -> {
            List<GeoPosition> shape = points.get(id);
            if (shape != null) {
              shapes.put(line, shape);
            }
          });
    } catch (TimetableException e) {
      // Shapes only say how lines are drawn; the trains run without.
      notices.add(String.valueOf(e.getMessage()));
    }
    return new LineWay(ofTrips, shapes);
  }

  private static String firstOf(String text, String otherwise) {
    return text.isEmpty() ? otherwise : text;
  }

  /// The value in `column` refers to something that `file` does not have.
  static TimetableException unknown(CsvTable table, Column column, String what, String file)
      throws TimetableException {
    return table.error(
        column,
        "there is no %s %s in %s; add it there or mend this row"
            .formatted(what, TimetableException.quoted(table.text(column)), file));
  }

  private static TimetableException twice(CsvTable table, Column column, String what)
      throws TimetableException {
    return table.error(
        column,
        "%s %s is there twice; remove one of the rows"
            .formatted(what, TimetableException.quoted(table.text(column))));
  }
}
