package io.euryale.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Types what the tutorial says, from the first command to the last, but for the port that the city
/// prints and the length of the recording.
class TutorialTest {

  private static final Path PAGE = Path.of("..", "docs", "tutorial.md");
  private static final String PAGE_PORT = "127.0.0.1:37031";
  private static final String PROGRAM = "./euryale ";
  private static final String OWN_SENSOR = "A sensor of your own: ";
  private static final String WORD = "eleven and a half degrees";

  @TempDir Path folder;

  private final HttpClient http = HttpClient.newHttpClient();

  /// The only line of the page that has this in it, as arguments.
  private List<String> command(String with, String join) throws IOException {
    List<String> found =
        Files.readAllLines(PAGE).stream()
            .map(String::strip)
            .filter(line -> line.startsWith(PROGRAM) && line.contains(with))
            .toList();
    assertThat(found).as(with).hasSize(1);
    return Arrays.stream(found.getFirst().substring(PROGRAM.length()).split(" "))
        .map(word -> word.replace("'", "").replace(PAGE_PORT, join))
        .map(word -> word.equals("ride") ? folder.resolve("ride").toString() : word)
        .map(word -> word.equals("1m") ? "3s" : word)
        .toList();
  }

  private static EuryaleProcess start(List<String> command) {
    return EuryaleProcess.start(command.toArray(String[]::new));
  }

  private static @Nullable String after(String beginning, EuryaleProcess of) {
    return of.out.stream()
        .filter(line -> line.startsWith(beginning))
        .map(line -> line.substring(beginning.length()))
        .findFirst()
        .orElse(null);
  }

  private boolean mapShowsTheWord(String address) {
    URI state = URI.create(address.substring(0, address.indexOf('#')) + "state");
    return http.sendAsync(
            HttpRequest.newBuilder(state).build(), HttpResponse.BodyHandlers.ofString())
        .join()
        .body()
        .contains(WORD);
  }

  private static boolean prints(EuryaleProcess process, String... words) {
    return process.out.stream().anyMatch(line -> Arrays.stream(words).allMatch(line::contains));
  }

  @Test
  @Timeout(400)
  void every_command_of_the_tutorial_does_what_it_says() throws Exception {
    List<String> demo = command("./euryale demo", PAGE_PORT);
    assertThat(demo).containsExactly("demo");
    try (EuryaleProcess city = EuryaleProcess.start("demo", "--duration", "10m", "--cells", "1")) {
      city.await("its two lines", EuryaleProcess.CITY_NANOS, () -> after(OWN_SENSOR, city) != null);
      String own = String.valueOf(after(OWN_SENSOR, city));
      String join = own.replaceFirst(".* --join (\\S+) .*", "$1");
      assertThat(own).isEqualTo(PROGRAM + String.join(" ", command("--lines", join)));
      try (EuryaleProcess sensor = start(command("--lines", join));
          EuryaleProcess tail = start(command("stream tail", join))) {
        Thread ticking = Thread.startVirtualThread(() -> tick(sensor));
        String address = String.valueOf(after("Dashboard: ", city));
        city.await("the word on the map", () -> mapShowsTheWord(address));
        tail.await("the word elsewhere", () -> prints(tail, "gauge/seal-point", WORD));
        assertThat(start(command("stream record", join)).awaitExit()).isZero();
        EuryaleProcess print = start(command("--print", join));
        assertThat(print.awaitExit()).isZero();
        assertThat(prints(print, "gauge/seal-point", WORD)).isTrue();
        assertThat(start(command("--prefix", join)).awaitExit()).isZero();
        tail.await("it again", () -> prints(tail, "gauge/again-gauge/seal-point", WORD));
        ticking.interrupt();
      }
    }
  }

  private static void tick(EuryaleProcess sensor) {
    try {
      while (true) {
        sensor.say(WORD);
        Thread.sleep(200);
      }
    } catch (IOException | InterruptedException _) {
      // The end.
    }
  }
}
