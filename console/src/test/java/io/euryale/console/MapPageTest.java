package io.euryale.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.dashboard.Controls;
import io.euryale.dashboard.DashboardServer;
import io.euryale.dashboard.Facts;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The page's map of a network that is made up: a local line by a bend, and an express that does
/// not stop there; and how old it is. Where there is no Chromium this is skipped.
class MapPageTest {

  @TempDir Path folder;

  @Test
  @Timeout(600)
  void an_express_and_its_train_are_drawn_by_the_stations_that_they_pass() throws Exception {
    Optional<Path> program = Browser.program();
    Assumptions.assumeTrue(program.isPresent(), "no chromium on the path: install it");
    Facts facts = new Facts();
    facts.put(
        "map",
        Map.of(
            "name",
            "Bend",
            "width",
            1000,
            "height",
            620,
            "cells",
            List.of(),
            "stops",
            List.of(
                stop("a", 100, 300), stop("b", 500, 300), stop("c", 500, 500), stop("d", 700, 100)),
            "lines",
            List.of(
                line("L", List.of("a", "b", "c"), List.of("a", "b", "c")),
                line("X", List.of("a", "c"), List.of("a", "b", "c")),
                line("S", List.of("a", "c"), List.of("a", "c")),
                line("Y", List.of("b", "c", "d"), List.of("b", "c", "d")))));
    facts.put(
        "trains",
        List.of(
            train("X", "a", "c", 0.5),
            train("X", "c", "a", 0.9),
            train("S", "a", "c", 0.5),
            train("L", "a", "c", 0.5),
            train("Y", "b", "d", 0.5),
            train("L", "b", "b", 0)));
    try (DashboardServer server = DashboardServer.open(0, facts, Controls.NONE, Map.of());
        Browser browser = new Browser(program.orElseThrow(), folder)) {
      browser.go(server.address());
      browser.awaitTrue("document.querySelectorAll('#map .train').length === 6");
      assertThat(
              browser.evaluate(
                  "[...document.querySelectorAll('#map .line')].map(e => e.getAttribute('d')"
                      + ".match(/L/g).length)"))
          .as("pieces of the lines, with the joints between them")
          .hasToString("[3,3,1,3]");
      assertThat(
              browser.evaluate(
                  "[...document.querySelectorAll('#map .train')].map(e => e.style.transform"
                      + ".match(/[0-9.]+/g).map(n => Math.round(n / 10) * 10))"))
          .as(
              "half of 600 from the start, a tenth of 600 from the end, half of the straight way, a"
                  + " train of the local line that skips b, one that does not go by a branch, one that stands")
          .hasToString("[[400,300],[160,300],[300,400],[400,300],[600,200],[500,300]]");
      assertThat(browser.complaints).isEmpty();
    }
  }

  @Test
  @Timeout(600)
  void the_network_is_as_old_as_the_oldest_part_that_it_draws() throws Exception {
    Optional<Path> program = Browser.program();
    Assumptions.assumeTrue(program.isPresent(), "no chromium on the path: install it");
    Facts facts = new Facts();
    String age = "document.querySelector('#map-panel [data-age]').textContent";
    String isStale = "document.querySelector('.map-box').classList.contains('stale')";
    try (DashboardServer server = DashboardServer.open(0, facts, Controls.NONE, Map.of());
        Browser browser = new Browser(program.orElseThrow(), folder)) {
      Thread overlay = tell(facts, "overlay", Map.of("cells", List.of()));
      browser.go(server.address());
      browser.awaitTrue("/^[0-9.]+ s ago$/.test(" + age + ") && !" + isStale);
      Thread trains = tell(facts, "trains", List.of());
      overlay.interrupt();
      browser.awaitTrue("/^stale: /.test(" + age + ") && " + isStale);
      trains.interrupt();
      browser.awaitTrue( // Nobody told of streams.
          "document.querySelector('#streams-panel .age').textContent === 'not known'"
              + " && document.getElementById('streams').classList.contains('stale')");
      assertThat(browser.complaints).isEmpty();
    }
  }

  /// Tells a part again and again, until it is interrupted.
  private static Thread tell(Facts facts, String part, Object body) {
    return Thread.ofVirtual()
        .start(
            () -> {
              try {
                while (true) {
                  facts.put(part, body);
                  Thread.sleep(200);
                }
              } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
              }
            });
  }

  private static Map<String, Object> stop(String id, int x, int y) {
    return Map.of("id", id, "name", id, "slug", id, "x", x, "y", y, "cell", "0");
  }

  private static Map<String, Object> line(String name, List<String> stops, List<String> along) {
    return Map.of(
        "name",
        name,
        "colour",
        "#112233",
        "ink",
        "#ffffff",
        "cell",
        "0.0",
        "stops",
        stops,
        "along",
        List.of(along));
  }

  private static Map<String, Object> train(String line, String from, String to, double fraction) {
    return Map.of(
        "trip",
        line + from + fraction,
        "line",
        line,
        "from",
        from,
        "to",
        to,
        "fraction",
        fraction,
        "delay",
        0,
        "ageMillis",
        0);
  }
}
