package io.euryale.lighttrain.timetable;

import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;

/// Everything that was read from one feed. [Timetable] makes a day of it.
///
/// A trip needs two stop times to run. Trips with fewer are left out and named in [#notices].
public final class GtfsFeed {

  private final ZoneId zone;
  private final String agency;
  private final List<Station> stations;
  private final List<Line> lines;
  private final List<Trip> trips;
  private final LineWay ways;
  private final ServiceCalendar calendar;
  private final ServiceDates serviceDates;
  private final List<String> notices;
  private final GtfsLimits limits;

  /// @param calendar not changed any more
  GtfsFeed(
      ZoneId zone,
      String agency,
      List<Station> stations,
      List<Line> lines,
      List<Trip> trips,
      LineWay ways,
      ServiceCalendar calendar,
      ServiceDates serviceDates,
      List<String> notices,
      GtfsLimits limits) {
    this.zone = zone;
    this.agency = agency;
    this.stations = List.copyOf(stations);
    this.lines = List.copyOf(lines);
    this.trips = List.copyOf(trips);
    this.ways = ways;
    this.calendar = calendar;
    this.serviceDates = serviceDates;
    this.notices = List.copyOf(notices);
    this.limits = limits;
  }

  /// Reads the feed in a folder or in a `.zip`, at its top or in one folder inside.
  ///
  /// @throws TimetableException if there is no feed at `path`, or anything in it is wrong
  public static GtfsFeed read(Path path) throws TimetableException {
    return read(path, GtfsLimits.DEFAULT);
  }

  static GtfsFeed read(Path path, GtfsLimits limits) throws TimetableException {
    try (GtfsSource source = GtfsSource.at(path, limits)) {
      return new GtfsReader(source, limits).read();
    }
  }

  /// The time zone of the agency, which all times of the feed are in.
  public ZoneId zone() {
    return zone;
  }

  /// What the first agency of the feed calls itself; empty when it does not say.
  public String agency() {
    return agency;
  }

  /// The stations in the order of the feed. Platforms are not among them if they belong to a
  /// station.
  public List<Station> stations() {
    return stations;
  }

  /// The lines in the order of the feed.
  public List<Line> lines() {
    return lines;
  }

  /// The stops of a line: those of its trip with the most stops, from one end to the other, the
  /// first in the feed if there are several; then those of its branches, which only other trips
  /// serve. Empty if no trip runs on the line.
  public List<Station> stationsAlong(Line line) {
    return ways.stops(line);
  }

  /// The stops of a line's trip with the most stops and between them the stations that it passes
  /// without a stop, as far as other lines and the shapes of the feed tell; then its branches, each
  /// from and to the station where it meets what is before it, if there is one.
  public List<List<Station>> waysOf(Line line) {
    return ways.of(line);
  }

  /// The first, the last and the busiest date with service.
  public ServiceDates serviceDates() {
    return serviceDates;
  }

  /// What was left out of the feed and why, one sentence each; usually empty.
  public List<String> notices() {
    return notices;
  }

  List<Trip> trips() {
    return trips;
  }

  ServiceCalendar calendar() {
    return calendar;
  }

  GtfsLimits limits() {
    return limits;
  }
}
