package io.euryale.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.peer.result.Measurement;
import io.euryale.peer.result.Promise;
import io.euryale.peer.result.ResultDocument;
import io.euryale.platform.JavaCommand;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Runs the whole small demo, with real processes; how long things took is not judged here, only in
/// the demo's own exit code.
class SmallDemoCommandTest {

  @TempDir private Path folder;

  private record Ended(int exitCode, String output) {}

  /// Runs the demo in a process of its own.
  private Ended demo(String... options) throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(List.of("demo", "small", "--plain"));
    arguments.addAll(List.of(options));
    List<String> command =
        JavaCommand.of(List.of("-XX:+UseSerialGC"), Main.class.getName(), arguments);
    Path output = Files.createTempFile(folder, "demo", ".txt");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    List<ProcessHandle> children = new ArrayList<>();
    while (!process.waitFor(200, TimeUnit.MILLISECONDS)) {
      process.descendants().filter(each -> !children.contains(each)).forEach(children::add);
    }
    assertThat(children).noneMatch(ProcessHandle::isAlive);
    return new Ended(process.exitValue(), Files.readString(output));
  }

  private static void assertNothingWasLost(ResultDocument document, Ended ended) {
    assertThat(document.results())
        .as(ended.output())
        .filteredOn(result -> List.of("lost", "duplicated", "reordered").contains(result.metric()))
        .isNotEmpty()
        .allMatch(result -> result.value() == 0);
    // Whether a shared machine was fast enough is no matter of tests.
    List<String> broken =
        document.promises().stream().filter(promise -> !promise.held()).map(Promise::text).toList();
    assertThat(broken)
        .as(ended.output())
        .allMatch(text -> text.contains("per second") || text.contains("within 2 s"));
    assertThat(ended.exitCode()).isEqualTo(broken.isEmpty() ? 0 : 1);
  }

  @Test
  @Timeout(120)
  void twoFaultsInAShortRunLoseNothingAndTheDocumentSaysSo() throws Exception {
    Path json = folder.resolve("demo.json");

    Ended ended = demo("--duration", "8s", "--faults", "2", "--json", json.toString());

    assertThat(json).as(ended.output()).exists();
    ResultDocument document = ResultDocument.read(json);
    assertNothingWasLost(document, ended);
    assertThat(document.name()).isEqualTo("demo");
    assertThat(document.settings()).containsEntry("faults", 2).containsEntry("processes", 4);
    assertThat(document.results())
        .extracting(Measurement::metric)
        .contains("events_per_second", "latency_ms", "jitter_ms", "failover_ms", "recovery_ms");
    assertThat(document.results())
        .filteredOn(result -> result.metric().equals("latency_ms"))
        .extracting(Measurement::situation)
        .contains("p50", "p99", "p999", "max", "alarm p999");
    assertThat(ended.output()).contains("fault 1").contains("fault 2").doesNotContain("\u001b");
  }

  @ParameterizedTest
  @ValueSource(strings = {"demo small --plain", "demo --port -1"})
  void aSignalWhileThePeersStartEndsItQuietlyWithTheCodeOfTheSignal(String command)
      throws Exception {
    try (EuryaleProcess demo = EuryaleProcess.start(command.split(" "))) {
      demo.await("its peers", () -> !demo.out.isEmpty());
      demo.signal("TERM");
      assertThat(demo.awaitExit()).as("%s", demo.err).isEqualTo(143);
      assertThat(demo.err).isEmpty();
    }
  }

  @Test
  void whatFailsAfterASignalIsToldAndIsTheExitCode() throws Exception {
    Path json = folder.resolve("demo.json");
    try (EuryaleProcess demo =
        EuryaleProcess.start("demo", "small", "--plain", "--json", json.toString())) {
      demo.await("its trains", () -> demo.out.size() > 2);
      Files.createDirectory(json);
      demo.signal("TERM");
      assertThat(demo.awaitExit()).as("%s", demo.err).isEqualTo(ExitCode.ENVIRONMENT);
      demo.await("the sentence", () -> demo.err.toString().contains("demo.json"));
    }
  }

  @Test
  @Timeout(120)
  void theTrainsOfARealFeedRun() throws Exception {
    Optional<Path> feed = realFeed();
    Assumptions.assumeTrue(feed.isPresent(), "no feed beside the repository");
    Path json = folder.resolve("demo.json");

    Ended ended =
        demo(
            "--gtfs",
            feed.orElseThrow().toString(),
            "--duration",
            "3s",
            "--faults",
            "0",
            "--json",
            json.toString());

    assertThat(json).as(ended.output()).exists();
    assertNothingWasLost(ResultDocument.read(json), ended);
  }

  private static Optional<Path> realFeed() {
    Path here = Path.of("").toAbsolutePath();
    return Stream.iterate(here, folder -> folder != null, Path::getParent)
        .map(folder -> folder.resolve("shared/data/metro-porto-gtfs"))
        .filter(Files::isDirectory)
        .findFirst();
  }

  @ParameterizedTest
  @CsvSource({
    "--speed,0,--speed",
    "--processes,3,--processes",
    "--processes,15,--processes",
    "--faults,1000,--faults",
    "--duration,soon,length of time",
    "--date,tomorrow,is not a date",
    "--date,1875-01-01,No train runs",
    "--gtfs,/nowhere/feed.zip,no such file",
    "--json,/nowhere/demo.json,cannot be written"
  })
  void whatCannotBeIsSaidInOneSentence(String option, String value, String said) {
    StringWriter err = new StringWriter();

    int exitCode =
        Main.execute(
            new PrintWriter(new StringWriter()),
            new PrintWriter(err, true),
            "demo",
            "small",
            option,
            value);

    assertThat(exitCode).isEqualTo(2);
    assertThat(err.toString()).contains(said).doesNotContain("Exception").doesNotContain("\tat ");
  }

  @Test
  void aFeedThatIsBrokenIsRefusedByFileAndLine() throws IOException {
    Files.writeString(folder.resolve("stops.txt"), "stop_id\n\"never closed\n");
    StringWriter err = new StringWriter();

    int exitCode =
        Main.execute(
            new PrintWriter(new StringWriter()),
            new PrintWriter(err, true),
            "demo",
            "small",
            "--gtfs",
            folder.toString());

    assertThat(exitCode).isEqualTo(2);
    assertThat(err.toString()).contains(".txt").doesNotContain("Exception");
  }
}
