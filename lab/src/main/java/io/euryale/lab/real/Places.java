package io.euryale.lab.real;

import io.euryale.simulation.Fault;
import java.util.ArrayList;
import java.util.List;

/// Where faults strike.
final class Places {

  /// A direction between two members, with the part of its packets that is lost.
  record Cut(int from, int to, int percent) {}

  private Places() {}

  /// The processes that a fault of a real run names, [Fault#ANY] included.
  static List<String> of(Fault fault) {
    return switch (fault) {
      case Fault.Crash f -> List.of(f.process());
      case Fault.CrashHost f -> List.of(f.process());
      case Fault.Restart f -> List.of(f.process());
      case Fault.Pause f -> List.of(f.process());
      case Fault.Isolate f -> List.of(f.process());
      case Fault.Lossy f -> List.of(f.from(), f.to());
      case Fault.Partition f -> joined(f.left(), f.right());
      case Fault.OneWay f -> joined(f.from(), f.to());
      default -> List.of();
    };
  }

  /// The directions in which a fault loses packets.
  static List<Cut> cuts(Fault fault, List<String> names) {
    List<Cut> cuts = new ArrayList<>();
    switch (fault) {
      case Fault.CrashHost f -> both(cuts, List.of(f.process()), names, names);
      case Fault.Isolate f -> both(cuts, List.of(f.process()), names, names);
      case Fault.Partition f -> both(cuts, f.left(), f.right(), names);
      case Fault.OneWay f -> add(cuts, f.from(), f.to(), 100, names);
      case Fault.Lossy f -> add(cuts, any(f.from(), names), any(f.to(), names), f.percent(), names);
      default -> {}
    }
    return cuts;
  }

  private static List<String> any(String name, List<String> names) {
    return name.equals(Fault.ANY) ? names : List.of(name);
  }

  private static void both(
      List<Cut> cuts, List<String> left, List<String> right, List<String> names) {
    add(cuts, left, right, 100, names);
    add(cuts, right, left, 100, names);
  }

  private static void add(
      List<Cut> cuts, List<String> from, List<String> to, int percent, List<String> names) {
    for (String one : from) {
      for (String other : to) {
        if (!one.equals(other)) {
          cuts.add(new Cut(names.indexOf(one), names.indexOf(other), percent));
        }
      }
    }
  }

  private static List<String> joined(List<String> one, List<String> other) {
    List<String> all = new ArrayList<>(one);
    all.addAll(other);
    return all;
  }
}
