package io.euryale.lighttrain.demo;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/// When which peers are killed: spread evenly over the run and in turn over the levels, the lowest
/// first, which are the sensors' own peers. The seed chooses the peers; no peer is hit again before
/// the others of its level were.
final class FaultPlan {

  /// With at least this many faults, one of them takes a process with all the peers in it.
  private static final int WITH_WHOLE_PROCESS = 4;

  private FaultPlan() {}

  /// What happens to the victim.
  enum Kind {
    /// The peer is cut off without farewell or flush; its process lives on, as others are in it.
    RESET("reset"),
    /// SIGKILL for the process, with every peer in it.
    PROCESS("SIGKILL");

    private final String label;

    Kind(String label) {
      this.label = label;
    }

    String label() {
      return label;
    }
  }

  /// One fault.
  ///
  /// @param after when, after the start of the traffic
  /// @param seat of the peer to kill; with [Kind#PROCESS] all peers of its process fall
  /// @param level of that seat
  record Fault(Duration after, int seat, int level, Kind kind) {}

  /// The faults of a run, in the order of their times.
  static List<Fault> of(Placement placement, int faults, Duration traffic, long seed) {
    Random random = new Random(seed);
    List<Deque<Integer>> victims = new ArrayList<>();
    for (int level = 0; level < Placement.LEVELS; level++) {
      List<Integer> seats = new ArrayList<>(Placement.seats(level));
      Collections.shuffle(seats, random);
      victims.add(new ArrayDeque<>(seats));
    }
    List<Fault> plan = new ArrayList<>();
    for (int i = 0; i < faults; i++) {
      int level = Placement.LEVELS - 1 - i % Placement.LEVELS;
      Deque<Integer> seats = victims.get(level);
      int seat = seats.removeFirst();
      seats.addLast(seat);
      boolean alone = placement.seatsOf(placement.process(seat)).size() == 1;
      boolean last = i == faults - 1;
      Kind kind = alone || (last && faults >= WITH_WHOLE_PROCESS) ? Kind.PROCESS : Kind.RESET;
      // The middle of each of as many equal parts: none at the very start, none at the very end.
      Duration after = traffic.multipliedBy(2L * i + 1).dividedBy(2L * faults);
      plan.add(new Fault(after, seat, level, kind));
    }
    return List.copyOf(plan);
  }
}
