package io.euryale.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.peer.result.Promise;
import io.euryale.peer.result.ResultDocument;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Runs the city, with real processes; how long things took is not judged here, only in the city's
/// own exit code.
class DemoCommandTest {

  @TempDir Path folder;

  @Test
  @Timeout(180)
  void a_short_life_with_faults_and_a_scenario_loses_nothing_and_every_alarm_is_in_the_trail()
      throws Exception {
    Path json = folder.resolve("city.json");
    Path trail = folder.resolve("alarms.jsonl");
    Path scenario = folder.resolve("scenario.json");
    Files.writeString(
        scenario,
        """
        [{"at": "1s", "alarm": {"station": "Customs House", "text": "Smoke"}},
         {"at": "2s", "delay": {"line": "H", "by": "4m"}},
         {"at": "3s", "cancel": {"line": "H", "trains": 2}},
         {"at": "6s", "fault": {"action": "partition", "process": 4}},
         {"at": "9s", "fault": {"action": "restart"}}]
        """);
    try (EuryaleProcess city =
        EuryaleProcess.start(
            "demo",
            "--duration",
            "14s",
            "--faults-per-minute",
            "12",
            "--operator",
            "1s",
            "--port",
            "-1",
            "--cells",
            "1",
            "--scenario",
            scenario.toString(),
            "--audit",
            trail.toString(),
            "--json",
            json.toString())) {
      int exitCode = city.awaitExit(EuryaleProcess.CITY_NANOS);
      String said = String.join("\n", city.out) + String.join("\n", city.err);
      assertThat(json).as(said).exists();
      ResultDocument document = ResultDocument.read(json);
      // Whether a shared machine was fast enough is no matter of tests.
      List<String> broken =
          document.promises().stream()
              .filter(promise -> !promise.held())
              .map(Promise::text)
              .filter(text -> !text.matches(".*(per second|within|faults asked).*"))
              .toList();
      assertThat(broken).as(said).isEmpty();
      assertThat(document.promises())
          .extracting(Promise::text)
          .contains(
              "no alarm lost",
              "no stop display went back, and each ends with its newest board",
              "every alarm acknowledged exactly once in the audit trail",
              "every announcement played whole and once at its station, and in the audit trail once");
      assertThat(exitCode).isEqualTo(document.promises().stream().allMatch(Promise::held) ? 0 : 1);
      assertThat(said).contains("runs 240 s late", "trains of line H are cancelled", "was reset");
      // Nobody healed that, so the city does when it ends.
      assertThat(said).contains("no links with the others until you heal", "see each other again");
      assertThat(Files.readString(trail))
          .contains("Smoke", "automatic operator", "ANNOUNCED", "control centre");
      assertThat(said)
          .containsPattern("of which their loudspeakers played [1-9]")
          .containsPattern("Stop displays: [1-9]");
      assertThat(city.err).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "--speed,0,--speed",
    "--processes,2,--processes",
    "--processes,33,--processes",
    "--peers-per-cell,1,--peers-per-cell",
    "--cells,0,--cells",
    "--cells,65,--cells",
    "--positions,5,--positions",
    "--alarms-per-minute,61,--alarms-per-minute",
    "--faults-per-minute,21,--faults-per-minute",
    "--load,0,--load",
    "--port,70000,--port",
    "--duration,soon,length of time",
    "--duration,1s,--duration",
    "--date,tomorrow,is not a date",
    "--date,1875-01-01,No train runs",
    "--gtfs,/nowhere/feed.zip,no such file",
    "--scenario,/nowhere/scenario.json,cannot be read",
    "--audit,/nowhere/trail,cannot be written",
    "--json,/nowhere/city.json,cannot be written"
  })
  void what_cannot_be_is_said_in_one_sentence(String option, String value, String said) {
    StringWriter err = new StringWriter();

    int exitCode =
        Main.execute(
            new PrintWriter(new StringWriter()), new PrintWriter(err, true), "demo", option, value);

    assertThat(err.toString()).contains(said).doesNotContain("Exception").doesNotContain("\tat ");
    assertThat(exitCode).isEqualTo(2);
  }
}
