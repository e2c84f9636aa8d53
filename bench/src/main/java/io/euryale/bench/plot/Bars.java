package io.euryale.bench.plot;

import io.euryale.peer.result.Measurement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// A plot of measurements as horizontal bars: the bar is the middle of the runs, the line over it
/// goes from the smallest to the largest, and a dashed line is a goal.
public final class Bars implements Plot {

  private static final int WIDTH = 860;
  private static final int LABEL_WIDTH = 250;
  private static final int VALUE_WIDTH = 170;
  private static final int ROW = 26;
  private static final int TOP = 8;
  private static final int BAR = 14;
  private static final int AXIS = 26;
  private static final int PLOT = WIDTH - LABEL_WIDTH - VALUE_WIDTH;

  private record Row(String label, Measurement value) {}

  private final String title;
  private final String unit;
  private final double goal;
  private final List<Row> rows = new ArrayList<>();

  /// A plot without bars.
  ///
  /// @param goal drawn as a line; NaN for none
  public Bars(String title, String unit, double goal) {
    this.title = title;
    this.unit = unit;
    this.goal = goal;
  }

  /// Adds a bar below the others.
  public void row(String label, Measurement value) {
    rows.add(new Row(label, value));
  }

  @Override
  public boolean isEmpty() {
    return rows.isEmpty();
  }

  @Override
  public String html() {
    double top = rows.stream().mapToDouble(row -> row.value().max()).max().orElse(1);
    if (!Double.isNaN(goal)) {
      top = Math.max(top, goal * 1.05);
    }
    double tick = tick(top);
    double scale = PLOT / (Math.ceil(top / tick) * tick);
    int height = TOP + rows.size() * ROW + AXIS;
    StringBuilder svg = new StringBuilder();
    svg.append(
        String.format(
            Locale.ROOT,
            "<h3>%s</h3>%n<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">%n",
            escape(title),
            WIDTH,
            height,
            escape(title)));
    int bottom = TOP + rows.size() * ROW;
    for (double at = 0; at * scale <= PLOT + 0.5; at += tick) {
      double x = LABEL_WIDTH + at * scale;
      svg.append(
          String.format(Locale.ROOT, "<path class=\"grid\" d=\"M%.1f %dV%d\"/>", x, TOP, bottom));
      svg.append(
          String.format(
              Locale.ROOT,
              "<text class=\"tick\" x=\"%.1f\" y=\"%d\">%s</text>%n",
              x,
              bottom + 17,
              number(at)));
    }
    svg.append(
        String.format(
            Locale.ROOT,
            "<text class=\"unit\" x=\"%d\" y=\"%d\">%s</text>%n",
            WIDTH - VALUE_WIDTH + 14,
            bottom + 17,
            escape(unit)));
    for (int i = 0; i < rows.size(); i++) {
      bar(svg, rows.get(i), TOP + i * ROW, scale);
    }
    if (!Double.isNaN(goal)) {
      svg.append(
          String.format(
              Locale.ROOT,
              "<path class=\"goal\" d=\"M%.1f %dV%d\"/>%n",
              LABEL_WIDTH + goal * scale,
              TOP,
              bottom));
    }
    return svg.append("</svg>\n").toString();
  }

  private static void bar(StringBuilder svg, Row row, int y, double scale) {
    Measurement m = row.value();
    int middle = y + ROW / 2;
    double min = LABEL_WIDTH + m.min() * scale;
    double max = LABEL_WIDTH + m.max() * scale;
    svg.append(
        String.format(
            Locale.ROOT,
            "<text class=\"label\" x=\"%d\" y=\"%d\">%s</text>",
            LABEL_WIDTH - 8,
            middle + 4,
            escape(row.label())));
    svg.append(
        String.format(
            Locale.ROOT,
            "<rect class=\"bar\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\"/>",
            LABEL_WIDTH,
            middle - BAR / 2,
            Math.max(0.5, m.value() * scale),
            BAR));
    svg.append(
        String.format(
            Locale.ROOT,
            "<path class=\"range\" d=\"M%.1f %dH%.1fM%.1f %dv8M%.1f %dv8\"/>",
            min,
            middle,
            max,
            min,
            middle - 4,
            max,
            middle - 4));
    String range =
        m.runs() > 1
            ? String.format(Locale.ROOT, " (%s – %s)", number(m.min()), number(m.max()))
            : "";
    svg.append(
        String.format(
            Locale.ROOT,
            "<text class=\"value\" x=\"%d\" y=\"%d\">%s%s</text>%n",
            WIDTH - VALUE_WIDTH + 14,
            middle + 4,
            number(m.value()),
            range));
  }

  /// A distance between ticks that makes about five of them: 1, 2 or 5 times a power of ten.
  static double tick(double top) {
    double rough = Math.max(top, 1e-9) / 5;
    double power = Math.pow(10, Math.floor(Math.log10(rough)));
    double steps = rough / power;
    return power * (steps <= 1 ? 1 : steps <= 2 ? 2 : steps <= 5 ? 5 : 10);
  }

  /// Three digits that matter, without an exponent.
  public static String number(double value) {
    double size = Math.abs(value);
    String text =
        String.format(
            Locale.ROOT,
            size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : "%.3f",
            value);
    return text.contains(".") ? text.replaceAll("0+$", "").replaceAll("\\.$", "") : text;
  }

  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
