package io.euryale.service.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.PeerId;
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
  void aFlowIsTheStreamOfOneLifeOfASensor() {
    PeerId sensor = PeerId.of("s", 1);
    long flow = StreamNames.flowId("a", sensor);
    assertThat(StreamNames.flowId("a", PeerId.of("s", 1))).isEqualTo(flow);
    assertThat(StreamNames.flowId("b", sensor)).isNotEqualTo(flow);
    assertThat(StreamNames.flowId("a", PeerId.of("s", 2))).isNotEqualTo(flow);
    assertThat(StreamNames.flowId("a", PeerId.of("t", 1)))
        .as("of the same moment")
        .isNotEqualTo(flow);
    assertThat(StreamNames.flowId("a", PeerId.of("sa", 1)))
        .isNotEqualTo(StreamNames.flowId("aa", sensor));
  }

  /// By Python: `hashlib.sha256(struct.pack('>q', 1) + b's\0a').hexdigest()[:16]`.
  @Test
  void aFlowIsTheBeginningOfASha256() {
    assertThat(StreamNames.flowId("a", PeerId.of("s", 1))).isEqualTo(0xEDCB461DF179989DL);
  }
}
