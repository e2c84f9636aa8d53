package io.euryale.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Peers, a sensor and a client as real processes of the command line, killed and stopped by
/// signals.
@Timeout(180)
class RealProcessesTest {

  @TempDir Path folder;

  private final List<EuryaleProcess> processes = new ArrayList<>();

  private EuryaleProcess start(String... args) {
    EuryaleProcess process = EuryaleProcess.start(args);
    processes.add(process);
    return process;
  }

  @AfterEach
  void killAll() {
    processes.forEach(EuryaleProcess::close);
  }

  private static String contact(JsonNode member) {
    return member.path("host").asText() + ":" + member.path("control").asInt();
  }

  @Test
  void activeStreamsLoseAndRepeatNothingWhenPeersAreKilledAndStopped()
      throws IOException, InterruptedException {
    EuryaleProcess a1 = start("peer", "--name", "a1", "--output", "json");
    String root = contact(a1.awaitEvent("member"));
    EuryaleProcess a2 = start("peer", "--name", "a2", "--join", root, "--output", "json");
    JsonNode second = a2.awaitEvent("member");
    String roots = root + "," + contact(second);
    EuryaleProcess b1 = start("peer", "--name", "b1", "--join", roots, "--output", "json");
    JsonNode own = b1.awaitEvent("member");
    EuryaleProcess b2 = start("peer", "--name", "b2", "--join", roots, "--output", "json");
    JsonNode sibling = b2.awaitEvent("member");
    assertThat(List.of(own.path("cell").asText(), sibling.path("cell").asText()))
        .containsExactly("0.0", "0.0");

    int count = 400;
    EuryaleProcess client =
        start(
            "client",
            "--join",
            roots,
            "--subscribe",
            "line/*",
            "--class",
            "critical",
            "--print",
            "--count",
            Integer.toString(count),
            "--output",
            "json");
    Path lines = folder.resolve("lines.txt");
    List<String> texts = IntStream.rangeClosed(1, count).mapToObj(i -> "packet " + i).toList();
    Files.write(lines, texts);
    EuryaleProcess sensor =
        start(
            "sensor",
            "--join",
            contact(own) + "," + contact(sibling),
            "--stream",
            "line/doors",
            "--class",
            "critical",
            "--file",
            lines.toString(),
            "--rate",
            "100",
            "--drain",
            "40s",
            "--output",
            "json");

    client.await("some packets", () -> client.out.size() >= 80);
    b1.kill(); // The sensor's own peer.
    client.await("more packets", () -> client.out.size() >= 200);
    // The peer that the rest goes through: its place in the root cell is all that differs.
    EuryaleProcess parent = sibling.path("parent").asText().equals("a1") ? a1 : a2;
    parent.signal("STOP");

    assertThat(client.awaitExit()).as("%s", client.err).isZero();
    assertThat(sensor.awaitExit()).as("%s %s", sensor.out, sensor.err).isZero();
    List<JsonNode> packets = client.events("packet");
    assertThat(packets.stream().map(packet -> packet.path("text").asText()).toList())
        .isEqualTo(texts);
    assertThat(packets.stream().map(packet -> packet.path("sequence").asLong()).toList())
        .isEqualTo(LongStream.rangeClosed(1, count).boxed().toList());
    JsonNode summary = client.events("summary").getFirst();
    assertThat(summary.path("missing").asLong()).isZero();
    JsonNode report = EuryaleProcess.json(sensor.out.getLast());
    assertThat(report.path("published").asLong()).isEqualTo(count);
    assertThat(report.path("delivered").asLong()).isEqualTo(count);
    assertThat(report.path("lost").asLong()).isZero();
    assertThat(report.path("undelivered").asLong()).isZero();

    parent.signal("CONT");
    a2.signal("TERM");
    assertThat(a2.awaitExit()).as("%s", a2.err).isZero();
  }

