package io.euryale.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The commands on groups, with members in processes of their own.
@Timeout(180)
class GroupCommandsTest {

  private static final List<String> NAMES = List.of("a", "b", "c");

  private final List<EuryaleProcess> processes = new ArrayList<>();
  private final Map<String, EuryaleProcess> peers = new LinkedHashMap<>();
  private Path folder;
  private List<String> declared;

  @BeforeEach
  void declare() throws IOException {
    // A socket's path is short; those of test folders may not be.
    folder = Files.createTempDirectory("eu");
    declared = GroupDemoMember.declare(NAMES);
  }

  @AfterEach
  void killAll() throws IOException {
    processes.forEach(EuryaleProcess::close);
    for (EuryaleProcess process : processes) {
      process.awaitEnd();
    }
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }

  private EuryaleProcess start(String... args) {
    EuryaleProcess process = EuryaleProcess.start(args);
    processes.add(process);
    return process;
  }

  private String socket(String name) {
    return folder.resolve(name + ".sock").toString();
  }

  private EuryaleProcess peer(String name, String... more) {
    List<String> args =
        new ArrayList<>(
            List.of(
                "group",
                "peer",
                "--name",
                name,
                "--members",
                String.join(",", declared),
                "--data",
                folder.resolve(name).toString(),
                "--socket",
                socket(name),
                "--output",
                "json"));
    args.addAll(List.of(more));
    EuryaleProcess peer = start(args.toArray(String[]::new));
    peers.put(name, peer);
    return peer;
  }

  private static void awaitPrimaryOf(EuryaleProcess peer, int members, int from)
      throws InterruptedException {
    peer.await(
        "a primary component of " + members,
        () ->
            peer.out.stream()
                .skip(from)
                .map(EuryaleProcess::json)
                .anyMatch(line -> line.path("members").size() == members && isPrimary(line)));
  }

  private static boolean isPrimary(JsonNode line) {
    return line.path("event").asText().equals("primary") && line.path("primary").asBoolean();
  }

  private void startAll() throws InterruptedException {
    NAMES.forEach(this::peer);
    for (EuryaleProcess peer : peers.values()) {
      awaitPrimaryOf(peer, 3, 0);
    }
  }

  private EuryaleProcess ended(int exitCode, String... args) throws InterruptedException {
    EuryaleProcess process = start(args);
    assertThat(process.awaitExit()).as("%s %s", process.out, process.err).isEqualTo(exitCode);
    return process;
  }

  @Test
  void whatIsSentAtOnePeerIsPrintedAtAnotherAndEverybodySeesAKill()
      throws IOException, InterruptedException {
    startAll();
    assertThat(peers.get("a").out.getFirst()).contains("\"event\":\"started\"");
    EuryaleProcess monitor =
        start(
            "group", "monitor", "--socket", socket("a"), "--interval", "50ms", "--output", "json");
    EuryaleProcess join =
        start(
            "group", "join", "--socket", socket("b"), "orders", "--count", "4", "--output", "json");
    join.awaitEvent("view");

    EuryaleProcess send =
        ended(
            ExitCode.DONE,
            "group",
            "send",
            "--socket",
            socket("a"),
            "--application",
            "desk",
            "orders",
            "one",
            "two",
            "--service",
            "safe",
            "--wait-stable",
            "--output",
            "json");
    assertThat(send.events("stable")).hasSize(2);
    EuryaleProcess lines = start("group", "send", "--socket", socket("c"), "orders", "-");
    lines.say("three");
    lines.say("four");
    lines.endInput();
    assertThat(lines.awaitExit()).as("%s", lines.err).isZero();
    assertThat(join.awaitExit()).as("%s", join.err).isZero();
    assertThat(join.events("message").stream().map(line -> line.path("text").asText()).toList())
        .containsExactly("one", "two", "three", "four");
    assertThat(join.events("message").getFirst().path("sender").asText()).startsWith("desk@a#");
    monitor.await(
        "the view",
        () ->
            monitor.events("view").stream()
                .anyMatch(view -> view.path("group").asText().equals("orders")));

    int before = peers.get("a").out.size();
    peers.get("c").kill();
    awaitPrimaryOf(peers.get("a"), 2, before);
    EuryaleProcess primary = ended(ExitCode.DONE, "group", "primary", "--socket", socket("a"));
    assertThat(primary.out.getFirst()).contains("component", "a#", "b#").doesNotContain("c#");
    monitor.await("the suspicion", () -> !monitor.events("suspicion").isEmpty());
    assertThat(monitor.events("suspicion").getFirst().path("peer").asText()).startsWith("c#");
    monitor.signal("TERM");
    assertThat(monitor.awaitExit()).as("%s", monitor.err).isZero();

    before = peers.get("b").out.size();
    peers.get("a").signal("TERM");
    assertThat(peers.get("a").awaitExit()).as("%s", peers.get("a").err).isZero();
    assertThat(peers.get("a").out.getLast()).contains("ended");
    EuryaleProcess left = peers.get("b");
    left.await(
        "the end of the primary component",
        () ->
            left.events("verdict").stream()
                .anyMatch(v -> v.path("text").asText().contains("too little")));
    EuryaleProcess none = ended(ExitCode.MISSED, "group", "primary", "--socket", socket("b"));
    assertThat(none.out.getFirst()).contains("none here", "too little");
  }

