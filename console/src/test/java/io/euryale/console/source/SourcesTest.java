package io.euryale.console.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.euryale.lighttrain.timetable.TimetableException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class SourcesTest {

  @TempDir Path folder;

  private static List<String> all(PayloadSource source) throws IOException, InterruptedException {
    List<String> texts = new ArrayList<>();
    for (ByteBuffer next = source.next(); next != null; next = source.next()) {
      texts.add(StandardCharsets.UTF_8.decode(next).toString());
    }
    return texts;
  }

  @Test
  void linesWithoutTheirEndsAndWithoutEmptyAndLongOnes() throws Exception {
    byte[] bytes = "one\r\n\ntwo\nfar too long\nthree".getBytes(StandardCharsets.UTF_8);
    try (LineSource source = new LineSource(new ByteArrayInputStream(bytes), 5, false)) {
      assertThat(all(source)).containsExactly("one", "two", "three");
      assertThat(source.oversized()).isEqualTo(1);
    }
  }

  @Test
  void aFileInChunksWithAShortEnd() throws Exception {
    Path file = Files.writeString(folder.resolve("f"), "abcdefgh");
    try (ChunkSource source = new ChunkSource(file, 3)) {
      assertThat(all(source)).containsExactly("abc", "def", "gh");
    }
  }

  @Test
  void datagramsUpToTheLimit() throws Exception {
    try (DatagramSource source = new DatagramSource("127.0.0.1", 0, 4);
        DatagramSocket socket = new DatagramSocket()) {
      for (String text : List.of("abc", "abcde", "abcd")) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        socket.send(
            new DatagramPacket(
                bytes, bytes.length, InetAddress.getByName("127.0.0.1"), source.port()));
      }
      assertThat(StandardCharsets.UTF_8.decode(source.next()).toString()).isEqualTo("abc");
      assertThat(StandardCharsets.UTF_8.decode(source.next()).toString()).isEqualTo("abcd");
      assertThat(source.oversized()).isEqualTo(1);
    }
  }

  @Test
  void datagramsFromElsewhereAreNotTaken() {
    assertThatThrownBy(() -> new DatagramSource("0.0.0.0", 0, 100))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("loopback");
  }

  @Test
  void closingEndsAWaitForDatagrams() throws Exception {
    DatagramSource source = new DatagramSource("127.0.0.1", 0, 4);
    Thread closing =
        new Thread(
            () -> {
              try {
                source.close();
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
    closing.start();
    assertThat(source.next()).isNull();
    closing.join();
  }

  @Test
  void linesOfAProgramAndItsFailure() throws Exception {
    try (ProgramSource source = new ProgramSource("echo one; echo two", 100)) {
      assertThat(all(source)).containsExactly("one", "two");
    }
    try (ProgramSource source = new ProgramSource("echo one; exit 3", 100)) {
      assertThatThrownBy(() -> all(source))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("exit code 3");
    }
  }

  @Test
  void closingEndsTheProgramAndItsChildren() throws Exception {
    ProgramSource source = new ProgramSource("echo $$; sleep 1000; echo never", 100);
    ByteBuffer first = source.next();
    long pid = Long.parseLong(StandardCharsets.UTF_8.decode(first).toString());
    ProcessHandle shell = ProcessHandle.of(pid).orElseThrow();
    List<ProcessHandle> children = shell.descendants().toList();
    source.close();
    assertThat(source.next()).isNull();
    for (ProcessHandle child : children) {
      child.onExit().get();
    }
    assertThat(shell.isAlive()).isFalse();
  }

  @Test
  void arrivalsAndDeparturesOfATimetableAreJson() throws Exception {
    try (TimetableSource source =
        new TimetableSource(TimetableSource.SAMPLE, null, LocalTime.of(8, 0), 86_400)) {
      String first = StandardCharsets.UTF_8.decode(source.next()).toString();
      assertThat(first).startsWith("{\"at\":\"").contains("\"line\":", "\"station\":");
    }
  }

  @Test
  void aFeedThatIsNotThereIsRefused() {
    assertThatThrownBy(() -> new TimetableSource("/does/not/exist", null, LocalTime.NOON, 1))
        .isInstanceOf(TimetableException.class);
  }
}
