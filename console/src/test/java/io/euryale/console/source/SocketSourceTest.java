package io.euryale.console.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.euryale.console.source.SocketSource.Framing;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class SocketSourceTest {

  private static final Pattern EXAMPLE =
      Pattern.compile("```(python|sh|bash)\n(.*?)```", Pattern.DOTALL);

  @TempDir Path folder;

  private static SocketSource source(Framing framing) throws IOException {
    return new SocketSource("127.0.0.1", 0, framing, 2000);
  }

  private static Socket connect(SocketSource source) throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), source.port());
  }

  private static String next(PayloadSource source) throws Exception {
    ByteBuffer payload = java.util.Objects.requireNonNull(source.next());
    return StandardCharsets.ISO_8859_1.decode(payload).toString();
  }

  private static String post(SocketSource source, String request) throws IOException {
    try (Socket socket = connect(source)) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      socket.shutdownOutput();
      byte[] answer = socket.getInputStream().readAllBytes();
      return new String(answer, StandardCharsets.ISO_8859_1);
    }
  }

  /// The examples of the page on sensors, in its order, run as they stand there.
  private List<String> run(int example, int port, String interpreter) throws Exception {
    Matcher found = EXAMPLE.matcher(Files.readString(Path.of("../docs/sensors.md")));
    for (int i = 0; i <= example; i++) {
      assertThat(found.find()).isTrue();
    }
    String code = found.group(2);
    assertThat(code.lines()).hasSizeLessThanOrEqualTo(10);
    Path script = Files.writeString(folder.resolve("example"), code);
    Process process =
        new ProcessBuilder(interpreter, script.toString(), Integer.toString(port))
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output.lines().toList();
  }

  private static void assumePresent(String program) {
    boolean present =
        Pattern.compile(":")
            .splitAsStream(java.util.Objects.requireNonNullElse(System.getenv("PATH"), ""))
            .anyMatch(where -> Files.isExecutable(Path.of(where, program)));
    assumeTrue(present, program + " is not on this machine");
  }

  @Test
  void theExampleOfLinesWorks() throws Exception {
    assumePresent("python3");
    try (SocketSource source = source(Framing.LINES)) {
      run(0, source.port(), "python3");
      assertThat(next(source)).isEqualTo("{\"gate\": 7, \"open\": true, \"number\": 0}");
      assertThat(next(source)).contains("\"number\": 1");
      assertThat(next(source)).contains("\"number\": 2");
    }
  }

  @Test
  void theExampleOfLengthsWorks() throws Exception {
    assumePresent("python3");
    try (SocketSource source = source(Framing.LENGTH)) {
      run(1, source.port(), "python3");
      assertThat(next(source)).isEqualTo("\u0000\u0001\u0002");
      assertThat(next(source)).isEqualTo("two\nlines");
      assertThat(next(source)).hasSize(1000);
    }
  }

  @Test
  void theExampleOfHttpWorks() throws Exception {
    assumePresent("curl");
    try (SocketSource source = source(Framing.HTTP)) {
      assertThat(run(2, source.port(), "sh")).containsOnly("202 Accepted").hasSize(3);
      assertThat(next(source)).isEqualTo("{\"gate\": 7, \"number\": 0}");
    }
  }

  @Test
  void theExampleOfDatagramsWorks() throws Exception {
    assumePresent("bash");
    try (DatagramSource source = new DatagramSource("127.0.0.1", 0, 2000)) {
      run(3, source.port(), "bash");
      assertThat(next(source)).isEqualTo("{\"gate\": 7, \"number\": 0}");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET / HTTP/1.1 | 405",
        "POST / HTTP/1.1 | 411",
        "POST / HTTP/1.1,Content-Length: x | 411",
        "POST / HTTP/1.1,Content-Length: 0 | 400",
        "POST / HTTP/1.1,content-length: 5 | 400",
        "POST / HTTP/1.1,Content-Length: 2001 | 413",
      })
  void aRequestThatCannotBeTakenIsRefused(String lines, int status) throws Exception {
    try (SocketSource source = source(Framing.HTTP)) {
      String request = lines.replace(",", "\r\n") + "\r\n\r\n";
      assertThat(post(source, request)).startsWith("HTTP/1.1 " + status + " ");
      assertThat(post(source, "POST /" + "x".repeat(9000))).startsWith("HTTP/1.1 431 ");
      assertThat(post(source, "POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\nok")).contains(" 202 ");
      assertThat(next(source)).isEqualTo("ok");
    }
  }

  @Test
  void whatWaitsIsBoundedAndSaid() throws Exception {
    try (SocketSource source = source(Framing.HTTP)) {
      int refused = 0;
      for (int i = 0; i < 70; i++) {
        String answer = post(source, "POST / HTTP/1.1\r\nContent-Length: 1\r\n\r\nx");
        refused += answer.contains(" 503 ") ? 1 : 0;
      }
      assertThat(refused).isEqualTo(6);
    }
  }

  @Test
  void whatIsTooLargeIsCountedAndTheRestPasses() throws Exception {
    try (SocketSource lines = source(Framing.LINES);
        Socket sender = connect(lines)) {
      String text = "x".repeat(3000) + "\n\nshort\n";
      sender.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
      assertThat(next(lines)).isEqualTo("short");
    }
    try (SocketSource lengths = source(Framing.LENGTH);
        Socket sender = connect(lengths)) {
      ByteBuffer bytes = ByteBuffer.allocate(4 + 3000 + 4 + 2 + 4);
      bytes.putInt(3000).position(4 + 3000).putInt(2).put(new byte[] {'o', 'k'}).putInt(-1);
      sender.getOutputStream().write(bytes.array());
      assertThat(next(lengths)).isEqualTo("ok");
      assertThat(sender.getInputStream().read()).as("no length can be negative").isNegative();
      assertThat(lengths.oversized()).isEqualTo(2);
    }
  }

  @Test
  void whatWaitsIsBoundedInBytesToo() throws Exception {
    int half = SocketSource.QUEUE_BYTES / 2 + 1;
    String request = "POST / HTTP/1.1\r\nContent-Length: " + half + "\r\n\r\n" + "x".repeat(half);
    try (SocketSource source = new SocketSource("127.0.0.1", 0, Framing.HTTP, half)) {
      assertThat(post(source, request)).contains(" 202 ");
      assertThat(post(source, request)).contains(" 503 ");
      assertThat(next(source)).hasSize(half);
      assertThat(post(source, request)).contains(" 202 ");
    }
  }

  @Test
  void aPayloadThatWasCutOffIsNoPayload() throws Exception {
    try (SocketSource source = source(Framing.LENGTH)) {
      try (Socket sender = connect(source)) {
        sender.getOutputStream().write(new byte[] {0, 0, 0, 9, 'c', 'u', 't'});
        sender.shutdownOutput();
        assertThat(sender.getInputStream().read()).isNegative();
      }
      try (Socket sender = connect(source)) {
        sender.getOutputStream().write(new byte[] {0, 0, 0, 2, 'o', 'k'});
        assertThat(next(source)).isEqualTo("ok");
      }
    }
  }

  @Test
  void whoSendsWhatIsTooLargeReadsTheAnswer() throws Exception {
    String body = "x".repeat(4 << 20);
    try (SocketSource source = source(Framing.HTTP)) {
      String request = "POST / HTTP/1.1\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
      assertThat(post(source, request)).startsWith("HTTP/1.1 413 ");
    }
  }

  @Test
  void whatWasTakenIsGivenAfterItIsClosed() throws Exception {
    SocketSource source = source(Framing.HTTP);
    for (int i = 0; i < 2; i++) {
      assertThat(post(source, "POST / HTTP/1.1\r\nContent-Length: 1\r\n\r\n" + i)).contains("202");
    }
    source.close();
    assertThat(source.taken()).isEqualTo(2);
    assertThat(next(source)).isEqualTo("0");
    assertThat(next(source)).isEqualTo("1");
    assertThat(source.taken()).as("nobody knows yet what became of the last").isEqualTo(1);
    assertThat(source.next()).isNull();
    assertThat(source.taken()).isZero();
  }

  @Test
  void moreConnectionsThanAllowedAreClosed() throws Exception {
    List<Socket> sockets = new ArrayList<>();
    try (SocketSource source = source(Framing.LINES)) {
      for (int i = 0; i <= SocketSource.CONNECTIONS; i++) {
        sockets.add(connect(source));
      }
      assertThat(sockets.getLast().getInputStream().read()).isNegative();
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  @Test
  void addressesThatOtherMachinesReachAreRefused() {
    assertThatThrownBy(() -> new SocketSource("192.0.2.1", 0, Framing.LINES, 100))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("loopback");
  }
}
