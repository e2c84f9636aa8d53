package io.euryale.console;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.StreamSupport;

/// The state of a dashboard as lines of text.
final class TopView {

  private static final int MOST_STREAMS = 8;
  private static final int MOST_EVENTS = 6;
  private static final int MOST_ALARMS = 5;
  private static final long OLD_MILLIS = 3000;

  /// Of the parts that come more rarely than once a second.
  private static final Map<String, Long> OLD_RARE_MILLIS =
      Map.of("streams", 9000L, "hour", 25_000L);

  private final JsonNode facts;
  private final boolean colour;
  private final List<String> lines = new ArrayList<>();

  /// @param facts parts by name, each with `ageMillis` and `body`
  TopView(JsonNode facts, boolean colour) {
    this.facts = facts;
    this.colour = colour;
  }

  /// @param most lines; what does not fit is left out from below
  List<String> lines(int most) {
    lines.clear();
    head();
    classes();
    hour();
    alarms();
    announcements();
    events();
    cells();
    streams();
    return lines.subList(0, Math.min(most, lines.size()));
  }

  private JsonNode body(String part) {
    return facts.path(part).path("body");
  }

  private boolean has(String part) {
    return facts.has(part);
  }

  /// A heading with the age of what is below it.
  private void heading(String title, String part) {
    lines.add("");
    lines.add(aged(title, part));
  }

  /// A text with the age of the part that it is about. What has no age is not fresh.
  private String aged(String title, String part) {
    JsonNode age = facts.path(part).path("ageMillis");
    if (!age.isNumber()) {
      return red("STALE " + title + " (age not known)");
    }
    String text = String.format(Locale.ROOT, "%s (%.1f s ago)", title, age.asLong() / 1000.0);
    boolean isOld = age.asLong() > OLD_RARE_MILLIS.getOrDefault(part, OLD_MILLIS);
    return isOld ? red("STALE " + text) : bold(text);
  }

  private void head() {
    JsonNode city = body("city");
    if (has("city")) {
      String title =
          String.format(
              Locale.ROOT,
              "%s  %s %s  load x%d  up %d s",
              shown(city.path("name")),
              shown(city.path("date")),
              shown(city.path("clock")),
              city.path("load").asInt(),
              city.path("upSeconds").asLong());
      lines.add(aged(title, "city"));
      StringBuilder text = new StringBuilder("processes ");
      for (JsonNode process : city.path("processes")) {
        String state = shown(process.path("state"));
        String each = process.path("number").asInt() + " " + state;
        text.append(' ').append(state.equals("running") ? each : red(each)).append(' ');
      }
      lines.add(text.toString());
    }
    if (!has("overlay")) {
      lines.add(red("Nothing of the overlay is known yet."));
    }
  }

  private void classes() {
    if (!has("classes")) {
      return;
    }
    heading("Classes, last second, ms", "classes");
    lines.add(
        String.format(
            Locale.ROOT,
            "  %-9s %7s %8s %8s %8s %9s %8s %7s %7s",
            "",
            "/s",
            "p50",
            "p99",
            "max",
            "p99.9 all",
            "max all",
            "jitter",
            "missing"));
    for (JsonNode one : body("classes")) {
      lines.add(
          String.format(
              Locale.ROOT,
              "  %-9s %7.0f %8s %8s %8s %9s %8s %7s %7d",
              shown(one.path("class")),
              one.path("perSecond").asDouble(),
              number(one.path("p50")),
              number(one.path("p99")),
              number(one.path("max")),
              number(one.path("totalP999")),
              number(one.path("totalMax")),
              number(one.path("jitter")),
              one.path("missing").asLong()));
    }
  }

  /// What was not measured is no number.
  private static String number(JsonNode value) {
    return value.isNumber() ? String.format(Locale.ROOT, "%.1f", value.asDouble()) : "-";
  }

  /// The worst of the last hour.
  private void hour() {
    int steps = body("hour").path("at").size();
    if (steps == 0) {
      return;
    }
    heading("The last %d min, longest in ms".formatted(Math.max(1, steps / 6)), "hour");
    StringBuilder text = new StringBuilder(" ");
    body("hour")
        .path("classes")
        .properties()
        .forEach(
            each ->
                text.append(' ')
                    .append(Plain.text(each.getKey()))
                    .append(' ')
                    .append(longest(each.getValue().path("longest"))));
    int faults = body("hour").path("faults").size();
    lines.add(text.append("; ").append(faults).append(" faults").toString());
  }

  private static String longest(JsonNode column) {
    return StreamSupport.stream(column.spliterator(), false)
        .filter(JsonNode::isNumber)
        .max(Comparator.comparingDouble(JsonNode::asDouble))
        .map(TopView::number)
        .orElse("-");
  }

