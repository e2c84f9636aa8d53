package io.euryale.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The whole city with its page in a headless Chromium: a person looks, kills a process with the
/// keyboard and reads how that was mended. Where there is no Chromium this is skipped. Pictures
/// are left in `target/pictures`.
class CityPageTest {

  private static final Path PICTURES = Path.of("target", "pictures");
  private static final int ENTER = 13;

  @TempDir Path folder;

  @Test
  @Timeout(900)
  void a_process_is_killed_from_the_page_and_the_page_tells_who_took_over() throws Exception {
    Optional<Path> program = Browser.program();
    Assumptions.assumeTrue(program.isPresent(), "no chromium on the path: install it");
    try (EuryaleProcess city =
            EuryaleProcess.start(
                "demo",
                "--faults-per-minute",
                "0",
                "--alarms-per-minute",
                "20",
                "--duration",
                "20m");
        Browser browser = new Browser(program.orElseThrow(), folder)) {
      city.await("the address", EuryaleProcess.CITY_NANOS, () -> address(city) != null);
      String address = String.valueOf(address(city));
      browser.size(1500, 1000, false);
      browser.go(address);
      browser.awaitTrue("document.getElementById('verdict').classList.contains('good')");
      browser.awaitTrue("document.querySelectorAll('#map .train').length > 10");
      browser.awaitTrue("document.querySelectorAll('#charts canvas').length === 4");
      assertThat(browser.evaluate("location.href").asText())
          .as("the key is not left in the address")
          .doesNotContain("token");

      acknowledgeAnAlarm(browser);
      lookAtAStation(browser);
      announceThere(browser);
      killWithTheKeyboard(browser);
      pressTheOtherButtons(browser);
      browser.awaitTrue("document.querySelectorAll('#hour .fault').length > 0");
      replayTheHour(browser);
      browser.screenshot(PICTURES.resolve("city-mended.png"), true);
      JsonNode _ = browser.evaluate("window.scrollTo(0, 0)");
      browser.screenshot(PICTURES.resolve("city.png"), false);
      browser.dark(true);
      browser.awaitTrue( // Colours fade; trains always move.
          "!document.getAnimations().some(each => each instanceof CSSTransition"
              + " && each.transitionProperty !== 'transform')");
      browser.screenshot(PICTURES.resolve("city-dark.png"), true);
      readByOthers(browser);
      fitsOnAPhone(browser);

      assertThat(browser.complaints)
          .as("but that the overlay did not answer in time, which the page asks again")
          .filteredOn(said -> !(said.contains("/way.json") && said.contains("503")))
          .isEmpty();
      String origin = address.substring(0, address.indexOf('#'));
      assertThat(browser.requests)
          .as("nothing from elsewhere")
          .filteredOn(asked -> !asked.startsWith("data:") && !asked.equals("about:blank"))
          .isNotEmpty()
          .allMatch(asked -> asked.startsWith(origin));
    }
  }

  private static @Nullable String address(EuryaleProcess city) {
    return city.out.stream()
        .filter(line -> line.startsWith("Dashboard: "))
        .map(line -> line.substring("Dashboard: ".length()))
        .findFirst()
        .orElse(null);
  }

  private static void acknowledgeAnAlarm(Browser browser) throws IOException, InterruptedException {
    browser.awaitTrue("document.querySelector('[data-alarm]') !== null");
    JsonNode _ = browser.evaluate("document.getElementById('operator').value = 'Ana'");
    String alarm =
        browser
            .evaluate(
                "(() => { const b = document.querySelector('[data-alarm]'); b.click();"
                    + " return b.dataset.alarm; })()")
            .asText();
    browser.awaitTrue("document.querySelector('[data-alarm=\"" + alarm + "\"]') === null");
    browser.awaitTrue(
        "[...document.querySelectorAll('#alarms .who')]"
            + ".some(e => e.textContent.startsWith('Ana, '))");
  }

