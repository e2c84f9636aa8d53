package io.euryale.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// What the pages on groups show is what is built.
class GroupPagesTest {

  private static final Path ROOT = Path.of("").toAbsolutePath().getParent();

  @Test
  void theCounterOnThePageIsTheClassThatIsCompiled() throws IOException {
    String page = Files.readString(ROOT.resolve("docs/groups-java.md"));
    String source =
        Files.readString(
            ROOT.resolve(
                "examples/counter/src/main/java/io/euryale/counter/ReplicatedCounter.java"));
    String begin = "<!-- counter -->\n```java\n";
    int from = page.indexOf(begin) + begin.length();
    assertThat(page.substring(from, page.indexOf("```\n<!-- /counter -->"))).isEqualTo(source);
  }
}