  private void alarms() {
    if (!has("alarms")) {
      return;
    }
    JsonNode alarms = body("alarms");
    long raised = alarms.path("raised").asLong();
    JsonNode acknowledged = alarms.path("acknowledged"); // Null where nothing is known of that.
    String open = acknowledged.isNumber() ? ", " + (raised - acknowledged.asLong()) + " open" : "";
    heading("Alarms: " + raised + " raised" + open, "alarms");
    lines.add("  " + shown(alarms.path("trail")));
    int told = 0;
    for (JsonNode alarm : alarms.path("list")) {
      if (alarm.path("by").isNull() && told++ < MOST_ALARMS) {
        lines.add(
            "  %s%s %s: %s"
                .formatted(
                    red("! "),
                    clock(alarm.path("raised")),
                    shown(alarm.path("station")),
                    shown(alarm.path("text"))));
      }
    }
  }

  private void announcements() {
    if (!has("announcements")) {
      return;
    }
    JsonNode all = body("announcements");
    heading("Announcements: " + all.path("made").asLong(), "announcements");
    lines.add(
        "  %d packets, %d played; ms: p50 %s, p99 %s, max %s; missing %d, twice %d"
            .formatted(
                all.path("packets").asLong(),
                all.path("played").asLong(),
                number(all.path("p50")),
                number(all.path("p99")),
                number(all.path("max")),
                all.path("missing").asLong(),
                all.path("again").asLong()));
  }

  private void events() {
    if (!has("events")) {
      return;
    }
    // Seen in pictures of the overlay, and told when it changes: as old as the last picture.
    heading("What failed, and how it was mended", "overlay");
    int told = 0;
    for (JsonNode story : body("events")) {
      if (told++ < MOST_EVENTS) {
        lines.add(
            String.format(
                Locale.ROOT,
                "  %s %-40s noticed %8s  taken over %8s  back %8s%s",
                clock(story.path("at")),
                shown(story.path("what")),
                millis(story.path("noticedMillis")),
                millis(story.path("tookOverMillis")),
                millis(story.path("backMillis")),
                story.path("closed").asBoolean() ? "" : "  " + red("open")));
        aftermath(story);
      }
    }
  }

  /// Who took over, and the longest delay of a packet meanwhile.
  private void aftermath(JsonNode story) {
    List<String> said = new ArrayList<>();
    for (JsonNode each : story.path("elections")) {
      said.add(shown(each.path("to")) + " coordinates for " + shown(each.path("from")));
    }
    int moves = story.path("moves").size();
    if (moves > 0) {
      said.add(moves + (moves == 1 ? " peer" : " peers") + " found another parent");
    }
    story
        .path("delays")
        .properties()
        .forEach(
            each -> said.add(Plain.text(each.getKey()) + " late by " + millis(each.getValue())));
    if (!said.isEmpty()) {
      lines.add("            " + String.join(", ", said));
    }
  }

  private static String millis(JsonNode value) {
    return value.isNumber() ? Math.round(value.asDouble()) + " ms" : "-";
  }

  private void cells() {
    if (!has("overlay")) {
      return;
    }
    JsonNode cells = body("overlay").path("cells");
    int peers = 0;
    for (JsonNode cell : cells) {
      peers += cell.path("members").size();
    }
    heading("%d peers in %d cells".formatted(peers, cells.size()), "overlay");
    for (JsonNode cell : cells) {
      List<String> members = new ArrayList<>();
      for (JsonNode member : cell.path("members")) {
        members.add(shown(member.path("name")));
      }
      String id = shown(cell.path("id"));
      String text =
          "  %-12s term %-4d %s leads, of %s"
              .formatted(
                  id,
                  cell.path("term").asLong(),
                  shown(cell.path("coordinator")),
                  String.join(" ", members));
      lines.add(members.size() < 2 ? red(text) : text);
    }
  }

  private void streams() {
    if (!has("streams")) {
      return;
    }
    heading("%d streams, the busiest".formatted(body("streams").size()), "streams");
    StreamSupport.stream(body("streams").spliterator(), false)
        .sorted(Comparator.comparingDouble((JsonNode each) -> -each.path("perSecond").asDouble()))
        .limit(MOST_STREAMS)
        .forEach(
            each ->
                lines.add(
                    String.format(
                        Locale.ROOT,
                        "  %-32s %-8s %8.1f/s  enters at %s",
                        shown(each.path("name")),
                        shown(each.path("class")),
                        each.path("perSecond").asDouble(),
                        shown(each.path("edge")))));
  }

  /// The time of day of an instant.
  private static String clock(JsonNode instant) {
    return shown(instant).replaceAll(".*T(..:..:..).*", "$1Z");
  }

  /// Text from elsewhere must not steer the terminal.
  private static String shown(JsonNode text) {
    return Plain.text(text.asText(""));
  }

  private String bold(String text) {
    return colour ? "\033[1m" + text + "\033[0m" : text;
  }

  private String red(String text) {
    return colour ? "\033[31m" + text + "\033[0m" : text;
  }
}
