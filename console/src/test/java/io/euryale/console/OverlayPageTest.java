package io.euryale.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.TrafficClass;
import io.euryale.peer.EdgeSettings;
import io.euryale.peer.EuryalePeer;
import io.euryale.peer.PeerListener;
import io.euryale.peer.PeerSettings;
import io.euryale.peer.Sensor;
import io.euryale.peer.StreamPublisher;
import io.euryale.platform.Loops;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The page of an overlay without a city, in a headless Chromium: a person presses streams and
/// reads the alarms. Where there is no Chromium this is skipped. A picture is left in
/// `target/pictures`.
class OverlayPageTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir Path folder;

  @Test
  @Timeout(600)
  void streams_are_followed_alarms_are_shown_and_nothing_can_be_pressed_that_changes_something()
      throws Exception {
    Optional<Path> program = Browser.program();
    Assumptions.assumeTrue(program.isPresent(), "no chromium on the path: install it");
    try (Loops loops = new Loops();
        EuryalePeer peer =
            EuryalePeer.start(PeerSettings.named("a1"), loops, null, PeerListener.SILENT)) {
      peer.awaitMember(PATIENCE);
      String at = peer.self().endpoint().toString();
      try (Sensor sensor =
              Sensor.connect(EdgeSettings.named("door", List.of(at)), loops, null, PATIENCE);
          EuryaleProcess dashboard =
              EuryaleProcess.start("dashboard", "--join", at, "--alarms", "fire/*");
          Browser browser = new Browser(program.orElseThrow(), folder)) {
        StreamPublisher fire = sensor.open("fire/kitchen", TrafficClass.ALARM);
        // Before anybody looks: it waits for a client.
        assertThat(fire.publish(StandardCharsets.UTF_8.encode("Smoke <b>again</b>")).isAccepted())
            .isTrue();
        StreamPublisher gauge = sensor.open("gauge/1", TrafficClass.NORMAL);
        Thread gauging = Thread.ofVirtual().start(() -> publish(gauge));
        dashboard.await("its address", () -> !dashboard.out.isEmpty());
        browser.size(1500, 1000, false);
        browser.go(dashboard.out.getFirst().replace("Dashboard: ", ""));

        browser.awaitTrue(
            "[...document.querySelectorAll('#alarms .alarm .say')].some(e =>"
                + " e.textContent === 'fire/kitchen: Smoke <b>again</b>')");
        browser.awaitTrue(
            "document.getElementById('alarms').textContent.includes('1 raised. Since this dashboard')");
        press(browser, "gauge/1");
        browser.awaitTrue(
            "/^Times of one packet of gauge.1, which was here /"
                + ".test(document.getElementById('traced').textContent)");
        press(browser, "fire/kitchen");
        browser.awaitTrue(
            "/^Packets of class alarm are not followed/"
                + ".test(document.getElementById('traced').textContent)");
        browser.awaitTrue("document.querySelectorAll('#charts canvas').length === 4");
        browser.awaitTrue("document.getElementById('show-trains').hidden");
        browser.awaitTrue(
            "/ s ago$/.test(document.querySelector('#map-panel [data-age]').textContent)");
        browser.screenshot(Path.of("target", "pictures", "overlay.png"), true);
        gauging.interrupt();

        assertThat(
                browser
                    .evaluate(
                        "[...document.querySelectorAll('main button, main form')]"
                            + ".filter(e => /acknowledge|kill|reset|freeze|announce/i"
                            + ".test(e.outerHTML)).length")
                    .asInt())
            .isZero();
        assertThat(browser.complaints)
            .as("but that the overlay did not answer in time, which the page asks again")
            .filteredOn(said -> !(said.contains("/way.json") && said.contains("503")))
            .isEmpty();
      }
    }
  }

  /// A packet every now and then, wanted or not.
  private static void publish(StreamPublisher gauge) {
    try {
      while (true) {
        var _ = gauge.publish(StandardCharsets.UTF_8.encode("17"));
        Thread.sleep(100);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private static void press(Browser browser, String stream) throws Exception {
    String button = "document.querySelector('#streams [data-key=\"" + stream + "\"]')";
    browser.awaitTrue(button + " !== null");
    var _ = browser.evaluate(button + ".click()");
  }
}
