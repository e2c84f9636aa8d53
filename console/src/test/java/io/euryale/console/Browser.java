package io.euryale.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/// A headless Chromium with one page, steered by its DevTools protocol.
final class Browser implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();
  /// On a machine that does much else a whole city and its page take their time.
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(150);

  private static final Duration ANSWER = Duration.ofSeconds(60);

  /// Addresses that the page asked for.
  final List<String> requests = new CopyOnWriteArrayList<>();

  /// Exceptions of its scripts, and what its console complains of.
  final List<String> complaints = new CopyOnWriteArrayList<>();

  private final Process process;
  private final HttpClient http = HttpClient.newHttpClient();
  private final Map<Integer, CompletableFuture<JsonNode>> open = new ConcurrentHashMap<>();
  private final AtomicInteger lastId = new AtomicInteger();
  private final WebSocket socket;

  /// The program, if this machine has it.
  static Optional<Path> program() {
    String path = System.getenv("PATH");
    return Stream.of((path == null ? "" : path).split(":"))
        .flatMap(
            folder ->
                Stream.of("chromium", "chromium-browser", "google-chrome")
                    .map(name -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /// @param profile an empty folder
  Browser(Path program, Path profile) throws IOException, InterruptedException {
    process =
        new ProcessBuilder(
                program.toString(),
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-extensions",
                "--disable-background-networking",
                "--disable-component-update",
                "--no-first-run",
                "--hide-scrollbars",
                "--remote-debugging-port=0",
                "--user-data-dir=" + profile,
                "about:blank")
            .redirectErrorStream(true)
            .redirectOutput(profile.resolve("output.txt").toFile())
            .start();
    Path told = profile.resolve("DevToolsActivePort");
    await("the browser", () -> Files.exists(told) && Files.readAllLines(told).size() >= 2);
    String port = Files.readAllLines(told).getFirst();
    HttpRequest asked =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/json/new?about:blank"))
            .timeout(ANSWER)
            .PUT(HttpRequest.BodyPublishers.noBody())
            .build();
    JsonNode page = JSON.readTree(http.send(asked, HttpResponse.BodyHandlers.ofString()).body());
    socket =
        http.newWebSocketBuilder()
            .buildAsync(URI.create(page.path("webSocketDebuggerUrl").asText()), new Listener())
            .join();
    for (String domain : List.of("Page", "Runtime", "Log", "Network")) {
      JsonNode _ = send(domain + ".enable", Map.of());
    }
  }

  private final class Listener implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean isLast) {
      text.append(data);
      if (isLast) {
        hear(text.toString());
        text.setLength(0);
      }
      from.request(1);
      return CompletableFuture.completedStage(null);
    }
  }

  private void hear(String text) {
    try {
      JsonNode message = JSON.readTree(text);
      CompletableFuture<JsonNode> answered = open.remove(message.path("id").asInt(-1));
      if (answered != null) {
        boolean _ = answered.complete(message);
      }
      JsonNode params = message.path("params");
      switch (message.path("method").asText("")) {
        case "Network.requestWillBeSent" -> requests.add(params.at("/request/url").asText());
        case "Runtime.exceptionThrown" -> complaints.add(params.toString());
        case "Log.entryAdded" -> {
          if (params.at("/entry/level").asText().equals("error")) {
            complaints.add(params.at("/entry").toString());
          }
        }
        default -> {}
      }
    } catch (IOException e) {
      complaints.add(e.toString());
    }
  }

  JsonNode send(String method, Map<String, ?> params) throws IOException, InterruptedException {
    int id = lastId.incrementAndGet();
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    open.put(id, answer);
    String text = JSON.writeValueAsString(Map.of("id", id, "method", method, "params", params));
    socket.sendText(text, true).join();
    try {
      JsonNode message = answer.get(ANSWER.toSeconds(), TimeUnit.SECONDS);
      if (message.has("error")) {
        throw new IOException(method + ": " + message.path("error"));
      }
      return message.path("result");
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException(method, e);
    }
  }

  void go(String address) throws IOException, InterruptedException {
    JsonNode _ = send("Page.navigate", Map.of("url", address));
  }

  void size(int width, int height, boolean phone) throws IOException, InterruptedException {
    JsonNode _ =
        send(
            "Emulation.setDeviceMetricsOverride",
            Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", phone));
  }

  void dark(boolean dark) throws IOException, InterruptedException {
    Map<String, String> scheme =
        Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light");
    JsonNode _ = send("Emulation.setEmulatedMedia", Map.of("features", List.of(scheme)));
  }

  /// Presses a key where the focus is.
  void key(String key, int code) throws IOException, InterruptedException {
    for (String type : List.of("keyDown", "keyUp")) {
      JsonNode _ =
          send(
              "Input.dispatchKeyEvent",
              Map.of(
                  "type", type,
                  "key", key,
                  "code", key,
                  "windowsVirtualKeyCode", code,
                  "text", type.equals("keyDown") && key.equals("Enter") ? "\r" : ""));
    }
  }

  /// The value of an expression in the page; a promise is awaited.
  JsonNode evaluate(String expression) throws IOException, InterruptedException {
    JsonNode result =
        send(
            "Runtime.evaluate",
            Map.of("expression", expression, "awaitPromise", true, "returnByValue", true));
    if (result.has("exceptionDetails")) {
      throw new IOException(expression + ": " + result.path("exceptionDetails"));
    }
    return result.at("/result/value");
  }

  /// Waits until an expression is true; while the page is loading it may fail.
  void awaitTrue(String expression) throws IOException, InterruptedException {
    String careful = "(() => { try { return !!(" + expression + "); } catch { return false; } })()";
    await(expression, () -> evaluate(careful).asBoolean(false));
  }

  /// Waits until an expression, a list of what is wrong, is empty.
  void awaitNone(String expression) throws IOException, InterruptedException {
    JsonNode[] last = new JsonNode[1];
    try {
      await(
          expression,
          () -> {
            last[0] = evaluate(expression);
            return last[0].isArray() && last[0].isEmpty();
          });
    } catch (AssertionError e) {
      throw new AssertionError(last[0] + " are left\n" + e.getMessage(), e);
    }
  }

  void screenshot(Path file, boolean whole) throws IOException, InterruptedException {
    JsonNode picture =
        send("Page.captureScreenshot", Map.of("format", "png", "captureBeyondViewport", whole));
    Files.createDirectories(file.getParent());
    Files.write(file, Base64.getDecoder().decode(picture.path("data").asText()));
  }

  private interface Condition {
    boolean holds() throws IOException, InterruptedException;
  }

  private void await(String forWhat, Condition condition) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (!condition.holds()) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError(
            "In vain waited for " + forWhat + "\n" + complaints + "\n" + said());
      }
      Thread.sleep(50);
    }
  }

  /// What the page says, for those who have to find out why something was waited for in vain.
  private String said() throws IOException, InterruptedException {
    return lastId.get() == 0 ? "" : evaluate("document.body.innerText").asText();
  }

  @Override
  public void close() {
    List<ProcessHandle> children = process.descendants().toList();
    process.destroyForcibly();
    children.forEach(ProcessHandle::destroyForcibly);
    process.onExit().join();
    http.shutdownNow();
  }
}
