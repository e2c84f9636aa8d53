package io.euryale.overlay;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The position of a cell in the tree: the way down from the root cell, which is `0`.
///
/// Written as the branch numbers with dots: `0.1.0` is the first child of the second child of the
/// root. The name tells the position, which is what makes discovery simple [0 §III].
///
/// @param path branch numbers, the first is always 0; at most [#MAX_DEPTH] of them
public record CellId(List<Integer> path) implements Comparable<CellId> {

  /// Most levels a tree can have.
  public static final int MAX_DEPTH = 8;

  /// Most children a cell can have.
  public static final int MAX_SPAN = 64;

  /// The root cell.
  public static final CellId ROOT = new CellId(List.of(0));

  public CellId {
    path = List.copyOf(path);
    if (path.isEmpty() || path.size() > MAX_DEPTH || path.getFirst() != 0) {
      throw new IllegalArgumentException("Not the path of a cell: " + path);
    }
    for (int branch : path) {
      if (branch < 0 || branch >= MAX_SPAN) {
        throw new IllegalArgumentException("Not the path of a cell: " + path);
      }
    }
  }

  /// The cell that `text` names in the form of [#toString], or null when it names none.
  public static @Nullable CellId parse(String text) {
    if (!text.matches("0(\\.[0-9]{1,2})*")) {
      return null;
    }
    List<Integer> path = Stream.of(text.split("\\.")).map(Integer::valueOf).toList();
    boolean fits = path.size() <= MAX_DEPTH && path.stream().allMatch(branch -> branch < MAX_SPAN);
    return fits ? new CellId(path) : null;
  }

  /// Distance from the root, which is level 0.
  public int level() {
    return path.size() - 1;
  }

  public boolean isRoot() {
    return path.size() == 1;
  }

  /// The cell above.
  ///
  /// @throws IllegalStateException for the root
  public CellId parent() {
    if (isRoot()) {
      throw new IllegalStateException("The root cell has no parent");
    }
    return new CellId(path.subList(0, path.size() - 1));
  }

  /// The child at `branch`, 0 to [#MAX_SPAN] - 1.
  public CellId child(int branch) {
    List<Integer> child = new ArrayList<>(path);
    child.add(branch);
    return new CellId(child);
  }

  /// Breadth-first order: shallow cells first, then by branch.
  @Override
  public int compareTo(CellId other) {
    int byLevel = Integer.compare(path.size(), other.path.size());
    for (int i = 0; byLevel == 0 && i < path.size(); i++) {
      byLevel = Integer.compare(path.get(i), other.path.get(i));
    }
    return byLevel;
  }

  @Override
  public String toString() {
    StringBuilder out = new StringBuilder();
    for (int branch : path) {
      out.append(out.isEmpty() ? "" : ".").append(branch);
    }
    return out.toString();
  }
}
