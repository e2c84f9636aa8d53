package io.euryale.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.euryale.platform.HttpEndpoint.Answer;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class HttpEndpointTest {

  private static final Duration LONG = Duration.ofSeconds(30);

  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : open.reversed()) {
      one.close();
    }
  }

  private HttpEndpoint endpoint(int connections, Duration timeout, HttpEndpoint.Pages pages) {
    HttpSettings settings = new HttpSettings("127.0.0.1:0", connections, 1 << 10, timeout);
    HttpEndpoint endpoint = HttpEndpoint.open(settings, Reach.LOOPBACK, pages);
    open.add(endpoint);
    return endpoint;
  }

  private Socket connect(HttpEndpoint endpoint) throws IOException {
    Socket socket = new Socket(endpoint.address().getAddress(), endpoint.address().getPort());
    open.add(socket);
    return socket;
  }

  private String ask(HttpEndpoint endpoint, String request) throws IOException {
    Socket socket = connect(endpoint);
    socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
    return answer(socket);
  }

  private static String answer(Socket socket) throws IOException {
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  private static Answer hello(String path) {
    return new Answer(path.equals("/") ? 200 : 503, "text/plain", "Olá " + path);
  }

  @Test
  void aPageIsAnsweredWithItsLengthInBytes() throws IOException {
    HttpEndpoint endpoint = endpoint(2, LONG, HttpEndpointTest::hello);
    assertThat(ask(endpoint, "GET /?x=1 HTTP/1.1\r\nHost: x\r\n\r\n"))
        .startsWith("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 6\r\n")
        .contains("\r\nConnection: close\r\n")
        .endsWith("\r\n\r\nOlá /");
    assertThat(ask(endpoint, "GET /y HTTP/1.0\r\n\r\n")).startsWith("HTTP/1.1 503 ");
    assertThat(ask(endpoint, "HEAD / HTTP/1.1\r\n\r\n"))
        .contains("Content-Length: 6\r\n")
        .endsWith("\r\n\r\n");
  }

  @ParameterizedTest
  @CsvSource({
    "POST / HTTP/1.1, 405",
    "GET / HTTP/2.0, 400",
    "GET http://x/ HTTP/1.1, 400",
    "GET /, 400",
    "nonsense, 400",
    "GET /none HTTP/1.1, 404",
    "GET /broken HTTP/1.1, 500"
  })
  void whatIsNoPageIsRefusedInASentence(String line, int status) throws IOException {
    HttpEndpoint endpoint =
        endpoint(
            2,
            LONG,
            path -> {
              if (path.equals("/broken")) {
                throw new IllegalStateException("planted");
              }
              return null;
            });
    assertThat(ask(endpoint, line + "\r\n\r\n"))
        .startsWith("HTTP/1.1 " + status + " ")
        .endsWith(".\n")
        .doesNotContain("planted");
  }

  @Test
  void aRequestWithoutEndIsRefusedWhenItIsTooLong() throws IOException {
    HttpEndpoint endpoint = endpoint(2, LONG, HttpEndpointTest::hello);
    assertThat(ask(endpoint, "GET /" + "x".repeat(4_000) + " HTTP/1.1\r\n\r\n"))
        .startsWith("HTTP/1.1 431 ");
  }

  @Test
  void aClientThatSaysNothingIsCutOffAndTheNextIsServed() throws IOException {
    HttpEndpoint endpoint = endpoint(1, Duration.ofMillis(200), HttpEndpointTest::hello);
    Socket silent = connect(endpoint);
    // Waits for the one place until the silent client's time is over.
    assertThat(ask(endpoint, "GET / HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 200 ");
    assertThat(answer(silent)).isEmpty();
  }

  @Test
  void aClientThatTricklesItsRequestLosesItsPlaceLongBeforeAPageWould() throws Exception {
    HttpEndpoint endpoint = endpoint(1, LONG, HttpEndpointTest::hello);
    Socket trickling = connect(endpoint);
    trickling.getOutputStream().write("GET / HT".getBytes(StandardCharsets.ISO_8859_1));
    assertThat(ask(endpoint, "GET / HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 200 ");
    assertThat(trickling.getInputStream().read()).isNegative();
  }

  @Test
  void aPageMayTakeLongerThanItsRequest() throws IOException {
    HttpEndpoint endpoint =
        endpoint(
            1,
            LONG,
            path -> {
              Thread.sleep(HttpEndpoint.HEAD_TIME.multipliedBy(2));
              return hello(path);
            });
    assertThat(ask(endpoint, "GET / HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 200 ");
  }

  @Test
  void aPageThatTakesTooLongIsInterrupted() throws IOException {
    HttpEndpoint endpoint =
        endpoint(
            1,
            Duration.ofMillis(200),
            path -> {
              if (path.equals("/slow")) {
                Thread.sleep(LONG);
              }
              return hello(path);
            });
    assertThat(ask(endpoint, "GET /slow HTTP/1.1\r\n\r\n")).isEmpty();
    assertThat(ask(endpoint, "GET / HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 200 ");
  }

  @Test
  void withoutKeysOnlyThisMachineMayAsk() {
    HttpSettings everywhere = HttpSettings.defaults().withListen("192.0.2.1:7480");
    assertThatThrownBy(() -> HttpEndpoint.open(everywhere, Reach.LOOPBACK, HttpEndpointTest::hello))
        .isInstanceOf(PlatformException.class)
        .hasMessageContaining("192.0.2.1:7480")
        .hasMessageContaining("use 127.0.0.1:7480");
  }

  @Test
  void aPortThatIsTakenIsSaid() {
    int taken = endpoint(1, LONG, HttpEndpointTest::hello).address().getPort();
    HttpSettings same = HttpSettings.defaults().withListen("127.0.0.1:" + taken);
    assertThatThrownBy(() -> HttpEndpoint.open(same, Reach.LOOPBACK, HttpEndpointTest::hello))
        .isInstanceOfSatisfying(
            PlatformException.class,
            e -> assertThat(e.exitCode()).isEqualTo(PlatformException.ENVIRONMENT))
        .hasMessageContaining("127.0.0.1:" + taken);
  }

  @ParameterizedTest
  @ValueSource(strings = {"7480", "host.example:7480", "127.0.0.1:", "127.0.0.1:70000", ":1", "x"})
  void anAddressThatIsNoneIsRefused(String listen) {
    assertThatThrownBy(() -> HttpSettings.defaults().withListen(listen))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("HOST:PORT");
  }

  @Test
  void addressesOfBothKindsAreUnderstood() {
    HttpSettings six = HttpSettings.defaults().withListen("[::1]:7480");
    assertThat(six.host()).isEqualTo("::1");
    assertThat(six.port()).isEqualTo(7480);
    assertThat(HttpSettings.defaults().withListen("localhost:0").host()).isEqualTo("localhost");
  }
}
