package io.euryale.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.euryale.kernel.RightsTable.Rule;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RightsTableTest {

  private enum Right {
    SEE,
    TAKE
  }

  private static RightsTable<Right> parse(String... lines) {
    return RightsTable.parse(Right.class, "THINGS NAMES RIGHTS", "hat/* a* see", List.of(lines));
  }

  @Test
  void aLineIsPatternsAndRights() {
    RightsTable<Right> table = parse("  hat/*   bob see,take ", "coat * take");
    assertThat(table.rules().getFirst())
        .isEqualTo(new Rule<>(List.of("hat/*", "bob"), Set.of(Right.SEE, Right.TAKE)));
    assertThat(table.rules().getLast().grants()).containsExactly(Right.TAKE);
  }

  @Test
  void aPatternIsANameOrItsBeginning() {
    Rule<Right> rule = parse("hat/* bob see").rules().getFirst();
    assertThat(rule.matches(0, "hat/red")).isTrue();
    assertThat(rule.matches(0, "hat/")).isTrue();
    assertThat(rule.matches(0, "hat")).isFalse();
    assertThat(rule.matches(1, "bob")).isTrue();
    assertThat(rule.matches(1, "bobby")).isFalse();
  }

  @Test
  void aWishMatchesOnlyWhenAllThatItSelectsDoes() {
    Rule<Right> rule = parse("hat/* bob see").rules().getFirst();
    assertThat(rule.matches(0, "hat/*")).isTrue();
    assertThat(rule.matches(0, "hat/?ed")).isTrue();
    for (String wide : List.of("*", "hat*", "ha?/red", "?at/*")) {
      assertThat(rule.matches(0, wide)).as(wide).isFalse();
    }
    assertThat(parse("hat bob see").rules().getFirst().matches(0, "ha?")).isFalse();
  }

  @Test
  void aLineThatIsNoRuleIsNamed() {
    for (String line : List.of("", "a b", "a b fly", "a*b * see", "* * see,", "ha? * see")) {
      assertThatThrownBy(() -> parse(line))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("'" + line + "'")
          .hasMessageContaining("THINGS NAMES RIGHTS");
    }
  }

  @Test
  void digestsTellTablesApart() {
    assertThat(parse("a b see,take").digest()).isEqualTo(parse("a b take,see").digest());
    assertThat(parse("a b see").digest()).isNotEqualTo(parse("a b take").digest());
    assertThat(parse("a b see").digest()).isNotEqualTo(parse("a c see").digest());
  }
}
