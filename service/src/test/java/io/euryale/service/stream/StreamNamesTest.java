package io.euryale.service.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StreamNamesTest {

  @ParameterizedTest
  @CsvSource({
    "*, station/5/calls, true",
    "station/*/calls, station/5/calls, true",
    "station/?/calls, station/5/calls, true",
    "station/?/calls, station/55/calls, false",
    "station/*, line/a, false",
    "a*b*c, aXbYbZc, true",
    "a*b*c, aXbYbZ, false",
    "line-a, line-a, true",
    "line-a, line-ab, false"
  })
  void patternsSelectNames(String pattern, String name, boolean matches) {
    assertThat(StreamNames.matches(pattern, name)).isEqualTo(matches);
  }

  @Test
  void patternsAgreeWithRegularExpressions() {
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < 50_000; i++) {
      String pattern = text(random, "ab*?", 6);
      String name = text(random, "ab", 8);
      String regex = pattern.replace("*", ".*").replace("?", ".");
      assertThat(StreamNames.matches(pattern, name))
          .as("%s on %s", pattern, name)
          .isEqualTo(Pattern.matches(regex, name));
    }
  }

  private static String text(SplittableRandom random, String alphabet, int most) {
    StringBuilder out = new StringBuilder();
    for (int n = random.nextInt(most + 1); n > 0; n--) {
      out.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return out.toString();
  }

  @Test
  void namesAndPatternsAreBounded() {
    assertThat(StreamNames.isName("line-a/audio:1_x.y")).isTrue();
    assertThat(StreamNames.isName("")).isFalse();
    assertThat(StreamNames.isName("a b")).isFalse();
    assertThat(StreamNames.isName("a*")).isFalse();
    assertThat(StreamNames.isPattern("a*?")).isTrue();
    assertThat(StreamNames.isName("a".repeat(200))).isTrue();
    assertThat(StreamNames.isName("a".repeat(201))).isFalse();
  }

  @Test
  void aFlowIsTheStreamAndItsEpoch() {
    assertThat(StreamNames.flowId("a", 1)).isEqualTo(StreamNames.flowId("a", 1));
    assertThat(StreamNames.flowId("a", 1)).isNotEqualTo(StreamNames.flowId("a", 2));
    assertThat(StreamNames.flowId("a", 1)).isNotEqualTo(StreamNames.flowId("b", 1));
  }
}
