package io.euryale.lighttrain.city;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.lighttrain.timetable.TestFeed;
import java.nio.file.Path;
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
}
