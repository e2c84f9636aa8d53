package io.euryale.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `euryale keys` makes, replaces, shows and refuses.
class KeysCommandTest {

  @TempDir Path folder;

  private final StringWriter err = new StringWriter();

  private String run(int expected, String verb, String... args) {
    List<String> all = new ArrayList<>(List.of("keys", verb, "--directory", folder.toString()));
    all.addAll(List.of(args));
    StringWriter out = new StringWriter();
    assertThat(Main.execute(new PrintWriter(out), new PrintWriter(err), all.toArray(String[]::new)))
        .as("%s: %s", all, err)
        .isEqualTo(expected);
    assertThat(err.toString()).doesNotContain("\tat ");
    return out.toString();
  }

  private Map<String, JsonNode> show(int expected) {
    Map<String, JsonNode> shown = new LinkedHashMap<>();
    for (String line : run(expected, "show", "--output", "json").lines().toList()) {
      JsonNode node = EuryaleProcess.json(line);
      shown.put(node.path("name").asText(), node);
    }
    return shown;
  }

  @Test
  void anAuthorityAndCertificatesAreMadeAndShown() throws IOException {
    assertThat(run(ExitCode.DONE, "init").lines()).hasSize(2);
    assertThat(run(ExitCode.DONE, "issue", "a1", "a2").lines()).hasSize(4);
    assertThat(
            PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("a1.key"))))
        .isEqualTo("rw-------");
    Map<String, JsonNode> shown = show(ExitCode.DONE);
    assertThat(shown).containsOnlyKeys("ca", "a1", "a2");
    assertThat(shown.get("a1").path("names").get(0).asText()).isEqualTo("a1");
    assertThat(shown.get("a1").path("note").asText()).isEmpty();
    assertThat(run(ExitCode.DONE, "show")).contains("a1", "trusted: CN=Euryale CA");
    run(ExitCode.USAGE, "init");
    run(ExitCode.USAGE, "issue", "a1");
    assertThat(err.toString()).contains("keys rotate a1");
  }

  @Test
  void whatCannotBeUsedIsSaid() throws IOException {
    run(ExitCode.DONE, "init");
    run(ExitCode.DONE, "issue", "a1", "--days", "2");
    run(ExitCode.DONE, "issue", "b1", "b2");
    assertThat(show(ExitCode.DONE).get("b1").path("note").asText()).isEmpty();
    Files.setPosixFilePermissions(
        folder.resolve("b1.key"), PosixFilePermissions.fromString("rw-r--r--"));
    Files.writeString(folder.resolve("b2.crt"), "nonsense");
    Map<String, JsonNode> shown = show(ExitCode.MISSED);
    assertThat(shown.get("b1").path("note").asText()).contains("chmod 600");
    assertThat(shown.get("b2").path("note").asText()).contains("certificate");
    assertThat(shown.get("a1").path("note").asText()).isEmpty();
    assertThat(shown).containsKey("ca");
  }

  @Test
  void certificatesAndThenTheAuthorityAreReplaced() {
    run(ExitCode.DONE, "init");
    run(ExitCode.DONE, "issue", "a1", "a2");
    Map<String, JsonNode> first = show(ExitCode.DONE);
    run(ExitCode.DONE, "rotate", "a1");
    Map<String, JsonNode> second = show(ExitCode.DONE);
    assertThat(second.get("a1")).isNotEqualTo(first.get("a1"));
    assertThat(second.get("a2")).isEqualTo(first.get("a2"));

    run(ExitCode.DONE, "rotate", "--new-ca");
    run(ExitCode.USAGE, "rotate", "--drop-old-ca");
    assertThat(err.toString()).contains("of the old authority: a1, a2");
    run(ExitCode.DONE, "rotate", "--all");
    run(ExitCode.DONE, "rotate", "--drop-old-ca");
    Map<String, JsonNode> last = show(ExitCode.DONE);
    assertThat(last.get("a1").path("issuer").asText())
        .isNotEqualTo(first.get("a1").path("issuer").asText());
  }

  @Test
  void mistakesAreSaidInOneSentence() {
    run(ExitCode.USAGE, "show");
    run(ExitCode.USAGE, "issue", "a1");
    run(ExitCode.DONE, "init");
    run(ExitCode.USAGE, "issue");
    run(ExitCode.USAGE, "issue", "a/b");
    run(ExitCode.USAGE, "issue", "a", "a");
    run(ExitCode.USAGE, "issue", "ca");
    run(ExitCode.USAGE, "issue", "a", "--days", "0");
    run(ExitCode.USAGE, "rotate");
    run(ExitCode.USAGE, "rotate", "a1");
    run(ExitCode.USAGE, "rotate", "--all", "a1");
    run(ExitCode.USAGE, "rotate", "--all", "--new-ca");
    assertThat(err.toString())
        .contains("a1 has no certificate", "is given twice", "--days is 1 to 3650");
  }

  /// An independent reader of what we write, where there is one.
  @Test
  void opensslAgrees() throws Exception {
    run(ExitCode.DONE, "init");
    run(ExitCode.DONE, "issue", "a1");
    Process openssl;
    try {
      openssl =
          new ProcessBuilder(
                  "openssl",
                  "verify",
                  "-x509_strict",
                  "-purpose",
                  "sslserver",
                  "-verify_hostname",
                  "a1",
                  "-CAfile",
                  folder.resolve("ca.crt").toString(),
                  folder.resolve("a1.crt").toString())
              .redirectErrorStream(true)
              .start();
    } catch (IOException _) {
      Assumptions.abort("There is no openssl");
      return;
    }
    String said = new String(openssl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(openssl.waitFor()).as(said).isZero();
  }
}
