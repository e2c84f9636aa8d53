package io.euryale.lab.group;

import io.euryale.simulation.Fault;
import io.euryale.simulation.FaultPlan;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/// Who hears whom, from the faults that the harness says are active.
final class Connectivity {

  private final Map<String, Fault> active = new LinkedHashMap<>();

  /// A fault begins or ends; texts that name no fault change nothing.
  void fault(String text, boolean begins) {
    if (!begins) {
      active.remove(text);
      return;
    }
    try {
      for (Fault fault : FaultPlan.parse(text).faults()) {
        active.put(text, fault);
      }
    } catch (IllegalArgumentException e) {
      active.remove(text);
    }
  }

  void heal() {
    active.clear();
  }

  /// Whether some links are slower or lossier than the bounds assume, or a process is paused.
  boolean isDegraded() {
    return active.values().stream()
        .anyMatch(
            fault ->
                switch (fault.kind()) {
                  case PAUSE, SLOW, LOSSY, DUPLICATING, REORDERING, DELAYING -> true;
                  default -> false;
                });
  }

  /// Whether no link works one way only.
  boolean isSymmetric() {
    return active.isEmpty()
        || active.values().stream().noneMatch(fault -> fault.kind() == Fault.Kind.ONE_WAY);
  }

  /// Whether frames of one process reach another.
  boolean hears(String from, String to) {
    for (Fault fault : active.values()) {
      boolean cut =
          switch (fault) {
            case Fault.Partition f ->
                apart(f.left(), f.right(), from, to) || apart(f.right(), f.left(), from, to);
            case Fault.OneWay f -> apart(f.from(), f.to(), from, to);
            case Fault.Isolate f -> f.process().equals(from) || f.process().equals(to);
            default -> false;
          };
      if (cut) {
        return false;
      }
    }
    return true;
  }

  private static boolean apart(List<String> left, List<String> right, String from, String to) {
    return (left.contains(from) || left.contains(Fault.ANY))
        && (right.contains(to) || right.contains(Fault.ANY))
        && !from.equals(to);
  }

  /// The parts into which processes fall, where a connection both ways joins two.
  List<SortedSet<String>> parts(Collection<String> names) {
    TreeSet<String> open = new TreeSet<>(names);
    List<SortedSet<String>> parts = new ArrayList<>();
    while (!open.isEmpty()) {
      TreeSet<String> part = new TreeSet<>();
      List<String> next = new ArrayList<>();
      next.add(open.removeFirst());
      while (!next.isEmpty()) {
        String name = next.removeLast();
        part.add(name);
        List<String> joined =
            open.stream().filter(other -> hears(name, other) && hears(other, name)).toList();
        joined.forEach(open::remove);
        next.addAll(joined);
      }
      parts.add(part);
    }
    return parts;
  }

  /// Whether all members of a part hear each other both ways, and nobody outside it hears or is
  /// heard.
  boolean isClean(SortedSet<String> part, Collection<String> all) {
    for (String one : part) {
      for (String other : all) {
        boolean expected = part.contains(other);
        if (!one.equals(other)
            && (hears(one, other) != expected || hears(other, one) != expected)) {
          return false;
        }
      }
    }
    return true;
  }
}
