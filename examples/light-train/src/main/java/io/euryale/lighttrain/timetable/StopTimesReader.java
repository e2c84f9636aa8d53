package io.euryale.lighttrain.timetable;

import io.euryale.lighttrain.timetable.CsvTable.Column;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/// Reads `stop_times.txt`: the stops of every trip, in the trip's order whatever the file's is.
///
/// A feed may leave out both times of a stop that is no timepoint. Such a stop gets a time in
/// proportion to its place in the row of stops between the timepoints before and after it.
final class StopTimesReader {

  private static final String FILE = "stop_times.txt";
  private static final int NO_TIME = -1;

  /// A row as it is read, with times that may be missing.
  private record Row(
      long line,
      int sequence,
      String stopId,
      Station station,
      int arrival,
      int departure,
      String headsign) {

    boolean hasTime() {
      return arrival != NO_TIME;
    }
  }

  private final Map<String, Station> stations;
  private final Map<String, List<Row>> rowsByTrip = new HashMap<>();

  /// @param stations the station of every stop id
  /// @param tripIds the trips that stop times may belong to
  StopTimesReader(Map<String, Station> stations, Iterable<String> tripIds) {
    this.stations = stations;
    tripIds.forEach(id -> rowsByTrip.put(id, new ArrayList<>()));
  }

  /// Reads and checks all rows; afterwards [#stopTimes] has them.
  void read(GtfsSource source, GtfsLimits limits) throws TimetableException {
    try (CsvTable table = CsvTable.open(source, FILE, limits)) {
      Column trip = table.required("trip_id");
      Column stop = table.required("stop_id");
      Column sequence = table.required("stop_sequence");
      Column arrival = table.required("arrival_time");
      Column departure = table.required("departure_time");
      Column headsign = table.optional("stop_headsign");
      while (table.next()) {
        List<Row> rows = rowsByTrip.get(table.needed(trip));
        if (rows == null) {
          throw GtfsReader.unknown(table, trip, "trip", "trips.txt");
        }
        Station station = stations.get(table.needed(stop));
        if (station == null) {
          throw GtfsReader.unknown(table, stop, "stop", "stops.txt");
        }
        OptionalInt arrives = table.time(arrival);
        OptionalInt departs = table.time(departure);
        rows.add(
            new Row(
                table.line(),
                table.number(sequence, Integer.MAX_VALUE),
                table.text(stop),
                station,
                arrives.orElse(departs.orElse(NO_TIME)),
                departs.orElse(arrives.orElse(NO_TIME)),
                table.text(headsign)));
      }
    }
  }

  /// The stops of a trip in order, each with its times; may be empty.
  ///
  /// @param headsign where the train says it goes, unless a stop says otherwise; empty for the
  ///     name of its last station
  List<StopTime> stopTimes(String tripId, String headsign) throws TimetableException {
    List<Row> rows = rowsByTrip.getOrDefault(tripId, List.of());
    if (rows.isEmpty()) {
      return List.of();
    }
    rows.sort(Comparator.comparingInt(Row::sequence));
    String usual = headsign.isEmpty() ? rows.getLast().station().name() : headsign;
    List<StopTime> stopTimes = new ArrayList<>(rows.size());
    int timepoint = 0;
    int nextTimepoint = -1;
    for (int i = 0; i < rows.size(); i++) {
      Row row = rows.get(i);
      checkOrder(tripId, rows, i);
      if (row.hasTime()) {
        timepoint = i;
      } else {
        if (nextTimepoint < i) {
          nextTimepoint = timepointAfter(rows, i);
        }
        row = interpolated(tripId, rows, timepoint, i, nextTimepoint);
      }
      checkTimes(stopTimes, row);
      stopTimes.add(
          new StopTime(
              row.sequence(),
              row.stopId(),
              row.station(),
              row.arrival(),
              row.departure(),
              row.headsign().isEmpty() ? usual : row.headsign()));
    }
    return stopTimes;
  }

  private static void checkOrder(String tripId, List<Row> rows, int i) throws TimetableException {
    if (i > 0 && rows.get(i).sequence() == rows.get(i - 1).sequence()) {
      throw TimetableException.inColumn(
          FILE,
          rows.get(i).line(),
          "stop_sequence",
          "trip "
              + TimetableException.quoted(tripId)
              + " has the number "
              + rows.get(i).sequence()
              + " already on line "
              + rows.get(i - 1).line()
              + "; number its stops in their order");
    }
  }

  /// The index of the first timepoint after stop `i`; the number of stops if there is none.
  private static int timepointAfter(List<Row> rows, int i) {
    int after = i + 1;
    while (after < rows.size() && !rows.get(after).hasTime()) {
      after++;
    }
    return after;
  }

  private static Row interpolated(String tripId, List<Row> rows, int before, int i, int after)
      throws TimetableException {
    Row row = rows.get(i);
    if (i == 0 || after == rows.size()) {
      throw TimetableException.inColumn(
          FILE,
          (i == 0 ? row : rows.getLast()).line(),
          "arrival_time",
          "the "
              + (i == 0 ? "first" : "last")
              + " stop of trip "
              + TimetableException.quoted(tripId)
              + " must have a time; fill it in");
    }
    long from = rows.get(before).departure();
    long to = rows.get(after).arrival();
    int time = (int) (from + (to - from) * (i - before) / (after - before));
    return new Row(
        row.line(), row.sequence(), row.stopId(), row.station(), time, time, row.headsign());
  }

  private static void checkTimes(List<StopTime> earlier, Row row) throws TimetableException {
    if (row.departure() < row.arrival()) {
      throw TimetableException.inColumn(
          FILE,
          row.line(),
          "departure_time",
          GtfsTime.format(row.departure())
              + " is before the arrival at "
              + GtfsTime.format(row.arrival())
              + "; write times after midnight as 24:10:00");
    }
    if (!earlier.isEmpty() && row.arrival() < earlier.getLast().departureSeconds()) {
      throw TimetableException.inColumn(
          FILE,
          row.line(),
          "arrival_time",
          GtfsTime.format(row.arrival())
              + " is before the departure from the stop before at "
              + GtfsTime.format(earlier.getLast().departureSeconds())
              + "; write times after midnight as 24:10:00");
    }
  }
}
