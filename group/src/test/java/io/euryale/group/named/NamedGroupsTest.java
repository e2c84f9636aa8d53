package io.euryale.group.named;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NamedGroupsTest {

  private static final int SEEDS = Integer.getInteger("euryale.groupSeeds", 1000);

  @Test
  void whatever_happens_to_the_peers_the_views_and_messages_agree() {
    long views = 0;
    long messages = 0;
    long states = 0;
    long transfers = 0;
    long unordered = 0;
    long first = Long.getLong("euryale.groupSeed", 1);
    for (long seed = first; seed < first + SEEDS; seed++) {
      Run run = new Run(seed, GroupRules.ALL);
      try {
        run.go(400 + (int) (seed % 5) * 200);
      } catch (Ledger.Broken | RuntimeException broken) {
        throw new AssertionError("seed " + seed + ": " + broken, broken);
      }
      views += run.ledger.views;
      messages += run.ledger.messages;
      states += run.ledger.stateComparisons;
      transfers += run.ledger.transfers;
      unordered += run.ledger.unordered;
    }
    assertThat(views).isGreaterThan(20L * SEEDS);
    assertThat(messages).isGreaterThan(20L * SEEDS);
    assertThat(unordered).isGreaterThan(5L * SEEDS);
    assertThat(states).isGreaterThan(5L * SEEDS);
    assertThat(transfers).isGreaterThan(SEEDS / 2);
  }

  enum Mistake {
    GHOST("ghost", new GroupRules(false, true, true, true, true, true)),
    LATER_VIEW("view|EV-5|EV-6", new GroupRules(true, false, true, true, true, true)),
    JOIN_AT_REQUEST(
        "CF-2|view|EV-5|EV-7|views", new GroupRules(true, true, false, true, true, true)),
    LATE_SNAPSHOT("state", new GroupRules(true, true, true, false, true, true)),
    LOUD_PRIVATE("private", new GroupRules(true, true, true, true, false, true)),
    PARTIAL_EXCHANGE("CF-2|views", new GroupRules(true, true, true, true, true, false));

    final String rules;
    final GroupRules planted;

    Mistake(String rules, GroupRules planted) {
      this.rules = rules;
      this.planted = planted;
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_planted_mistake_is_noticed_by_its_rule(Mistake mistake) {
    for (long seed = 1; seed < 400; seed++) {
      try {
        new Run(seed, mistake.planted).go(800);
      } catch (Ledger.Broken broken) {
        assertThat(broken.rule).matches(mistake.rules);
        return;
      }
    }
    fail("Nobody noticed " + mistake);
  }
}
