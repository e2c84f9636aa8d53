package io.euryale.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.euryale.kernel.PeerId;
import io.euryale.kernel.trace.Trace;
import io.euryale.kernel.trace.TraceEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TraceFileTest {

  @Test
  void eventsOfSeveralThreadsAreWrittenInOneOrder(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("trace.jsonl");
    try (TraceFile trace = TraceFile.open(file)) {
      Observations observations = new Observations(trace);
      List<Thread> threads =
          java.util.stream.IntStream.range(0, 4)
              .mapToObj(
                  i ->
                      Thread.ofPlatform()
                          .start(
                              () -> {
                                for (int n = 0; n < 1000; n++) {
                                  observations.record(
                                      n, PeerId.of("p" + i, 1), TraceEvent.of("TEST", "n", n));
                                }
                              }))
              .toList();
      for (Thread thread : threads) {
        thread.join();
      }
    }
    List<String> lines = Files.readAllLines(file);
    assertThat(lines).hasSize(4000);
    for (int i = 0; i < lines.size(); i++) {
      assertThat(lines.get(i)).startsWith("{\"step\":" + i + ",\"at\":").endsWith("}");
    }
  }

  @Test
  void aPathThatCannotBeWrittenIsOneSentence(@TempDir Path directory) {
    Path file = directory.resolve("no/such/directory.jsonl");
    assertThatThrownBy(() -> TraceFile.open(file))
        .isInstanceOfSatisfying(PlatformException.class, e -> assertThat(e.exitCode()).isEqualTo(3))
        .hasMessageContaining(file + "' cannot be written");
  }

  @Test
  void aFullDiskIsToldOnceAndCounted() {
    TraceFile trace = new TraceFile("full.jsonl", new FullDisk(), 100);
    trace.start();
    trace.accept(event(0));
    Peers.await("failure", () -> trace.failure() != null);
    trace.accept(event(1));
    trace.close();
    assertThat(trace.failure()).hasMessageContaining("No space left on device");
    assertThat(trace.lost()).isEqualTo(2);
  }

  @Test
  void eventsTheWriterCannotFollowAreCountedAndConfessedInTheFile() {
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    TraceFile trace = new TraceFile("slow.jsonl", Channels.newChannel(written), 10);
    for (int step = 0; step < 25; step++) {
      trace.accept(event(step));
    }
    trace.start();
    trace.close();
    assertThat(trace.lost()).isEqualTo(15);
    List<String> lines = written.toString(java.nio.charset.StandardCharsets.UTF_8).lines().toList();
    assertThat(lines).hasSize(11);
    assertThat(lines.getLast()).contains("\"event\":\"LOST\",\"count\":15");
  }

  @Test
  void factsOfThisMachine() {
    MachineFacts facts = MachineFacts.read();
    assertThat(facts.cores()).isEqualTo(Runtime.getRuntime().availableProcessors());
    assertThat(facts.memoryMib()).isPositive();
    assertThat(facts.jdk()).startsWith("25");
    assertThat(facts.asMap()).containsKeys("cores", "memory", "kernel", "jdk");
  }

  private static Trace event(long step) {
    return new Trace(step, step, "p", 1, TraceEvent.of("TEST"));
  }

  private static final class FullDisk implements WritableByteChannel {
    @Override
    public int write(ByteBuffer source) throws IOException {
      throw new IOException("No space left on device");
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }
}