  /// Certificates from `euryale keys`, rights in a settings file, and every key replaced while
  /// packets flow.
  @Test
  void anOverlayWithKeysKeepsItsStreamsWhileKeysAreReplacedAndRefusesWhoHasNoRight()
      throws IOException, InterruptedException {
    String keys = folder.resolve("keys").toString();
    run("keys", "init", "--directory", keys);
    run("keys", "issue", "--directory", keys, "a1", "a2", "door-7", "desk", "b1");
    Path settings = folder.resolve("peer.yaml");
    Files.writeString(
        settings,
        """
        name: peer
        rights:
          - "euryale a* join"
          - "line/* door-* publish"
          - "line/* desk subscribe"
        """);
    EuryaleProcess a1 = startPeer("a1", settings, keys, "");
    String root = contact(a1.awaitEvent("member"));
    EuryaleProcess a2 = startPeer("a2", settings, keys, root);
    String roots = root + "," + contact(a2.awaitEvent("member"));

    int count = 600;
    EuryaleProcess client =
        start(
            "client",
            "--name",
            "desk",
            "--keys",
            keys,
            "--join",
            roots,
            "--subscribe",
            "line/*",
            "--class",
            "critical",
            "--print",
            "--count",
            Integer.toString(count),
            "--output",
            "json");
    Path lines = folder.resolve("lines.txt");
    List<String> texts = IntStream.rangeClosed(1, count).mapToObj(i -> "packet " + i).toList();
    Files.write(lines, texts);
    EuryaleProcess sensor =
        start(
            "sensor",
            "--name",
            "door-7",
            "--keys",
            keys,
            "--join",
            roots,
            "--stream",
            "line/doors",
            "--class",
            "critical",
            "--file",
            lines.toString(),
            "--rate",
            "100",
            "--drain",
            "40s",
            "--output",
            "json");
    client.await("some packets", () -> client.out.size() >= 50);
    a1.say("status");
    String before = keys(a1.awaitEvent("status"));
    run("keys", "rotate", "--directory", keys, "--all");
    for (EuryaleProcess peer : List.of(a1, a2)) {
      int from = peer.out.size();
      peer.say("keys " + (peer == a1 ? "a1" : "a2"));
      peer.say("status");
      assertThat(keys(peer.awaitEvent("status", from))).isNotEqualTo(before);
    }

    EuryaleProcess outside = startPeer("b1", settings, keys, root);
    EuryaleProcess plain =
        start("client", "--join", root, "--subscribe", "*", "--connect-timeout", "2s");
    EuryaleProcess nosy =
        start("client", "--name", "desk", "--keys", keys, "--join", root, "--subscribe", "*");
    assertThat(nosy.awaitExit()).isEqualTo(ExitCode.USAGE);
    assertThat(String.join(" ", nosy.err)).contains("desk may not subscribe to *");
    assertThat(plain.awaitExit()).isEqualTo(ExitCode.ENVIRONMENT);
    EuryaleProcess status =
        start("overlay", "status", "--name", "desk", "--keys", keys, "--join", root);
    assertThat(status.awaitExit()).isEqualTo(ExitCode.USAGE);
    assertThat(String.join(" ", status.err)).contains("desk may not administer overlay euryale");
    // A client is linked to both roots and leaves when the first of them refuses it.
    a1.await(
        "the refusals in the logs",
        () ->
            String.join(" ", a1.err).contains("b1 may not join overlay euryale")
                && String.join(" ", a1.err).contains("not TLS")
                && (String.join(" ", a1.err) + String.join(" ", a2.err))
                    .contains("desk may not subscribe to *"));
    assertThat(outside.events("member")).isEmpty();

    assertThat(client.awaitExit()).as("%s", client.err).isZero();
    assertThat(sensor.awaitExit()).as("%s %s", sensor.out, sensor.err).isZero();
    assertThat(
            client.events("packet").stream().map(packet -> packet.path("text").asText()).toList())
        .isEqualTo(texts);
    assertThat(client.events("summary").getFirst().path("missing").asLong()).isZero();
  }

  private EuryaleProcess startPeer(String name, Path settings, String keys, String join) {
    List<String> args =
        new ArrayList<>(
            List.of(
                "peer",
                "--name",
                name,
                "--settings",
                settings.toString(),
                "--keys",
                keys,
                "--control",
                "stdin",
                "--log",
                "text",
                "--output",
                "json"));
    if (!join.isEmpty()) {
      args.addAll(List.of("--join", join));
    }
    return start(args.toArray(String[]::new));
  }

  private void run(String... args) throws InterruptedException {
    EuryaleProcess process = start(args);
    assertThat(process.awaitExit()).as("%s", process.err).isZero();
  }

  private static String keys(JsonNode status) {
    return status.path("keys").path("fingerprint").asText();
  }

  @Test
  void peersOfOneProcessObeyStandardInputAndEndWithIt() throws IOException, InterruptedException {
    Path trace = folder.resolve("peers.jsonl");
    EuryaleProcess peers =
        start(
            "peer",
            "--name",
            "a1,a2,b1",
            "--control",
            "stdin",
            "--trace",
            trace.toString(),
            "--output",
            "json");
    peers.await("three members", () -> peers.events("member").size() == 3);
    List<JsonNode> members = peers.events("member");
    assertThat(members.stream().map(member -> member.path("peer").asText()).toList())
        .containsExactly("a1", "a2", "b1");
    String root = contact(members.getFirst());

    peers.say("kill a2");
    assertThat(peers.awaitEvent("killed").path("peer").asText()).isEqualTo("a2");
    peers.say("leave b1");
    assertThat(peers.awaitEvent("left").path("peer").asText()).isEqualTo("b1");
    peers.say("kill a2");
    assertThat(peers.awaitEvent("error").path("text").asText()).contains("a2");
    int before = peers.out.size();
    peers.say("start a2");
    JsonNode again = peers.awaitEvent("member", before);
    assertThat(again.path("incarnation").asLong())
        .isGreaterThan(members.get(1).path("incarnation").asLong());
    peers.say("status");
    JsonNode status = peers.awaitEvent("status");
    assertThat(status.path("phase").asText()).isEqualTo("MEMBER");
    assertThat(status.path("relays").path("alarm").path("malformed").asLong()).isZero();

    String picture = "";
    long deadline = System.nanoTime() + EuryaleProcess.PATIENCE_NANOS;
    while (picture.isEmpty() || (picture.contains("\"b1\"") && System.nanoTime() < deadline)) {
      EuryaleProcess overlay = start("overlay", "status", "--join", root, "--output", "json");
      assertThat(overlay.awaitExit()).as("%s", overlay.err).isZero();
      picture = String.join("", overlay.out);
    }
    assertThat(picture).contains("\"a1\"", "\"a2\"").doesNotContain("\"b1\"");

    peers.endInput();
    assertThat(peers.awaitExit()).as("%s", peers.err).isZero();
    assertThat(peers.err).isEmpty();
    assertThat(Files.readString(trace)).contains("\"event\":\"BOOT\"", "\"event\":\"MEMBER\"");
  }
}
