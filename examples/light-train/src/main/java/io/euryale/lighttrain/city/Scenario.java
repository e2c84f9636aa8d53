package io.euryale.lighttrain.city;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.euryale.lighttrain.demo.DemoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What is to happen in the city and when, from a file: a JSON array of steps such as
/// `{"at": "20s", "delay": {"line": "H", "by": "4m"}}`. Steps are `delay`, `cancel`, `skip`,
/// `alarm` and `fault`.
final class Scenario {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MOST_STEPS = 10_000;
  private static final int MOST_BYTES = 4 << 20;
  private static final Pattern TIME = Pattern.compile("([0-9]{1,6})(s|m|h)");

  /// Something to be done.
  sealed interface Step {
    /// After the start of the traffic.
    Duration at();

    /// Trains of a line come later by the clock of the city.
    record Delay(Duration at, String line, Duration by) implements Step {}

    /// The next trains of a line do not run.
    record Cancel(Duration at, String line, int trains) implements Step {}

    /// Trains of a line do not call at a station any more.
    record Skip(Duration at, String line, String station) implements Step {}

    /// Somebody has to look at a station.
    record Alarm(Duration at, String station, String text) implements Step {}

    /// A button of the dashboard is pressed.
    ///
    /// @param action `kill`, `freeze`, `partition`, `heal` or `restart`
    /// @param process from 1; 1 where the file names none
    record Fault(Duration at, String action, int process) implements Step {}
  }

  private final List<Step> steps;
  private int next;

  private Scenario(List<Step> steps) {
    this.steps = steps;
  }

  static Scenario none() {
    return new Scenario(List.of());
  }

  /// Reads a file.
  ///
  /// @param processes how many the city has
  /// @throws DemoException when it is not a scenario of this city; the message names the step
  static Scenario read(Path file, CityMap map, int processes) throws DemoException {
    try {
      if (Files.size(file) > MOST_BYTES) {
        throw DemoException.badUsage("The scenario %s has more than 4 MiB.".formatted(file));
      }
      return parse(Files.readString(file), file.toString(), map, processes);
    } catch (IOException e) {
      throw DemoException.badUsage(
          "The scenario %s cannot be read: %s.".formatted(file, e.getMessage()));
    }
  }

  static Scenario parse(String text, String file, CityMap map, int processes) throws DemoException {
    JsonNode root;
    try {
      root = JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw DemoException.badUsage(
          "The scenario %s is no JSON: line %d, column %d."
              .formatted(file, e.getLocation().getLineNr(), e.getLocation().getColumnNr()));
    }
    if (!root.isArray() || root.size() > MOST_STEPS) {
      throw DemoException.badUsage(
          "The scenario %s is not an array of at most %d steps.".formatted(file, MOST_STEPS));
    }
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < root.size(); i++) {
      try {
        steps.add(step(root.get(i), map, processes));
      } catch (IllegalArgumentException e) {
        throw DemoException.badUsage(
            "Step %d of the scenario %s: %s".formatted(i + 1, file, e.getMessage()));
      }
    }
    steps.sort(Comparator.comparing(Step::at));
    return new Scenario(steps);
  }

  private static Step step(JsonNode node, CityMap map, int processes) {
    Duration at = time(node.path("at"));
    if (node.size() != 2) {
      throw new IllegalArgumentException(
          "it has 'at' and one of delay, cancel, skip, alarm, fault.");
    }
    if (node.has("delay")) {
      JsonNode delay = node.get("delay");
      return new Step.Delay(at, line(delay, map), time(delay.path("by")));
    }
    if (node.has("cancel")) {
      JsonNode cancel = node.get("cancel");
      return new Step.Cancel(
          at, line(cancel, map), Math.clamp(cancel.path("trains").asInt(1), 1, 100));
    }
    if (node.has("skip")) {
      JsonNode skip = node.get("skip");
      return skip(at, line(skip, map), stop(skip, map), map);
    }
    if (node.has("alarm")) {
      JsonNode alarm = node.get("alarm");
      return new Step.Alarm(
          at, stop(alarm, map), alarm.path("text").asText("Somebody has to look"));
    }
    if (node.has("fault")) {
      JsonNode fault = node.get("fault");
      String action = fault.path("action").asText("");
      if (!List.of("kill", "freeze", "partition", "heal", "restart").contains(action)) {
        throw new IllegalArgumentException(
            "'action' is kill, freeze, partition, heal or restart, not '" + action + "'.");
      }
      JsonNode process = fault.path("process");
      if (!process.isMissingNode()
          && (!process.isInt() || process.intValue() < 1 || process.intValue() > processes)) {
        throw new IllegalArgumentException("'process' is a number from 1 to " + processes + ".");
      }
      return new Step.Fault(at, action, process.asInt(1));
    }
    throw new IllegalArgumentException("it has none of delay, cancel, skip, alarm, fault.");
  }

  private static Step skip(Duration at, String line, String stop, CityMap map) {
    if (map.ways().stream()
        .noneMatch(way -> way.name().equals(line) && way.stops().contains(stop))) {
      throw new IllegalArgumentException(
          "line '%s' does not call at '%s'.".formatted(line, map.stop(stop).name()));
    }
    return new Step.Skip(at, line, stop);
  }

  private static Duration time(JsonNode node) {
    Matcher time = TIME.matcher(node.asText(""));
    if (!time.matches()) {
      throw new IllegalArgumentException(
          "'" + node.asText("") + "' is no time: write 20s, 4m or 1h.");
    }
    long count = Long.parseLong(time.group(1));
    return switch (time.group(2)) {
      case "h" -> Duration.ofHours(count);
      case "m" -> Duration.ofMinutes(count);
      default -> Duration.ofSeconds(count);
    };
  }

  private static String line(JsonNode node, CityMap map) {
    String line = node.path("line").asText("");
    if (map.ways().stream().noneMatch(way -> way.name().equals(line))) {
      throw new IllegalArgumentException(
          "there is no line '%s'; there are %s."
              .formatted(
                  line, String.join(", ", map.ways().stream().map(CityMap.Way::name).toList())));
    }
    return line;
  }

  private static String stop(JsonNode node, CityMap map) {
    String station = node.path("station").asText("");
    return map.stops().values().stream()
        .filter(stop -> stop.id().equals(station) || stop.name().equalsIgnoreCase(station))
        .map(CityMap.Stop::id)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("there is no station '" + station + "'."));
  }

  /// The steps that are due now; each once.
  List<Step> due(Duration elapsed) {
    List<Step> due = new ArrayList<>();
    while (next < steps.size() && steps.get(next).at().compareTo(elapsed) <= 0) {
      due.add(steps.get(next++));
    }
    return due;
  }
}
