package io.euryale.console;

import com.fasterxml.jackson.databind.JsonNode;
import io.euryale.client.GroupClient;
import io.euryale.client.GroupClientException;
import io.euryale.client.GroupClientException.Reason;
import io.euryale.client.TrafficClass;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `euryale group monitor`: what changes at a peer, as it changes.
@Command(
    name = "monitor",
    header = "Print what changes at a peer: configurations, primary, views, suspicions, rates.",
    description = {
      "Asks the peer again and again, and prints what is new. What came and went between two looks is"
          + " only counted; traces (group peer --trace) have everything. Views are those of groups"
          + " that this application may join, at most 100 in each class.",
      "Ends at SIGINT, SIGTERM or after --duration; with exit code 3 when the peer is gone."
    },
    footer = {"", "Example: euryale group monitor --socket /var/tmp/a.sock --interval 200ms"})
final class GroupMonitorCommand implements Callable<Integer> {

  private static final int GROUPS = 100;

  @Option(
      names = "--interval",
      paramLabel = "TIME",
      defaultValue = "500ms",
      description = "Pause between two looks, 50ms to 1h (default: ${DEFAULT-VALUE}).")
  Duration interval = Duration.ofMillis(500);

  @Option(names = "--duration", paramLabel = "TIME", description = "How long to look.")
  @Nullable Duration duration;

  @Mixin GroupSocketOptions session = new GroupSocketOptions();
  @Mixin OutputOption output = new OutputOption();
  @Spec CommandSpec spec = CommandSpec.create();

  private final Map<String, List<String>> views = new TreeMap<>();
  private String configuration = "";
  private String primary = "";
  private long configurations = -1;
  private long suspicions;
  private @Nullable JsonNode before;
  private long beforeNanos;

  @Override
  public Integer call() throws Exception {
    if (interval.toMillis() < 50 || interval.toHours() > 1) {
      throw CommandException.usage("--interval is 50ms to 1h.");
    }
    long began = System.nanoTime();
    try (Shutdown shutdown = new Shutdown();
        GroupClient client = session.connect("monitor", Duration.ZERO)) {
      try {
        do {
          look(client);
          if (spec.commandLine().getOut().checkError()) {
            break; // Nobody reads any more.
          }
        } while ((duration == null || System.nanoTime() - began < duration.toNanos())
            && !shutdown.await(interval));
      } catch (GroupClientException e) {
        throw e.reason() == Reason.DISCONNECTED || e.reason() == Reason.CLOSED
            ? CommandException.environment("The peer ended, or ended the session.")
            : e;
      }
      return shutdown.finish(ExitCode.DONE);
    }
  }

  private void look(GroupClient client) throws InterruptedException {
    JsonNode status = GroupWatch.parse(client.status());
    long now = System.nanoTime();
    for (JsonNode suspicion :
        GroupWatch.newSuspicions(
            list(status.path("suspicions")), status.path("suspicionCount").asLong() - suspicions)) {
      Map<String, Object> line = GroupText.event("suspicion");
      line.put("peer", suspicion.path("peer").asText());
      line.put("reason", suspicion.path("reason").asText());
      line.put("at", suspicion.path("wallMillis").asLong());
      print(line, "suspects " + line.get("peer") + ": " + line.get("reason"));
    }
    suspicions = status.path("suspicionCount").asLong();
    configuration(status);
    String nowPrimary = GroupWatch.primary(status);
    if (!nowPrimary.equals(primary)) {
      primary = nowPrimary;
      Map<String, Object> line = GroupText.event("primary");
      line.put("primary", status.path("isPrimary").asBoolean());
      line.put("index", status.path("primaryIndex").asLong());
      line.put("why", status.path("verdict").asText());
      print(line, "primary " + primary);
    }
    for (TrafficClass trafficClass : TrafficClass.values()) {
      views(client, trafficClass);
    }
    rates(status, now);
    before = status;
    beforeNanos = now;
  }

  private static List<JsonNode> list(JsonNode array) {
    return array.valueStream().toList();
  }

  private void configuration(JsonNode status) {
    String present = GroupWatch.configuration(status);
    long count = status.path("configurations").asLong();
    if (!present.equals(configuration)) {
      long unseen = configurations < 0 ? 0 : Math.max(0, count - configurations - 1);
      configuration = present;
      Map<String, Object> line = GroupText.event("configuration");
      line.put("configuration", status.path("configuration").path("id").asText());
      line.put("members", GroupWatch.texts(status.path("configuration").path("members")));
      line.put("phase", status.path("phase").asText());
      line.put("unseen", unseen);
      print(
          line,
          "configuration " + present + (unseen > 0 ? " (" + unseen + " more came and went)" : ""));
    }
    configurations = count;
  }

  private void views(GroupClient client, TrafficClass trafficClass) throws InterruptedException {
    String label = trafficClass.name().toLowerCase(Locale.ROOT);
    Map<String, List<String>> present = new TreeMap<>();
    for (String group : client.groups(trafficClass).stream().limit(GROUPS).toList()) {
      present.put(label + " " + group, client.members(trafficClass, group));
    }
    views.keySet().stream()
        .filter(known -> known.startsWith(label + " ") && !present.containsKey(known))
        .toList()
        .forEach(gone -> view(gone, List.of()));
    present.forEach(
        (group, members) -> {
          if (!members.equals(views.getOrDefault(group, List.of()))) {
            view(group, members);
          }
        });
  }

  private void view(String group, List<String> members) {
    if (members.isEmpty()) {
      views.remove(group);
    } else {
      views.put(group, members);
    }
    Map<String, Object> line = GroupText.event("view");
    line.put("class", group.substring(0, group.indexOf(' ')));
    line.put("group", group.substring(group.indexOf(' ') + 1));
    line.put("members", members);
    print(line, "view " + group + ": " + (members.isEmpty() ? "nobody" : GroupText.names(members)));
  }

  private void rates(JsonNode status, long now) {
    JsonNode last = before;
    if (last == null) {
      return;
    }
    double seconds = (now - beforeNanos) / 1e9;
    for (String trafficClass : GroupWatch.dataClasses()) {
      long delivered = grown(last, status, trafficClass, "delivered");
      long repeated = grown(last, status, trafficClass, "repeated");
      long waiting = GroupWatch.order(status, trafficClass, "queuedMessages");
      if (delivered == 0 && repeated == 0 && waiting == 0) {
        continue;
      }
      Map<String, Object> line = GroupText.event("rate");
      line.put("class", trafficClass.toLowerCase(Locale.ROOT));
      line.put("delivered_per_second", delivered / seconds);
      line.put("repeated", repeated);
      line.put("waiting", waiting);
      print(
          line,
          String.format(
              Locale.ROOT,
              "rate %s: %.0f delivered/s, %d packets repeated, %d messages waiting",
              trafficClass.toLowerCase(Locale.ROOT),
              delivered / seconds,
              repeated,
              waiting));
    }
  }

  private static long grown(JsonNode from, JsonNode to, String trafficClass, String counter) {
    return GroupWatch.order(to, trafficClass, counter)
        - GroupWatch.order(from, trafficClass, counter);
  }

  private void print(Map<String, Object> line, String text) {
    PrintWriter out = spec.commandLine().getOut();
    if (output.isJson()) {
      out.println(Json.line(line));
    } else {
      out.println(
          LocalTime.now(ZoneId.systemDefault()).truncatedTo(ChronoUnit.MILLIS) + " " + text);
    }
    out.flush();
  }
}
