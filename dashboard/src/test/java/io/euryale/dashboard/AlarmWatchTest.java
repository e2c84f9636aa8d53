package io.euryale.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.peer.StreamHandler;
import io.euryale.service.stream.StreamPacket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AlarmWatchTest {

  private static final long MINUTE = 60_000_000_000L;

  private final AlarmWatch.Told told = new AlarmWatch.Told();
  private final StreamHandler handler = told.but(List.of());

  @Test
  void it_is_told_that_there_are_none() {
    assertThat(told.news()).containsEntry("raised", 0L).containsEntry("list", List.of());
    assertThat(told.news()).as("as it was").isNull();
  }

  @Test
  void the_newest_is_told_first_with_the_time_at_which_it_was_raised() {
    came("gate/1", 1, MINUTE, "smoke");
    came("gate/2", 7, 0, "door");
    List<Map<String, Object>> list = list();
    assertThat(list).extracting("station").containsExactly("gate/2", "gate/1");
    assertThat(list).extracting("text").containsExactly("door", "smoke");
    assertThat(list).extracting("id").containsExactly("gate/2/5/7", "gate/1/5/1");
    Instant before = Instant.parse(String.valueOf(list.getLast().get("raised")));
    assertThat(before).isBefore(Instant.now().minusSeconds(59));
  }

  @Test
  void however_many_come_the_last_hundred_are_kept_and_all_counted() {
    for (int i = 1; i <= 250; i++) {
      came("gate/1", i, 0, "n" + i);
    }
    Map<String, Object> news = Objects.requireNonNull(told.news());
    assertThat(news).containsEntry("raised", 250L);
    assertThat((List<?>) news.get("list")).hasSize(100);
  }

  @Test
  void long_texts_are_cut_and_what_is_no_text_is_told_by_its_size() {
    came("gate/1", 1, 0, "é".repeat(300));
    handler.packet(packet("gate/1", 2, 0), false, ByteBuffer.wrap(new byte[] {-1, 0, 3}));
    assertThat(list())
        .extracting("text")
        .containsExactly("3 bytes that are no text", "é".repeat(200) + "…");
  }

  @Test
  void what_two_patterns_select_is_told_once() {
    StreamHandler second = told.but(List.of("gate/*"));
    came("gate/1", 1, 0, "smoke");
    second.packet(packet("gate/1", 1, 0), false, StandardCharsets.UTF_8.encode("smoke"));
    second.gap("gate/1", 5, 2, 2);
    second.packet(packet("lift", 1, 0), false, StandardCharsets.UTF_8.encode("stuck"));
    assertThat(list()).extracting("station").containsExactly("lift", "gate/1");
    handler.gap("gate/1", 5, 2, 2);
    assertThat(told.news())
        .containsEntry("trail", "Since this dashboard was started. 1 packets are missing.");
  }

  @Test
  void what_is_missing_or_forbidden_is_told() {
    handler.gap("gate/1", 5, 3, 4);
    assertThat(told.news())
        .containsEntry("trail", "Since this dashboard was started. 2 packets are missing.");
    handler.forbidden("gate/*", "It may not.");
    assertThat(told.news()).containsEntry("trail", "It may not. 2 packets are missing.");
  }

  @SuppressWarnings("unchecked")
  private List<Map<String, Object>> list() {
    return (List<Map<String, Object>>) Objects.requireNonNull(told.news()).get("list");
  }

  private void came(String stream, long sequence, long ageNanos, String text) {
    handler.packet(packet(stream, sequence, ageNanos), false, StandardCharsets.UTF_8.encode(text));
  }

  private static StreamPacket packet(String stream, long sequence, long ageNanos) {
    return new StreamPacket(stream, 5, sequence, "", ageNanos, false, 0, false, Set.of());
  }
}
