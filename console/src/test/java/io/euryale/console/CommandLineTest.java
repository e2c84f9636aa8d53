package io.euryale.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/// What users see when they mistype, and that help is there.
@Timeout(60)
class CommandLineTest {

  @TempDir Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    return Main.execute(new PrintWriter(out), new PrintWriter(err), args);
  }

  private int runLine(String line) {
    return run(line.split(" "));
  }

  /// One sentence for people, and nothing that only programmers read.
  private void assertSentence() {
    List<String> lines = new ArrayList<>(err.toString().lines().toList());
    lines.removeIf(line -> line.startsWith("Try '"));
    lines.removeIf(line -> line.startsWith("Did you mean"));
    assertThat(lines).hasSize(1);
    assertThat(lines.getFirst()).startsWith("euryale: ").doesNotContain("Exception", "mistake in");
    assertThat(err.toString()).doesNotContain("\tat ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pear",
        "peer",
        "peer --nmae x",
        "peer --name x --port many",
        "peer --name x --port 70000",
        "peer --name x,x",
        "peer --name no_spaces,*",
        "peer --name x --host 192.0.2.1",
        "peer --name x --join nowhere",
        "peer --name x --control wire",
        "peer --name x --trace /does/not/exist/trace.jsonl",
        "sensor",
        "sensor --stream s",
        "sensor --stream s --lines --file f --join 1",
        "sensor --stream s --lines",
        "sensor --stream s --lines --join x:y",
        "sensor --stream s --lines --join 1 --class control",
        "sensor --stream s --lines --join 1 --class urgent",
        "sensor --stream s --lines --join 1 --rate 0",
        "sensor --stream s --lines --join 1 --speed 0",
        "sensor --stream s --lines --join 1 --chunk 4KiB",
        "sensor --stream s --lines --join 1 --limit 9MiB",
        "sensor --stream s --lines --join 1 --limit 4KB",
        "sensor --stream s --lines --join 1 --drain 10",
        "sensor --stream s --gtfs sample --join 1 --date 1999-01-01",
        "client --join 1",
        "client --join 1 --subscribe * --count 0",
        "client --join 1 --subscribe * --replication twice",
        "client --join 192.0.2.1:1 --subscribe *",
        "stream tail --join 1",
        "stream trace --join 127.0.0.1:1 --count 0",
        "overlay",
        "overlay status",
        "peer --name x --keys /does/not/exist",
        "peer --name x --host 192.0.2.1",
        "client --join 1 --subscribe * --keys /does/not/exist",
        "client --join 1 --subscribe * --name x --keys /does/not/exist",
        "keys",
        "group",
        "group peer",
        "group peer --name x --members x",
        "group peer --name x --members y=127.0.0.1:7400",
        "group peer --name x --members x=127.0.0.1:7400*heavy",
        "group peer --name x --members x=10.0.0.1:7400",
        "group peer --name x/y",
        "group peer /does/not/exist",
        "group peer --name x --keys /does/not/exist",
        "group peer --name x --socket /does/not/exist/s",
        "group peer --name x --trace /does/not/exist/t",
        "group peer --name x --output xml",
        "group keys",
        "group keys a a",
        "group keys a/b",
        "group join x",
        "group join --socket /s",
        "group join --socket /s x --class control",
        "group join --socket /s x --count 0",
        "group join --socket /s x --duration 10",
        "group send --socket /s x",
        "group send --socket /s x - y",
        "group send --socket /s x y --service best",
        "group send --socket /s x y --timeout soon",
        "group send x y",
        "group members",
        "group members --socket /s --class control",
        "group monitor",
        "group monitor --socket /s --interval 1ms",
        "group monitor --socket /s --interval 2h",
        "group primary",
        "group status",
        "group status --socket",
        "group flood --socket /s",
        "group flood --socket /s x --bytes 31",
        "group flood --socket /s x --bytes 4KB",
        "group flood --socket /s x --rate 0",
        "group flood --socket /s x --rate 2000000",
        "group flood --socket /s x --duration 0s",
        "group flood --socket /s x --duration 25h",
        "group flood --socket /s x --json /does/not/exist/r.json",
        "group demo please",
        "settings check --kind group /does/not/exist",
        "settings check /does/not/exist",
        "settings explain nothingOfTheKind",
        "doctor /does/not/exist",
        "peer --name x --http 7480",
        "peer --name x --http 192.0.2.1:7480",
        "peer --name x --log xml",
        "lab",
        "lab check",
        "lab group --members 1",
        "lab group --seconds 0",
        "lab group --rate many",
        "lab group --loopback --faults nonsense",
        "lab group --loopback --faults crash(peer-z)@1s+1s",
        "lab group --loopback --faults isolate(peer-a)@1s+1s",
        "lab group --loopback --faults garbage(peer-a,3/s)@1s+1s",
        "lab group --loopback --traces /proc/1",
        "lab group --loopback --json /does/not/exist/r.json",
        "bench streams --topology 15",
        "bench streams --topology both",
        "bench streams --runs 0",
        "bench streams --page /does/not/exist/p.html",
        "bench tls --runs 101",
        "bench tls --markdown /does/not/exist/p.md",
        "bench fanout --runs 0",
        "bench fanout --clients 8,0",
        "bench fanout --clients many",
        "bench fanout --page /does/not/exist/p.html",
        "test"
      })
  void wrongCommandLinesAreExplainedInASentence(String line) {
    assertThat(runLine(line)).isEqualTo(ExitCode.USAGE);
    assertSentence();
    assertThat(out.toString()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "overlay status --join 127.0.0.1:1 --connect-timeout 100ms",
        "stream list --join 127.0.0.1:1 --connect-timeout 100ms",
        "client --join 127.0.0.1:1 --connect-timeout 100ms --subscribe x",
        "sensor --join 127.0.0.1:1 --connect-timeout 100ms --stream s --gtfs sample",
        "sensor --join 127.0.0.1:1 --stream s --file /does/not/exist",
        "lab check /does/not/exist",
        "group join --socket /does/not/exist x",
        "group send --socket /does/not/exist x y",
        "group members --socket /does/not/exist",
        "group monitor --socket /does/not/exist",
        "group primary --socket /does/not/exist",
        "group status --socket /does/not/exist",
        "group flood --socket /does/not/exist x",
        "sensor --join 127.0.0.1:1 --stream s --file /",
        "sensor --join 127.0.0.1:1 --stream s --udp 192.0.2.1:5000"
      })
  void whatTheEnvironmentLacksIsSaidPrecisely(String line) {
    assertThat(runLine(line)).isEqualTo(ExitCode.ENVIRONMENT);
    assertSentence();
  }

  @Test
  void aPortInUseIsNamed() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int exitCode = run("peer", "--name", "x", "--port", "" + taken.getLocalPort());
      assertThat(exitCode).isEqualTo(ExitCode.ENVIRONMENT);
      assertSentence();
      assertThat(err.toString()).contains("" + taken.getLocalPort());
    }
  }

  @Test
  void aFileThatMayNotBeReadIsNamed() throws IOException {
    Path file = Files.createFile(folder.resolve("secret"));
    Files.delete(file);
    assertThat(run("sensor", "--join", "1", "--stream", "s", "--file", file.toString()))
        .isEqualTo(ExitCode.ENVIRONMENT);
    assertThat(err.toString()).contains(file.toString());
  }

  @Test
  void aSettingsFileIsCheckedAndItsErrorsHaveTheirPlace() throws IOException {
    Path good = Files.writeString(folder.resolve("good.yaml"), "name: a1\n");
    assertThat(run("settings", "check", good.toString())).isZero();
    assertThat(out.toString()).contains("valid");
    Path bad = Files.writeString(folder.resolve("bad.yaml"), "name: a1\ncontrolPort: many\n");
    for (String command :
        List.of("settings check", "peer --settings", "peer --name x --settings")) {
      err.getBuffer().setLength(0);
      List<String> args = new ArrayList<>(List.of(command.split(" ")));
      args.add(bad.toString());
      assertThat(run(args.toArray(String[]::new))).isEqualTo(ExitCode.USAGE);
      assertSentence();
      assertThat(err.toString()).contains("bad.yaml:2");
    }
  }

  @Test
  void theSchemaIsJson() {
    assertThat(run("settings", "schema", "--kind", "edge")).isZero();
    assertThat(EuryaleProcess.json(out.toString()).path("properties").has("contacts")).isTrue();
    out.getBuffer().setLength(0);
    assertThat(run("settings", "schema", "--kind", "group")).isZero();
    assertThat(EuryaleProcess.json(out.toString()).path("properties").has("minimumPrimary"))
        .isTrue();
  }

  @Test
  void everyCommandHasHelpWithExitCodes() {
    CommandLine root = new CommandLine(new Main());
    List<List<String>> paths = new ArrayList<>();
    collect(root, List.of(), paths);
    assertThat(paths).hasSizeGreaterThan(10);
    for (List<String> path : paths) {
      List<String> args = new ArrayList<>(path);
      args.add("--help");
      out.getBuffer().setLength(0);
      assertThat(run(args.toArray(String[]::new))).as("%s", args).isZero();
      assertThat(out.toString()).as("%s", args).contains("Usage: euryale", "Exit codes:");
      assertThat(out.toString()).as("%s", args).contains("-h, --help");
    }
    assertThat(err.toString()).isEmpty();
  }

  private static void collect(CommandLine command, List<String> path, List<List<String>> into) {
    if (path.isEmpty() || !path.getLast().equals("help")) {
      into.add(path);
    }
    command
        .getSubcommands()
        .forEach(
            (name, sub) -> {
              List<String> longer = new ArrayList<>(path);
              longer.add(name);
              collect(sub, longer, into);
            });
  }

  @Test
  void nothingPrintedIsColouredWhenItIsNotATerminal() {
    assertThat(run("--help")).isZero();
    assertThat(out.toString()).doesNotContain("\u001B[");
  }

  @Test
  void ourOwnMistakesAreASentenceAndAFile() throws IOException {
    String sentence = Failures.sentence(new IllegalStateException("boom"));
    assertThat(sentence).startsWith("This is a mistake in Euryale").doesNotContain("\n");
    String file = sentence.replaceAll(".* with (.*)\\.$", "$1");
    assertThat(Files.readString(Path.of(file))).contains("boom", "\tat ");
    Files.delete(Path.of(file));
    assertThat(Failures.exitCode(new IllegalStateException("boom"))).isEqualTo(ExitCode.MISSED);
  }

  @Test
  void largeAndSplitOverlaysOfCellsAreMeasured(@TempDir Path results) throws IOException {
    Path json = results.resolve("cells.json");
    Path page = results.resolve("cells.html");
    assertThat(run(("simulate cells --peers 16 --json " + json + " --page " + page).split(" ")))
        .isZero();
    assertThat(Files.readString(json)).contains("control_frames_busiest_minute", "16 peers");
    assertThat(Files.readString(page)).contains("<svg", "busiest peer");
    assertThat(run(("simulate cells --splits 3 --threads 1 --json " + json).split(" "))).isZero();
    assertThat(Files.readString(json)).contains("14 peers, 3 parts: one tree again within 2 s");
    assertThat(run("simulate", "streams", "--splits", "3")).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains("--splits is for cells");
  }
}
