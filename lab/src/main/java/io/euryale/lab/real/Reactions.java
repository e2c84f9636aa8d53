package io.euryale.lab.real;

import io.euryale.lab.real.MemberProcess.Installed;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// How long groups take to answer what happens to them: from the event to the installation, at the
/// last of the expected members, of a regular configuration of exactly these.
///
/// Only events count that hit a calm group and are answered before the next one.
final class Reactions {

  private record Event(long atNanos, String label, Set<Integer> expected) {}

  private final List<Event> events = new ArrayList<>();

  /// Something happens that the group has to answer.
  ///
  /// @param label what it is, for people
  /// @param expected members of the configuration that answers it; empty to count nothing
  void add(String label, long atNanos, Set<Integer> expected) {
    events.add(new Event(atNanos, label, Set.copyOf(expected)));
  }

  /// Milliseconds of all answers, by label.
  Map<String, List<Double>> millis(RealGroup group) {
    Map<String, List<Double>> millis = new LinkedHashMap<>();
    for (int i = 0; i < events.size(); i++) {
      Event event = events.get(i);
      long until = i + 1 < events.size() ? events.get(i + 1).atNanos() : Long.MAX_VALUE;
      long answered = event.expected().isEmpty() ? Long.MAX_VALUE : answered(group, event);
      if (answered < until) {
        millis
            .computeIfAbsent(event.label(), _ -> new ArrayList<>())
            .add((answered - event.atNanos()) / 1e6);
      }
    }
    return millis;
  }

  private static long answered(RealGroup group, Event event) {
    Set<String> names = new TreeSet<>();
    event.expected().forEach(index -> names.add(RealGroup.name(index)));
    long last = Long.MIN_VALUE;
    for (String name : names) {
      long first = Long.MAX_VALUE;
      for (MemberProcess life : group.everyLife()) {
        if (!life.name.equals(name)) {
          continue;
        }
        for (Installed installed : life.installed()) {
          if (installed.regular()
              && installed.atNanos() > event.atNanos()
              && names.equals(Set.copyOf(installed.names()))) {
            first = Math.min(first, installed.atNanos());
          }
        }
      }
      last = Math.max(last, first);
    }
    return last;
  }
}
