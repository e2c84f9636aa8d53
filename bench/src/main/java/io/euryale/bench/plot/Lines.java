package io.euryale.bench.plot;

import io.euryale.peer.result.Measurement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// A plot of measurements over whole numbers from 0, one line for each series: the points are the
/// middles of the runs, the strokes through them go from the smallest run to the largest.
public final class Lines implements Plot {

  /// Series that can be told apart by their strokes; more begin again.
  private static final int STYLES = 3;

  private static final int WIDTH = 860;
  private static final int LEFT = 60;
  private static final int RIGHT = 190;
  private static final int TOP = 10;
  private static final int HEIGHT = 210;
  private static final int AXIS = 40;
  private static final int PLOT = WIDTH - LEFT - RIGHT;

  private record Point(int x, Measurement value) {}

  private final String title;
  private final String across;
  private final String unit;
  private final Map<String, List<Point>> series = new LinkedHashMap<>();

  /// A plot without points.
  ///
  /// @param across what is counted from left to right
  /// @param unit of the measurements
  public Lines(String title, String across, String unit) {
    this.title = title;
    this.across = across;
    this.unit = unit;
  }

  /// Adds a point at the end of a line.
  ///
  /// @param x from 0
  public void point(String line, int x, Measurement value) {
    series.computeIfAbsent(line, _ -> new ArrayList<>()).add(new Point(x, value));
  }

  @Override
  public boolean isEmpty() {
    return series.isEmpty();
  }

  @Override
  public String html() {
    int columns = 1;
    double top = 0;
    for (List<Point> points : series.values()) {
      for (Point point : points) {
        columns = Math.max(columns, point.x());
        top = Math.max(top, point.value().max());
      }
    }
    double tick = Bars.tick(top);
    double highest = Math.max(1, Math.ceil(top / tick)) * tick;
    StringBuilder svg = new StringBuilder();
    svg.append(
        String.format(
            Locale.ROOT,
            "<h3>%s</h3>%n<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">%n",
            Bars.escape(title),
            WIDTH,
            TOP + HEIGHT + AXIS,
            Bars.escape(title)));
    for (double at = 0; at <= highest + tick / 2; at += tick) {
      double y = y(at, highest);
      svg.append(
          String.format(
              Locale.ROOT, "<path class=\"grid\" d=\"M%d %.1fH%d\"/>", LEFT, y, LEFT + PLOT));
      svg.append(
          String.format(
              Locale.ROOT,
              "<text class=\"label\" x=\"%d\" y=\"%.1f\">%s</text>%n",
              LEFT - 6,
              y + 4,
              Bars.number(at)));
    }
    for (int x = 0; x <= columns; x++) {
      svg.append(
          String.format(
              Locale.ROOT,
              "<text class=\"tick\" x=\"%.1f\" y=\"%d\">%d</text>%n",
              x(x, columns),
              TOP + HEIGHT + 16,
              x));
    }
    svg.append(
        String.format(
            Locale.ROOT,
            "<text class=\"unit\" x=\"%d\" y=\"%d\">%s, over the number of %s</text>%n",
            LEFT,
            TOP + HEIGHT + 34,
            Bars.escape(unit),
            Bars.escape(across)));
    int style = 0;
    for (Map.Entry<String, List<Point>> line : series.entrySet()) {
      line(svg, line.getKey(), line.getValue(), style, columns, highest);
      style++;
    }
    return svg.append("</svg>\n").toString();
  }

  private static void line(
      StringBuilder svg, String name, List<Point> points, int style, int columns, double highest) {
    int look = style % STYLES;
    StringBuilder way = new StringBuilder();
    for (Point point : points) {
      way.append(
          String.format(
              Locale.ROOT,
              "%s%.1f %.1f",
              way.isEmpty() ? "M" : "L",
              x(point.x(), columns),
              y(point.value().value(), highest)));
    }
    svg.append(String.format(Locale.ROOT, "<path class=\"line s%d\" d=\"%s\"/>%n", look, way));
    for (Point point : points) {
      Measurement m = point.value();
      double x = x(point.x(), columns);
      svg.append(
          String.format(
              Locale.ROOT,
              "<path class=\"line s%d\" d=\"M%.1f %.1fV%.1f\"/>",
              look,
              x,
              y(m.min(), highest),
              y(m.max(), highest)));
      svg.append(
          String.format(
              Locale.ROOT,
              "<circle class=\"dot s%d\" cx=\"%.1f\" cy=\"%.1f\" r=\"3\"/>%n",
              look,
              x,
              y(m.value(), highest)));
    }
    int key = TOP + 14 + style * 20;
    svg.append(
        String.format(
            Locale.ROOT,
            "<path class=\"line s%d\" d=\"M%d %dh24\"/>",
            look,
            WIDTH - RIGHT + 14,
            key));
    svg.append(
        String.format(
            Locale.ROOT,
            "<text class=\"value\" x=\"%d\" y=\"%d\">%s</text>%n",
            WIDTH - RIGHT + 44,
            key + 4,
            Bars.escape(name)));
  }

  private static double x(int x, int columns) {
    return LEFT + 14 + (PLOT - 28.0) * x / columns;
  }

  private static double y(double value, double highest) {
    return TOP + HEIGHT * (1 - Math.max(0, value) / highest);
  }
}
