package io.euryale.lighttrain.city;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.euryale.lighttrain.demo.DemoException;
import io.euryale.lighttrain.timetable.TestFeed;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CityRunTest {

  @TempDir Path folder;

  private String name(String agencies) throws Exception {
    Path of = folder.resolve("cliff-railway");
    return CityRun.name(TestFeed.minimal().with("agency.txt", agencies).read(of), of);
  }

  @Test
  void a_city_is_called_as_the_first_agency_of_its_feed() throws Exception {
    assertThat(
            name("agency_name,agency_timezone\nCliff\u001b Railway ,Etc/UTC\nPier Buses,Etc/UTC\n"))
        .isEqualTo("Cliff  Railway");
  }

  @ParameterizedTest
  @ValueSource(strings = {"agency_timezone\nEtc/UTC\n", "agency_name,agency_timezone\n,Etc/UTC\n"})
  void without_a_name_of_its_agency_it_is_called_as_its_folder(String agencies) throws Exception {
    assertThat(name(agencies)).isEqualTo("cliff-railway");
  }

  @Test
  void a_day_on_which_trains_only_arrive_is_refused() throws Exception {
    Path feed =
        TestFeed.minimal()
            .with(
                "stop_times.txt",
                """
                trip_id,arrival_time,departure_time,stop_id,stop_sequence
                t1,23:55:00,23:55:00,a,1
                t1,24:10:00,24:10:00,c,2
                """)
            .with("calendar_dates.txt", "service_id,date,exception_type\ndaily,20260302,2\n")
            .writeTo(folder.resolve("night"));
    CityRun run =
        new CityRun(settings(feed, LocalDate.of(2026, 3, 2)), List.of("euryale"), _ -> {});
    assertThatThrownBy(run::run)
        .isInstanceOf(DemoException.class)
        .hasMessageContaining("On 2026-03-02 no train goes from one station to another")
        .extracting("exitCode")
        .isEqualTo(DemoException.BAD_USAGE);
  }

  private static CitySettings settings(Path feed, LocalDate date) {
    return new CitySettings(
        feed, date, 10, Duration.ofSeconds(5), 0, 4, 3, 2, 2, 3, 1, null, 1, null, null, -1);
  }
}
