package io.euryale.lighttrain.city;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.euryale.lighttrain.demo.DemoException;
import io.euryale.lighttrain.timetable.SampleNetwork;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AlarmDeskTest {

  private final CityMap map = new CityMap(SampleNetwork.load());
  private final String stop = map.stops().keySet().iterator().next();

  @TempDir Path folder;

  @Test
  void an_alarm_is_acknowledged_by_the_first_and_the_second_is_told_who_that_was()
      throws DemoException, IOException {
    try (AlarmDesk desk = new AlarmDesk(folder.resolve("trail"))) {
      desk.raised("A1", stop, "Smoke");
      assertThat(desk.acknowledge("A1", "Ana")).isEmpty();
      assertThat(desk.acknowledge("A1", "Bo")).contains("Ana");
      assertThat(desk.acknowledge("A2", "Bo")).contains("no alarm A2");
      assertThat(desk.audit()).isEqualTo(new AlarmDesk.Audit(1, 1, 0, 0));
      assertThat(Files.readString(folder.resolve("trail")))
          .contains("RAISED", "ACKNOWLEDGED", "Ana", "Smoke")
          .doesNotContain("Bo");
    }
  }

  @Test
  void what_comes_again_is_counted_and_not_written_again() throws DemoException, IOException {
    try (AlarmDesk desk = new AlarmDesk(folder.resolve("trail"))) {
      desk.raised("A1", stop, "Smoke");
      desk.raised("A1", stop, "Smoke");
      assertThat(desk.account().repeated()).isEqualTo(1);
      assertThat(desk.audit()).isEqualTo(new AlarmDesk.Audit(1, 0, 0, 0));
    }
  }

  @Test
  void many_operators_at_once_acknowledge_each_alarm_once()
      throws DemoException, IOException, InterruptedException {
    try (AlarmDesk desk = new AlarmDesk(null)) {
      for (int i = 0; i < 30; i++) {
        desk.raised("A" + i, stop, "Smoke");
      }
      List<Thread> operators = new ArrayList<>();
      for (int each = 0; each < 4; each++) {
        String name = "operator " + each;
        operators.add(
            Thread.ofVirtual()
                .start(
                    () -> {
                      for (int i = 0; i < 30; i++) {
                        String _ = desk.acknowledge("A" + i, name);
                      }
                    }));
      }
      for (Thread operator : operators) {
        operator.join();
      }
      assertThat(desk.account().acknowledged()).isEqualTo(30);
      assertThat(desk.audit()).isEqualTo(new AlarmDesk.Audit(30, 30, 0, 0));
    }
  }

  @Test
  void the_audit_believes_the_file_and_nothing_else() throws DemoException, IOException {
    Path file = folder.resolve("trail");
    try (AlarmDesk desk = new AlarmDesk(file)) {
      desk.raised("A1", stop, "Smoke");
      desk.raised("A2", stop, "Smoke");
      assertThat(desk.acknowledge("A1", "Ana")).isEmpty();
      List<String> lines = Files.readAllLines(file);
      Files.write(file, List.of(lines.get(0), lines.get(2)));
      assertThat(desk.audit()).as("A2 is gone").isEqualTo(new AlarmDesk.Audit(1, 1, 0, 0));
      Files.write(file, List.of(lines.get(0), lines.get(2), lines.get(2), "{torn"));
      assertThat(desk.audit())
          .as("twice, and unreadable")
          .isEqualTo(new AlarmDesk.Audit(1, 1, 0, 2));
      Files.write(file, List.of(lines.get(2), lines.get(0)));
      assertThat(desk.audit()).as("before it came").isEqualTo(new AlarmDesk.Audit(1, 0, 0, 1));
    }
  }

  @Test
  void a_file_of_former_lives_is_continued_also_after_a_crash() throws DemoException, IOException {
    Path file = folder.resolve("trail");
    try (AlarmDesk desk = new AlarmDesk(file)) {
      desk.raised("A1", stop, "Smoke");
    }
    byte[] torn = "{\"run\":\"to São".getBytes(StandardCharsets.UTF_8);
    Files.write(file, Arrays.copyOf(torn, torn.length - 2), StandardOpenOption.APPEND);
    try (AlarmDesk desk = new AlarmDesk(file)) {
      desk.raised("A1", stop, "Fire");
      assertThat(desk.audit()).isEqualTo(new AlarmDesk.Audit(1, 0, 0, 0));
    }
    assertThat(Files.readString(file, StandardCharsets.ISO_8859_1)).contains("Smoke", "Fire");
  }

  @Test
  void what_nobody_looked_at_is_never_forgotten() throws DemoException, IOException {
    try (AlarmDesk desk = new AlarmDesk(null)) {
      desk.raised("first", stop, "Smoke");
      for (int i = 0; i < 300; i++) {
        desk.raised("A" + i, stop, "Smoke");
        assertThat(desk.acknowledge("A" + i, "Ana")).isEmpty();
      }
      assertThat(desk.shown(map)).hasSizeLessThan(60);
      assertThat(desk.acknowledge("first", "Ana")).isEmpty();
    }
  }

  @Test
  void the_alarms_of_the_last_hour_are_known_as_they_were() throws Exception {
    List<String> stops = map.stops().keySet().stream().limit(60).toList();
    try (AlarmDesk desk = new AlarmDesk(null)) {
      Instant before = later();
      for (String each : stops) {
        desk.raised("A-" + each, each, "Smoke");
      }
      Instant raised = later();
      for (String each : stops.subList(1, stops.size())) {
        assertThat(desk.acknowledge("A-" + each, "Ana")).isEmpty();
      }
      Instant seen = later();
      assertThat(desk.openAt(before)).isEmpty();
      assertThat(desk.openAt(raised)).containsExactlyInAnyOrderElementsOf(stops);
      assertThat(desk.openAt(seen)).containsExactly(stops.getFirst());
    }
  }

  /// A time between what was done before and what is done then.
  private static Instant later() throws InterruptedException {
    Thread.sleep(2);
    Instant now = Instant.now();
    Thread.sleep(2);
    return now;
  }

  @Test
  void the_automatic_operator_acknowledges_what_has_waited() throws DemoException, IOException {
    try (AlarmDesk desk = new AlarmDesk(null)) {
      desk.raised("A1", stop, "Smoke");
      desk.acknowledgeOlderThan(Duration.ofHours(1), "operator");
      assertThat(desk.account().acknowledged()).isZero();
      desk.acknowledgeOlderThan(Duration.ZERO, "operator");
      assertThat(desk.account().acknowledged()).isEqualTo(1);
    }
  }

  @Test
  void a_trail_that_cannot_be_written_is_said_before_anything_starts() {
    assertThatThrownBy(() -> new AlarmDesk(folder.resolve("none").resolve("trail")))
        .isInstanceOf(DemoException.class)
        .hasMessageContaining("audit trail");
  }
}
