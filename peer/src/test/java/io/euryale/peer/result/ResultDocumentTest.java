package io.euryale.peer.result;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultDocumentTest {

  private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

  @TempDir Path folder;

  @Test
  void aDocumentReadBackIsTheOneWritten() throws IOException {
    ResultDocument document =
        ResultDocument.ofThisMachine(
            "bench streams",
            Map.of("sensors", 8, "faults", true),
            List.of(
                Measurement.once("p99", "latency_ms", "ms", 3.5),
                new Measurement("8/0", "latency_ms", "ms", 4, 3, 5, 3, null, null).against(2)),
            List.of(new Promise("99 % within 2 s", true)));
    Path file = folder.resolve("result.json");
    document.write(file);
    assertThat(ResultDocument.read(file)).isEqualTo(document);
    assertThat(Files.readString(file))
        .contains("\"case\" : \"p99\"", "\"ratio\" : 2.0", "\"held\" : true")
        .doesNotContain("situation", "null", "allPromisesHeld");
  }

  @Test
  void onePromiseThatIsNotHeldIsEnough() {
    List<Promise> promises = List.of(new Promise("a", true), new Promise("b", false));
    assertThat(
            ResultDocument.ofThisMachine("demo", Map.of(), List.of(), promises).allPromisesHeld())
        .isFalse();
  }

  @Test
  void theCommitIsFoundInLooseAndPackedReferencesAndDetachedHeads() throws IOException {
    Path git = Files.createDirectories(folder.resolve(".git/refs/heads"));
    Path head = folder.resolve(".git/HEAD");
    Files.writeString(head, COMMIT + "\n");
    assertThat(SourceCommit.of(folder.toString())).isEqualTo(COMMIT);
    Files.writeString(head, "ref: refs/heads/main\n");
    Files.writeString(folder.resolve(".git/packed-refs"), "# pack\n" + COMMIT + " refs/heads/main");
    assertThat(SourceCommit.of(folder.toString())).isEqualTo(COMMIT);
    Files.writeString(git.resolve("main"), COMMIT.replace('0', 'f') + "\n");
    assertThat(SourceCommit.of(folder.toString())).isEqualTo(COMMIT.replace('0', 'f'));
  }

  @Test
  void withoutARepositoryTheCommitIsUnknown() {
    assertThat(SourceCommit.of(null)).isEqualTo("unknown");
    assertThat(SourceCommit.of(folder.toString())).isEqualTo("unknown");
  }
}
