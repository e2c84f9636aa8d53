package io.euryale.lab.cells;

import io.euryale.lab.Violation;
import io.euryale.overlay.OverlaySettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// C-13: at the end no cell has fewer peers than the settings ask for while a cell that comes
/// later, breadth-first, has nobody below it and could give one.
final class SizeChecker extends ShapeChecker {

  private final OverlaySettings settings;

  SizeChecker(OverlaySettings settings) {
    super("C-13");
    this.settings = settings;
  }

  @Override
  public List<Violation> finish() {
    Map<String, List<Places.Place>> cells = cells();
    List<String> order = new ArrayList<>(cells.keySet());
    order.sort((a, b) -> level(a) != level(b) ? level(a) - level(b) : compare(a, b));
    String last = null;
    for (String cell : order) {
      boolean leaf = order.stream().noneMatch(other -> other.startsWith(cell + "."));
      last = leaf ? cell : last;
    }
    for (String cell : order) {
      if (last == null || cell.equals(last)) {
        break;
      }
      int members = cells.getOrDefault(cell, List.of()).size();
      if (members < settings.fewest(level(cell))) {
        violated(
            "cell %s has %d members at the end, and cell %s could give it one"
                .formatted(cell, members, last),
            cells.getOrDefault(cell, List.of()).stream().map(place -> place.last).toList());
      }
    }
    return violations;
  }

  private static int level(String cell) {
    return (int) cell.chars().filter(c -> c == '.').count();
  }

  /// Branch by branch, as numbers; both of one level.
  private static int compare(String one, String other) {
    String[] a = one.split("\\.", -1);
    String[] b = other.split("\\.", -1);
    for (int i = 0; i < a.length; i++) {
      int byBranch = Integer.compare(Integer.parseInt(a[i]), Integer.parseInt(b[i]));
      if (byBranch != 0) {
        return byBranch;
      }
    }
    return 0;
  }
}
