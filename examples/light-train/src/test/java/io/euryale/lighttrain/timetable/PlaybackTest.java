package io.euryale.lighttrain.timetable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlaybackTest {

  @TempDir Path folder;
  private Timetable day;

  @BeforeEach
  void readTheMinimalFeed() throws Exception {
    day = Timetable.ofBusiestDay(TestFeed.minimal().read(folder));
  }

  @Test
  void callsComeWhenTheyAreDueAndNotBefore() {
    Playback playback = day.play(LocalTime.of(7, 59), 60);
    assertThat(playback.nextDue()).contains(Duration.ofSeconds(1));
    assertThat(playback.poll(Duration.ofMillis(999))).isEmpty();
    assertThat(playback.poll(Duration.ofSeconds(1))).contains(day.calls().get(0));
    assertThat(playback.poll(Duration.ofSeconds(1))).isEmpty();
    assertThat(playback.nextDue()).contains(Duration.ofSeconds(6));
    assertThat(playback.timeOfDay(Duration.ofSeconds(6))).isEqualTo(Duration.ofMinutes(485));
  }

  @Test
  void whoeverAsksLateGetsEveryCallInOrder() {
    Playback playback = day.play(Duration.ZERO, 1);
    List<StationCall> given = new ArrayList<>();
    assertThat(playback.remaining()).isEqualTo(4);
    while (playback.poll(Duration.ofDays(2)).map(given::add).orElse(false)) {}
    assertThat(given).isEqualTo(day.calls());
    assertThat(playback.isFinished()).isTrue();
    assertThat(playback.remaining()).isZero();
    assertThat(playback.nextDue()).isEmpty();
  }

  @Test
  void callsBeforeTheStartAreLeftOutAndTheOneAtTheStartIsNot() {
    Playback playback = day.play(LocalTime.of(8, 6), 10);
    assertThat(playback.remaining()).isEqualTo(2);
    assertThat(playback.nextDue()).contains(Duration.ZERO);
    assertThat(day.play(LocalTime.of(23, 0), 10).isFinished()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.0009, -1, 86_401, Double.NaN, Double.POSITIVE_INFINITY})
  void aSpeedOutOfRangeIsRefused(double speed) {
    assertThatThrownBy(() -> day.play(Duration.ZERO, speed))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theSlowestSpeedTakesYears() {
    Playback playback = day.play(Duration.ZERO, Playback.MIN_SPEED);
    assertThat(playback.nextDue()).contains(Duration.ofHours(8_000));
    assertThat(playback.poll(Duration.ofHours(7_999))).isEmpty();
    assertThat(playback.poll(Duration.ofHours(8_000))).isPresent();
  }

  @Test
  void waitingUntilTheNextCallIsDueAlwaysGivesIt() throws Exception {
    Timetable busy = Timetable.ofBusiestDay(SampleNetwork.load());
    for (int seed = 0; seed < 20; seed++) {
      Random random = new Random(seed);
      double speed = Math.pow(10, random.nextDouble(-2, 4.9));
      Playback playback = busy.play(Duration.ofSeconds(random.nextInt(86_400)), speed);
      Duration before = Duration.ZERO;
      while (!playback.isFinished()) {
        Duration due = playback.nextDue().orElseThrow();
        assertThat(due).as("seed %d", seed).isGreaterThanOrEqualTo(before);
        assertThat(playback.poll(due)).as("seed %d", seed).isPresent();
        before = due;
      }
    }
  }
}
