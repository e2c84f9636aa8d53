package io.euryale.lighttrain.city;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.lighttrain.timetable.SampleNetwork;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class GaugesTest {

  private final CityMap map = new CityMap(SampleNetwork.load());
  private final CityMap.Stop stop = map.stops().values().iterator().next();
  private final Gauges gauges = new Gauges(map);

  private void says(String stream, String text) {
    gauges.packet(stream, 1, 1, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void the_last_word_of_a_gauge_is_at_its_station() {
    says("gauge/" + stop.slug(), "20 °C");
    says("gauge/" + stop.slug(), "21 °C");
    assertThat(gauges.shown()).hasSize(1);
    assertThat(gauges.shown().getFirst())
        .containsEntry("stop", stop.id())
        .containsEntry("text", "21 °C")
        .containsEntry("packets", 2L);
  }

  @Test
  void what_is_too_long_is_cut_and_nothing_in_it_steers_a_terminal() {
    says("gauge/" + stop.slug(), "\u001b[31m" + "😀".repeat(100));
    String text = gauges.shown().getFirst().get("text").toString();
    assertThat(text.codePointCount(0, text.length())).isEqualTo(40);
    assertThat(text).endsWith("😀…").doesNotContain("\u001b");
  }

  @Test
  void a_gauge_of_no_station_is_nowhere() {
    says("gauge/atlantis", "wet");
    says("gauge/", "wet");
    says("x", "wet");
    assertThat(gauges.shown()).isEmpty();
  }
}
