package io.euryale.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/// The unit files of the documentation, as an operator copies them.
@Timeout(60)
class UnitFilesTest {

  private static final Path FILES = Path.of("../docs/systemd");
  private static final String PROGRAM = "/opt/euryale/euryale";

  @TempDir Path folder;

  private static List<String> values(String unit, String key) throws IOException {
    return Files.readAllLines(FILES.resolve(unit)).stream()
        .filter(line -> line.startsWith(key + "="))
        .map(line -> line.substring(key.length() + 1))
        .toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"euryale-peer@.service", "euryale-group@.service"})
  void whatIsStartedIsACommandWithOptionsThatThereAre(String unit) throws IOException {
    String start = values(unit, "ExecStart").getFirst();
    assertThat(start).startsWith(PROGRAM + " ");
    CommandLine.ParseResult parsed =
        new CommandLine(new Main())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .parseArgs(start.substring(PROGRAM.length() + 1).split(" "));
    while (parsed.hasSubcommand()) {
      parsed = parsed.subcommand();
    }
    assertThat(parsed.commandSpec().name()).isEqualTo("peer");
    assertThat(parsed.hasMatchedOption("--log")).isTrue();
    assertThat(values(unit, "RestartPreventExitStatus")).containsExactly("" + ExitCode.USAGE);
  }

  /// What the tool does not know it ignores, and says so.
  @ParameterizedTest
  @ValueSource(strings = {"euryale-peer@.service", "euryale-group@.service"})
  void theServiceManagerUnderstandsEveryLine(String unit) throws Exception {
    String text = Files.readString(FILES.resolve(unit));
    String program = Path.of("../euryale").toRealPath().toString();
    assertThat(verify(unit, text.replace(PROGRAM, program))).isEmpty();
    assertThat(verify(unit, text.replace(PROGRAM, program).replace("KillMode", "KillMood")))
        .contains("KillMood");
  }

  private String verify(String unit, String text) throws Exception {
    Path copy = Files.writeString(folder.resolve(unit), text);
    Process process;
    try {
      process =
          new ProcessBuilder("systemd-analyze", "verify", "--man=no", copy.toString())
              .redirectErrorStream(true)
              .start();
    } catch (IOException _) {
      return abort("There is no systemd-analyze");
    }
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    // Of units of the machine that these depend on, it says what it likes.
    return String.join("\n", said.lines().filter(line -> line.contains(unit)).toList());
  }
}
