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

/// What `sensor`, `client` and `stream` say and how they end, against one live peer.
@Timeout(60)
class EdgeCommandsTest {

  @TempDir Path folder;

  private final Loops loops = new Loops();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private EuryalePeer peer;

  @BeforeEach
  void startPeer() throws InterruptedException {
    peer = EuryalePeer.start(PeerSettings.named("a1"), loops, null, PeerListener.SILENT);
    peer.awaitMember(Duration.ofSeconds(30));
  }

  @AfterEach
  void stopPeer() {
    peer.kill();
    loops.close();
  }

  private int run(String... args) {
    List<String> all = new ArrayList<>(List.of(args));
    all.addAll(List.of("--join", peer.self().endpoint().toString(), "--output", "json"));
    return Main.execute(new PrintWriter(out), new PrintWriter(err), all.toArray(String[]::new));
  }

  private Path lines(String... lines) throws IOException {
    return Files.write(folder.resolve("lines.txt"), List.of(lines));
  }

  @Test
  void anAlarmThatNobodyReceivedIsReportedOpenAndEndsWithOne() throws IOException {
    String file = lines("fire").toString();
    assertThat(
            run("sensor", "--stream", "s", "--class", "alarm", "--file", file, "--drain", "300ms"))
        .isEqualTo(ExitCode.MISSED);
    JsonNode report = EuryaleProcess.json(out.toString());
    assertThat(report.path("published").asLong()).isEqualTo(1);
    assertThat(report.path("undelivered").asLong()).isEqualTo(1);
    assertThat(report.path("delivered").asLong()).isZero();
  }

  @Test
  void waitingInVainForASubscriberEndsWithOne() throws IOException {
    String file = lines("x").toString();
    assertThat(run("sensor", "--stream", "s", "--file", file, "--wait", "100ms"))
        .isEqualTo(ExitCode.MISSED);
    assertThat(err.toString()).contains("Nobody subscribed to s");
  }

  @Test
  void fewerPacketsThanCountedOnEndWithOne() {
    assertThat(run("client", "--subscribe", "*", "--count", "1", "--duration", "200ms"))
        .isEqualTo(ExitCode.MISSED);
    assertThat(EuryaleProcess.json(out.toString()).path("packets").asLong()).isZero();
  }

  @Test
  void theStreamsOfNobodyAreAnEmptyList() {
    assertThat(run("stream", "list")).isZero();
    assertThat(EuryaleProcess.json(out.toString()).isEmpty()).isTrue();
  }

  @Test
  void aTraceShowsEachHopOfAPacket() throws InterruptedException {
    Thread sensor =
        new Thread(
            () ->
                Main.execute(
                    new PrintWriter(new StringWriter()),
                    new PrintWriter(new StringWriter()),
                    "sensor",
                    "--join",
                    peer.self().endpoint().toString(),
                    "--name",
                    "gate-7",
                    "--stream",
                    "s",
                    "--command",
                    "for n in 1 2 3 4 5 6 7 8; do echo $n; sleep 0.15; done"));
    sensor.start();
    assertThat(run("stream", "trace", "s", "--count", "2", "--duration", "30s")).isZero();
    sensor.join();
    JsonNode first = EuryaleProcess.json(out.toString().lines().findFirst().orElseThrow());
    assertThat(first.path("stream").asText()).isEqualTo("s");
    List<String> hops = new ArrayList<>();
    first.path("hops").forEach(hop -> hops.add(hop.path("who").asText()));
    assertThat(hops).containsExactly("gate-7", "a1");
  }

  @Test
  void aProgramThatFailsEndsTheSensorWithASentence() throws InterruptedException {
    Thread client =
        new Thread(
            () ->
                Main.execute(
                    new PrintWriter(new StringWriter()),
                    new PrintWriter(new StringWriter()),
                    "client",
                    "--join",
                    peer.self().endpoint().toString(),
                    "--subscribe",
                    "s",
                    "--count",
                    "1"));
    client.start();
    assertThat(run("sensor", "--stream", "s", "--command", "echo one; exit 3"))
        .isEqualTo(ExitCode.ENVIRONMENT);
    client.join();
    assertThat(EuryaleProcess.json(out.toString()).path("delivered").asLong()).isEqualTo(1);
    assertThat(err.toString()).contains("exit code 3").doesNotContain("\tat ");
  }
}
