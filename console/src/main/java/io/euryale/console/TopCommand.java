package io.euryale.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.euryale.dashboard.ClassWatch;
import io.euryale.dashboard.Facts;
import io.euryale.dashboard.OverlayWatch;
import io.euryale.dashboard.Recoveries;
import io.euryale.peer.Client;
import io.euryale.platform.Loops;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `euryale top`: the dashboard's facts in the terminal.
@Command(
    name = "top",
    header = "Show a running overlay in the terminal: cells, classes, streams, what failed.",
    description = {
      "Watches an overlay by --join, or reads the dashboard of a city or of `euryale dashboard` by"
          + " its address. The same facts as there, each with its age.",
      "Ends at SIGINT or SIGTERM; without a terminal, or with --once, after one picture."
    },
    footer = {
      "",
      "Example: euryale top http://localhost:8400/",
      "Example: euryale top --join 127.0.0.1:7400"
    })
final class TopCommand implements Callable<Integer> {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PERIOD = Duration.ofSeconds(1);
  private static final Duration ANSWER = Duration.ofSeconds(3);
  private static final int LINES_WITHOUT_TERMINAL = 200;

  /// Figures are those of a second, which has to pass.
  private static final Duration FIGURES_PATIENCE = Duration.ofSeconds(3);

  @Parameters(
      paramLabel = "URL",
      arity = "0..1",
      description = "Address of a dashboard, as it was printed.")
  @Nullable URI dashboard;

  @Option(names = "--once", description = "Print one picture and end.")
  boolean once;

  @Mixin EdgeOptions edge = new EdgeOptions();
  @Mixin OutputOption output = new OutputOption();
  @Spec CommandSpec spec = CommandSpec.create();

  /// Where a state comes from.
  @FunctionalInterface
  private interface Source {
    String state() throws IOException, InterruptedException;
  }

  @Override
  public Integer call() throws Exception {
    URI at = dashboard;
    if (at != null) {
      if (!"http".equals(at.getScheme()) || at.getHost() == null) {
        throw CommandException.usage(
            "'" + at + "' is no address of a dashboard: write it as in http://localhost:8400/.");
      }
      URI state = URI.create("http://" + at.getAuthority() + "/state");
      try (HttpClient http = HttpClient.newBuilder().connectTimeout(ANSWER).build()) {
        HttpRequest request = HttpRequest.newBuilder(state).timeout(ANSWER).build();
        return show(() -> http.send(request, HttpResponse.BodyHandlers.ofString()).body());
      } catch (IOException e) {
        throw CommandException.environment(
            "No dashboard answers at " + state + ": is the city, or `euryale dashboard`, running?");
      }
    }
    Facts facts = new Facts();
    Recoveries recoveries = new Recoveries();
    try (Loops loops = new Loops();
        Client client = edge.client(loops, null);
        OverlayWatch watch =
            OverlayWatch.start(client, edge.settings("observer").overlayName(), facts, recoveries);
        ClassWatch classes = ClassWatch.start(client, facts, recoveries)) {
      watch.awaitPicture(edge.connectTimeout);
      if (!isRefreshed()) {
        classes.awaitFigures(FIGURES_PATIENCE);
      }
      return show(facts::state);
    }
  }

  /// Whether one picture follows the other.
  private boolean isRefreshed() {
    return Terminal.isPresent() && !once && !output.isJson();
  }

  private int show(Source source) throws IOException, InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    boolean picture = isRefreshed();
    String noColour = System.getenv("NO_COLOR");
    boolean colour = picture && (noColour == null || noColour.isEmpty());
    try (Shutdown shutdown = new Shutdown()) {
      do {
        String state = source.state();
        if (output.isJson()) {
          out.print(state);
        } else {
          JsonNode facts = JSON.readTree(state);
          int most = picture ? lines() : LINES_WITHOUT_TERMINAL;
          List<String> lines = new TopView(facts, colour).lines(most);
          // From the top, each line to its end, and nothing of the picture before below.
          out.print(picture ? "\033[H" : "");
          lines.forEach(line -> out.println(picture ? line + "\033[K" : line));
          out.print(picture ? "\033[J" : "");
        }
        out.flush();
      } while (picture && !shutdown.await(PERIOD));
      return shutdown.finish(ExitCode.DONE);
    }
  }

  private static int lines() {
    String lines = System.getenv("LINES");
    try {
      return lines == null ? 40 : Math.max(10, Integer.parseInt(lines) - 1);
    } catch (NumberFormatException _) {
      return 40;
    }
  }
}
