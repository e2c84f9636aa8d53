package io.euryale.dashboard;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

/// Serves the dashboard on this machine:
///
/// | path | answer |
/// |---|---|
/// | `/` | the page, with nothing from elsewhere |
/// | `/events` | the parts of [Facts] as server-sent events, as they change |
/// | `/state` | all parts as one JSON document |
/// | `POST /do/ACTION` | presses a button, with the token of the address that was printed |
///
/// Every request has to name this machine as its host, so that no other site can read by a name of
/// its own. What is known is not told when a browser says that a page of others asks: it could not
/// read the answer, but some questions have an effect. A button comes from the page itself and
/// with the token, so that no other page can press it.
public final class DashboardServer implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PAGE = "/io/euryale/dashboard/page/";
  private static final Duration BEAT = Duration.ofSeconds(1);
  private static final int MOST_READERS = 16;
  private static final String NOT_ARGUMENTS =
      "The arguments of a button are a JSON object of texts.";
  private static final int MOST_BODY_BYTES = 16 << 10;
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
          + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "svg", "image/svg+xml");

  /// Something else to read.
  @FunctionalInterface
  public interface Page {
    /// Answers a request.
    ///
    /// @param query what follows the `?`, decoded
    Reply reply(Map<String, String> query);
  }

  /// An answer.
  public static final class Reply {
    private final int status;
    private final String type;
    private final byte[] body;

    /// An answer of some bytes.
    ///
    /// @param type media type
    public Reply(int status, String type, byte[] body) {
      this.status = status;
      this.type = type;
      this.body = body.clone();
    }

    /// A text in UTF-8.
    public static Reply text(int status, String type, String text) {
      return new Reply(status, type, text.getBytes(StandardCharsets.UTF_8));
    }
  }

  private final Facts facts;
  private final Controls controls;
  private final Map<String, Page> pages;
  private final HttpServer server;
  private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
  private final Semaphore readers = new Semaphore(MOST_READERS);
  private final String token;
  private final Set<String> hosts;

  /// Opens the port on this machine's loopback address.
  ///
  /// @param port 0 for any free one
  /// @param pages by path
  /// @throws IOException when the port cannot be had
  public static DashboardServer open(
      int port, Facts facts, Controls controls, Map<String, Page> pages) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 64);
    DashboardServer dashboard = new DashboardServer(server, facts, controls, pages);
    server.setExecutor(dashboard.workers);
    server.createContext("/", dashboard::handle);
    server.start();
    return dashboard;
  }

  private DashboardServer(
      HttpServer server, Facts facts, Controls controls, Map<String, Page> pages) {
    this.server = server;
    this.facts = facts;
    this.controls = controls;
    this.pages = Map.copyOf(pages);
    byte[] random = new byte[16];
    new SecureRandom().nextBytes(random);
    token = HexFormat.of().formatHex(random);
    hosts = hostsAt(server.getAddress().getPort());
    facts.putForNewReaders("controls", controls.offered());
  }

  /// How a request may name this machine as its host: browsers leave out the port when it is 80.
  static Set<String> hostsAt(int port) {
    Set<String> all = new HashSet<>();
    for (String name : List.of("localhost", "127.0.0.1", "[::1]")) {
      all.add(name + ":" + port);
      if (port == 80) {
        all.add(name);
      }
    }
    return Set.copyOf(all);
  }

  /// The address to open in a browser; with the token when there are buttons.
  public String address() {
    String page = "http://localhost:" + server.getAddress().getPort() + "/";
    return controls.offered().isEmpty() ? page : page + "#token=" + token;
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      headers(exchange.getResponseHeaders());
      String path = exchange.getRequestURI().getPath();
      String method = exchange.getRequestMethod();
      String host = exchange.getRequestHeaders().getFirst("Host");
      Page page = pages.get(path);
      boolean isData = page != null || path.equals("/events") || path.equals("/state");
      if (host == null || !hosts.contains(host)) {
        send(exchange, sentence(421, "Ask for localhost."));
      } else if (method.equals("POST") && path.startsWith("/do/")) {
        send(exchange, press(exchange, path.substring(4), host));
      } else if (!method.equals("GET") && !method.equals("HEAD")) {
        send(exchange, sentence(405, "Only GET and HEAD are answered here."));
      } else if (isData && isFromElsewhere(exchange.getRequestHeaders())) {
        send(exchange, sentence(403, "Pages of others are told nothing."));
      } else if (path.equals("/events") && method.equals("GET")) {
        stream(exchange);
      } else if (path.equals("/state")) {
        send(exchange, Reply.text(200, "application/json", facts.state()));
      } else {
        send(exchange, page != null ? page.reply(query(exchange)) : resource(path));
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /// Whether a browser says that a page of others asks, be it only of another port. Programs and
  /// old browsers say nothing.
  private static boolean isFromElsewhere(Headers headers) {
    String site = headers.getFirst("Sec-Fetch-Site");
    return site != null && !site.equals("same-origin") && !site.equals("none");
  }

  private static void headers(Headers headers) {
    headers.set("Content-Security-Policy", POLICY);
    headers.set("X-Content-Type-Options", "nosniff");
    headers.set("Referrer-Policy", "no-referrer");
    headers.set("Cross-Origin-Resource-Policy", "same-origin");
    headers.set("Cache-Control", "no-store");
  }

  private static Reply sentence(int status, String sentence) {
    return Reply.text(status, "text/plain; charset=utf-8", sentence + "\n");
  }

  private static void send(HttpExchange exchange, Reply reply) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", reply.type);
    boolean head = exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(reply.status, head ? -1 : reply.body.length);
    if (!head) {
      exchange.getResponseBody().write(reply.body);
    }
  }

  private static Reply resource(String path) throws IOException {
    String name = path.equals("/") ? "index.html" : path.substring(1);
    String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
    if (type != null && name.matches("[a-z-]+\\.[a-z]+")) {
      try (InputStream in = DashboardServer.class.getResourceAsStream(PAGE + name)) {
        if (in != null) {
          return new Reply(200, type, in.readAllBytes());
        }
      }
    }
    return sentence(404, "There is no such page.");
  }

  private static Map<String, String> query(HttpExchange exchange) {
    Map<String, String> query = new LinkedHashMap<>();
    String raw = exchange.getRequestURI().getRawQuery();
    for (String pair : raw == null ? new String[0] : raw.split("&")) {
      int equal = pair.indexOf('=');
      if (equal > 0) {
        query.put(
            URLDecoder.decode(pair.substring(0, equal), StandardCharsets.UTF_8),
            URLDecoder.decode(pair.substring(equal + 1), StandardCharsets.UTF_8));
      }
    }
    return query;
  }

  // ---- reading ----

  private void stream(HttpExchange exchange) throws IOException, InterruptedException {
    if (!readers.tryAcquire()) {
      send(exchange, sentence(503, "Too many pages are open: close one."));
      return;
    }
    try {
      exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
      exchange.sendResponseHeaders(200, 0);
      OutputStream out = exchange.getResponseBody();
      long seen = -1;
      while (true) {
        List<Facts.Part> parts = seen < 0 ? facts.all() : facts.await(seen, BEAT);
        StringBuilder text = new StringBuilder();
        for (Facts.Part part : parts) {
          seen = Math.max(seen, part.version());
          text.append("event: ").append(part.name()).append("\ndata: ");
          text.append(part.envelope()).append("\n\n");
        }
        seen = Math.max(seen, 0);
        // A beat shows that the line is alive when nothing changes.
        text.append(parts.isEmpty() ? "event: beat\ndata: {}\n\n" : "");
        out.write(text.toString().getBytes(StandardCharsets.UTF_8));
        out.flush();
      }
    } catch (IOException _) {
      // The page was closed.
    } finally {
      readers.release();
    }
  }

  // ---- pressing ----

  private Reply press(HttpExchange exchange, String action, String host)
      throws IOException, InterruptedException {
    Headers headers = exchange.getRequestHeaders();
    String given = headers.getFirst("X-Euryale-Token");
    String origin = headers.getFirst("Origin");
    if (!("http://" + host).equals(origin)) {
      return sentence(403, "Buttons are pressed on this page only.");
    }
    if (given == null || !MessageDigest.isEqual(bytes(given), bytes(token))) {
      return sentence(403, "Open the page by the address that was printed: it has the key.");
    }
    byte[] body = exchange.getRequestBody().readNBytes(MOST_BODY_BYTES);
    try {
      Map<String, String> arguments =
          body.length == 0
              ? new HashMap<>()
              : JSON.readValue(body, new TypeReference<Map<String, String>>() {});
      if (arguments == null || arguments.containsValue(null)) {
        return sentence(400, NOT_ARGUMENTS);
      }
      return sentence(200, controls.press(action, arguments));
    } catch (Controls.Refusal | IllegalArgumentException e) {
      return sentence(409, String.valueOf(e.getMessage()));
    } catch (JacksonException _) {
      return sentence(400, NOT_ARGUMENTS);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    server.stop(0);
    workers.shutdownNow();
  }
}