  private static void lookAtAStation(Browser browser) throws IOException, InterruptedException {
    JsonNode _ = browser.evaluate("document.querySelectorAll('#map .stop')[20].focus()");
    browser.key("Enter", ENTER);
    browser.awaitTrue("document.querySelectorAll('#board tr').length > 0");
    // What its display shows is what the control centre told it, and has come through the overlay.
    browser.awaitTrue(
        "/^Its display shows .* first, said .* ago/.test(document.getElementById('display').textContent)"
            + " && document.getElementById('display').textContent.includes("
            + "document.querySelector('#board .badge').textContent)");
    // Packets may take another way than the one that the overlay's picture shows.
    browser.awaitTrue(
        "document.querySelectorAll('[data-hop]').length > 1 && [...document.querySelectorAll('[data-who] small')]"
            + ".filter(e => /^at .* here/.test(e.textContent)).length > 1"
            + " && / ago/.test(document.getElementById('traced').textContent)");
  }

  /// Presses the button of the station whose details are shown, and waits until all was played.
  private static void announceThere(Browser browser) throws IOException, InterruptedException {
    JsonNode _ = browser.evaluate("document.querySelector('[data-announce]').click()");
    browser.awaitTrue("/is announced at/.test(document.getElementById('answer').textContent)");
    browser.awaitTrue(
        "[...document.querySelectorAll('#announcements .who')].some(e =>"
            + " e.textContent === 'Ana, 114 of 114 packets played')");
    browser.awaitTrue(
        "/played (\\d+) of \\1 packets/.test(document.getElementById('played').textContent)");
  }

  private static void killWithTheKeyboard(Browser browser)
      throws IOException, InterruptedException {
    JsonNode _ =
        browser.evaluate(
            "document.querySelector('[data-do=\"kill\"][data-process=\"2\"]').focus()");
    assertThat(browser.evaluate("document.activeElement.getAttribute('aria-label')").asText())
        .isEqualTo("Kill process 2");
    browser.key("Enter", ENTER);
    browser.awaitTrue("/was killed/.test(document.getElementById('answer').textContent)");
    awaitStory(browser, "knew after .*All work was taken over after ");
    JsonNode _ = browser.evaluate("document.querySelector('[data-do=\"restart\"]').click()");
    awaitStory(browser, "back in place");
    browser.awaitTrue("document.getElementById('verdict').classList.contains('good')");
  }

  /// Waits until the story of the process that was killed is told so; stories of other peers, which
  /// a busy machine makes, do not count.
  private static void awaitStory(Browser browser, String told)
      throws IOException, InterruptedException {
    browser.awaitTrue(
        "[...document.querySelectorAll('#events li')].some(e => /SIGKILL of process 2.*"
            + told
            + "/s.test(e.textContent))");
  }

  private static void pressTheOtherButtons(Browser browser)
      throws IOException, InterruptedException {
    press(browser, "[data-do=\"freeze\"][data-process=\"3\"]", "stands still for 3 s");
    awaitMended(browser, "SIGSTOP of process 3");
    press(browser, "[data-do=\"partition\"][data-process=\"4\"]", "has no links with the others");
    browser.awaitTrue(
        "[...document.querySelectorAll('.process .state')].some(e => e.matches('.parted'))");
    JsonNode _ = browser.evaluate("document.querySelector('[data-do=\"heal\"]').click()");
    browser.awaitTrue(
        "![...document.querySelectorAll('.process .state')].some(e => e.matches('.parted'))");
    awaitMended(browser, "parted from the others");
    press(browser, "[data-do=\"load\"][data-times=\"2\"]", "send 2 times the usual");
    browser.awaitTrue(
        "document.querySelector('[data-do=\"load\"][data-times=\"2\"]').ariaPressed === 'true'");
    press(browser, "[data-do=\"load\"][data-times=\"1\"]", "send 1 times the usual");
    lookThroughACamera(browser);
    resetAPeer(browser);
  }

  private static void press(Browser browser, String button, String answer)
      throws IOException, InterruptedException {
    JsonNode _ = browser.evaluate("document.querySelector('" + button + "').click()");
    browser.awaitTrue("/" + answer + "/.test(document.getElementById('answer').textContent)");
  }

  private static void awaitMended(Browser browser, String what)
      throws IOException, InterruptedException {
    browser.awaitTrue(
        "[...document.querySelectorAll('#events li:not(.open)')].some(e => /"
            + what
            + "/.test(e.textContent))");
    awaitWell(browser);
  }

