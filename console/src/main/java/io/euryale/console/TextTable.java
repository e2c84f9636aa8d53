package io.euryale.console;

import java.util.ArrayList;
import java.util.List;

/// Columns of text, aligned. Numbers stand at the right.
final class TextTable {

  private final List<List<String>> rows = new ArrayList<>();

  TextTable(String... headings) {
    rows.add(List.of(headings));
  }

  /// @param cells one for each heading; printed by their `toString`, made plain
  void row(Object... cells) {
    List<String> row = new ArrayList<>(cells.length);
    for (Object cell : cells) {
      row.add(Plain.text(cell.toString()));
    }
    rows.add(row);
  }

  @Override
  public String toString() {
    int columns = rows.getFirst().size();
    StringBuilder out = new StringBuilder();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int column = 0; column < columns; column++) {
        String cell = row.get(column);
        String padding = " ".repeat(width(column) - cell.length());
        line.append(isNumeric(column) ? padding + cell : cell + padding).append("  ");
      }
      out.append(line.toString().stripTrailing()).append(System.lineSeparator());
    }
    return out.toString();
  }

  private int width(int column) {
    return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
  }

  private boolean isNumeric(int column) {
    return rows.size() > 1
        && rows.stream()
            .skip(1)
            .allMatch(row -> row.get(column).chars().allMatch(c -> c >= '0' && c <= '9'));
  }
}
