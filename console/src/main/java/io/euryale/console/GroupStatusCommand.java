package io.euryale.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.euryale.client.GroupClient;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `euryale group status`: the peer as it sees itself.
@Command(
    name = "status",
    header = "Print the state and the counters of a peer.",
    description = {
      "Looks twice, a second apart: health is progress. Exit code 1 when something waits and nothing"
          + " moves. That there is no primary component is not an illness; see 'euryale group"
          + " primary'."
    },
    footer = {"", "Example: euryale group status --socket /var/tmp/a.sock --output json"})
final class GroupStatusCommand implements Callable<Integer> {

  private static final long APART_MILLIS = 1_000;

  @Mixin GroupSocketOptions session = new GroupSocketOptions();
  @Mixin OutputOption output = new OutputOption();
  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    JsonNode before;
    JsonNode after;
    try (GroupClient client = session.connect("status")) {
      before = GroupWatch.parse(client.status());
      Thread.sleep(APART_MILLIS);
      after = GroupWatch.parse(client.status());
    }
    List<String> stalls = GroupWatch.stalls(before, after);
    PrintWriter out = spec.commandLine().getOut();
    if (output.isJson()) {
      ObjectNode document = new ObjectMapper().createObjectNode();
      document.put("healthy", stalls.isEmpty());
      document.putPOJO("stalls", stalls);
      document.set("status", after);
      out.println(Json.indented(document));
    } else {
      print(out, before, after, stalls);
    }
    out.flush();
    return stalls.isEmpty() ? ExitCode.DONE : ExitCode.MISSED;
  }

  private static void print(
      PrintWriter out, JsonNode before, JsonNode status, List<String> stalls) {
    out.println("peer           " + status.path("self").asText());
    out.println("configuration  " + GroupWatch.configuration(status));
    out.println(
        "phase          %s for %.1f s"
            .formatted(
                status.path("phase").asText(), status.path("phaseMillis").asLong() / 1000.0));
    out.println("primary        " + GroupWatch.primary(status));
    out.println("voting         " + status.path("primaryState").asText());
    out.println(
        "since start    %d configurations, %d suspicions"
            .formatted(
                status.path("configurations").asLong(), status.path("suspicionCount").asLong()));
    JsonNode sessions = status.path("sessions");
    out.println(
        "sessions       %d open, %d slow, %d accepted; closed: %s"
            .formatted(
                sessions.path("open").asLong(),
                sessions.path("slow").asLong(),
                sessions.path("accepted").asLong(),
                counts(sessions.path("closed"))));
    for (JsonNode suspicion : status.path("suspicions")) {
      out.println(
          "suspicion      %s %s: %s"
              .formatted(
                  Instant.ofEpochMilli(suspicion.path("wallMillis").asLong()),
                  suspicion.path("peer").asText(),
                  suspicion.path("reason").asText()));
    }
    out.println();
    out.print(classes(before, status));
    for (String trafficClass : List.of("CONTROL", "ALARM", "CRITICAL", "NORMAL")) {
      JsonNode of = status.path("classes").path(trafficClass);
      String label = trafficClass.toLowerCase(Locale.ROOT);
      line(out, label, "datagrams rejected", of.path("rejected"));
      line(out, label, "datagrams not sent", of.path("unsent"));
      line(out, label, "messages left out", of.path("groups").path("rejected"));
      String outsiders = of.path("groups").path("outsiders").asText();
      if (!outsiders.isEmpty() && !outsiders.equals("null")) {
        out.printf("%s: other rights or limits: %s%n", label, outsiders);
      }
    }
    out.println();
    out.println(stalls.isEmpty() ? "Health: it makes progress." : "Health: it is stuck.");
    stalls.forEach(out::println);
  }

  private static TextTable classes(JsonNode before, JsonNode status) {
    TextTable table =
        new TextTable(
            "CLASS",
            "DELIVERED",
            "PER S",
            "SENT",
            "WAITING",
            "REPEATED",
            "RECOVERED",
            "GROUPS",
            "MEMBERS",
            "PAUSED",
            "THROTTLED",
            "FORBIDDEN");
    for (String trafficClass : GroupWatch.dataClasses()) {
      JsonNode groups = status.path("classes").path(trafficClass).path("groups");
      table.row(
          trafficClass.toLowerCase(Locale.ROOT),
          GroupWatch.order(status, trafficClass, "delivered"),
          GroupWatch.order(status, trafficClass, "delivered")
              - GroupWatch.order(before, trafficClass, "delivered"),
          GroupWatch.order(status, trafficClass, "sent"),
          GroupWatch.order(status, trafficClass, "queuedMessages"),
          GroupWatch.order(status, trafficClass, "repeated"),
          GroupWatch.order(status, trafficClass, "recovered"),
          groups.path("groups").asLong(),
          groups.path("memberships").asLong(),
          groups.path("paused").asLong(),
          groups.path("throttled").asLong(),
          groups.path("forbidden").asLong());
    }
    return table;
  }

  private static void line(PrintWriter out, String label, String what, JsonNode reasons) {
    if (!reasons.isEmpty()) {
      out.printf("%s: %s: %s%n", label, what, counts(reasons));
    }
  }

  private static String counts(JsonNode reasons) {
    List<String> counts = new ArrayList<>();
    reasons.properties().forEach(of -> counts.add(of.getKey() + " " + of.getValue().asLong()));
    return counts.isEmpty() ? "none" : String.join(", ", counts);
  }
}
