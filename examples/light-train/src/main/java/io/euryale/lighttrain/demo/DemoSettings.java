package io.euryale.lighttrain.demo;

import io.euryale.service.stream.Replication;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a demo is asked to do.
///
/// @param gtfs a GTFS feed, folder or zip; null for the sample network that is built in
/// @param date the day whose trains run; null for the busiest day of the feed
/// @param speed how many times faster than life the timetable is played, more than 0
/// @param duration of the traffic, 2 s to 24 h
/// @param faults how many faults to inject, from 0
/// @param processes over how many child processes the peers are spread, 4 to 14
/// @param seed decides which peers are killed and how the sensors' schedules lie to each other
/// @param replication how the cells protect all streams; not none, which promises nothing
public record DemoSettings(
    @Nullable Path gtfs,
    @Nullable LocalDate date,
    double speed,
    Duration duration,
    int faults,
    int processes,
    long seed,
    Replication replication) {

  /// How many processes the peers can be spread over: with fewer the two peers of a cell would get
  /// near to sharing one, and there are no more peers than the largest number.
  public static final int MIN_PROCESSES = 4;

  /// See [#MIN_PROCESSES].
  public static final int MAX_PROCESSES = Placement.PEERS;

  private static final Duration SHORTEST = Duration.ofSeconds(2);
  private static final Duration LONGEST = Duration.ofHours(24);

  /// Faults closer than this would hit cells that are not whole yet.
  private static final Duration FAULT_SPACING = Duration.ofMillis(1500);

  /// Says what is wrong with these settings, if anything is.
  ///
  /// @throws DemoException with [DemoException#BAD_USAGE]
  public void check() throws DemoException {
    if (!replication.isProtected()) {
      throw DemoException.badUsage(
          "--replication none promises nothing that a demo could show: choose another.");
    }
    if (!(speed > 0) || speed > io.euryale.lighttrain.timetable.Playback.MAX_SPEED) {
      throw DemoException.badUsage(
          "--speed %s is not more than 0 and at most 86400: 60 plays a minute in a second."
              .formatted(speed));
    }
    if (duration.compareTo(SHORTEST) < 0 || duration.compareTo(LONGEST) > 0) {
      throw DemoException.badUsage(
          "--duration is %s ms; choose from 2s to 24h.".formatted(duration.toMillis()));
    }
    if (processes < MIN_PROCESSES || processes > MAX_PROCESSES) {
      throw DemoException.badUsage(
          "--processes %d is not from %d to %d: there are %d peers, and those of one cell never share a process."
              .formatted(processes, MIN_PROCESSES, MAX_PROCESSES, Placement.PEERS));
    }
    long most = duration.dividedBy(FAULT_SPACING);
    if (faults < 0 || faults > most) {
      throw DemoException.badUsage(
          "--faults %d is not from 0 to %d, which is one every %d ms of the --duration; a cell has to be whole again before it is hit again."
              .formatted(faults, most, FAULT_SPACING.toMillis()));
    }
  }

  /// The settings as they stand in a result document.
  Map<String, Object> asMap(String feed, LocalDate day, String from) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("feed", feed);
    map.put("date", day.toString());
    map.put("from", from);
    map.put("speed", speed);
    map.put("durationSeconds", duration.toMillis() / 1000.0);
    map.put("faults", faults);
    map.put("processes", processes);
    map.put("seed", seed);
    map.put("peers", Placement.PEERS);
    map.put("sensors", Placement.SENSORS);
    map.put("replication", replication.label());
    return map;
  }
}
