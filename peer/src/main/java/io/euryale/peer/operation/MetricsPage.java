package io.euryale.peer.operation;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/// A page in the text format of Prometheus, version 0.0.4: all samples of a metric stand together
/// behind its help and type, in the order in which metrics were first named. Not for several
/// threads.
public final class MetricsPage {

  /// Media type of the format.
  public static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]*");

  private record Family(String type, String help, Map<String, String> samples) {}

  private final Map<String, Family> families = new LinkedHashMap<>();

  /// Adds a number that only grows while the process lives.
  ///
  /// @param name ends in `_total`, the unit before that
  /// @param help one sentence
  /// @param labels names and values in turn; the values must be few in the life of a process
  public void counter(String name, String help, long value, String... labels) {
    addCounter(name, help, Long.toString(value), labels);
  }

  /// Such a number with a fraction.
  public void counter(String name, String help, double value, String... labels) {
    addCounter(name, help, number(value), labels);
  }

  private void addCounter(String name, String help, String value, String... labels) {
    if (!name.endsWith("_total")) {
      throw new IllegalArgumentException("A counter ends in _total, not " + name);
    }
    add("counter", name, help, value, labels);
  }

  /// Adds a number that goes up and down; otherwise as [#counter].
  public void gauge(String name, String help, long value, String... labels) {
    addGauge(name, help, Long.toString(value), labels);
  }

  /// Such a number with a fraction.
  public void gauge(String name, String help, double value, String... labels) {
    addGauge(name, help, number(value), labels);
  }

  private void addGauge(String name, String help, String value, String... labels) {
    if (name.endsWith("_total")) {
      throw new IllegalArgumentException("A gauge does not end in _total: " + name);
    }
    add("gauge", name, help, value, labels);
  }

  private void add(String type, String name, String help, String value, String... labels) {
    if (!NAME.matcher(name).matches() || labels.length % 2 != 0) {
      throw new IllegalArgumentException("No name or no labels of a metric: " + name);
    }
    Family family =
        families.computeIfAbsent(name, _ -> new Family(type, help, new LinkedHashMap<>()));
    if (!family.type().equals(type)) {
      throw new IllegalArgumentException(name + " is a " + family.type());
    }
    StringBuilder labelled = new StringBuilder();
    for (int i = 0; i < labels.length; i += 2) {
      labelled.append(i == 0 ? '{' : ',').append(labels[i]).append("=\"");
      labelled.append(escaped(labels[i + 1])).append('"');
    }
    String key = labelled.append(labels.length == 0 ? "" : "}").toString();
    if (family.samples().putIfAbsent(key, value) != null) {
      throw new IllegalArgumentException(name + key + " is on the page already");
    }
  }

  /// The page; each line ends with a line feed.
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    families.forEach(
        (name, family) -> {
          String help = family.help().replace("\\", "\\\\").replace("\n", "\\n");
          text.append("# HELP ").append(name).append(' ').append(help).append('\n');
          text.append("# TYPE ").append(name).append(' ').append(family.type()).append('\n');
          family
              .samples()
              .forEach(
                  (labels, value) ->
                      text.append(name).append(labels).append(' ').append(value).append('\n'));
        });
    return text.toString();
  }

  private static String escaped(String value) {
    return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }

  private static String number(double value) {
    if (Double.isInfinite(value)) {
      return value > 0 ? "+Inf" : "-Inf";
    }
    return Double.toString(value);
  }
}
