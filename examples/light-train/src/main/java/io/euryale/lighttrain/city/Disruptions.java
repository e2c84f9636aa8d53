package io.euryale.lighttrain.city;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// What goes otherwise than the timetable says. Safe for all threads.
final class Disruptions {

  /// Seconds by line; a delay is taken up gradually, so that no train jumps back.
  private final Map<String, Double> delays = new ConcurrentHashMap<>();

  private final Map<String, Double> reached = new ConcurrentHashMap<>();
  private final Set<String> cancelled = ConcurrentHashMap.newKeySet();

  /// Stops that trains of a line pass, as [#call].
  private final Set<String> skipped = ConcurrentHashMap.newKeySet();

  void delay(String line, double seconds) {
    delays.put(line, seconds);
  }

  void cancel(String trip) {
    cancelled.add(trip);
  }

  boolean isCancelled(String trip) {
    return cancelled.contains(trip);
  }

  /// From now on trains of a line pass a stop.
  void skip(String line, String stop) {
    skipped.add(call(line, stop));
  }

  boolean isSkipped(String line, String stop) {
    return skipped.contains(call(line, stop));
  }

  private static String call(String line, String stop) {
    return line + "\t" + stop;
  }

  /// The delay of a train that is on its way.
  double delaySeconds(CityTrains.Run run) {
    return reached.getOrDefault(run.line(), 0.0);
  }

  /// Lets delays grow and shrink by a part of the time that goes by.
  ///
  /// @param passedSeconds of the city's time
  void pass(double passedSeconds) {
    delays.forEach(
        (line, meant) -> {
          double now = reached.getOrDefault(line, 0.0);
          double step = passedSeconds * 0.8;
          reached.put(line, now + Math.clamp(meant - now, -step, step));
        });
  }
}
