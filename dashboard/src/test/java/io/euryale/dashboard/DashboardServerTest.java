package io.euryale.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Requests are written by hand: what matters here are headers that well-behaved clients do not
/// let one choose.
class DashboardServerTest {

  private final Facts facts = new Facts();
  private final List<String> pressed = new CopyOnWriteArrayList<>();
  private DashboardServer server;
  private int port;
  private String token;

  private final Controls controls =
      new Controls() {
        @Override
        public List<Map<String, Object>> offered() {
          return List.of(Map.of("action", "kill"));
        }

        @Override
        public String press(String action, Map<String, String> arguments) throws Refusal {
          if (!action.equals("kill")) {
            throw new Refusal("There is no such button.");
          }
          pressed.add(action + arguments);
          return "Done.";
        }
      };

  @BeforeEach
  void open() throws IOException {
    server =
        DashboardServer.open(
            0,
            facts,
            controls,
            Map.of("/more", query -> DashboardServer.Reply.text(200, "text/plain", "" + query)));
    URI address = URI.create(server.address());
    port = address.getPort();
    token = address.getFragment().substring("token=".length());
  }

  @AfterEach
  void close() {
    server.close();
  }

  private String ask(String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(10_000);
      OutputStream out = socket.getOutputStream();
      out.write(request.getBytes(StandardCharsets.UTF_8));
      out.flush();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private String get(String path, String host) throws IOException {
    return ask("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");
  }

  private String press(String action, String body, String... headers) throws IOException {
    return ask(
        "POST /do/"
            + action
            + " HTTP/1.1\r\nHost: localhost:"
            + port
            + "\r\nConnection: close\r\nContent-Length: "
            + body.getBytes(StandardCharsets.UTF_8).length
            + "\r\n"
            + String.join("", List.of(headers).stream().map(header -> header + "\r\n").toList())
            + "\r\n"
            + body);
  }

  private String here() {
    return "Origin: http://localhost:" + port;
  }

  private String key() {
    return "X-Euryale-Token: " + token;
  }

  @Test
  void the_page_and_all_it_needs_come_from_here_and_forbid_everything_else() throws IOException {
    String page = get("/", "localhost:" + port);
    assertThat(page).startsWith("HTTP/1.1 200").contains("<title>Euryale</title>");
    assertThat(page).contains("Content-security-policy: default-src 'none'");
    List<String> parts =
        List.of("page.css", "page.js", "map.js", "panels.js", "charts.js", "uplot.js", "uplot.css");
    for (String part : parts) {
      String answer = get("/" + part, "localhost:" + port);
      assertThat(answer).as(part).startsWith("HTTP/1.1 200");
      assertThat(answer.replace("http://www.w3.org/2000/svg", ""))
          .as(part + " loads nothing from elsewhere")
          .doesNotContainPattern("(?i)(src|href|url|import|fetch)\\s*[=(:]\\s*[\"']?https?://");
    }
  }

  @Test
  void the_page_knows_of_each_part_that_it_draws_when_it_is_old() throws IOException {
    String page = get("/", "localhost:" + port);
    List<String> parts =
        Pattern.compile("data-age=\"([^\"]+)\"")
            .matcher(page)
            .results()
            .flatMap(found -> Stream.of(found.group(1).split(" ")))
            .toList();
    assertThat(parts).as("the network comes first").startsWith("overlay", "trains");
    String limits =
        get("/page.js", "localhost:" + port)
            .lines()
            .filter(line -> line.startsWith("const OLD = "))
            .findFirst()
            .orElseThrow();
    for (String part : parts) {
      assertThat(limits).contains(" " + part + ": ");
    }
  }

  @Test
  void nothing_but_the_page_is_served_from_the_resources() throws IOException {
    for (String path :
        List.of(
            "/../Facts.class",
            "/Facts.class",
            "/%2e%2e/DashboardServer.class",
            "/page/",
            "//etc/passwd",
            "/nothing.js",
            "/.html",
            "/a.b.js")) {
      assertThat(get(path, "localhost:" + port)).as(path).startsWith("HTTP/1.1 404");
    }
  }

  @Test
  void a_request_for_another_host_is_not_answered() throws IOException {
    facts.put("secret", "how it is");
    List<String> others =
        List.of("evil.example", "localhost", "localhost:1", "evil.example:" + port, "");
    for (String host : others) {
      for (String path : List.of("/", "/state", "/events", "/more", "/do/kill")) {
        assertThat(get(path, host))
            .as(host + path)
            .startsWith("HTTP/1.1 4")
            .doesNotContain("how it is");
      }
    }
    assertThat(get("/state", "127.0.0.1:" + port)).contains("how it is");
  }

  @Test
  void a_host_without_its_port_is_this_one_at_port_80_only() {
    assertThat(DashboardServer.hostsAt(80))
        .containsExactlyInAnyOrder(
            "localhost", "localhost:80", "127.0.0.1", "127.0.0.1:80", "[::1]", "[::1]:80");
    assertThat(DashboardServer.hostsAt(8400))
        .containsExactlyInAnyOrder("localhost:8400", "127.0.0.1:8400", "[::1]:8400");
  }

  private String getFrom(String site, String path) throws IOException {
    return get(path, "localhost:" + port + "\r\nSec-Fetch-Site: " + site);
  }

  @Test
  void pages_of_others_are_told_nothing_and_may_have_a_link_to_the_page() throws IOException {
    facts.put("secret", "how it is");
    for (String site : List.of("cross-site", "same-site", "", "elsewhere")) {
      for (String path : List.of("/state", "/more?a=b", "/events")) {
        assertThat(getFrom(site, path)).as(site + path).startsWith("HTTP/1.1 403");
      }
      assertThat(getFrom(site, "/")).as(site).startsWith("HTTP/1.1 200");
    }
    for (String site : List.of("same-origin", "none")) {
      assertThat(getFrom(site, "/state")).as(site).contains("how it is");
      assertThat(getFrom(site, "/more?a=b")).as(site).endsWith("{a=b}");
    }
  }

  @Test
  void the_button_is_pressed_by_the_page_with_its_key() throws IOException {
    String answer = press("kill", "{\"process\":\"2\"}", here(), key());
    assertThat(answer).startsWith("HTTP/1.1 200").endsWith("Done.\n");
    assertThat(pressed).containsExactly("kill{process=2}");
  }

  @Test
  void without_key_or_from_another_page_no_button_is_pressed() throws IOException {
    List<List<String>> wrong = new ArrayList<>();
    wrong.add(List.of(here()));
    wrong.add(List.of(key()));
    wrong.add(List.of(here(), "X-Euryale-Token: "));
    wrong.add(List.of(here(), "X-Euryale-Token: " + "0".repeat(token.length())));
    wrong.add(List.of(here(), "X-Euryale-Token: " + token.substring(1)));
    wrong.add(List.of("Origin: https://localhost:" + port, key()));
    wrong.add(List.of("Origin: http://localhost", key()));
    wrong.add(List.of("Origin: http://evil.example", key()));
    wrong.add(List.of("Origin: null", key()));
    for (List<String> headers : wrong) {
      assertThat(press("kill", "{}", headers.toArray(String[]::new)))
          .as("%s", headers)
          .startsWith("HTTP/1.1 403");
    }
    assertThat(get("/do/kill", "localhost:" + port)).as("a link").startsWith("HTTP/1.1 404");
    assertThat(pressed).isEmpty();
  }

  @Test
  void the_key_is_nowhere_but_in_the_printed_address() throws IOException {
    for (String path : List.of("/", "/state", "/page.js", "/more")) {
      assertThat(get(path, "localhost:" + port)).doesNotContain(token);
    }
    assertThat(token).hasSize(32);
  }

  @Test
  void what_is_wrong_with_a_press_is_said_in_a_sentence() throws IOException {
    assertThat(press("dance", "{}", here(), key()))
        .startsWith("HTTP/1.1 409")
        .endsWith("There is no such button.\n");
    List<String> bodies =
        List.of(
            "[1]",
            "{",
            "{\"process\":{\"a\":1}}",
            "{\"a\":null}",
            "null",
            "x",
            "{\"a\":\"" + "b".repeat(20_000) + "\"}");
    for (String body : bodies) {
      assertThat(press("kill", body, here(), key()))
          .as(body.substring(0, Math.min(20, body.length())))
          .startsWith("HTTP/1.1 400");
    }
    assertThat(pressed).isEmpty();
  }

  @Test
  void other_methods_are_refused() throws IOException {
    for (String method : List.of("PUT", "DELETE", "OPTIONS", "PATCH", "POST")) {
      String answer =
          ask(
              method
                  + " /state HTTP/1.1\r\nHost: localhost:"
                  + port
                  + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
      assertThat(answer).as(method).startsWith("HTTP/1.1 405");
    }
  }

  @Test
  void events_tell_what_is_known_and_then_what_changes() throws IOException {
    facts.put("city", Map.of("clock", "08:00"));
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(10_000);
      String request = "GET /events HTTP/1.1\r\nHost: localhost:" + port + "\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      readUntil(socket.getInputStream(), "08:00");
      facts.put("city", Map.of("clock", "08:01"));
      String then = readUntil(socket.getInputStream(), "08:01");
      assertThat(then).contains("event: city").contains("\"ageMillis\":");
    }
  }

  private static String readUntil(InputStream in, String wanted) throws IOException {
    StringBuilder read = new StringBuilder();
    while (read.indexOf(wanted) < 0) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("The end came before " + wanted + ": " + read);
      }
      read.append((char) next);
    }
    return read.toString();
  }

  @Test
  void more_pages_get_their_query_decoded() throws IOException {
    assertThat(get("/more?MonitoringRef=a%20b&=x&y", "localhost:" + port))
        .endsWith("{MonitoringRef=a b}");
    assertThat(get("/more?x=%zz", "localhost:" + port)).startsWith("HTTP/1.1 400");
  }

  @Test
  void a_page_that_only_watches_has_no_key_and_no_buttons() throws IOException {
    try (DashboardServer watching = DashboardServer.open(0, new Facts(), Controls.NONE, Map.of())) {
      assertThat(watching.address()).doesNotContain("token");
    }
  }
}
