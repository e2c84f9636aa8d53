package io.euryale.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.euryale.kernel.Endpoint;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerRef;
import io.euryale.overlay.CellId;
import io.euryale.overlay.CellView;
import io.euryale.overlay.Term;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LastHourTest {

  private static final Instant START = Instant.parse("2026-01-31T08:00:00Z");
  private static final long SECOND = 1_000_000_000L;

  private final Recoveries recoveries = new Recoveries();
  private final LastHour hour = new LastHour(0, START);
  private long second;

  @Test
  void a_step_has_the_rate_the_worst_second_and_the_longest_delay() throws IOException {
    hour.measured("alarm", 30, 2, 7, 1);
    hour.measured("alarm", 10, 5, 6, 3);
    hour.measured("alarm", 0, 0, 0, 0);
    assertThat(until(9)).isFalse();

    assertThat(until(10)).isTrue();

    JsonNode told = told();
    assertThat(told.path("at").path(0).asLong()).isEqualTo(START.toEpochMilli());
    JsonNode alarm = told.at("/classes/alarm");
    assertThat(alarm.at("/perSecond/0").asDouble()).isEqualTo(4);
    assertThat(alarm.at("/p99/0").asDouble()).isEqualTo(5);
    assertThat(alarm.at("/longest/0").asDouble()).isEqualTo(7);
    assertThat(alarm.at("/missing/0").asInt()).isZero();
  }

  @Test
  void what_was_not_measured_is_told_as_such() throws IOException {
    hour.measured("alarm", 0, 0, 0, 0);
    until(10);
    hour.measured("normal", 20, 1, 1, 0);
    until(20);

    JsonNode classes = told().path("classes");
    assertThat(classes.at("/alarm/perSecond/0").asDouble()).isZero();
    assertThat(classes.at("/alarm/longest/0").isNull()).isTrue();
    assertThat(classes.at("/alarm/perSecond/1").isNull()).isTrue();
    assertThat(classes.at("/normal/perSecond/0").isNull()).isTrue();
    assertThat(classes.at("/normal/perSecond/1").asDouble()).isEqualTo(2);
  }

  @Test
  void a_day_leaves_an_hour() throws IOException {
    for (int at = 10; at <= 24 * 3600; at += 10) {
      hour.measured("alarm", at, 1, 1, 0);
      if (at % 30 == 0) {
        recoveries.announced(at * SECOND, START.plusSeconds(at), "fault " + at, List.of("p"));
      }
      until(at);
    }

    JsonNode told = told();
    assertThat(told.path("at")).hasSize(360);
    assertThat(told.at("/classes/alarm/perSecond")).hasSize(360);
    assertThat(told.at("/classes/alarm/perSecond/359").asDouble()).isEqualTo(8640);
    assertThat(told.path("faults")).hasSizeBetween(120, 121);
    assertThat(told.at("/faults/0/at").asText()).isEqualTo("2026-02-01T07:00:00Z");
    assertThat(told.path("faults").path(told.path("faults").size() - 1).path("what").asText())
        .isEqualTo("fault 86400");
  }

  @Test
  void after_a_pause_of_hours_nothing_is_left_and_it_goes_on() throws IOException {
    hour.measured("alarm", 30, 2, 7, 1);
    until(10);
    hour.measured("alarm", 20, 2, 7, 1);
    assertThat(hour.tick(7210 * SECOND, START.plusSeconds(7210), recoveries)).isTrue();
    assertThat(told().path("at")).isEmpty();

    hour.measured("alarm", 40, 2, 7, 1);
    assertThat(hour.tick(7220 * SECOND, START.plusSeconds(7220), recoveries)).isTrue();
    assertThat(told().path("at")).hasSize(1);
    assertThat(told().at("/classes/alarm/perSecond/0").asDouble()).isEqualTo(4);
  }

  @Test
  void more_faults_than_an_hour_can_show_leave_the_latest() throws IOException {
    for (int at = 1; at <= 3000; at++) {
      recoveries.announced(at * SECOND, START.plusSeconds(at), "fault " + at, List.of("p"));
      until(at);
    }

    assertThat(told().path("faults")).hasSize(1200);
    assertThat(told().at("/faults/1199/what").asText()).isEqualTo("fault 3000");
  }

  @Test
  void what_hit_no_peer_is_no_fault_and_how_one_was_mended_is_learned_later() throws IOException {
    recoveries.picture(0, START, List.of(root("a", "b")));
    recoveries.announced(SECOND, START.plusSeconds(1), "load times 2", List.of());
    recoveries.announced(2 * SECOND, START.plusSeconds(2), "Reset of b", List.of("b"));
    recoveries.picture(3 * SECOND, START.plusSeconds(3), List.of(root("a")));
    until(10);
    assertThat(told().path("faults")).hasSize(1);
    assertThat(told().at("/faults/0/what").asText()).isEqualTo("Reset of b");
    assertThat(told().at("/faults/0/backMillis").isNull()).isTrue();

    recoveries.picture(12 * SECOND, START.plusSeconds(12), List.of(root("a", "b")));
    until(20);
    assertThat(told().path("faults")).hasSize(1);
    assertThat(told().at("/faults/0/backMillis").asLong()).isEqualTo(10_000);
  }

  private static CellView root(String... names) {
    List<CellView.Member> members = new ArrayList<>();
    for (String name : names) {
      Endpoint at = Endpoint.contact("127.0.0.1", 7400);
      members.add(new CellView.Member(new PeerRef(PeerId.of(name, 1), at), null));
    }
    return new CellView(CellId.ROOT, new Term(1, members.getFirst().id()), 1, members);
  }

  /// @return whether a step ended at that second
  private boolean until(int at) {
    boolean ended = false;
    for (; second < at; second++) {
      ended = hour.tick((second + 1) * SECOND, START.plusSeconds(second + 1), recoveries);
    }
    return ended;
  }

  private JsonNode told() throws IOException {
    return new ObjectMapper().readTree(Facts.json(hour.told()));
  }
}