  @Test
  void theStatusTellsOfGroupsAndAFloodMeasures() throws IOException, InterruptedException {
    startAll();
    EuryaleProcess join =
        start("group", "join", "--socket", socket("b"), "load", "--class", "alarm");
    join.await("a view", () -> !join.out.isEmpty());
    Path results = folder.resolve("flood.json");
    EuryaleProcess flood =
        ended(
            ExitCode.DONE,
            "group",
            "flood",
            "--socket",
            socket("a"),
            "load",
            "--class",
            "alarm",
            "--rate",
            "200",
            "--duration",
            "1s",
            "--service",
            "fifo",
            "--json",
            results.toString());
    assertThat(flood.out.getFirst()).matches("\\d+ messages .* 2 members, fifo.*");
    // How many there are in a second is the machine's to say.
    long sent = Long.parseLong(flood.out.getFirst().split(" ")[0]);
    assertThat(sent).isBetween(1L, 200L);
    JsonNode document = EuryaleProcess.json(Files.readString(results));
    assertThat(document.path("results").findValuesAsText("metric"))
        .contains("throughput_per_second", "latency_ms", "lost", "duplicated", "reordered");
    assertThat(document.path("promises").size()).isEqualTo(4);

    EuryaleProcess status =
        ended(ExitCode.DONE, "group", "status", "--socket", socket("b"), "--output", "json");
    JsonNode said = EuryaleProcess.json(String.join("", status.out));
    assertThat(said.path("healthy").asBoolean()).isTrue();
    assertThat(said.path("status").path("self").asText()).startsWith("b#");
    JsonNode alarm = said.path("status").path("classes").path("ALARM");
    assertThat(alarm.path("order").path("delivered").asLong()).isGreaterThanOrEqualTo(sent);
    assertThat(alarm.path("groups").path("memberships").asLong()).isEqualTo(1);
    assertThat(ended(ExitCode.DONE, "group", "status", "--socket", socket("b")).out)
        .anyMatch(line -> line.startsWith("configuration  regular"))
        .contains("Health: it makes progress.");

    EuryaleProcess members = ended(ExitCode.DONE, "group", "members", "--socket", socket("c"));
    assertThat(members.out).anyMatch(line -> line.matches("alarm +load +1"));
    EuryaleProcess one =
        ended(
            ExitCode.DONE, "group", "members", "--socket", socket("c"), "load", "--output", "json");
    assertThat(String.join("", one.out)).contains("@b#");
  }

