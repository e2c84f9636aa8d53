package io.euryale.lighttrain.timetable;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GtfsTimeTest {

  @ParameterizedTest
  @CsvSource({
    "0:00:00, 0",
    "00:00:01, 1",
    "7:05:09, 25509",
    "23:59:59, 86399",
    "24:00:00, 86400",
    "25:10:00, 90600",
    "100:00:00, 360000",
    "167:59:59, 604799"
  })
  void timesOfOneToThreeHourDigitsAreSeconds(String text, int seconds) {
    assertThat(GtfsTime.parse(text)).isEqualTo(seconds);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":",
        "8:00",
        "8:0:00",
        "8:00:0",
        "08:60:00",
        "08:00:60",
        "168:00:00",
        "0008:00:00",
        "-1:00:00",
        "8.00.00",
        "8:00:00 ",
        " 8:00:00",
        "8:00:00Z",
        "٨:00:00",
        ":00:00",
        "a:00:00"
      })
  void anythingElseIsNoTime(String text) {
    assertThat(GtfsTime.parse(text)).isNegative();
  }

  @Test
  void everyTimeIsReadBackAsItIsWritten() {
    for (int seconds = 0; seconds < GtfsTime.HOUR_LIMIT * 3600; seconds += 7) {
      assertThat(GtfsTime.parse(GtfsTime.format(seconds))).isEqualTo(seconds);
    }
  }
}
