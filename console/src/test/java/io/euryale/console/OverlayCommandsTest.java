package io.euryale.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.euryale.peer.EuryalePeer;
import io.euryale.peer.PeerListener;
import io.euryale.peer.PeerSettings;
import io.euryale.platform.Loops;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What `overlay` says of four live peers, and a process that is drained and given other settings.
@Timeout(90)
class OverlayCommandsTest {

  @TempDir Path folder;

  private final Loops loops = new Loops();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final List<EuryalePeer> peers = new ArrayList<>();

  @BeforeEach
  void startPeers() throws InterruptedException {
    for (String name : List.of("a1", "a2", "b1", "b2")) {
      List<String> contacts =
          peers.stream().map(peer -> peer.self().endpoint().toString()).limit(2).toList();
      EuryalePeer peer =
          EuryalePeer.start(
              PeerSettings.named(name).withContacts(contacts), loops, null, PeerListener.SILENT);
      peer.awaitMember(Duration.ofSeconds(30));
      peers.add(peer);
    }
  }

  @AfterEach
  void stopPeers() {
    peers.forEach(EuryalePeer::kill);
    loops.close();
  }

  private int run(String... args) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    List<String> all = new ArrayList<>(List.of("overlay"));
    all.addAll(List.of(args));
    all.addAll(List.of("--join", peers.getFirst().self().endpoint().toString()));
    return Main.execute(new PrintWriter(out), new PrintWriter(err), all.toArray(String[]::new));
  }

  @Test
  void theTreeHasALineForEachCell() {
    assertThat(run("tree")).isEqualTo(ExitCode.DONE);
    assertThat(out.toString().lines()).containsExactly("0  a1* a2", "└─ 0.0  b1* b2");
    assertThat(run("tree", "--output", "json")).isEqualTo(ExitCode.DONE);
    JsonNode root = EuryaleProcess.json(out.toString()).path(0);
    assertThat(root.path("below").path(0).path("members").path(1).asText()).isEqualTo("b2");
  }

  @Test
  void thePathOfAPeerLeadsToTheRootCell() {
    assertThat(run("path", "b2", "--output", "json")).isEqualTo(ExitCode.DONE);
    JsonNode hops = EuryaleProcess.json(out.toString());
    assertThat(hops).hasSize(2);
    assertThat(hops.path(0).path("instead").path(0).asText()).isEqualTo("b1");
    assertThat(hops.path(1).path("cell").asText()).isEqualTo("0");
    assertThat(run("path", "b2")).isEqualTo(ExitCode.DONE);
    assertThat(out.toString()).contains("HOP").contains("0.0");
    assertThat(run("path", "c9")).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains("No peer 'c9' is in the overlay");
  }

  @Test
  void eventsTellWhatHappenedToThePeersNamed() {
    assertThat(run("events", "b1,b2")).isEqualTo(ExitCode.DONE);
    assertThat(out.toString().lines())
        .anyMatch(line -> line.contains("b1") && line.contains("MEMBER"))
        .anyMatch(line -> line.contains("b2") && line.contains("PARENT"))
        .noneMatch(line -> line.contains(" a1 "));
  }

  @Test
  void eventsOfAPeerThatForbidsThemAreRefusedAndNotAnEmptyList() throws InterruptedException {
    List<String> contacts = List.of(peers.getFirst().self().endpoint().toString());
    List<String> rights = List.of("* * publish,subscribe,join", "* ops administer");
    PeerSettings settings = PeerSettings.named("c1").withContacts(contacts).withRights(rights);
    EuryalePeer strict = EuryalePeer.start(settings, loops, null, PeerListener.SILENT);
    peers.add(strict);
    strict.awaitMember(Duration.ofSeconds(30));
    assertThat(run("events", "c1", "--name", "desk")).isEqualTo(ExitCode.USAGE);
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString().lines())
        .singleElement()
        .asString()
        .contains("desk may not administer overlay euryale: grant it in the table of rights.");
    assertThat(run("drain", "c1", "--name", "desk")).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains("Peer c1 does not drain: desk may not administer");
    assertThat(run("events", "c1", "--name", "ops")).isEqualTo(ExitCode.DONE);
  }

  @Test
  void whatIsOfferedIsFoundAndNothingElse() throws InterruptedException {
    peers.getLast().offer("clock");
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (run("find", "service", "cl*") != ExitCode.DONE) {
      assertThat(System.nanoTime()).isLessThan(deadline);
    }
    assertThat(out.toString()).contains("clock").contains("b2").contains("1 found.");
    assertThat(run("find", "service", "bell")).isEqualTo(ExitCode.MISSED);
    assertThat(run("find", "peer", "?1", "--output", "json")).isEqualTo(ExitCode.DONE);
    assertThat(EuryaleProcess.json(out.toString()).path("total").asInt()).isEqualTo(2);
    assertThat(run("find", "tram")).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains("choose peer, service, stream or capacity");
    assertThat(run("find", "peer", "--least", "1KiB")).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void aDrainedPeerIsGone() {
    assertThat(run("drain", "b1")).isEqualTo(ExitCode.DONE);
    assertThat(out.toString()).contains("Peer b1 has left.");
    assertThat(run("tree")).isEqualTo(ExitCode.DONE);
    assertThat(out.toString()).doesNotContain("b1");
    assertThat(run("drain", "b1")).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void aProcessTakesChangedSettingsAndEndsWhenItsPeerIsDrained()
      throws IOException, InterruptedException {
    Path file = folder.resolve("c1.yaml");
    String contact = peers.getFirst().self().endpoint().toString();
    String settings = "name: c1\ncontacts: [\"" + contact + "\"]\noverlay:\n  pingPeriod: %s\n";
    Files.writeString(file, settings.formatted("250ms"));
    try (EuryaleProcess process =
        EuryaleProcess.start("peer", "--settings", file.toString(), "--output", "json")) {
      process.awaitEvent("member");
      Files.writeString(file, settings.formatted("200ms") + "controlPort: 7999\n");
      JsonNode reloaded = process.awaitEvent("reloaded");
      assertThat(reloaded.path("peers").asInt()).isEqualTo(1);
      assertThat(reloaded.path("needs_restart").path(0).asText()).isEqualTo("controlPort");
      assertThat(run("events", "c1")).isEqualTo(ExitCode.DONE);
      assertThat(out.toString()).contains("RELOADED");
      assertThat(run("drain", "c1")).isEqualTo(ExitCode.DONE);
      assertThat(process.awaitEvent("drained").path("empty").asBoolean()).isTrue();
      assertThat(process.awaitExit()).isEqualTo(ExitCode.DONE);
    }
  }
}
