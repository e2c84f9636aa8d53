package io.euryale.lighttrain.demo;

import io.euryale.lighttrain.timetable.GtfsFeed;
import io.euryale.lighttrain.timetable.Playback;
import io.euryale.lighttrain.timetable.SampleNetwork;
import io.euryale.lighttrain.timetable.StationCall;
import io.euryale.lighttrain.timetable.Timetable;
import io.euryale.lighttrain.timetable.TimetableException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// What the track sensors will report: the calls of trains at stations, from the time of the day at
/// which most of them fall into the run.
final class StationCalls {

  /// What the paper's sensors send together is about 230 packets/s; this much may come on top of
  /// it within any second.
  static final int MOST_PER_SECOND = 500;

  private static final Duration DAY = Duration.ofDays(1);

  private final String feed;
  private final Timetable day;
  private final Duration from;
  private final double speed;
  private final List<String> lines;
  private final List<String> stations;

  private StationCalls(
      String feed, Timetable day, Duration from, double speed, List<String> lines) {
    this.feed = feed;
    this.day = day;
    this.from = from;
    this.speed = speed;
    this.lines = List.copyOf(lines);
    Set<String> ids = new LinkedHashSet<>();
    day.calls().forEach(call -> ids.add(call.stationId()));
    this.stations = List.copyOf(ids);
  }

  /// Reads the feed and finds the busiest time.
  ///
  /// @throws TimetableException when the feed or the date cannot be used
  /// @throws DemoException when the trains would be too many at this speed
  static StationCalls of(DemoSettings settings) throws TimetableException, DemoException {
    GtfsFeed feed = settings.gtfs() == null ? SampleNetwork.load() : GtfsFeed.read(settings.gtfs());
    Timetable day =
        settings.date() == null
            ? Timetable.ofBusiestDay(feed)
            : Timetable.of(feed, settings.date());
    Duration played = played(settings.duration(), settings.speed());
    Window busiest = busiest(day.calls(), played);
    Duration second = played(Duration.ofSeconds(1), settings.speed());
    Window peak = busiest(day.window(busiest.from(), busiest.from().plus(played)).calls(), second);
    if (peak.calls() > MOST_PER_SECOND) {
      throw DemoException.badUsage(
          "--speed %s makes %d station calls in one second, and the demo sends at most %d: choose a lower one."
              .formatted(settings.speed(), peak.calls(), MOST_PER_SECOND));
    }
    List<String> lines = new ArrayList<>();
    feed.lines().forEach(line -> lines.add(shown(line.name())));
    String name = settings.gtfs() == null ? "sample network" : settings.gtfs().toString();
    return new StationCalls(name, day, busiest.from(), settings.speed(), lines);
  }

  private static Duration played(Duration real, double speed) {
    double seconds = real.toMillis() / 1000.0 * speed;
    return seconds >= DAY.toSeconds() ? DAY : Duration.ofMillis(Math.round(seconds * 1000));
  }

  /// @param from when it starts
  /// @param calls how many calls fall into it
  record Window(Duration from, int calls) {}

  /// The window of this length with the most calls; it starts at one of them.
  static Window busiest(List<StationCall> calls, Duration length) {
    Window best = new Window(Duration.ZERO, 0);
    int end = 0;
    for (int start = 0; start < calls.size(); start++) {
      Duration from = calls.get(start).sinceServiceDayStart();
      Duration to = from.plus(length);
      while (end < calls.size() && calls.get(end).sinceServiceDayStart().compareTo(to) < 0) {
        end++;
      }
      if (end - start > best.calls()) {
        best = new Window(from, end - start);
      }
    }
    return best;
  }

  /// Plays the calls from the busiest time on.
  Playback play() {
    return day.play(from, speed);
  }

  /// What a sensor reports of a call: fields with tabs between them.
  String text(StationCall call) {
    LocalTime time = clock(call.sinceServiceDayStart());
    return String.join(
        "\t",
        shown(call.line()),
        time.toString(),
        call.kind().name(),
        shown(call.stationName()),
        shown(call.headsign()),
        shown(call.trip()));
  }

  /// Text from a feed without what would move a terminal's cursor or end a field.
  static String shown(String text) {
    return text.replaceAll("[\\p{Cntrl}\\p{Cf}]", " ").strip();
  }

  /// What clocks in the city show.
  LocalTime clock(Duration sinceServiceDayStart) {
    Instant instant = day.serviceDayStart().plus(sinceServiceDayStart);
    return instant.atZone(day.zone()).toLocalTime().truncatedTo(ChronoUnit.SECONDS);
  }

  /// What the feed is called.
  String feed() {
    return feed;
  }

  Timetable day() {
    return day;
  }

  /// From when on it plays.
  Duration from() {
    return from;
  }

  /// The names of the lines, in the order of the feed.
  List<String> lines() {
    return lines;
  }

  /// The ids of the stations at which trains call on this day, in the order of the first calls.
  List<String> stations() {
    return stations;
  }
}
