package io.euryale.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.euryale.dashboard.ClassFigures.Second;
import io.euryale.dashboard.ClassFigures.Total;
import io.euryale.kernel.TrafficClass;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class ClassFiguresTest {

  private static final long SECOND = 1_000_000_000L;
  private static final Second QUIET = new Second(1, 0, 0, 0, 0, 0);
  private static final Total NOTHING = new Total(0, 0, 0, 0, 0, null, -1);

  private final Facts facts = new Facts();
  private final ClassFigures figures = new ClassFigures(facts, new Recoveries(), 0);

  private JsonNode told(String part) throws IOException {
    return new ObjectMapper().readTree(facts.state()).path(part).path("body");
  }

  @Test
  void a_rate_is_of_the_time_that_was_measured() throws IOException {
    Total total = new Total(30, 2, 3, 4, 1, 0L, 20);
    figures.measured(TrafficClass.ALARM, new Second(2, 30, 1, 2, 4, 0.5), total);
    figures.tell(2 * SECOND);
    JsonNode alarm = told("classes").path(0);
    assertThat(alarm.path("class").asText()).isEqualTo("alarm");
    assertThat(alarm.path("perSecond").asDouble()).isEqualTo(15);
    assertThat(alarm.path("p99").asDouble()).isEqualTo(2);
    assertThat(alarm.path("totalMax").asDouble()).isEqualTo(4);
    assertThat(alarm.path("missing").asLong()).isEqualTo(1);

    figures.measured(TrafficClass.ALARM, new Second(1, 5, 1, 2, 4, 0.5), total);
    figures.tell(3 * SECOND);
    assertThat(told("classes")).hasSize(1);
    assertThat(told("classes").at("/0/perSecond").asDouble()).isEqualTo(5);
  }

  @Test
  void who_comes_later_has_what_the_charts_draw_of_five_minutes() throws IOException {
    for (int second = 1; second <= 400; second++) {
      figures.measured(TrafficClass.ALARM, new Second(1, second, 1, 2, 4, 0.5), NOTHING);
      figures.measured(TrafficClass.NORMAL, QUIET, NOTHING);
      figures.tell(second * SECOND);
    }
    JsonNode history = told("history");
    assertThat(history).hasSize(300);
    assertThat(history.at("/0/alarm/perSecond").asDouble()).isEqualTo(101);
    assertThat(history.at("/299/alarm/perSecond").asDouble()).isEqualTo(400);
    assertThat(history.at("/299/alarm/p99").asDouble()).isEqualTo(2);
    assertThat(history.at("/299/alarm/jitter").asDouble()).isEqualTo(0.5);
    assertThat(history.at("/299/normal/p99").isNull()).isTrue();
    assertThat(history.at("/299/at").asLong()).isPositive();
  }

  @Test
  void what_was_not_measured_is_told_as_such() throws IOException {
    figures.measured(TrafficClass.NORMAL, QUIET, NOTHING);
    figures.tell(SECOND);
    JsonNode normal = told("classes").path(0);
    assertThat(normal.path("perSecond").asDouble()).isZero();
    for (String figure : new String[] {"p50", "p99", "max", "jitter", "totalP999", "again"}) {
      assertThat(normal.path(figure).isNull()).as(figure).isTrue();
    }
  }

  @Test
  void ten_seconds_are_a_step_of_the_hour() throws IOException {
    for (int second = 1; second <= 10; second++) {
      figures.measured(TrafficClass.ALARM, new Second(1, 3, 1, 2, 9, 0), NOTHING);
      figures.tell(second * SECOND);
    }
    assertThat(told("hour").at("/classes/alarm/perSecond/0").asDouble()).isEqualTo(3);
    assertThat(told("hour").at("/classes/alarm/longest/0").asDouble()).isEqualTo(9);
  }
}
