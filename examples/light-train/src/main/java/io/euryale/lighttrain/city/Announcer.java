package io.euryale.lighttrain.city;

import java.util.List;

/// Words the announcements of the control centre from what it knows of the trains, and makes one
/// now and then by itself: where a train is late, else at each station in turn. Safe for all
/// threads, but one thread ticks.
final class Announcer {

  /// So seldom, and so short, that announcements add a few percent to the traffic.
  private static final long PERIOD_NANOS = 15_000_000_000L;

  /// Soon enough that also a short life of the city has one.
  private static final long FIRST_NANOS = 3_000_000_000L;

  private static final long LATE_SECONDS = 60;

  private final ControlCentre centre;
  private final CityClock clock;
  private final Announcements announcements;
  private final List<String> stops;
  private long nextNanos;
  private int turn;

  Announcer(CityMap map, ControlCentre centre, CityClock clock, Announcements announcements) {
    this.centre = centre;
    this.clock = clock;
    this.announcements = announcements;
    stops = List.copyOf(map.stops().keySet());
    nextNanos = clock.startNanos() + FIRST_NANOS;
  }

  /// Announces what is due by itself.
  void tick(long nowNanos) {
    if (nowNanos - nextNanos >= 0) {
      nextNanos += PERIOD_NANOS;
      String _ = announce(inTurn(), "control centre");
    }
  }

  private String inTurn() {
    turn++;
    List<String> late =
        centre.trains(System.nanoTime()).stream()
            .filter(train -> train.delaySeconds() >= LATE_SECONDS)
            .map(ControlCentre.Train::to)
            .filter(stops::contains)
            .distinct()
            .toList();
    List<String> of = late.isEmpty() ? stops : late;
    return of.get(turn % of.size());
  }

  /// Announces the next train at a station.
  ///
  /// @param stop id of the station
  /// @return why not, one sentence; empty when it is
  String announce(String stop, String by) {
    return announcements.announce(stop, words(stop), by);
  }

  private String words(String stop) {
    List<ControlCentre.Visit> next = centre.visits(stop, clock.citySeconds(System.nanoTime()), 1);
    if (next.isEmpty()) {
      return "No train calls here within the hour.";
    }
    ControlCentre.Visit visit = next.getFirst();
    String train =
        "The train of line %s to %s, due at %s,"
            .formatted(
                visit.run().line(),
                visit.run().headsign(),
                clock.wall(visit.aimed()).substring(0, 5));
    long late = Math.round((visit.expected() - visit.aimed()) / 60);
    if (visit.cancelled()) {
      return train + " is cancelled.";
    }
    if (visit.passes()) {
      return train + " does not stop here.";
    }
    return late > 0
        ? train + " is %d minute%s late.".formatted(late, late == 1 ? "" : "s")
        : train + " is on time.";
  }
}
