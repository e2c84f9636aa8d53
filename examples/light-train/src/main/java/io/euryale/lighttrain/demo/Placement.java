package io.euryale.lighttrain.demo;

import java.util.ArrayList;
import java.util.List;

/// The overlay of [0 §IV]: 14 peers in a binary tree of three levels (1, 2 and 4 cells) with 2
/// peers in each cell, and a sensor at each of the 8 peers of the lowest level.
///
/// Peers join in the order of their seats, and the tree fills breadth-first, so the order of the
/// starts decides who shares a cell. Seats of one cell are next to each other and processes are
/// dealt out in turn, so with two or more processes a cell's peers never share one, and with any
/// number of them the peers of one process are all in different cells.
final class Placement {

  static final int PEERS = 14;
  static final int SENSORS = 8;
  static final int LEVELS = 3;
  static final int CELL_MEMBERS = 2;
  static final int CELLS = PEERS / CELL_MEMBERS;

  /// In the order of seats: the root cell, the two cells below, the four at the leaves.
  private static final List<String> NAMES =
      List.of(
          "town-hall",
          "central",
          "north-depot",
          "west-depot",
          "south-depot",
          "east-depot",
          "market",
          "museum",
          "harbour",
          "lighthouse",
          "university",
          "stadium",
          "hospital",
          "airport");

  private final int processes;

  /// @param processes 2 to [#PEERS]
  Placement(int processes) {
    if (processes < CELL_MEMBERS || processes > PEERS) {
      throw new IllegalArgumentException("Not a number of processes: " + processes);
    }
    this.processes = processes;
  }

  static String name(int seat) {
    return NAMES.get(seat);
  }

  /// The level of a seat's cell, from the root's 0.
  static int level(int seat) {
    int level = 0;
    int first = CELL_MEMBERS;
    for (int width = 2 * CELL_MEMBERS; seat >= first; width *= 2) {
      first += width;
      level++;
    }
    return level;
  }

  /// The seats of a level, in order.
  static List<Integer> seats(int level) {
    List<Integer> seats = new ArrayList<>();
    for (int seat = 0; seat < PEERS; seat++) {
      if (level(seat) == level) {
        seats.add(seat);
      }
    }
    return seats;
  }

  /// The seat of the peer that a sensor is connected to.
  static int seatOfSensor(int sensor) {
    return PEERS - SENSORS + sensor;
  }

  int processes() {
    return processes;
  }

  /// The process of a seat, from 0.
  int process(int seat) {
    return seat % processes;
  }

  /// The seats of a process, in the order in which they join.
  List<Integer> seatsOf(int process) {
    List<Integer> seats = new ArrayList<>();
    for (int seat = process; seat < PEERS; seat += processes) {
      seats.add(seat);
    }
    return seats;
  }
}
