package io.euryale.lighttrain.timetable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;

/// Makes the files of the sample network. Not run by the build: the files are committed, and a test
/// compares them with what this makes. After a change here, run [#main] with the folder to write
/// to: `src/main/resources/io/euryale/lighttrain/sample`.
///
/// The network is drawn on a grid with lines in eight directions; `x` grows to the east and `y` to
/// the south. A grid point that two lines share is an interchange. Map positions are the grid times
/// [#MAP_UNIT]; places on earth are the grid, bent a little, with some noise of a fixed seed.
final class SampleNetworkGenerator {

  private static final int MAP_UNIT = 60;
  private static final long SEED = 5_70;
  private static final double WEST = -17.52;
  private static final double NORTH = 44.06;

  /// Seconds that a train stands at a station.
  private static final int DWELL = 20;

  private record Point(int x, int y) {}

  /// A line: the corners of its way on the grid, and the name of every station along it that no
  /// line before has named.
  private record Plan(
      String id, String name, String colour, String textColour, List<Point> corners, String names) {

    List<Point> stations() {
      List<Point> way = new ArrayList<>();
      way.add(corners.getFirst());
      for (Point corner : corners.subList(1, corners.size())) {
        while (!way.getLast().equals(corner)) {
          Point last = way.getLast();
          way.add(
              new Point(
                  last.x() + Integer.signum(corner.x() - last.x()),
                  last.y() + Integer.signum(corner.y() - last.y())));
        }
      }
      return way;
    }
  }

  private static final List<Plan> PLANS =
      List.of(
          new Plan(
              "harbour",
              "H",
              "C8342B",
              "FFFFFF",
              corners(0, 7, 16, 7),
              "Seal Point,Old Lighthouse,Kelp Quay,Chandlers,Tidewater,Net Lofts,Customs House,"
                  + "Fishmarket,Lantern Square,Exchange,Copper Row,Glassworks,Foundry Gate,"
                  + "Ropewalk,Brickfields,Kiln Lane,Easter Common"),
          new Plan(
              "garden",
              "G",
              "2E8B57",
              "FFFFFF",
              corners(8, 0, 8, 14),
              "Heron Hill,Upper Orchard,Beekeepers,Assembly,Rose Steps,Almshouses,"
                  + "Clockmakers,Printers Row,Theatre,Saddlers,Linden Park,Palm House,"
                  + "Waterlilies,Southmead"),
          new Plan(
              "university",
              "U",
              "2F6DB5",
              "FFFFFF",
              corners(0, 1, 2, 1, 6, 5, 10, 5, 14, 9),
              "Observatory,Anatomy Gate,Botany,Great Library,Scholars Bridge,Quadrangle,"
                  + "Ink Street,Cartographers,Mint,Arcades,Bell Tower,Almond Court,"
                  + "Canal Basin"),
          new Plan(
              "mill",
              "M",
              "E0A100",
              "000000",
              corners(1, 13, 4, 10, 13, 10, 16, 7),
              "Sawmill Pond,Wheelwrights,Drovers Bank,Millrace,Bakers Cross,Granary,Hopfields,"
                  + "Coopers,Tannery,Dye Yard,Weavers,Spindle Street,Fullers"),
          new Plan(
              "ring",
              "R",
              "7D4BA0",
              "FFFFFF",
              corners(2, 7, 2, 5, 6, 1, 10, 1, 14, 5, 14, 7),
              "Saltpans,Windmill,Northgate,Fairground,Postilion,Quarry,Waterworks,Toll House,"
                  + "Reservoir,Hillfoot,Gasholder,Ferry Road,Stadium"));

  private static final String SERVICE_COLUMNS =
      "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n";

  /// Start, end and seconds between trains.
  private static final Map<String, List<String>> HEADWAYS =
      Map.of(
          "weekday",
          List.of(
              "5:20:00,6:40:00,600",
              "6:40:00,9:30:00,300",
              "9:30:00,16:00:00,450",
              "16:00:00,19:30:00,300",
              "19:30:00,22:00:00,600",
              "22:00:00,25:00:00,900"),
          "weekend",
          List.of("6:00:00,9:00:00,900", "9:00:00,21:00:00,600", "21:00:00,26:00:00,900"));

  private final SplittableRandom random = new SplittableRandom(SEED);
  private final Map<Point, String> ids = new LinkedHashMap<>();
  private final StringBuilder stops =
      new StringBuilder("stop_id,stop_name,stop_lat,stop_lon,schematic_x,schematic_y\n");
  private final StringBuilder routes =
      new StringBuilder(
          "route_id,agency_id,route_short_name,route_long_name,route_type,route_color,"
              + "route_text_color\n");
  private final StringBuilder trips =
      new StringBuilder("route_id,service_id,trip_id,trip_headsign,direction_id\n");
  private final StringBuilder stopTimes =
      new StringBuilder("trip_id,arrival_time,departure_time,stop_id,stop_sequence\n");
  private final StringBuilder frequencies =
      new StringBuilder("trip_id,start_time,end_time,headway_secs,exact_times\n");

