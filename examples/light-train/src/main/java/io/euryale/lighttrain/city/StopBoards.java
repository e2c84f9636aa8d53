package io.euryale.lighttrain.city;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What the control centre tells the display of each station: its next trains. Said when it is
/// another than before, and after a while in any case, so that a display can tell that it is not
/// left alone. Belongs to the thread that plans.
final class StopBoards {

  static final int ROWS = 4;

  /// All stations are looked at in this time, one after the other.
  private static final long TURN_NANOS = 2_000_000_000L;

  private static final long AGAIN_NANOS = 10_000_000_000L;

  private final List<String> stops;
  private final ControlCentre centre;
  private final CityClock clock;
  private final Map<String, Said> said = new HashMap<>();
  private long looks;

  private record Said(String text, long atNanos) {}

  /// Gets what is due.
  interface Wall {
    void board(long dueNanos, String stop, String text);
  }

  /// @param stops ids of the stations that have a display
  StopBoards(List<String> stops, ControlCentre centre, CityClock clock) {
    this.stops = List.copyOf(stops);
    this.centre = centre;
    this.clock = clock;
  }

  /// Plans what is said until a time.
  void plan(long untilNanos, Wall wall) {
    if (stops.isEmpty()) {
      return;
    }
    for (long due = dueNanos(); due - untilNanos < 0; due = dueNanos()) {
      String stop = stops.get((int) (looks % stops.size()));
      looks++;
      String text = text(stop, clock.citySeconds(due));
      Said before = said.get(stop);
      if (before == null || !before.text().equals(text) || due - before.atNanos() >= AGAIN_NANOS) {
        said.put(stop, new Said(text, due));
        wall.board(due, stop, text);
      }
    }
  }

  private long dueNanos() {
    return clock.startNanos() + looks * TURN_NANOS / stops.size();
  }

  /// One line for each train: line, destination, time it is expected, and what is known of it,
  /// between tabulators.
  private String text(String stop, double now) {
    List<String> rows = new ArrayList<>();
    for (ControlCentre.Visit visit : centre.visits(stop, now, ROWS)) {
      String state =
          visit.cancelled()
              ? "cancelled"
              : visit.passes() ? "passes" : visit.isLive() ? "live" : "timetable";
      rows.add(
          String.join(
              "\t",
              visit.run().line(),
              visit.run().headsign(),
              clock.wall(visit.expected()).substring(0, 5),
              state));
    }
    return String.join("\n", rows);
  }
}
