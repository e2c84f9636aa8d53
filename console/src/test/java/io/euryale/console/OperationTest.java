package io.euryale.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What operators use: settings explained, the doctor, and a process that is probed and logs.
@Timeout(120)
class OperationTest {

  private static final Path ROOT = Path.of("").toAbsolutePath().getParent();

  @TempDir Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    return Main.execute(new PrintWriter(out), new PrintWriter(err), args);
  }

  private String settings(String yaml) throws IOException {
    return Files.writeString(folder.resolve("site.yaml"), yaml).toString();
  }

  @ParameterizedTest
  @EnumSource(SettingsFiles.Kind.class)
  void theReferencePagesAreWhatTheCommandPrints(SettingsFiles.Kind kind) throws IOException {
    assertThat(run("settings", "reference", "--kind", kind.word())).isZero();
    assertThat(ROOT.resolve("docs/settings/" + kind.word() + ".md"))
        .as("made again by ./euryale settings reference")
        .hasContent(out.toString().stripTrailing());
  }

  @Test
  void aSettingIsExplainedWithTypeRangeDefaultUnitAndMeaning() {
    assertThat(run("settings", "explain", "links.queueBytes")).isZero();
    assertThat(out.toString())
        .contains(
            "links.queueBytes\n",
            "kinds    peer, edge, group\n",
            "type     size\n",
            "unit     B, KiB, MiB, GiB\n",
            "range    64KiB to 256MiB\n",
            "default  4MiB\n",
            "meaning  Bytes that may wait");
  }

  @Test
  void theLastPartOfAKeyFindsAllThatHaveIt() {
    assertThat(run("settings", "explain", "helloTimeout")).isZero();
    assertThat(out.toString()).contains("links.helloTimeout\n", "sessions.helloTimeout\n");
  }

  @Test
  void anUnknownSettingIsAnsweredWithTheNearest() {
    assertThat(run("settings", "explain", "links.queueByte")).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains("did you mean 'links.queueBytes'?");
  }

  @Test
  void theKindOfAFileFollowsFromItsKeys() throws IOException {
    assertThat(run("settings", "check", settings("name: a\nmembers: []\nrights: []\n"))).isZero();
    assertThat(out.toString()).contains("of kind group");
    assertThat(run("settings", "check", settings("name: a\n"))).isZero();
    assertThat(out.toString()).contains("of kind peer");
  }

  @Test
  void mistakesAreNamedWithLineAndWhatIsAllowed() throws IOException {
    String file =
        settings("name: a\ncontacts: []\nstrems: {}\nlinks:\n  listen: x\nhttp:\n  listen: 7480\n");
    assertThat(run("settings", "check", file)).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString())
        .contains(
            "site.yaml:3:1: unknown key 'strems' in the file; did you mean 'streams'?",
            "site.yaml:5:3: unknown key 'listen' in links; there is 'http.listen'. Allowed here:",
            "'listen' needs HOST:PORT");
  }

  @Test
  void theDoctorFindsATakenPortAndSaysWhatToDo() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String file = settings("name: a\ncontacts: []\ncontrolPort: " + taken.getLocalPort() + "\n");
      assertThat(run("doctor", file, "--json")).isEqualTo(ExitCode.ENVIRONMENT);
    }
    JsonNode document = EuryaleProcess.json(out.toString());
    assertThat(document.path("problems").asInt()).isEqualTo(1);
    assertThat(document.path("checks"))
        .anyMatch(
            check ->
                check.path("check").asText().equals("control port")
                    && check.path("verdict").asText().equals("problem")
                    && check.path("advice").asText().contains("choose another port"));
  }

  @Test
  void theDoctorTellsWrongSettingsFromAMachineThatLacksSomething() throws IOException {
    assertThat(run("doctor", settings("name: a\nmembers: []\nhost: 192.0.2.1\n")))
        .isEqualTo(ExitCode.USAGE);
    assertThat(out.toString()).contains("problem  host", "a group member a keyFile");
    String file = settings("name: a\nmembers: []\ndataDirectory: /proc/none\n");
    assertThat(run("doctor", file)).isEqualTo(ExitCode.ENVIRONMENT);
    assertThat(out.toString()).contains("problem  data directory");
    assertThat(run("doctor", settings("nmae: a\n"))).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void aRunningPeerIsProbedAndLogsJsonLinesOnly() throws Exception {
    try (EuryaleProcess peer =
        EuryaleProcess.start(
            "peer", "--name", "a1", "--http", "127.0.0.1:0", "--log", "json", "--output", "json")) {
      JsonNode http = peer.awaitEvent("http");
      peer.awaitEvent("member");
      URI ready = URI.create("http://127.0.0.1:" + http.path("port").asInt() + "/health/ready");
      try (HttpClient client = HttpClient.newHttpClient()) {
        HttpResponse<String> answer =
            client.send(
                HttpRequest.newBuilder(ready).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(EuryaleProcess.json(answer.body()).path("ok").asBoolean()).isTrue();
      }
      peer.signal("TERM");
      assertThat(peer.awaitExit()).isZero();
      peer.await("the last line", () -> peer.err.stream().anyMatch(l -> l.contains("\"left\"")));
      assertThat(peer.err)
          .allMatch(line -> EuryaleProcess.json(line).hasNonNull("message"))
          .anyMatch(line -> line.contains("\"peer\":\"a1\",\"event\":\"joined\""));
    }
  }

  @Test
  void withJsonLogsAFailureIsALineOfJsonToo() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        EuryaleProcess peer =
            EuryaleProcess.start(
                "peer", "--name", "a1", "--log", "json", "--port", "" + taken.getLocalPort())) {
      assertThat(peer.awaitExit()).isEqualTo(ExitCode.ENVIRONMENT);
      peer.await("the reason", () -> !peer.err.isEmpty());
      JsonNode line = EuryaleProcess.json(peer.err.getLast());
      assertThat(line.path("event").asText()).isEqualTo("failed");
      assertThat(line.path("level").asText()).isEqualTo("error");
    }
  }
}
