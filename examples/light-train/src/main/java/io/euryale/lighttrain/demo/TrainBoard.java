package io.euryale.lighttrain.demo;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The latest station calls of each line, as the client heard of them. Safe for all threads.
final class TrainBoard {

  private static final int KEPT = 4;
  private static final int FIELDS = 6;

  private final Map<String, Deque<Seen>> lines = new LinkedHashMap<>();
  private long calls;

  /// One call.
  ///
  /// @param time of day in the city
  /// @param arrives whether the train arrives; otherwise it departs
  record Seen(String time, boolean arrives, String station, String headsign) {}

  /// @param names of the lines, in the order of the view
  TrainBoard(List<String> names) {
    names.forEach(name -> lines.put(name, new ArrayDeque<>()));
  }

  /// A call was received, in the form of [StationCalls#text].
  synchronized void called(String text) {
    calls++;
    String[] fields = text.split("\t", FIELDS);
    Deque<Seen> line = fields.length == FIELDS ? lines.get(fields[0]) : null;
    if (line != null) {
      if (line.size() == KEPT) {
        line.removeLast();
      }
      line.addFirst(new Seen(fields[1], fields[2].equals("ARRIVAL"), fields[3], fields[4]));
    }
  }

  /// How many calls were received.
  synchronized long calls() {
    return calls;
  }

  /// The lines in order, each with its latest calls, the last one first.
  synchronized Map<String, List<Seen>> latest() {
    Map<String, List<Seen>> copy = new LinkedHashMap<>();
    lines.forEach((line, seen) -> copy.put(line, new ArrayList<>(seen)));
    return copy;
  }
}
