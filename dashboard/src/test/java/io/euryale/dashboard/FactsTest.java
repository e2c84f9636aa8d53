package io.euryale.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FactsTest {

  private static final Duration SOON = Duration.ofSeconds(10);

  private final Facts facts = new Facts();

  @Test
  void a_slow_reader_gets_the_latest_state_only() throws InterruptedException {
    facts.put("trains", 1);
    long seen = facts.all().getFirst().version();
    facts.put("trains", 2);
    facts.put("trains", 3);
    assertThat(facts.await(seen, SOON)).extracting(Facts.Part::body).containsExactly("3");
  }

  @Test
  void a_part_for_new_readers_is_not_told_to_those_that_read_on() throws InterruptedException {
    facts.put("trains", 1);
    long seen = facts.all().getFirst().version();
    facts.putForNewReaders("history", List.of(1, 2));
    facts.put("trains", 2);
    assertThat(facts.await(seen, SOON)).extracting(Facts.Part::name).containsExactly("trains");
    assertThat(facts.all()).extracting(Facts.Part::name).contains("history");
  }

  @Test
  void nothing_new_ends_the_wait_with_nothing() throws InterruptedException {
    facts.put("trains", 1);
    assertThat(facts.await(facts.all().getFirst().version(), Duration.ofMillis(5))).isEmpty();
  }

  @Test
  void what_is_confirmed_is_told_again_and_unknown_parts_are_not() throws InterruptedException {
    facts.put("overlay", Map.of("cells", 3));
    long seen = facts.all().getFirst().version();
    facts.confirm("overlay");
    facts.confirm("nothing");
    assertThat(facts.await(seen, SOON))
        .extracting(Facts.Part::body)
        .containsExactly("{\"cells\":3}");
  }
}
