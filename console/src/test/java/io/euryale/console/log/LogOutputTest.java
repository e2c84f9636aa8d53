package io.euryale.console.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.euryale.console.log.LogOutput.Format;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

@Timeout(60)
class LogOutputTest {

  private static final Logger LOG = LoggerFactory.getLogger(LogOutputTest.class);
  private static final Duration SOON = Duration.ofSeconds(30);

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream stream = new PrintStream(bytes, true, StandardCharsets.UTF_8);

  @AfterEach
  void asBefore() {
    LogOutput.flush(SOON);
    LogOutput.process("");
    LogOutput.toStandardError(Format.TEXT, Level.WARN);
  }

  private List<String> written() {
    LogOutput.flush(SOON);
    return bytes.toString(StandardCharsets.UTF_8).lines().toList();
  }

  @Test
  void jsonIsOneObjectALineWhateverIsInIt() throws IOException {
    LogOutput.to(stream, Format.JSON, Level.INFO);
    LOG.atInfo()
        .addKeyValue("peer", "a1")
        .addKeyValue("event", "joined")
        .addKeyValue("cell", "0.1")
        .log("Peer {} said \"{}\"", "a1", "two\nlines");
    LOG.warn("Plain {}", 7);
    LOG.error("Broken", new IllegalStateException("planted"));
    LOG.debug("Not wanted");
    List<String> lines = written();
    assertThat(lines).hasSize(3);
    ObjectMapper json = new ObjectMapper();
    JsonNode first = json.readTree(lines.get(0));
    assertThat(Instant.parse(first.path("time").asText())).isBefore(Instant.now());
    assertThat(first.path("time").asText()).hasSize("2026-11-21T11:07:51.123Z".length());
    assertThat(first.path("level").asText()).isEqualTo("info");
    assertThat(first.path("peer").asText()).isEqualTo("a1");
    assertThat(first.path("event").asText()).isEqualTo("joined");
    assertThat(first.path("message").asText()).isEqualTo("Peer a1 said \"two\nlines\"");
    assertThat(first.path("cell").asText()).isEqualTo("0.1");
    JsonNode second = json.readTree(lines.get(1));
    assertThat(second.path("peer").isNull()).isTrue();
    assertThat(second.path("event").asText()).isEqualTo("log");
    assertThat(second.path("message").asText()).isEqualTo("Plain 7");
    assertThat(json.readTree(lines.get(2)).path("trace").asText())
        .contains("planted", "LogOutputTest");
  }

  @Test
  void textIsALineForPeopleAndATraceBehindIt() {
    LogOutput.to(stream, Format.TEXT, Level.INFO);
    LogOutput.process("a1");
    LOG.atWarn().addKeyValue("event", "refused").log("Two\nlines");
    LOG.error("Broken", new IllegalStateException("planted"));
    List<String> lines = written();
    assertThat(lines.getFirst()).matches("[-0-9]{10}T[0-9:.]{12}Z WARN a1 refused: Two lines");
    assertThat(lines.get(1)).endsWith("ERROR a1 LogOutputTest: Broken");
    assertThat(lines.get(2)).contains("IllegalStateException: planted");
  }

  @Test
  void whoLogsNeverWaitsAndWhatWasLeftOutIsCounted() throws InterruptedException {
    CountDownLatch blocked = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    OutputStream slow =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
          }

          @Override
          public void write(byte[] line, int from, int count) throws IOException {
            blocked.countDown();
            try {
              release.await();
            } catch (InterruptedException e) {
              throw new IOException(e);
            }
            bytes.write(line, from, count);
          }
        };
    LogOutput.to(new PrintStream(slow, false, StandardCharsets.UTF_8), Format.JSON, Level.INFO);
    LOG.info("First");
    blocked.await();
    for (int i = 0; i < 1_500; i++) {
      LOG.info("Line {}", i);
    }
    release.countDown();
    assertThat(written())
        .hasSize(1_002)
        .anyMatch(line -> line.contains("log-lines-dropped") && line.contains("\"500\""));
  }
}
