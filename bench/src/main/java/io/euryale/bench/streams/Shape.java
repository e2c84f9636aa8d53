package io.euryale.bench.streams;

import io.euryale.bench.BenchException;
import java.util.ArrayList;
import java.util.List;

/// The tree that the peers are to form: cells with two child cells each, filled from the root.
///
/// @param peersPerCell of each level, from the root's
public record Shape(List<Integer> peersPerCell) {

  /// [0 §IV]: three levels, 2 peers in each cell, 14 peers.
  public static final Shape PAPER = new Shape(List.of(2, 2, 2));

  /// [1 §4]: three levels, 4 peers in the cell of the first, 3 in those of the second, 2 in those
  /// of the third, 18 peers.
  public static final Shape WIDER = new Shape(List.of(4, 3, 2));

  /// See the constants.
  public Shape {
    peersPerCell = List.copyOf(peersPerCell);
  }

  /// The shape with so many peers.
  ///
  /// @throws BenchException with bad usage when there is none
  public static Shape of(int peers) throws BenchException {
    for (Shape shape : List.of(PAPER, WIDER)) {
      if (shape.peers() == peers) {
        return shape;
      }
    }
    throw BenchException.badUsage(
        "--topology %d is neither %d nor %d.".formatted(peers, PAPER.peers(), WIDER.peers()));
  }

  int levels() {
    return peersPerCell.size();
  }

  /// How many peers a level has.
  int peersAt(int level) {
    return peersPerCell.get(level) << level;
  }

  /// How many peers there are.
  public int peers() {
    int sum = 0;
    for (int level = 0; level < levels(); level++) {
      sum += peersAt(level);
    }
    return sum;
  }

  /// How many peers each level has, for messages: `2 + 4 + 8`.
  String text() {
    List<String> sizes = new ArrayList<>();
    for (int level = 0; level < levels(); level++) {
      sizes.add(Integer.toString(peersAt(level)));
    }
    return String.join(" + ", sizes);
  }

  /// The settings of a peer of such a tree, in YAML.
  String settings(String name) {
    return "name: %s\noverlay:\n  depth: %d\n  span: 2\n  peersPerCell: %s\n"
        .formatted(name, levels(), peersPerCell);
  }
}
