package io.euryale.lighttrain.city;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.euryale.lighttrain.demo.DemoException;
import io.euryale.lighttrain.timetable.SampleNetwork;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScenarioTest {

  private final CityMap map = new CityMap(SampleNetwork.load());
  private final String line = map.ways().getFirst().name();
  private final String station = map.stops().values().iterator().next().name();

  private Scenario parse(String text) throws DemoException {
    return Scenario.parse(text.replace('\'', '"'), "city.json", map, 4);
  }

  @Test
  void steps_come_once_when_they_are_due_in_the_order_of_their_times() throws DemoException {
    Scenario scenario =
        parse(
            "[{'at':'2m','fault':{'action':'kill','process':2}},"
                + "{'at':'20s','delay':{'line':'%s','by':'4m'}},".formatted(line)
                + "{'at':'30s','cancel':{'line':'%s'}},".formatted(line)
                + "{'at':'30s','alarm':{'station':'%s'}}]".formatted(station));
    assertThat(scenario.due(Duration.ofSeconds(19))).isEmpty();
    assertThat(scenario.due(Duration.ofSeconds(20)))
        .containsExactly(
            new Scenario.Step.Delay(Duration.ofSeconds(20), line, Duration.ofMinutes(4)));
    assertThat(scenario.due(Duration.ofSeconds(20))).isEmpty();
    assertThat(scenario.due(Duration.ofHours(1)))
        .hasSize(3)
        .endsWith(new Scenario.Step.Fault(Duration.ofMinutes(2), "kill", 2));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          [{'at':'20s'                                     | is no JSON: line 1
          ``                                               | is not an array
          {}                                               | is not an array
          [1]                                              | Step 1 of the scenario
          [{}]                                             | is no time
          [{'at':'20'}]                                    | '20' is no time: write 20s, 4m or 1h
          [{'at':'-1s'}]                                   | is no time
          [{'at':'9999999s'}]                              | is no time
          [{'at':20,'alarm':{}}]                           | is no time
          [{'at':'1s'}]                                    | it has 'at' and one of
          [{'at':'1s','dance':{}}]                         | it has none of
          [{'at':'1s','delay':{'line':'?','by':'1m'}}]     | there is no line '?'; there are
          [{'at':'1s','cancel':{}}]                        | there is no line ''
          [{'at':'1s','cancel':7}]                         | there is no line ''
          [{'at':'1s','skip':{'station':'Atlantis'}}]      | there is no line ''
          [{'at':'1s','alarm':{'station':'Atlantis'}}]     | there is no station 'Atlantis'
          [{'at':'1s','fault':{'action':'burn'}}]          | kill, freeze, partition, heal or restart
          [{'at':'1s','fault':{'action':'kill','process':5}}]     | 'process' is a number from 1 to 4
          [{'at':'1s','fault':{'action':'kill','process':'two'}}] | 'process' is a number from 1 to 4
          [{'at':'1s','fault':{'action':'kill'},'alarm':{}}] | it has 'at' and one of
          [{'at':'1s','alarm':{'station':null}}]           | there is no station
          """)
  void what_is_wrong_is_said_with_the_step(String text, String sentence) {
    assertThatThrownBy(() -> parse(text))
        .isInstanceOf(DemoException.class)
        .hasMessageContaining(sentence)
        .hasMessageContaining("city.json")
        .extracting("exitCode")
        .isEqualTo(DemoException.BAD_USAGE);
  }

  @Test
  void a_station_to_be_passed_is_found_by_its_name() throws DemoException {
    CityMap.Way way = map.ways().getFirst();
    String id = way.stops().get(1);
    String step = "[{'at':'1s','skip':{'line':'%s','station':'%s'}}]";
    Scenario scenario = parse(step.formatted(line, map.stop(id).name()));
    assertThat(scenario.due(Duration.ofSeconds(1)))
        .containsExactly(new Scenario.Step.Skip(Duration.ofSeconds(1), line, id));
    String elsewhere =
        map.stops().keySet().stream()
            .filter(each -> !way.stops().contains(each))
            .findFirst()
            .orElseThrow();
    assertThatThrownBy(() -> parse(step.formatted(line, elsewhere)))
        .hasMessageContaining("line '" + line + "' does not call at");
  }

  @Test
  void a_file_that_is_not_there_is_said_so(@TempDir Path folder) {
    assertThatThrownBy(() -> Scenario.read(folder.resolve("none.json"), map, 4))
        .isInstanceOf(DemoException.class)
        .hasMessageContaining("cannot be read");
  }

  @Test
  void nothing_is_due_without_a_scenario() {
    assertThat(Scenario.none().due(Duration.ofDays(1))).isEmpty();
  }
}
