package io.euryale.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.euryale.kernel.settings.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsBinderTest {

  enum Overlay {
    CELLS,
    LOOSE_MESH
  }

  record Queue(
      @Setting(about = "Bytes kept.", byDefault = "4MiB", min = "64KiB", max = "1GiB")
          long limitBytes,
      @Setting(about = "Pause.", byDefault = "500ms", min = "1ms", max = "1h") Duration pause) {}

  record Site(
      @Setting(about = "Name of the site.") String name,
      @Setting(about = "Port.", byDefault = "7100", min = "0", max = "65535") int port,
      @Setting(about = "Offset.", byDefault = "-5") long offset,
      @Setting(about = "Verbose.", byDefault = "false") boolean verbose,
      @Setting(about = "Overlay.", byDefault = "cells") Overlay overlay,
      @Setting(about = "Contacts.", byDefault = "[]") List<String> contacts,
      @Setting(about = "Sizes.", byDefault = "[2, 2, 2]", min = "1", max = "9") List<Integer> sizes,
      @Setting(about = "Queue.") Queue queue) {
    Site {
      if (name.equals("forbidden")) {
        throw new IllegalArgumentException("a site is not called forbidden.");
      }
    }
  }

  private final Map<String, String> environment = Map.of("PORT", "7200", "SITE", "harbour");

  @Test
  void onlyTheRequiredKeyGivesAllDefaults() throws SettingsException {
    assertThat(bind("name: lisbon"))
        .isEqualTo(
            new Site(
                "lisbon",
                7100,
                -5,
                false,
                Overlay.CELLS,
                List.of(),
                List.of(2, 2, 2),
                new Queue(4 << 20, Duration.ofMillis(500))));
  }

  @Test
  void everyKindOfValue() throws SettingsException {
    String yaml =
        """
        # A comment.
        name: "lisbon west"
        port: 65535
        offset: -9223372036854775808
        verbose: true
        overlay: loose-mesh
        contacts: [127.0.0.1:7100, 'b:2']
        sizes:
          - 1
          - 9
        queue:
          limitBytes: 64KiB
          pause: 1m
        """;
    assertThat(bind(yaml))
        .isEqualTo(
            new Site(
                "lisbon west",
                65535,
                Long.MIN_VALUE,
                true,
                Overlay.LOOSE_MESH,
                List.of("127.0.0.1:7100", "b:2"),
                List.of(1, 9),
                new Queue(64 << 10, Duration.ofMinutes(1))));
  }

  @Test
  void anEmptyNestedMappingMeansItsDefaults() throws SettingsException {
    assertThat(bind("name: a\nqueue:\n").queue().limitBytes()).isEqualTo(4 << 20);
  }

  @Test
  void allErrorsAreReportedWithTheirPlacesInTheOrderOfTheFile() {
    String yaml =
        """
        port: 70000
        verbos: true
        sizes: [1, x, 10]
        queue:
          limitByte: 1MiB
          pause: 5
        port: 1
        overlay: chord
        contacts: 7
        offset:
        """;
    assertThat(errors(yaml))
        .containsExactly(
            "site.yaml:1:1: 'name' is missing: Name of the site.",
            "site.yaml:1:7: 'port' is 0 to 65535, not 70000.",
            "site.yaml:2:1: unknown key 'verbos' in the file; did you mean 'verbose'? Allowed here:"
                + " name, port, offset, verbose, overlay, contacts, sizes, queue.",
            "site.yaml:3:12: 'sizes' needs a whole number, not 'x'.",
            "site.yaml:3:15: 'sizes' is 1 to 9, not 10.",
            "site.yaml:5:3: unknown key 'limitByte' in queue; did you mean 'limitBytes'? Allowed here:"
                + " limitBytes, pause.",
            "site.yaml:6:10: 'pause' needs a time such as 500ms, 2s or 1m, not '5'.",
            "site.yaml:7:1: 'port' stands twice, first in line 1.",
            "site.yaml:8:10: 'overlay' needs one of cells, loose-mesh, not 'chord'.",
            "site.yaml:9:11: 'contacts' needs a list such as [a, b].",
            "site.yaml:10:8: 'offset' needs a whole number.");
  }

  @ParameterizedTest
  @CsvSource({
    "limit-bytes, '; did you mean ''limitBytes''? Allowed here: limitBytes, pause.'",
    "LIMITBYTES, '; did you mean ''limitBytes''? Allowed here: limitBytes, pause.'",
    "paus, '; did you mean ''pause''? Allowed here: limitBytes, pause.'",
    "colour, 'in queue. Allowed here: limitBytes, pause.'",
    "verbose, '; there is ''verbose''. Allowed here: limitBytes, pause.'"
  })
  void theNearestKeyIsNamed(String key, String hint) {
    assertThat(errors("name: a\nqueue: {" + key + ": 1}"))
        .singleElement()
        .asString()
        .endsWith(hint);
  }

  @ParameterizedTest
  @CsvSource({
    "0.5s",
    "1 week",
    "-1s",
    "''",
    "99999999999999999999s",
    "999999999999999999h",
    "2h",
    "0ms"
  })
  void wrongDurations(String written) {
    assertThat(errors("name: a\nqueue: {pause: '" + written + "'}"))
        .singleElement()
        .asString()
        .startsWith("site.yaml:2:16: 'pause' ");
  }

  @ParameterizedTest
  @CsvSource({"1TiB", "1kb", "-5", "64 K", "9223372036854775807GiB", "63KiB", "2GiB"})
  void wrongSizes(String written) {
    assertThat(errors("name: a\nqueue: {limitBytes: " + written + "}"))
        .singleElement()
        .asString()
        .startsWith("site.yaml:2:21: 'limitBytes' ");
  }

  @Test
  void variablesAreReplacedAndMissingOnesAreErrors() throws SettingsException {
    Site site = bind("name: ${SITE}-${SUFFIX:west}\nport: ${PORT}\nverbose: ${V:true}");
    assertThat(site.name()).isEqualTo("harbour-west");
    assertThat(site.port()).isEqualTo(7200);
    assertThat(site.verbose()).isTrue();
    assertThat(errors("name: ${NOWHERE}"))
        .containsExactly(
            "site.yaml:1:7: 'name' uses the variable NOWHERE, which is not set; set it or write"
                + " ${NOWHERE:default}.");
  }

  @Test
  void whatTheRecordItselfRefusesIsAnErrorOfItsMapping() {
    assertThat(errors("name: forbidden"))
        .containsExactly("site.yaml:1:1: the file: a site is not called forbidden.");
  }

  @Test
  void brokenYamlIsOneSentenceWithItsPlace() {
    assertThat(errors("name: [a"))
        .singleElement()
        .asString()
        .startsWith("site.yaml:")
        .contains("not valid YAML");
    assertThat(errors("- a\n- b"))
        .containsExactly("site.yaml:1:1: the file needs keys and values, one per line.");
    assertThat(errors("")).containsExactly("site.yaml: 'name' is missing: Name of the site.");
    assertThat(errors("name: a\n---\nname: b"))
        .containsExactly(
            "site.yaml:2:1: a settings file is one document; remove the second '---'.");
  }

  @Test
  void bombsAreRefusedBeforeTheyAreBuilt() {
    assertThat(errors("a: &x [1, 1]\nb: [*x, *x, *x]"))
        .containsExactly("site.yaml:2:5: aliases are not used in settings; write the value out.");
    assertThat(errors("name: " + "[".repeat(100_000)))
        .containsExactly("site.yaml:1:26: nested deeper than 20 levels.");
    assertThat(errors("name: " + "x".repeat(1 << 20)))
        .containsExactly("site.yaml: a settings file has at most 1 MiB.");
  }

  @Test
  void anyTextGivesSettingsOrErrorsNeverAnotherException() {
    SplittableRandom random = new SplittableRandom(11);
    String alphabet = "name: port{}[],&*!|>'\"%@`#-?\n\t  ~x1${}:";
    for (int run = 0; run < 3000; run++) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(60); i > 0; i--) {
        text.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      try {
        assertThat(bind(text.toString())).isNotNull();
      } catch (SettingsException e) {
        assertThat(e.errors()).isNotEmpty();
      }
    }
  }

  @Test
  void filesThatCannotBeRead(@TempDir Path directory) throws IOException {
    Path missing = directory.resolve("missing.yaml");
    assertThatThrownBy(() -> SettingsBinder.read(missing, Site.class))
        .hasMessage(missing + ": there is no such file.");
    Path binary = Files.write(directory.resolve("binary.yaml"), new byte[] {(byte) 0xFF, 0});
    assertThatThrownBy(() -> SettingsBinder.read(binary, Site.class))
        .hasMessage(binary + ": the file is not UTF-8 text.");
    Path large = Files.write(directory.resolve("large.yaml"), new byte[(1 << 20) + 1]);
    assertThatThrownBy(() -> SettingsBinder.read(large, Site.class))
        .isInstanceOfSatisfying(SettingsException.class, e -> assertThat(e.exitCode()).isEqualTo(2))
        .hasMessage(large + ": a settings file has at most 1 MiB.");
    Path good = Files.writeString(directory.resolve("good.yaml"), "name: a");
    assertThatThrownBy(() -> SettingsBinder.read(directory, Site.class))
        .isInstanceOf(SettingsException.class);
    assertThat(catchThrowableOfType(SettingsException.class, () -> read(good))).isNull();
  }

  @Test
  void defaultsOfLinkSettingsAreTheDocumentedOnes() throws SettingsException {
    record Links(@Setting(about = "Links.") LinkSettings links) {}
    assertThat(SettingsBinder.bind("x", "", Links.class, name -> null).links())
        .isEqualTo(LinkSettings.defaults());
  }

  private static void read(Path file) throws SettingsException {
    assertThat(SettingsBinder.read(file, Site.class).name()).isEqualTo("a");
  }

  private Site bind(String yaml) throws SettingsException {
    return SettingsBinder.bind("site.yaml", yaml, Site.class, environment::get);
  }

  private List<String> errors(String yaml) {
    SettingsException thrown =
        catchThrowableOfType(SettingsException.class, () -> ignore(bind(yaml)));
    assertThat(thrown).as(yaml).isNotNull();
    return thrown.errors().stream().map(SettingsError::toString).toList();
  }

  private static void ignore(Object bound) {
    assertThat(bound).isNotNull();
  }
}
