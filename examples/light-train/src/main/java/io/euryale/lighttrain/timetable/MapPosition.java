package io.euryale.lighttrain.timetable;

/// A place on a schematic metro map. Read from `schematic_x` and `schematic_y` of `stops.txt`, two
/// columns of ours which other readers of GTFS ignore.
///
/// @param x units from the left edge, 0 to [#MAX]
/// @param y units from the upper edge, 0 to [#MAX]
public record MapPosition(int x, int y) {

  /// The largest coordinate.
  public static final int MAX = 100_000;

  public MapPosition {
    if (x < 0 || x > MAX || y < 0 || y > MAX) {
      throw new IllegalArgumentException("Not on a map: " + x + ", " + y);
    }
  }
}
