package io.euryale.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;

/// A peer's status as its session gives it, for people.
final class GroupWatch {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> DATA = List.of("ALARM", "CRITICAL", "NORMAL");

  private GroupWatch() {}

  static JsonNode parse(String status) {
    try {
      return JSON.readTree(status);
    } catch (JsonProcessingException e) {
      throw CommandException.environment("The peer's status cannot be read: " + e.getMessage());
    }
  }

  static List<String> dataClasses() {
    return DATA;
  }

  /// The last `count` of the suspicions that are kept.
  static <T> List<T> newSuspicions(List<T> kept, long count) {
    int fresh = (int) Math.min(kept.size(), Math.max(0, count));
    return kept.subList(kept.size() - fresh, kept.size());
  }

  /// Elements of an array as texts.
  static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(element -> texts.add(element.asText()));
    return texts;
  }

  /// The configuration in one line.
  static String configuration(JsonNode status) {
    JsonNode configuration = status.path("configuration");
    return configuration.isObject()
        ? "%s %s: %s"
            .formatted(
                configuration.path("origin").isNull() ? "regular" : "transitional",
                configuration.path("id").asText(),
                GroupText.names(texts(configuration.path("members"))))
        : "none yet";
  }

  /// The primary component in one line.
  static String primary(JsonNode status) {
    long index = status.path("primaryIndex").asLong();
    if (status.path("isPrimary").asBoolean()) {
      return "component %d: %s"
          .formatted(index, GroupText.names(texts(status.path("configuration").path("members"))));
    }
    String why = status.path("verdict").asText();
    return "none here, last seen was %d%s".formatted(index, why.isEmpty() ? "" : ": " + why);
  }

  static long order(JsonNode status, String trafficClass, String counter) {
    return status.path("classes").path(trafficClass).path("order").path(counter).asLong();
  }

  /// Why this peer makes no progress, from two looks at it.
  ///
  /// @return one sentence for each reason; empty when all is well
  static List<String> stalls(JsonNode before, JsonNode after) {
    List<String> stalls = new ArrayList<>();
    String phase = after.path("phase").asText();
    boolean resting = phase.equals("resting");
    if (!resting
        && before.path("phase").asText().equals(phase)
        && before.path("configurations").asLong() == after.path("configurations").asLong()
        && after.path("phaseMillis").asLong() > 5_000) {
      stalls.add(
          "The change of the configuration has been in phase %s for %d ms."
              .formatted(phase, after.path("phaseMillis").asLong()));
    }
    for (String trafficClass : DATA) {
      long waits = order(after, trafficClass, "queuedMessages");
      boolean moved =
          order(after, trafficClass, "delivered") > order(before, trafficClass, "delivered")
              || order(after, trafficClass, "sent") > order(before, trafficClass, "sent");
      if (waits > 0 && order(before, trafficClass, "queuedMessages") > 0 && !moved) {
        stalls.add(
            "Class %s has %d messages waiting and delivers nothing."
                .formatted(trafficClass.toLowerCase(java.util.Locale.ROOT), waits));
      }
    }
    return stalls;
  }
}
