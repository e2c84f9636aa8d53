package io.euryale.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AuditTest {

  private static final long MILLI = 1_000_000;

  private final List<String> lines = new ArrayList<>();
  private long now = 5_000 * MILLI;
  private final Audit audit =
      new Audit(
          () -> now,
          (where, pattern, what) ->
              lines.add(pattern.replaceFirst("\\{}", where).replace("{}", what.toString())));

  @Test
  void fiveRefusalsOfASecondAreWrittenAndTheOthersAreCounted() {
    for (int i = 1; i <= 12; i++) {
      audit.refused("a1", "to publish stream-" + i);
    }
    assertThat(lines).hasSize(5).last().isEqualTo("a1 refused to publish stream-5");
    assertThat(audit.refusals()).isEqualTo(12);
    assertThat(audit.last()).isEqualTo("to publish stream-12");
    now += 1_001 * MILLI;
    audit.refused("a1", "to join");
    assertThat(lines.subList(5, lines.size()))
        .containsExactly(
            "a1 refused 7 more requests that are not written here", "a1 refused to join");
  }

  @Test
  void whoAsksAgainAndAgainDoesNotHideOthers() {
    for (int i = 0; i < 1_000; i++) {
      audit.refused("a1", "to publish gate/1");
    }
    audit.refused("a1", "to administer");
    assertThat(lines).containsExactly("a1 refused to publish gate/1", "a1 refused to administer");
  }

  @Test
  void afterAQuietSecondNothingIsSaidToBeMissing() {
    audit.refused("a1", "to join");
    now += 1_001 * MILLI;
    audit.refused("a1", "to join");
    assertThat(lines).containsExactly("a1 refused to join", "a1 refused to join");
  }
}
