package io.euryale.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.euryale.dashboard.Controls;
import io.euryale.dashboard.DashboardServer;
import io.euryale.dashboard.Facts;
import io.euryale.dashboard.LastHour;
import io.euryale.dashboard.Recoveries;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The page's view of the last hour, with an hour that is made up. Where there is no Chromium this
/// is skipped. Pictures are left in `target/pictures`.
class HourPageTest {

  private static final Path PICTURES = Path.of("target", "pictures");
  private static final Instant START = Instant.parse("2026-01-31T08:00:00Z");
  private static final long SECOND = 1_000_000_000L;

  @TempDir Path folder;

  @Test
  @Timeout(600)
  void an_hour_is_drawn_and_told_in_words_and_as_a_table() throws Exception {
    Optional<Path> program = Browser.program();
    Assumptions.assumeTrue(program.isPresent(), "no chromium on the path: install it");
    Facts facts = new Facts();
    facts.put("hour", made().told());
    try (DashboardServer server = DashboardServer.open(0, facts, Controls.NONE, Map.of());
        Browser browser = new Browser(program.orElseThrow(), folder)) {
      browser.size(1500, 1000, false);
      browser.go(server.address());
      browser.awaitTrue("document.querySelectorAll('#hour .of-alarm').length === 2");
      assertThat(browser.evaluate("document.querySelectorAll('#hour .fault').length").asInt())
          .isEqualTo(12);
      assertThat(browser.evaluate("document.querySelector('#hour svg').ariaLabel || ''").asText())
          .contains("alarm at most 300 ms", "12 faults");
      assertThat(
              browser
                  .evaluate("document.querySelectorAll('#hour path.of-normal[d*=\"M\"]').length")
                  .asInt())
          .isEqualTo(2);
      assertThat(
              browser
                  .evaluate(
                      "document.querySelector('#hour .of-critical').getAttribute('d').split('M').length - 1")
                  .asInt())
          .as("nothing is drawn where nothing was measured")
          .isEqualTo(2);

      looksAtSteps(browser);
      readsTheTable(browser);
      browser.screenshot(PICTURES.resolve("hour.png"), true);
      browser.dark(true);
      browser.screenshot(PICTURES.resolve("hour-dark.png"), true);
      assertThat(strokes(browser)).as("dark and light differ").isNotEqualTo(light(browser));
      browser.size(390, 844, true);
      browser.awaitTrue(
          "document.querySelector('#hour svg').viewBox.baseVal.width < 391"
              + " && document.querySelector('#hour svg').getBoundingClientRect().right < 391");
      assertThat(browser.evaluate("document.getElementById('hour-panel').offsetLeft").asInt())
          .as("all parts in one column")
          .isEqualTo(
              browser.evaluate("document.getElementById('detail-panel').offsetLeft").asInt());
      browser.screenshot(PICTURES.resolve("hour-phone.png"), true);
      assertThat(browser.complaints).isEmpty();
    }
  }

  /// An hour with a fault every five minutes, which delays alarms, and a gap.
  private static LastHour made() {
    Recoveries recoveries = new Recoveries();
    LastHour hour = new LastHour(0, START);
    for (int at = 1; at <= 3600; at++) {
      if (at % 300 == 155) {
        recoveries.announced(at * SECOND, START.plusSeconds(at), "Reset of p" + at, List.of("p"));
      }
      boolean fails = at % 300 == 156;
      hour.measured("alarm", 5, 1.5, fails ? 300 : 2, 0);
      if (at <= 1800 || at > 2100) {
        hour.measured("critical", 35, 2, 3, 0);
      }
      hour.measured("normal", 200 + at % 50, 3, 10, fails ? 2 : 0);
      hour.tick(at * SECOND, START.plusSeconds(at), recoveries);
    }
    return hour;
  }

  private static String said(Browser browser) throws IOException, InterruptedException {
    return browser.evaluate("document.getElementById('hour-said').textContent").asText();
  }

  private static void looksAtSteps(Browser browser) throws IOException, InterruptedException {
    assertThat(said(browser)).contains("alarm 5.0/s", "longest 2.0 ms").doesNotContain("Reset");
    // The newest step ends at 3600 s; the last fault is 145 s before that.
    JsonNode _ = browser.evaluate("document.getElementById('hour-step').focus()");
    for (int i = 0; i < 14; i++) {
      browser.key("ArrowLeft", 37);
    }
    browser.awaitTrue(
        "/alarm .* longest 300 ms.*Reset of p3455/.test(document.getElementById('hour-said').textContent)");
    assertThat(
            browser
                .evaluate("document.getElementById('hour-step').getAttribute('aria-valuetext')")
                .asText())
        .isEqualTo(said(browser));
    assertThat(browser.evaluate("document.querySelector('#hour .here').getAttribute('d')").asText())
        .isNotEmpty();
  }

  private static void readsTheTable(Browser browser) throws IOException, InterruptedException {
    JsonNode _ = browser.evaluate("document.querySelector('#hour-panel summary').click()");
    browser.awaitTrue("document.querySelectorAll('#hour-table tbody tr').length === 12");
    assertThat(
            browser
                .evaluate("document.querySelector('#hour-table tbody tr').innerText")
                .asText()
                .split("\\s+"))
        .endsWith("300", "ms", "3.0", "ms", "10.0", "ms", "264.5", "1");
    assertThat(
            browser
                .evaluate("document.querySelectorAll('#hour-table tbody tr')[5].innerText")
                .asText())
        .as("five minutes without the class")
        .contains("–");
  }

  private static String strokes(Browser browser) throws IOException, InterruptedException {
    return browser
        .evaluate("getComputedStyle(document.querySelector('#hour .of-normal')).stroke")
        .asText();
  }

  private static String light(Browser browser) throws IOException, InterruptedException {
    browser.dark(false);
    return strokes(browser);
  }
}
