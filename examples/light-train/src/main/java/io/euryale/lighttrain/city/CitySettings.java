package io.euryale.lighttrain.city;

import io.euryale.lighttrain.demo.DemoException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a city is asked to be.
///
/// @param gtfs a GTFS feed, folder or zip; null for the sample network that is built in
/// @param date the day whose trains run; null for the busiest day of the feed
/// @param speed how many times faster than life the trains run
/// @param duration how long it lives; null until it is stopped
/// @param faultsPerMinute how often something is killed or frozen by itself, 0 to 20
/// @param processes over how many processes the peers are spread, 3 to 32
/// @param cellsPerLine station cells for a line, 1 to 64
/// @param peersPerCell peers of each cell, 2 to `processes`
/// @param positionsPerSecond how often a train says where it is, 1 to 4
/// @param alarmsPerMinute how often somebody has to look, 0 to 60
/// @param load times more packets of trains and stations than usual, 1 to 20
/// @param operator after how long alarms are acknowledged by themselves; null for a human operator
/// @param seed decides what fails and where alarms are
/// @param scenario what is to happen when; null for nothing
/// @param audit where the audit trail is kept; null for memory only
/// @param port of the dashboard; 0 for any free one, -1 for none
public record CitySettings(
    @Nullable Path gtfs,
    @Nullable LocalDate date,
    double speed,
    @Nullable Duration duration,
    double faultsPerMinute,
    int processes,
    int cellsPerLine,
    int peersPerCell,
    double positionsPerSecond,
    double alarmsPerMinute,
    int load,
    @Nullable Duration operator,
    long seed,
    @Nullable Path scenario,
    @Nullable Path audit,
    int port) {

  private static final Duration SHORTEST = Duration.ofSeconds(5);
  private static final Duration LONGEST = Duration.ofHours(24);

  /// Says what is wrong with these settings, if anything is.
  ///
  /// @throws DemoException with [DemoException#BAD_USAGE]
  public void check() throws DemoException {
    range("--speed", speed, 0.1, 600);
    range("--faults-per-minute", faultsPerMinute, 0, 20);
    range("--processes", processes, 3, 32);
    range("--cells", cellsPerLine, 1, 64);
    range("--peers-per-cell", peersPerCell, 2, Math.min(4, processes));
    range("--positions", positionsPerSecond, 1, 4);
    range("--alarms-per-minute", alarmsPerMinute, 0, 60);
    range("--load", load, 1, 20);
    range("--port", port, -1, 65_535);
    Duration asked = duration;
    if (asked != null && (asked.compareTo(SHORTEST) < 0 || asked.compareTo(LONGEST) > 0)) {
      throw DemoException.badUsage(
          "--duration is %s ms; choose from 5s to 24h, or leave it out."
              .formatted(asked.toMillis()));
    }
  }

  private static void range(String option, double value, double least, double most)
      throws DemoException {
    if (!(value >= least && value <= most)) {
      throw DemoException.badUsage(
          "%s %s is not from %s to %s.".formatted(option, plain(value), plain(least), plain(most)));
    }
  }

  private static String plain(double number) {
    return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
  }

  /// The settings as they stand in a result document.
  Map<String, Object> asMap(String feed, LocalDate day, CityPlan plan, CityStreams streams) {
    long forStations =
        streams.all().stream().filter(stream -> stream.kind().isForStation()).count();
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("feed", feed);
    all.put("date", day.toString());
    all.put("speed", speed);
    all.put("faultsPerMinute", faultsPerMinute);
    all.put("processes", processes);
    all.put("cells", plan.cells().size());
    all.put("peers", plan.peers().size());
    all.put("streams", streams.all().size());
    all.put("sensorStreams", streams.all().size() - forStations);
    all.put("positionsPerSecond", positionsPerSecond);
    all.put("alarmsPerMinute", alarmsPerMinute);
    all.put("load", load);
    all.put("seed", seed);
    return all;
  }
}