  private SampleNetworkGenerator() {}

  /// Writes the files into the folder that is the only argument.
  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[0]);
    Files.createDirectories(folder);
    for (Map.Entry<String, String> file : files().entrySet()) {
      Files.writeString(folder.resolve(file.getKey()), file.getValue());
    }
  }

  /// The contents of every file by its name.
  static Map<String, String> files() {
    return new SampleNetworkGenerator().generate();
  }

  private Map<String, String> generate() {
    Map<Point, String> names = new LinkedHashMap<>();
    for (Plan plan : PLANS) {
      addStops(plan, names);
      addRoute(plan);
      List<String> services = List.of("weekday", "weekend");
      for (String service : services) {
        addTrip(plan, service, plan.stations(), names, 0);
        addTrip(plan, service, plan.stations().reversed(), names, 1);
      }
    }
    Map<String, String> files = new LinkedHashMap<>();
    files.put(
        "agency.txt",
        """
        agency_id,agency_name,agency_url,agency_timezone,agency_lang
        halvemar,Halvemar Light Rail,https://halvemar.example/,Etc/UTC,en
        """);
    files.put("stops.txt", stops.toString());
    files.put("routes.txt", routes.toString());
    files.put("trips.txt", trips.toString());
    files.put("stop_times.txt", stopTimes.toString());
    files.put(
        "calendar.txt",
        SERVICE_COLUMNS
            + "weekday,1,1,1,1,1,0,0,20250101,20351231\n"
            + "weekend,0,0,0,0,0,1,1,20250101,20351231\n");
    files.put("frequencies.txt", frequencies.toString());
    return files;
  }

  private void addStops(Plan plan, Map<Point, String> names) {
    List<Point> unnamed = plan.stations().stream().filter(p -> !names.containsKey(p)).toList();
    List<String> own = List.of(plan.names().split(","));
    if (unnamed.size() != own.size()) {
      throw new IllegalStateException(
          "Line %s needs %d names, not %d".formatted(plan.id(), unnamed.size(), own.size()));
    }
    for (int i = 0; i < own.size(); i++) {
      Point point = unnamed.get(i);
      names.put(point, own.get(i));
      ids.put(point, own.get(i).toLowerCase(Locale.ROOT).replace(' ', '-'));
      double bend = 0.0011 * Math.pow((point.x() - 8) / 4.0, 2);
      stops.append(
          String.format(
              Locale.ROOT,
              "%s,%s,%.5f,%.5f,%d,%d\n",
              ids.get(point),
              own.get(i),
              NORTH - 0.0062 * point.y() - bend + noise(),
              WEST + 0.0085 * point.x() + 0.0008 * point.y() + noise(),
              MAP_UNIT * (point.x() + 1),
              MAP_UNIT * (point.y() + 1)));
    }
  }

  private double noise() {
    return random.nextDouble(-0.0007, 0.0007);
  }

  private void addRoute(Plan plan) {
    String longName = plan.id().substring(0, 1).toUpperCase(Locale.ROOT) + plan.id().substring(1);
    routes.append(
        "%s,halvemar,%s,%s line,0,%s,%s\n"
            .formatted(plan.id(), plan.name(), longName, plan.colour(), plan.textColour()));
  }

  private void addTrip(
      Plan plan, String service, List<Point> way, Map<Point, String> names, int direction) {
    String trip = plan.name() + direction + "-" + service;
    trips.append(
        "%s,%s,%s,%s,%d\n"
            .formatted(plan.id(), service, trip, names.get(way.getLast()), direction));
    int time = 0;
    for (int i = 0; i < way.size(); i++) {
      if (i > 0) {
        time += runSeconds(way.get(i - 1), way.get(i));
      }
      boolean stands = i > 0 && i < way.size() - 1;
      int departure = stands ? time + DWELL : time;
      stopTimes.append(
          "%s,%s,%s,%s,%d\n"
              .formatted(
                  trip,
                  GtfsTime.format(time),
                  GtfsTime.format(departure),
                  ids.get(way.get(i)),
                  i + 1));
      time = departure;
    }
    for (String headway : HEADWAYS.get(service)) {
      frequencies.append("%s,%s,0\n".formatted(trip, headway));
    }
  }

  /// The same in both directions: 80 s along the grid, 105 s across it, and up to 15 s more.
  private static int runSeconds(Point from, Point to) {
    boolean diagonal = from.x() != to.x() && from.y() != to.y();
    int extra = 5 * Math.floorMod(3 * (from.x() + to.x()) + 7 * (from.y() + to.y()), 4);
    return (diagonal ? 105 : 80) + extra;
  }

  private static List<Point> corners(int... coordinates) {
    List<Point> points = new ArrayList<>();
    for (int i = 0; i < coordinates.length; i += 2) {
      points.add(new Point(coordinates[i], coordinates[i + 1]));
    }
    return List.copyOf(points);
  }
}
