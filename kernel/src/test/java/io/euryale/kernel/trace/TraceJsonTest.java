package io.euryale.kernel.trace;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TraceJsonTest {

  @Test
  void aTraceIsOneLineOfJsonWithItsFieldsInOrder() {
    StringBuilder out = new StringBuilder();
    TraceJson.append(
        out,
        new Trace(
            3,
            17,
            "trindade",
            2,
            TraceEvent.of("SUSPECT", "who", "a#1", "silenceMs", 40L, "q", true)));
    assertThat(out)
        .hasToString(
            "{\"step\":3,\"at\":17,\"proc\":\"trindade\",\"inc\":2,\"event\":\"SUSPECT\","
                + "\"who\":\"a#1\",\"silenceMs\":40,\"q\":true}\n");
  }

  @Test
  void textIsEscaped() {
    StringBuilder out = new StringBuilder();
    TraceJson.append(out, new Trace(0, 0, "p", 1, TraceEvent.of("E", "r", "a\"b\\c\nd")));
    assertThat(out.toString()).contains("\"r\":\"a\\\"b\\\\c\\u000ad\"");
  }
}