  private static void awaitWell(Browser browser) throws IOException, InterruptedException {
    browser.awaitTrue("document.getElementById('verdict').classList.contains('good')");
  }

  /// Chooses stations until one has a camera; its details go on while they are shown.
  private static void lookThroughACamera(Browser browser) throws IOException, InterruptedException {
    browser.awaitTrue(
        "[...document.querySelectorAll('#map .stop')].some(stop => {"
            + " stop.dispatchEvent(new MouseEvent('click', { bubbles: true }));"
            + " return document.querySelector('[data-look]') !== null; })");
    JsonNode _ = browser.evaluate("document.querySelector('[data-look]').click()");
    browser.awaitTrue(
        "/Pictures of its camera come now/.test(document.getElementById('camera').textContent)");
    browser.awaitTrue("/ s ago/.test(document.getElementById('detail-age').textContent)");
  }

  private static void resetAPeer(Browser browser) throws IOException, InterruptedException {
    JsonNode _ = browser.evaluate("document.querySelector('#cells li:last-child button').click()");
    browser.awaitTrue("document.querySelector('[data-reset]') !== null");
    press(browser, "[data-reset]", "was reset");
    JsonNode _ = browser.evaluate("document.querySelector('[data-do=\"restart\"]').click()");
    awaitMended(browser, "Reset of");
  }

  /// The map goes back to the beginning of the hour, plays from there, and comes back.
  private static void replayTheHour(Browser browser) throws IOException, InterruptedException {
    JsonNode _ =
        browser.evaluate(
            "(() => { const s = document.getElementById('hour-step'); s.value = 1;"
                + " s.dispatchEvent(new Event('input')); })()");
    JsonNode _ = browser.evaluate("document.getElementById('hour-replay').click()");
    browser.awaitTrue("/^as it was at/.test(document.getElementById('past').textContent)");
    browser.awaitTrue("document.querySelectorAll('#map .train').length > 10");
    String first = browser.evaluate("document.getElementById('past').textContent").asText();
    browser.awaitTrue("document.getElementById('past').textContent !== '" + first + "'");
    JsonNode _ = browser.evaluate("document.getElementById('back-to-now').click()");
    browser.awaitTrue("document.getElementById('past').hidden");
  }

  private static void readByOthers(Browser browser) throws IOException, InterruptedException {
    JsonNode unnamed =
        browser.evaluate(
            "[...document.querySelectorAll('button, input, svg [role=button]')].filter(e =>"
                + " !(e.textContent.trim() || e.getAttribute('aria-label') || e.labels?.length))"
                + ".map(e => e.outerHTML)");
    assertThat(unnamed).as("everything that can be pressed has a name").isEmpty();
    JsonNode headings =
        browser.evaluate(
            "[...document.querySelectorAll('section')].every(s => s.ariaLabelledByElements"
                + " ? s.ariaLabelledByElements.length : s.hasAttribute('aria-labelledby'))");
    assertThat(headings.asBoolean()).as("every part has a heading").isTrue();
  }

  private static void fitsOnAPhone(Browser browser) throws IOException, InterruptedException {
    browser.dark(false);
    browser.size(390, 844, true);
    browser.awaitTrue("document.documentElement.clientWidth <= 390");
    assertThat(
            browser
                .evaluate(
                    "[...document.querySelectorAll('section')].filter(e => !e.hidden)"
                        + ".sort((a, b) => a.getBoundingClientRect().top"
                        + " - b.getBoundingClientRect().top)[0].id")
                .asText())
        .as("what comes first")
        .isEqualTo("map-panel");
    browser.awaitNone( // What is cut off; charts are drawn anew a moment later.
        "[...document.querySelectorAll('body *')].filter(e => !e.closest('.scroll, .vh, svg, .events')"
            + " && e.getBoundingClientRect().right > 391 && e.getBoundingClientRect().width > 0)"
            + ".map(e => e.tagName + '.' + e.className).slice(0, 5)");
    browser.screenshot(PICTURES.resolve("city-phone.png"), true);
  }
}