  @Test
  void aMemberThatIsRestartedInOrderGetsItsApplicationsBack()
      throws IOException, InterruptedException {
    startAll();
    EuryaleProcess join =
        start("group", "join", "--socket", socket("b"), "orders", "--output", "json");
    join.awaitEvent("view");
    peers.get("b").signal("TERM");
    assertThat(peers.get("b").awaitExit()).isZero();
    join.awaitEvent("disconnected");
    int before = join.out.size();
    EuryaleProcess again = peer("b");
    awaitPrimaryOf(again, 3, 0);
    join.awaitEvent("view", before);
    join.signal("TERM");
    assertThat(join.awaitExit()).as("%s", join.err).isZero();
  }

  @Test
  void aPeerThatLosesItsDiskStopsWithASentence() throws IOException, InterruptedException {
    EuryaleProcess one = peer("a");
    EuryaleProcess two = peer("b");
    awaitPrimaryOf(one, 2, 0);
    awaitPrimaryOf(two, 2, 0);
    try (var files = Files.walk(folder.resolve("a"))) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
    peer("c"); // What changes has to be recorded.
    assertThat(one.awaitExit()).as("%s", one.err).isEqualTo(ExitCode.ENVIRONMENT);
    assertThat(one.err).singleElement().asString().contains("Records cannot be written to");
  }

  @Test
  void theDocumentedFileAndKeyFilesWork() throws IOException, InterruptedException {
    Path keys = folder.resolve("keys");
    assertThat(
            ended(ExitCode.DONE, "group", "keys", "--directory", keys.toString(), "a", "b", "c")
                .out)
        .hasSize(3);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(keys.resolve("a.keys"))))
        .isEqualTo("rw-------");
    ended(ExitCode.USAGE, "group", "keys", "--directory", keys.toString(), "a");
    Path root = Path.of("").toAbsolutePath().getParent();
    String page = Files.readString(root.resolve("docs/groups-operating.md"));
    int from = page.indexOf("```yaml\nname:") + 8;
    String yaml =
        page.substring(from, page.indexOf("```", from))
            .replace("/var/tmp/euryale", folder.toString())
            .replace("a=127.0.0.1:7400", declared.get(0))
            .replace("b=127.0.0.1:7401", declared.get(1))
            .replace("c=127.0.0.1:7402", declared.get(2));
    Path file = Files.writeString(folder.resolve("site.yaml"), yaml);
    ended(ExitCode.DONE, "settings", "check", "--kind", "group", file.toString());
    List<EuryaleProcess> started = new ArrayList<>();
    for (String name : NAMES) {
      started.add(
          start(
              "group",
              "peer",
              file.toString(),
              "--name",
              name,
              "--data",
              folder.resolve(name).toString(),
              "--socket",
              socket(name),
              "--keys",
              keys.resolve(name + ".keys").toString(),
              "--trace",
              folder.resolve(name + ".jsonl").toString(),
              "--output",
              "json"));
    }
    for (EuryaleProcess peer : started) {
      awaitPrimaryOf(peer, 3, 0);
    }
    ended(ExitCode.DONE, "group", "send", "--socket", socket("c"), "orders", "sealed");
    for (EuryaleProcess peer : started) {
      peer.signal("TERM");
      assertThat(peer.awaitExit()).as("%s", peer.err).isZero();
    }
    from = page.indexOf("```\neuryale group traces 1") + 4;
    String run = page.substring(from, page.indexOf("```", from));
    Files.writeString(
        folder.resolve("run.txt"), run.replaceAll("\\.1\\.jsonl (whole|killed)", ".jsonl whole"));
    assertThat(ended(ExitCode.DONE, "lab", "check", folder.toString()).out)
        .contains("Every promise was kept.");
  }

  @Test
  void theDemoEndsWithEqualCounters() throws InterruptedException {
    EuryaleProcess demo = ended(ExitCode.DONE, "group", "demo");
    assertThat(demo.out)
        .contains("Each added 10. The counters: 30 30 30")
        .anyMatch(line -> line.startsWith("gamma wanted to add 1: not added"))
        .contains("alpha added 7. The counters: 42 42 42");
    assertThat(demo.err).isEmpty();
  }
}
